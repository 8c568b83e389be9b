"""A whole year of a small agency, lived through the engine's public verbs."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.demo import build_demo, demo_accounts
from engine.cycle.models import RatingRow, SkpVersionRow
from engine.cycle.simulation import build_agency, simulate
from engine.errors import Refused
from engine.runtime.values import Actor

AUDITOR = Actor("auditor", roles=frozenset({"auditor"}))
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NEW_YEAR)


def test_a_year_ends_for_everybody_without_an_incident(application: Application, clock: VirtualClock) -> None:
    with Session(application.engine.database) as session, session.begin():
        agency = build_agency(session, 16, 7, NEW_YEAR.date())

    summary = simulate(application, clock, [2026], 7)

    assert (summary.cases, summary.completed, summary.open, summary.incidents) == (16, 16, 0, 0)
    assert summary.timers_fired > 12
    assert summary.reminders_sent > 12
    assert application.engine.verify().breach is None
    with application.engine.database.connect() as connection:
        plans = connection.scalar(sa.select(sa.func.count(sa.distinct(SkpVersionRow.subject))))
        final = connection.scalars(
            sa.select(RatingRow.subject).where(RatingRow.period == "annual", RatingRow.status == "FINAL").distinct()
        ).all()
    assert plans == 16
    boss = application.cycle.employee(agency.staff[3], by=AUDITOR).employee
    found = application.engine.cases(by=AUDITOR, search=boss.nip)
    assert [case.subject for case in found.items] == [boss.id]
    assert sorted(final) == sorted(agency.staff)


def test_the_demo_has_an_account_of_each_kind_and_fills_an_empty_database_only(
    application: Application, clock: VirtualClock
) -> None:
    build_demo(application, clock, datetime(2027, 1, 20, tzinfo=UTC), people=16)

    accounts = demo_accounts(application.engine.database)
    assert {account.who for account in accounts} == {
        "Pegawai", "Pejabat penilai", "Kepala dinas", "Tim pengelola kinerja", "Pemilik proses", "Auditor", "Operator",
    }  # fmt: skip
    with pytest.raises(Refused, match="kosong"):
        build_demo(application, clock, datetime(2027, 2, 1, tzinfo=UTC), people=16)
