"""Privacy: the verbs around people's data, one attribute for each matter."""

from dataclasses import dataclass

from engine.cycle.people import People
from engine.cycle.privacy.copies import Copies
from engine.cycle.privacy.counselling import CounsellingKeys
from engine.cycle.privacy.early import EarlyErasures
from engine.cycle.privacy.readings import Readings
from engine.cycle.privacy.requests import Requests
from engine.cycle.privacy.retention import Retention
from engine.cycle.storage import Storage
from engine.runtime.batches import Batches
from engine.runtime.resources import Resources


@dataclass(frozen=True)
class Privacy:
    """What a person, personnel and auditors do about people's data."""

    readings: Readings
    copies: Copies
    requests: Requests
    counselling: CounsellingKeys
    retention: Retention
    early: EarlyErasures

    def run(self) -> int:
        """One round of a worker; gives how much there was to do."""
        return self.copies.run() + self.requests.run() + self.retention.run()


def privacy(resources: Resources, batches: Batches, people: People, agency_name: str) -> Privacy:
    """The verbs on an installation."""
    storage = Storage(resources.database, resources.clock, resources.zone)
    requests, retention = Requests(storage, people), Retention(resources, batches)
    return Privacy(
        Readings(resources, people),
        Copies(resources, batches, people, agency_name),
        requests,
        CounsellingKeys(resources),
        retention,
        EarlyErasures(resources, requests, retention),
    )
