"""Proposals from results: factors for payroll, career steps, and nothing of a result under objection."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.cycle import agency
from engine.cycle.models import CycleRow, CycleStatus, EmployeeRow, RatingRow
from engine.cycle.proposals.verbs import Allowance, Career, State
from engine.cycle.year import PerformanceCycle
from engine.db import new_id
from engine.errors import NotFound, NotYours
from engine.runtime.values import Actor
from tests.cycle.agency import PERSONNEL

AUDITOR = Actor("audit", roles=frozenset({"auditor"}))


@pytest.fixture
def year(populated: sa.Engine, cycle: PerformanceCycle) -> PerformanceCycle:
    """The regency after 2025, whose pattern is that of the published example."""
    made = {"created_at": datetime(2025, 1, 1, tzinfo=UTC), "created_by": "dian", "status": CycleStatus.OPEN}
    with populated.begin() as connection:
        for number in (2024, 2025):
            days = {"starts": date(number, 1, 1), "ends": date(number, 12, 31)}
            row = {"id": str(number), "year": number, "regime": "REG_2022", **days, **made}
            connection.execute(sa.insert(CycleRow).values(row))
        for person, last, before, status in (
            ("alice", "BAIK", "SANGAT_BAIK", "FINAL"),
            ("andi", "SANGAT_BAIK", None, "FINAL"),
            ("bob", "BAIK", "BAIK", "DALAM_KEBERATAN"),
            ("dan", "BUTUH_PERBAIKAN", "BAIK", "FINAL"),
            ("sari", "BAIK", "BAIK", "DISAMPAIKAN"),
        ):
            rate(connection, person, "2025", "annual", last, status)
            if before is not None:
                rate(connection, person, "2024", "annual", before, "FINAL")
    return cycle


def rate(connection: sa.Connection, person: str, cycle: str, period: str, predicate: str, status: str) -> None:
    row = {"case_id": new_id(), "cycle_id": cycle, "subject": person, "unit_id": "KESMAS", "period": period}
    row |= {"predicate": predicate, "status": status, "given_at": datetime(2026, 1, 2, tzinfo=UTC), "superseded": False}
    connection.execute(sa.insert(RatingRow).values(row))


def factors(cycle: PerformanceCycle, period: str = "TW4") -> dict[str, Allowance]:
    return {line.person.id: line for line in cycle.proposals.allowance("2025", period, by=PERSONNEL).items}


def careers(cycle: PerformanceCycle) -> dict[str, Career]:
    return {line.person.id: line for line in cycle.proposals.career("2025", by=PERSONNEL).items}


def choose(cycle: PerformanceCycle, pattern: str) -> None:
    storage = cycle._storage
    with storage.writing() as session:
        agency.set_parameter(
            session, "tunjangan.pola", pattern, starts=date(2020, 1, 1), unit=None, note="", by="x", now=storage.now()
        )


def test_without_a_pattern_of_the_agency_no_factor_is_proposed(year: PerformanceCycle, populated: sa.Engine) -> None:
    with populated.begin() as connection:
        rate(connection, "alice", "2025", "TW4", "BAIK", "DISAMPAIKAN")

    found = factors(year)

    assert (found["alice"].state, found["alice"].percent) == (State.NO_RULE, None)
    assert found["andi"].state is State.UNRATED


def test_a_result_under_objection_or_not_final_gives_no_factor(year: PerformanceCycle) -> None:
    choose(year, "KEMENAG_2016")

    found = factors(year, "annual")

    assert {person: (line.state.value, line.percent) for person, line in found.items() if line.predicate} == {
        "alice": ("PROPOSED", Decimal(100)),
        "andi": ("PROPOSED", Decimal(100)),
        "bob": ("DISPUTED", None),
        "dan": ("PROPOSED", Decimal(75)),
        "sari": ("NOT_FINAL", None),
    }


def test_two_good_years_allow_a_rank_and_every_reason_is_told(year: PerformanceCycle, populated: sa.Engine) -> None:
    with populated.begin() as connection:
        connection.execute(sa.update(EmployeeRow).where(EmployeeRow.id == "andi").values(kind="PPPK"))
    found = careers(year)
    steps = {
        person: {step.kind: (step.eligible, list(step.reasons)) for step in line.steps}
        for person, line in found.items()
    }

    assert steps["alice"]["KENAIKAN_PANGKAT"] == (True, ["Dua tahun terakhir paling rendah Baik"])
    assert steps["alice"]["KENAIKAN_PANGKAT_LUAR_BIASA"] == (False, ["Perlu Sangat Baik pada tahun terakhir"])
    assert steps["dan"]["KENAIKAN_PANGKAT"] == (False, ["Predikat tahun terakhir di bawah Baik"])
    assert steps["andi"] == {}  # rank is for PNS, and this post has no tier
    assert (found["bob"].state, found["bob"].steps) == (State.DISPUTED, ())
    assert steps["sari"]["KENAIKAN_PANGKAT"] == (False, ["Predikat tahun terakhir belum final"])
    assert steps["tuti"]["KENAIKAN_PANGKAT"][1] == [
        "Predikat tahun terakhir belum final", "Predikat tahun sebelumnya belum ada",
    ]  # fmt: skip


def test_proposals_are_for_personnel_and_auditors(year: PerformanceCycle) -> None:
    assert year.proposals.career("2025", by=AUDITOR).total == 8
    for who in (Actor("alice"), Actor("bob"), Actor("op", roles=frozenset({"operator"}))):
        for ask in (
            lambda who=who: year.proposals.career("2025", by=who),
            lambda who=who: year.proposals.allowance("2025", "TW1", by=who),
        ):
            with pytest.raises(NotYours):
                ask()
    with pytest.raises(NotFound):
        year.proposals.allowance("2025", "TW9", by=PERSONNEL)
    with pytest.raises(NotFound):
        year.proposals.career("1999", by=PERSONNEL)
