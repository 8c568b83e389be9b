"""A generated agency whose people live through a year on the virtual clock, by the engine's public verbs only."""

from engine.cycle.simulation.agency import Agency, build_agency
from engine.cycle.simulation.cast import Cast, cast, rule
from engine.cycle.simulation.counting import Summary
from engine.cycle.simulation.year import simulate

__all__ = [
    "Agency",
    "Cast",
    "Summary",
    "build_agency",
    "cast",
    "rule",
    "simulate",
]
