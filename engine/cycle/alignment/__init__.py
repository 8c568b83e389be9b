"""Whether planned results move those above them, and whether they read as results: facts, tables D14 and D17, findings."""
