"""Continuous feedback outside the tasks of a case (DOMAIN 2.6, F9): given at any time, shown to the employee at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.cycle import skps
from engine.cycle.access import Scope, scope
from engine.cycle.behaviours import behaviours
from engine.cycle.models import EmployeeRow, FeedbackRow
from engine.cycle.organisation import Organisation
from engine.cycle.people import People
from engine.cycle.storage import Storage
from engine.cycle.team import relation
from engine.cycle.telling import tell
from engine.errors import FormInvalid, NotYours
from engine.runtime.values import Actor

RESULT, BEHAVIOUR = "HASIL_KERJA", "PERILAKU_KERJA"
KINDS = ("POSITIF", "KOREKTIF")
SHORTEST, LONGEST = 10, 1000  # letters, as in the form of the case


@dataclass(frozen=True)
class Given:
    """One feedback; `role` is the giver's towards the employee."""

    giver_name: str
    role: str
    target: str
    about: str
    kind: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Topics:
    """What feedback on a person can be about, by code: results of the SKP in force, and behaviours."""

    person_name: str
    role: str  # of the one who asks
    results: Mapping[str, str]
    behaviours: Mapping[str, str]


class Feedback:
    """Feedback among people who work together."""

    def __init__(self, storage: Storage, people: People) -> None:
        self._storage, self._people = storage, people

    def topics(self, person: str, cycle: str, *, by: Actor) -> Topics:
        """What the actor may give feedback on; raises NotYours for who does not work with the person."""
        with self._storage.reading() as session:
            return self._topics(session, person, cycle, by)

    def give(self, person: str, cycle: str, *, topic: str, kind: str, text: str, by: Actor) -> None:
        """Write feedback down and tell the employee; `topic` is a code of `topics`.

        Raises:
            NotYours: neither appraiser, appraiser's superior, leader of a squad, peer nor subordinate.
            FormInvalid: by "topic", "kind", "text", what is to be mended.
        """
        text = text.strip()
        with self._storage.writing() as session:
            topics, now = self._topics(session, person, cycle, by), self._storage.now()
            errors = _errors(topics, topic, kind, text)
            if errors:
                raise FormInvalid(errors)
            of_result = topic in topics.results
            row = FeedbackRow(
                cycle_id=cycle,
                subject=person,
                giver=by.person,
                giver_role=topics.role,
                target=RESULT if of_result else BEHAVIOUR,
                about=topics.results[topic] if of_result else topics.behaviours[topic],
                kind=kind,
                text=text,
                given_at=now,
            )
            session.add(row)
            session.flush()
            place, key = f"tim/{person}", f"feedback/{row.id}"
            tell(session.connection(), key, "feedback", [person], subject=person, cycle=cycle, place=place, now=now)

    def about(self, person: str, cycle: str, *, by: Actor) -> Sequence[Given]:
        """The feedback on a person in a year, the newest first.

        The employee, the appraiser and superior, and who cares for the unit read all; anybody else what they gave.
        """
        with self._storage.reading() as session:
            query = (
                sa.select(FeedbackRow, EmployeeRow.name)
                .join(EmployeeRow, EmployeeRow.id == FeedbackRow.giver)
                .where(FeedbackRow.subject == person, FeedbackRow.cycle_id == cycle)
                .order_by(FeedbackRow.given_at.desc(), FeedbackRow.id.desc())
            )
            if not self._reads_all(session, person, by):
                query = query.where(FeedbackRow.giver == by.person)
            return [_given(row, name) for row, name in session.execute(query)]

    def _topics(self, session: Session, person: str, cycle: str, by: Actor) -> Topics:
        organisation = Organisation(session.connection(), self._storage.today())
        found = organisation.person(person)
        role = relation(organisation, self._people, person, by.person)
        if found is None or role is None:
            raise NotYours("Umpan balik diberikan oleh penilai, atasannya, ketua tim, rekan, atau bawahan.")
        results = {one["id"]: one["text"] for one in skps.results(session.connection(), person, cycle)}
        named = behaviours(organisation.parameters(found.unit).text("perilaku.set"), leads=found.heads_unit)
        return Topics(found.name, role, results, {one["id"]: one["name"] for one in named})

    def _reads_all(self, session: Session, person: str, by: Actor) -> bool:
        if by.person == person:
            return True
        organisation = Organisation(session.connection(), self._storage.today())
        found = organisation.person(person)
        if relation(organisation, self._people, person, by.person) in ("PENILAI", "ATASAN"):
            return True
        sight: Scope = scope(organisation, by)
        return found is not None and (sight.units is None or found.unit in sight.units)


def _errors(topics: Topics, topic: str, kind: str, text: str) -> dict[str, str]:
    errors = {}
    if topic not in topics.results and topic not in topics.behaviours:
        errors["topic"] = "Pilih hasil kerja atau perilaku yang dimaksud."
    if kind not in KINDS:
        errors["kind"] = "Pilih jenis umpan balik."
    if not SHORTEST <= len(text) <= LONGEST:
        errors["text"] = f"Tulis {SHORTEST} sampai {LONGEST} huruf: kejadian dan dampaknya."
    return errors


def _given(row: FeedbackRow, name: str) -> Given:
    return Given(name, row.giver_role, row.target, row.about, row.kind, row.text, row.given_at)
