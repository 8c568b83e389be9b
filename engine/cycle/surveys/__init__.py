"""Closed surveys of a person's behaviour among peers and subordinates: only what many have said together is ever read."""
