"""Surveys: open one, answer one, read what it came to. There is no verb that reads an answer, for nobody.

Against comparing: one survey for a person and period, ever; one total of peers and subordinates together, never one of
each; no number of answers while the window is open; and the total is written once, at the window's end.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.cycle.access import demand_unit, scope
from engine.cycle.behaviours import behaviours
from engine.cycle.calendar import WorkCalendar, spans
from engine.cycle.holidays import days_off
from engine.cycle.models import CycleRow, EmployeeRow
from engine.cycle.organisation import Organisation, Person
from engine.cycle.people import People
from engine.cycle.storage import Storage
from engine.cycle.surveys import ballots
from engine.cycle.surveys.closing import FEWEST, close, key_of
from engine.cycle.surveys.models import BallotRow, SurveyInvitationRow, SurveyKeyRow, SurveyRow
from engine.cycle.team import is_appraised_by, reports_of
from engine.cycle.telling import tell
from engine.cycle.zones import zone_of
from engine.db import new_id
from engine.errors import FormInvalid, NotFound, NotYours, Refused
from engine.runtime import sealing
from engine.runtime.values import Actor

SCALE = range(1, 6)  # never ... always


@dataclass(frozen=True)
class Survey:
    """A survey as an invited person sees it; `behaviours` are (id, name)."""

    id: UUID
    subject_name: str
    cycle: str
    period: str
    closes_at: datetime
    behaviours: Sequence[tuple[str, str]]
    answered: bool  # by the one who looks


@dataclass(frozen=True)
class Outcome:
    """A survey as those see it whom it helps; `means` by behaviour name, None while open or with too few answers."""

    cycle: str
    period: str
    closes_at: datetime
    closed: bool
    answers: int | None
    means: Mapping[str, float] | None


class Surveys:
    """The closed surveys of an agency; `kek` wraps the key of each."""

    def __init__(self, storage: Storage, people: People, kek: bytes) -> None:
        self._storage, self._people, self._kek = storage, people, kek

    def periods(self, cycle: str, person: str, *, by: Actor) -> Sequence[tuple[str, str]]:
        """The periods of a year that have begun and that this actor may still open a survey for: (code, name)."""
        with self._storage.reading() as session:
            organisation = Organisation(session.connection(), self._storage.today())
            if not self._may_open(organisation, person, by):
                return []
            used = set(session.scalars(sa.select(SurveyRow.period).where(_about(person, cycle))))
            return [one for one in self._begun(session, organisation, cycle, person) if one[0] not in used]

    def open(self, person: str, cycle: str, period: str, *, by: Actor) -> UUID:
        """Invite the peers and subordinates of a person for `survei.hari_kerja` working days; gives the survey's id.

        The organisation says who is invited, never the one who opens: nobody can be singled out.

        Raises:
            NotYours: neither the person's appraiser nor personnel of the unit.
            Refused: the period has not begun or has its survey already, or fewer than three would be invited.
        """
        with self._storage.writing() as session:
            connection, now = session.connection(), self._storage.now()
            organisation = Organisation(connection, self._storage.today())
            subject = organisation.person(person)
            if subject is None or not self._may_open(organisation, person, by):
                raise NotYours("Survei perilaku dibuka oleh pejabat penilai atau pengelola kinerja.")
            if period not in dict(self._begun(session, organisation, cycle, person)):
                raise Refused("Pilih periode yang sudah berjalan.")
            if session.scalar(sa.select(SurveyRow.id).where(_about(person, cycle), SurveyRow.period == period)):
                raise Refused("Survei untuk periode ini sudah pernah dibuka; satu periode hanya satu survei.")
            invited = self._invited(organisation, subject)
            if len(invited) < FEWEST:
                raise Refused("Rekan dan bawahan kurang dari tiga orang, jadi jawaban tidak dapat dirahasiakan.")
            row = self._row(session, organisation, subject, cycle, period, by)
            session.add(row)
            session.flush()
            key = sealing.wrap(os.urandom(sealing.KEY_BYTES), self._kek, row.id)
            session.add(SurveyKeyRow(survey_id=row.id, wrapped=key))
            session.add_all(SurveyInvitationRow(survey_id=row.id, person=one) for one in invited)
            place = f"survei/{row.id}"
            tell(connection, place, "survey", invited, subject=person, cycle=cycle, place=place, now=now)
            return row.id

    def invitations(self, *, by: Actor) -> Sequence[Survey]:
        """The open surveys that the actor is asked to answer, those answered included."""
        with self._storage.reading() as session:
            mine = sa.select(SurveyInvitationRow.survey_id).where(SurveyInvitationRow.person == by.person)
            found = session.scalars(
                sa.select(SurveyRow).where(SurveyRow.id.in_(mine), self._is_open()).order_by(SurveyRow.closes_at)
            )
            return [self._seen(session, row, by) for row in found]

    def survey(self, survey: UUID, *, by: Actor) -> Survey:
        """A survey to answer; raises NotFound for who is not invited, or when it is over."""
        with self._storage.reading() as session:
            return self._seen(session, self._invited_to(session, survey, by), by)

    def answer(self, survey: UUID, scores: Mapping[str, int], *, by: Actor) -> None:
        """Cast a ballot, once; `scores` are 1 to 5 by behaviour.

        Raises:
            NotFound: not invited, or over.  Refused: answered already.  FormInvalid: by behaviour, what is missing.
        """
        with self._storage.writing() as session:
            row = self._invited_to(session, survey, by)
            order = _order(row)
            missing = {one: "Pilih satu jawaban." for one in order if scores.get(one) not in SCALE}
            if missing:
                raise FormInvalid(missing)
            key = key_of(session.connection(), survey, self._kek, lock=True)
            if key is None:
                raise NotFound("Survei ini tidak ada, sudah berakhir, atau bukan untuk Anda.")
            token = ballots.token_of(key, by.person)
            if session.get(BallotRow, (survey, token)) is not None:
                raise Refused("Anda sudah menjawab survei ini; jawaban tidak dapat dilihat atau diubah lagi.")
            box = ballots.seal(scores, order, key, survey, token)
            session.add(BallotRow(survey_id=survey, token=token, box=box))

    def outcomes(self, person: str, cycle: str, *, by: Actor) -> Sequence[Outcome]:
        """The surveys about a person of a year: for the person, the appraiser, and whoever cares for the unit."""
        with self._storage.reading() as session:
            organisation = Organisation(session.connection(), self._storage.today())
            if by.person != person and not self._may_open(organisation, person, by):
                raise NotYours("Hasil survei hanya untuk pegawai, pejabat penilai, dan pengelola kinerja.")
            rows = session.scalars(sa.select(SurveyRow).where(_about(person, cycle)).order_by(SurveyRow.period))
            return [_outcome(row) for row in rows]

    def close_due(self, limit: int = 20) -> int:
        """End the surveys whose window is over, for a worker; gives how many."""
        with self._storage.reading() as session:
            due = sa.select(SurveyRow).where(~SurveyRow.closed, SurveyRow.closes_at <= self._storage.now())
            found = [(row.id, _order(row)) for row in session.scalars(due.limit(limit))]
        for survey, order in found:
            with self._storage.writing() as session:
                connection = session.connection()
                mine = sa.select(SurveyRow.id).where(SurveyRow.id == survey, ~SurveyRow.closed).with_for_update()
                if connection.scalar(mine) is not None:
                    close(connection, survey, order, self._kek)
        return len(found)

    def _may_open(self, organisation: Organisation, person: str, by: Actor) -> bool:
        found = organisation.person(person)
        if found is None or by.person == person:
            return False
        if is_appraised_by(organisation, self._people, person, by.person):
            return True
        if "personnel" not in by.roles:
            return False
        try:
            demand_unit(scope(organisation, by), found.unit)
        except NotYours:
            return False
        return True

    def _begun(self, session: Session, organisation: Organisation, cycle: str, person: str) -> list[tuple[str, str]]:
        year = session.scalar(sa.select(CycleRow.year).where(CycleRow.id == cycle))
        found = organisation.person(person)
        if year is None or found is None:
            return []
        kind = organisation.parameters(found.unit).text("periode.jenis")
        return [(code, name) for code, name, _, starts, _ in spans(kind, year) if starts <= organisation.on]

    def _invited(self, organisation: Organisation, subject: Person) -> list[str]:
        """Peers are those of the same appraiser; the appraiser, who reads the outcome, is not asked."""
        appraiser = self._people.appraiser(organisation, subject.id)
        peers = reports_of(organisation, self._people, appraiser.id) if appraiser else []
        below = reports_of(organisation, self._people, subject.id)
        return sorted({one.id for one in (*peers, *below)} - {subject.id, appraiser.id if appraiser else ""})

    def _row(
        self, session: Session, organisation: Organisation, subject: Person, cycle: str, period: str, by: Actor
    ) -> SurveyRow:
        parameters = organisation.parameters(subject.unit)
        calendar = WorkCalendar(days_off(session.connection()), zone_of(parameters.text("zona")))
        asked = behaviours(parameters.text("perilaku.set"), leads=subject.heads_unit)
        last_day = calendar.after(self._storage.today(), parameters.number("survei.hari_kerja"))
        return SurveyRow(
            id=new_id(),
            cycle_id=cycle,
            subject=subject.id,
            period=period,
            behaviours=[{"id": one["id"], "name": one["name"]} for one in asked],
            opened_by=by.person,
            opened_at=self._storage.now(),
            closes_at=calendar.end_of(last_day),
        )

    def _invited_to(self, session: Session, survey: UUID, by: Actor) -> SurveyRow:
        row = session.scalar(sa.select(SurveyRow).where(SurveyRow.id == survey, self._is_open()))
        if row is None or session.get(SurveyInvitationRow, (survey, by.person)) is None:
            raise NotFound("Survei ini tidak ada, sudah berakhir, atau bukan untuk Anda.")
        return row

    def _seen(self, session: Session, row: SurveyRow, by: Actor) -> Survey:
        key = key_of(session.connection(), row.id, self._kek)
        answered = key is not None and session.get(BallotRow, (row.id, ballots.token_of(key, by.person))) is not None
        name = session.scalar(sa.select(EmployeeRow.name).where(EmployeeRow.id == row.subject)) or row.subject
        asked = [(one["id"], one["name"]) for one in row.behaviours]
        return Survey(row.id, name, row.cycle_id, row.period, row.closes_at, asked, answered)

    def _is_open(self) -> sa.ColumnElement[bool]:
        return sa.and_(~SurveyRow.closed, SurveyRow.closes_at > self._storage.now())


def _about(person: str, cycle: str) -> sa.ColumnElement[bool]:
    return sa.and_(SurveyRow.subject == person, SurveyRow.cycle_id == cycle)


def _order(row: SurveyRow) -> list[str]:
    return [one["id"] for one in row.behaviours]


def _outcome(row: SurveyRow) -> Outcome:
    names: dict[str, str] = {one["id"]: one["name"] for one in row.behaviours}
    means = {names[one]: mean for one, mean in row.means.items()} if row.means else None
    return Outcome(row.cycle_id, row.period, row.closes_at, row.closed, row.answers, means)
