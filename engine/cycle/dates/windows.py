"""Windows of the year that are opened again for a unit or a person: until when, and whose work goes back to them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, tzinfo
from typing import Any

import sqlalchemy as sa

from engine.cycle.access import tree
from engine.cycle.calendar import WorkCalendar
from engine.cycle.models import CycleRow, EmployeeRow, UnitRow
from engine.cycle.organisation import Organisation
from engine.cycle.parameters import parameters_on
from engine.cycle.zones import zone_of
from engine.errors import FormInvalid
from engine.runtime.models import CaseRow
from engine.runtime.redating import Rules
from engine.runtime.values import LIVE, Json

SKP, REPORT, RATING, ANNUAL = "skp", "lapor", "nilai", "tahunan"
DEADLINES: Mapping[str, Sequence[str]] = {
    SKP: ("draft", "dialogue", "review", "set", "team_set"),
    ANNUAL: ("annual_report", "organisation", "inputs", "annual_rating", "annual_final", "superior_final"),
}
OF_PERIOD: Mapping[str, Sequence[str]] = {
    REPORT: ("report_due", "rate_due", "superior_due"),
    RATING: ("rate_due", "superior_due"),
}
WINDOWS = (SKP, REPORT, RATING, ANNUAL)
DRAFT_AGAIN = "refresh_leader_results"  # the step before drafting: what may be supported is read anew
DRAFT = "draft_skp"
REPORTS = ("report_period", "report_year")  # in which employees report
LAPSED = frozenset({"draft_overdue", "dialogue_overdue", "setting_overdue"})  # the team has drafted or set the SKP
JUDGED = ("setting", "team_review", "dispute", "alignment")  # what became of the draft before


@dataclass(frozen=True)
class Reopening:
    """A window, for whom, until which day; `send_back`: what the team has done in place of people goes back to them."""

    window: str
    cycle: str
    last: date
    period: str = ""  # code of the period, of reports and ratings
    unit: str | None = None  # with all below it
    person: str | None = None
    send_back: bool = False

    def to_json(self) -> dict[str, Json]:
        return {**asdict(self), "last": self.last.isoformat()}

    @classmethod
    def of(cls, words: Mapping[str, Json]) -> "Reopening":
        return cls(**{**words, "last": date.fromisoformat(words["last"])})

    def cases(self, connection: sa.Connection) -> list[str]:
        """The cases that run and are meant."""
        whose = CaseRow.subject == self.person
        if self.unit is not None:
            whose = CaseRow.unit.in_(tree(connection, [self.unit]))
        running = sa.select(CaseRow.id).where(CaseRow.status.in_(LIVE), CaseRow.cycle == self.cycle, whose)
        return [str(case) for case in connection.scalars(running.order_by(CaseRow.unit, CaseRow.id))]

    def rules(self, connection: sa.Connection, zone: tzinfo) -> Rules:
        """The functions stay as they are; the window's days in the case's data become the last day, none comes earlier."""

        def renew(case: Mapping[str, Any], data: Mapping[str, Json]) -> Mapping[str, Json]:
            if "deadlines" not in data or "periods" not in data:
                return {}
            end = end_of(connection, case, self.last, zone)
            if self.window in DEADLINES:
                return {"deadlines": _raised(data["deadlines"], DEADLINES[self.window], end)}
            keys = OF_PERIOD[self.window]
            of_period = (_raised(one, keys, end) if one["code"] == self.period else one for one in data["periods"])
            return {"periods": list(of_period)}

        return Rules({}, {}, renew)


def check(connection: sa.Connection, asked: Reopening, today: date) -> None:
    """Raises FormInvalid for a window that is none, a day that has passed, or nobody whose window it is."""
    errors = {}
    if asked.window not in WINDOWS or (asked.window in OF_PERIOD and not asked.period):
        errors["jendela"] = "Pilih jendela yang dibuka; laporan dan penilaian periode perlu periodenya."
    if asked.last <= today:
        errors["sampai"] = "Hari terakhir yang baru harus sesudah hari ini."
    if connection.scalar(sa.select(CycleRow.id).where(CycleRow.id == asked.cycle)) is None:
        errors["siklus"] = "Pilih siklusnya."
    known = (
        sa.select(UnitRow.id).where(UnitRow.id == asked.unit),
        sa.select(EmployeeRow.id).where(EmployeeRow.id == asked.person),
    )
    if sum(connection.scalar(query) is not None for query in known) != 1:
        errors["siapa"] = "Pilih satu unit, atau tulis NIP satu pegawai."
    elif not errors and not asked.cases(connection):
        errors["siapa"] = "Tidak ada perkara berjalan milik unit atau pegawai ini."
    if errors:
        raise FormInvalid(errors)


def _raised(values: Mapping[str, Json], keys: Sequence[str], end: datetime) -> dict[str, Json]:
    later = {key: end.isoformat() for key in keys if key in values and datetime.fromisoformat(values[key]) < end}
    return {**values, **later}


def end_of(connection: sa.Connection, case: Mapping[str, Any], last: date, zone: tzinfo) -> datetime:
    """The end of the last day where the case's unit is."""
    chain = Organisation(connection, last).chain(case["unit"])
    parameters = parameters_on(connection, last, chain, zone=str(zone))
    return WorkCalendar(frozenset(), zone_of(parameters.text("zona"))).end_of(last)
