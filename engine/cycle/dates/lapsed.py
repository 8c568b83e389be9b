"""Reports that counted as given because their deadline passed: one of them goes back to its employee, with a reason.

What was judged of it meanwhile counts no more: the rating is made anew on what the employee reports. A result that the
employee has received, or that was delivered for the year, is not undone this way: there is the objection.

Source: DOMAIN 2.1 (windows are opened again for a person, with reason and audit), 2.8 no. 1, 2.9 no. 4; product default.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.clock import today
from engine.cycle.access import demand_unit, scope
from engine.cycle.daily.models import DailyClosingRow
from engine.cycle.dates.windows import REPORTS, end_of
from engine.cycle.models import RatingRow
from engine.cycle.organisation import Organisation
from engine.cycle.people import People
from engine.cycle.spreads import ANNUAL
from engine.errors import FormInvalid, NotFound, NotYours, Refused
from engine.runtime import redating
from engine.runtime.definitions import defined
from engine.runtime.models import CaseRow, PartyRow, TaskDefinitionRow, TaskRow
from engine.runtime.outlook import running
from engine.runtime.reasons import require_reason
from engine.runtime.redating import WayBack
from engine.runtime.resources import Resources
from engine.runtime.steps import Step
from engine.runtime.values import LIVE, Actor, Json, Page, TaskStatus
from engine.runtime.workflow import tokens
from engine.runtime.workflow.tokens import Scope

PERIODIC, YEARLY = "periodic_evaluation", "annual_evaluation"  # processes
WHOLE_YEAR = "load_skp_of_year"  # the step before the annual evaluation
BEFORE_JOIN = frozenset({"inputs_closed", "rate_unit_first", "annual_inputs_ready"})
DELIVERED = "acknowledge_year"
RETURNED = "report_returned"  # key of the case data: who gave the report back, why, until when
JUDGED = {
    PERIODIC: ("leader_input", "period_rating", "period_predicate"),
    YEARLY: ("suggestion", "rating", "predicate", "signing", "distribution"),
}


@dataclass(frozen=True)
class Lapsed:
    """A report that nobody gave in time; `period` is its code or "annual", `refusal` why it cannot be returned."""

    period: str
    name: str
    due_at: datetime
    rated: bool  # something was judged of it already
    refusal: str | None = None


@dataclass(frozen=True)
class LapsedCase:
    """A person's case with its lapsed reports."""

    id: UUID
    subject: str
    subject_name: str
    unit: str
    reports: Sequence[Lapsed]


class LapsedReports:
    """Lapsed reports as personnel of the unit, and the appraiser's superior, see and return them."""

    def __init__(self, resources: Resources, people: People) -> None:
        self._resources, self._people = resources, people

    def cases(self, cycle: str, *, by: Actor, limit: int = 20, offset: int = 0) -> Page[LapsedCase]:
        """The running cases of a year with lapsed reports that the actor may return, by name."""
        with self._resources.reading() as connection:
            organisation = self._organisation(connection)
            wanted = self._mine(organisation, cycle, by)
            total = connection.scalar(sa.select(sa.func.count()).select_from(CaseRow).where(*wanted)) or 0
            order = sa.select(*CaseRow.__table__.c).where(*wanted).order_by(CaseRow.subject_name, CaseRow.id)
            rows = connection.execute(order.limit(limit).offset(offset)).mappings().all()
            return Page([self._case(connection, row) for row in rows], total, offset, limit)

    def case(self, case_id: UUID, *, by: Actor) -> LapsedCase:
        """One case; raises NotFound, NotYours."""
        with self._resources.reading() as connection:
            return self._case(connection, self._row(connection, case_id, by))

    def give_back(self, case_id: UUID, period: str, last: date, *, reason: str, by: Actor) -> None:
        """Let the employee report until a day; ratings made meanwhile count no more, and their giver is told.

        Raises:
            NotFound, NotYours
            FormInvalid: the day has passed.
            Refused: no reason, or the report is not lapsed, or its result was received.
        """
        words = require_reason(reason)

        def write(connection: sa.Connection) -> None:
            row = self._row(connection, case_id, by)
            if last <= self._today():
                raise FormInvalid({"sampai": "Hari terakhir yang baru harus sesudah hari ini."})
            way = _Way(self._resources, period, last, words, by)
            redating.send_back(self._resources, connection, case_id, way, reason=words, by=by)
            _forget(connection, row, way.found)

        self._resources.write(write)

    def _mine(self, organisation: Organisation, cycle: str, by: Actor) -> list[sa.ColumnElement[bool]]:
        """Running cases with a report whose task went after its due moment, as far as they are the actor's to return."""
        task = TaskRow
        lapsed = sa.select(task.case_id).where(
            defined(TaskDefinitionRow.element.in_(REPORTS)),
            task.status == TaskStatus.WITHDRAWN,
            task.closed_at > task.due_at,
        )
        running_ = [
            CaseRow.status.in_(LIVE),
            CaseRow.cycle == cycle,
            CaseRow.id.in_(lapsed),
            CaseRow.subject != by.person,
        ]
        if by.roles & {"personnel", "system"}:
            return [*running_, scope(organisation, by).of_unit(CaseRow.unit)]
        party = sa.select(PartyRow.case_id).where(PartyRow.identity == f"p:{by.person}")
        rows = organisation.connection.execute(
            sa.select(CaseRow.id, CaseRow.subject).where(*running_, CaseRow.id.in_(party))
        )
        return [CaseRow.id.in_([row.id for row in rows if self._superior(organisation, row.subject) == by.person])]

    def _row(self, connection: sa.Connection, case_id: UUID, by: Actor) -> sa.RowMapping:
        row = connection.execute(sa.select(*CaseRow.__table__.c).where(CaseRow.id == case_id)).mappings().first()
        if row is None:
            raise NotFound("Perkara ini tidak ada, atau bukan untuk Anda.")
        self._demand(self._organisation(connection), row, by)
        if row["status"] not in LIVE:
            raise NotFound("Perkara ini sudah berakhir.")
        return row

    def _demand(self, organisation: Organisation, row: sa.RowMapping, by: Actor) -> None:
        if row["subject"] == by.person:
            raise NotYours("Laporan Anda sendiri dikembalikan oleh orang lain.")
        if by.roles & {"personnel", "system"}:
            demand_unit(scope(organisation, by), row["unit"])
        elif self._superior(organisation, row["subject"]) != by.person:
            raise NotYours("Laporan dikembalikan oleh pengelola kepegawaian atau atasan pejabat penilai.")

    def _superior(self, organisation: Organisation, subject: str) -> str | None:
        found = self._people.superiors(organisation, subject).superior.person
        return found.id if found is not None else None

    def _case(self, connection: sa.Connection, row: sa.RowMapping) -> LapsedCase:
        reports = [found.lapsed for found in _lapsed(self._resources, connection, row)]
        return LapsedCase(row["id"], row["subject"], row["subject_name"], row["unit"], reports)

    def _organisation(self, connection: sa.Connection) -> Organisation:
        return Organisation(connection, self._today())

    def _today(self) -> date:
        return today(self._resources.clock, self._resources.zone)


@dataclass(frozen=True)
class _Found:
    """A lapsed report, and the running of its evaluation."""

    lapsed: Lapsed
    process: str
    scope: Scope


def _lapsed(resources: Resources, connection: sa.Connection, row: Mapping[Any, Any]) -> list[_Found]:
    """The lapsed reports of a case, periods first."""
    ratings = sa.select(RatingRow.period).where(RatingRow.case_id == row["id"], RatingRow.superseded.is_(False))
    rated = set(connection.scalars(ratings))
    of_periods = running(resources, row, connection, PERIODIC)
    of_year = running(resources, row, connection, YEARLY)
    return [*_of_periods(of_periods, rated), *_of_year(of_year, rated)]


def _of_periods(scopes: Sequence[Scope], rated: set[str]) -> Iterator[_Found]:
    for one in scopes:
        period = one.data.get("period")
        if not period or one.data.get("realisation") is not None or REPORTS[0] in one.standing:
            continue
        due = datetime.fromisoformat(period["report_due"])
        yield _Found(Lapsed(period["code"], period["name"], due, period["code"] in rated), PERIODIC, one)


def _of_year(scopes: Sequence[Scope], rated: set[str]) -> Iterator[_Found]:
    for one in scopes:
        if one.data.get("annual_report") is not None or REPORTS[1] in one.standing:
            continue
        due = datetime.fromisoformat(one.data["deadlines"]["annual_report"])
        refusal = None
        if DELIVERED in one.standing:
            refusal = "Hasil tahun ini sudah disampaikan; pegawai dapat mengajukan keberatan."
        yield _Found(Lapsed(ANNUAL, "", due, ANNUAL in rated, refusal), YEARLY, one)


class _Way:
    """How a case in hand goes back to a report; remembers in `found` what went back."""

    def __init__(self, resources: Resources, period: str, last: date, reason: str, by: Actor) -> None:
        self._resources, self._period, self._last, self._reason, self._by = resources, period, last, reason, by
        self.found: _Found

    def __call__(self, step: Step) -> WayBack:
        lapsed = _lapsed(self._resources, step.connection, step.case)
        found = next((one for one in lapsed if one.lapsed.period == self._period), None)
        if found is None:
            raise Refused("Laporan ini tidak lewat batas, sudah dikembalikan, atau hasilnya sudah diterima pegawai.")
        if found.lapsed.refusal:
            raise Refused(found.lapsed.refusal)
        self.found = found
        return self._back(step, found)

    def _back(self, step: Step, found: _Found) -> WayBack:
        end = end_of(step.connection, step.case, self._last, self._resources.zone)
        returned = {"alasan": self._reason, "oleh": self._by.name or self._by.person, "sampai": self._last.isoformat()}
        forget = [key for key in JUDGED[found.process] if found.scope.data.get(key) is not None]
        patch: dict[str, Json] = {**dict.fromkeys(forget), RETURNED: returned}
        told = {"sampai": f"{self._last:%d-%m-%Y}"}
        letters = [(("employee", "appraiser"), "report_returned", told)]
        if found.process == PERIODIC:
            return WayBack("read_daily_log", found.scope.level, patch, self._periods(step, found, end), letters)
        within = bool(BEFORE_JOIN & found.scope.standing)
        place = (REPORTS[1], found.scope.level) if within else (WHOLE_YEAR, None)
        deadlines = _later(found.scope.data["deadlines"], "annual_report", YEAR_AFTER, end)
        return WayBack(*place, patch, {"deadlines": deadlines}, letters)

    def _periods(self, step: Step, found: _Found, end: datetime) -> Mapping[str, Json]:
        known = tokens.all_data(step.run)["periods"]
        return {
            "periods": [
                _later(one, "report_due", PERIOD_AFTER, end) if one["code"] == self._period else one for one in known
            ]
        }


PERIOD_AFTER = ("rate_due", "superior_due")
YEAR_AFTER = ("inputs", "annual_rating", "annual_final", "superior_final")


def _later(values: Mapping[str, Json], report: str, after: Sequence[str], end: datetime) -> dict[str, Json]:
    """The report is due at the end; what is due after it keeps its distance, and comes no earlier than it was."""
    due = datetime.fromisoformat(values[report])
    moments = {key: datetime.fromisoformat(values[key]) for key in after if values.get(key)}
    later = {key: max(at, end + (at - due)).isoformat() for key, at in moments.items()}
    return {**values, report: end.isoformat(), **later}


def _forget(connection: sa.Connection, row: Mapping[Any, Any], found: _Found) -> None:
    """A rating of what went back counts no more, and the days of its log can be written in again."""
    rating, closing = RatingRow, DailyClosingRow
    connection.execute(
        sa.update(rating)
        .where(rating.case_id == row["id"], rating.period == found.lapsed.period, rating.superseded.is_(False))
        .values(superseded=sa.true())
    )
    period = found.scope.data.get("period") if found.process == PERIODIC else None
    if period:
        connection.execute(
            sa.delete(closing).where(
                closing.person == row["subject"],
                closing.cycle_id == row["cycle"],
                closing.starts == date.fromisoformat(period["starts"]),
            )
        )
