"""Privacy: the verbs around people's data, one attribute for each matter."""

from dataclasses import dataclass

from engine.cycle.people import People
from engine.cycle.privacy.readings import Readings
from engine.runtime.resources import Resources


@dataclass(frozen=True)
class Privacy:
    """What a person, personnel and auditors do about people's data."""

    readings: Readings


def privacy(resources: Resources, people: People) -> Privacy:
    """The verbs on an installation."""
    return Privacy(Readings(resources, people))
