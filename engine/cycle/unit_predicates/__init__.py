"""The organisation predicate (P6 stage 1, F18): what a unit has reached, who gives its predicate, and who waits for it."""
