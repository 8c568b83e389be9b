"""Parts that are played whatever the dice say, so that a year of few people already sees all that a year may bring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from engine.cycle.models import EmployeeKind, EmployeeRow, ParameterRow
from engine.cycle.simulation.agency import SINCE, Agency
from engine.cycle.simulation.happenings import Happening, changers, happenings
from engine.runtime.values import Json

Answers = Mapping[str, Json]
PEOPLE_PER_PART = 100  # an agency of so many people plays each part once, a larger one more often
NO_STRENGTH = -6.0  # far below what anybody expects


@dataclass(frozen=True)
class Part:
    """What befalls one person: answers by element, given in time by whoever has the task; `weak`: below expectation."""

    answers: Mapping[str, Answers] = field(default_factory=dict)
    weak: bool = False


FAILS = {"evaluate_improvement": {"hasil": "TIDAK_MEMBAIK"}, "record_competency_test": {"hasil": "TIDAK_MEMENUHI"}}
PARTS = (
    Part({"file_objection": {"ajukan": "YA"}, "decide_objection": {"keputusan": "UBAH"}}),
    Part({"evaluate_improvement": {"hasil": "MEMBAIK"}}, weak=True),
    Part(
        {
            **FAILS,
            "decide_placement": {"keputusan": "TIDAK_ADA_LOWONGAN"},
            "review_vacancy": {"tersedia": "TIDAK"},
            "propose_dismissal": {"keputusan": "USUL"},
        },
        weak=True,
    ),
    Part({"draft_skp": {}, "hold_dialogue": {"sepakat": "BELUM_SEPAKAT"}}),
    Part({"file_objection": {"ajukan": "YA"}, "decide_objection": {"keputusan": "TETAP"}}),
    Part({**FAILS, "decide_placement": {"keputusan": "JABATAN_LEBIH_RENDAH"}}, weak=True),
    Part({**FAILS, "record_competency_test": {"hasil": "MEMENUHI"}}, weak=True),
)
HEARD: Mapping[str, Answers] = {  # the head of all plans first, so that others have something to support
    "draft_skp": {},
    "hold_dialogue": {"sepakat": "SEPAKAT"},
    "set_skp": {"keputusan": "TETAPKAN"},
    "draft_skp_change": {},
    "approve_skp_change": {},
}
NO_PART = Part()


@dataclass(frozen=True)
class Cast:
    """Who plays what; `late` people do everything after it is due. `leaves_out`: each lapse is let happen once."""

    parts: Mapping[str, Part] = field(default_factory=dict)
    late: frozenset[str] = frozenset()
    leaves_out: bool = False

    def part(self, person: str) -> Part:
        return self.parts.get(person, NO_PART)


NOBODY = Cast()


def cast(session: Session, agency: Agency, year: int) -> tuple[Cast, Sequence[Happening]]:
    """Give the parts to permanent staff who lead nothing, and what personnel will enter to those who are left.

    One section is late with everything, another has its SKPs reviewed.
    """
    reviewed, late = sorted(agency.heads)[-2:]
    rule(session, "skp.reviu_pengelola", "WAJIB", year, unit=reviewed)
    _contracts(session, agency, year)
    times = max(1, len(agency.staff) // PEOPLE_PER_PART)
    players = _players(session, agency)
    parts = dict(zip(players, PARTS * times, strict=False))
    events = happenings(agency, players[len(parts) :], year)
    _, undecided, heard = changers(agency)
    parts |= {undecided: Part({"draft_skp_change": {}}), heard: Part(HEARD)}
    return Cast(parts, frozenset(agency.members[late]), leaves_out=True), events


def rule(session: Session, key: str, value: Json, year: int, *, unit: str | None = None) -> None:
    """Set a parameter before the year begins, for a unit or everybody."""
    set_at = datetime(year, 1, 1, tzinfo=UTC)
    session.add(ParameterRow(key=key, value=value, unit_id=unit, starts=SINCE, set_by="simulasi", set_at=set_at))


def _contracts(session: Session, agency: Agency, year: int) -> None:
    """The first contract ends in November."""
    found = (session.get_one(EmployeeRow, person) for person in sorted(agency.staff))
    first = next((one for one in found if one.kind is EmployeeKind.PPPK), None)
    if first is not None:
        first.contract_ends = date(year, 11, 30)


def _players(session: Session, agency: Agency) -> Sequence[str]:
    """Permanent staff who lead no unit and stand in no pool, in the order of their ids."""
    busy = {*agency.heads.values(), *agency.team, *agency.officials.values()}
    found = (session.get_one(EmployeeRow, person) for person in sorted(agency.staff) if person not in busy)
    return [one.id for one in found if one.kind is EmployeeKind.PNS]
