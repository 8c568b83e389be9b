"""A generated agency whose people live through a year on the virtual clock, by the engine's public verbs only."""

from engine.cycle.simulation.agency import Agency, build_agency
from engine.cycle.simulation.year import Summary, simulate

__all__ = ["Agency", "Summary", "build_agency", "simulate"]
