"""What the library appends to the id of an element to name the specs that it adds around it."""

EDGE_SPLIT, EDGE_JOIN = (
    ".BoundaryEventSplit",
    ".BoundaryEventJoin",
)  # before and behind an activity with events at its edge
INSTANCE = " [child]"  # one instance of a loop
END = ".EndJoin"  # where the tokens of a scope come together
