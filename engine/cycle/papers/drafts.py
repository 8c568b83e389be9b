"""What a paper will say, before it is issued: facts, whom it is about, and the record that it tells of."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import rfc8785
import sqlalchemy as sa

from engine.cycle.calendar import MONTHS
from engine.cycle.organisation import Organisation, Person
from engine.cycle.papers.kinds import PaperKind
from engine.cycle.people import People
from engine.runtime.resources import Resources
from engine.runtime.values import Json

SIGNS = str.maketrans(",.", ".,")


@dataclass(frozen=True)
class Desk:
    """What composing needs: one connection that reads, and whom to ask about people."""

    connection: sa.Connection
    resources: Resources
    people: People
    agency: str

    def organisation(self, on: date) -> Organisation:
        """The agency as it stood on a day."""
        return Organisation(self.connection, on)


@dataclass(frozen=True)
class Source:
    """A record that a paper can tell of: `id` is another one as soon as something newer counts."""

    kind: PaperKind
    id: str
    about: str
    unit: str
    cycle: str
    case: UUID | None = None
    subject: str | None = None
    period: str | None = None  # of an evaluation: "TW1", or "annual"
    label: str = ""  # what tells it from others of its kind
    at: date | None = None  # the local day it was recorded


@dataclass(frozen=True)
class Draft:
    """A paper that could be issued now."""

    source: Source
    holder: str
    facts: Mapping[str, Json]

    @property
    def digest(self) -> str:
        """SHA-256 of what it says, in canonical JSON."""
        return hashlib.sha256(rfc8785.dumps(dict(self.facts))).hexdigest()


Composer = Callable[[Desk, Source], Draft]


def party(person: Person | None) -> dict[str, Json] | None:
    """A person as the head of a form names them (DOMAIN 3.1)."""
    if person is None:
        return None
    return {
        "name": person.name,
        "nip": person.nip,
        "grade": person.grade,
        "position": person.position,
        "unit": person.unit_name,
        "kind": str(person.kind),
    }


def parties(desk: Desk, subject: str, on: date) -> dict[str, Json]:
    """The employee, the appraiser and the appraiser's superior, as of a day."""
    organisation = desk.organisation(on)
    found = desk.people.superiors(organisation, subject)
    return {
        "employee": party(organisation.person(subject)),
        "appraiser": party(found.appraiser.person),
        "superior": party(found.superior.person),
    }


def day(value: date) -> str:
    """ "31 Januari 2027"."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def amount(value: Json) -> str:
    """A number as Indonesian papers write it: "12.500,5"; texts stay."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value) if value is not None else ""
    text = f"{value:,.4f}".rstrip("0").rstrip(".")
    return text.translate(SIGNS)
