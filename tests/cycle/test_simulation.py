"""A whole year of a small agency, lived through the engine's public verbs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.bootstrap import Application, start
from engine.clock import VirtualClock
from engine.cycle.demo import build_demo, demo_accounts
from engine.cycle.models import EmployeeRow, RatingRow, SkpVersionRow
from engine.cycle.simulation import Agency, Summary, build_agency, cast, rule, simulate
from engine.cycle.simulation.year import begun
from engine.errors import Refused
from engine.runtime.services import Ask
from engine.runtime.values import Actor
from web.throwaway import throw_away

AUDITOR = Actor("auditor", roles=frozenset({"auditor"}))
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
WORST = "KURANG_MISCONDUCT"  # of who is weak: 60 for each result and behaviour
HR = {"MUTASI", "TUGAS_BELAJAR_MULAI"}


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NEW_YEAR)


def test_a_year_sees_everything_that_may_happen_and_ends_for_everybody_without_an_incident(tmp_path: Path) -> None:
    application, agency, live = _agency(tmp_path, 30)

    summary = live()

    assert (summary.cases, summary.completed, summary.open, summary.incidents) == (32, 32, 0, 0)  # two are transferred
    assert [lapse for lapse, times in summary.lapses.items() if not times] == []
    assert set(summary.lapses) >= {"draft_overdue", "review_overdue", "dispute_overdue", "check_missed"}
    assert [kind for kind, times in summary.kinds.items() if not times] == []
    assert set(summary.happenings) == {
        "GANTI_PENILAI",
        "PLT",
        "PLH",
        "PENSIUN",
        "MENINGGAL",
        "BERHENTI",
        "UBAH_SKP",
        *HR,
    }
    assert 1 <= summary.late_units < len(agency.heads)
    assert summary.reminders_sent > summary.timers_fired > 30
    assert application.engine.verify().breach is None
    with application.engine.database.connect() as connection:
        final = connection.scalars(
            sa.select(RatingRow.subject).where(RatingRow.period == "annual", RatingRow.status == "FINAL").distinct()
        ).all()
        gone = connection.scalars(sa.select(EmployeeRow.id).where(EmployeeRow.ends.is_not(None))).all()
    assert len(gone) == 3
    assert {*final, *gone} >= set(agency.staff)


def test_a_year_in_numbers_ends_for_everybody_with_values_and_their_bands(tmp_path: Path, decide: Ask) -> None:
    application, _, live = _agency(tmp_path, 20, "REG_2021")

    summary = live()

    assert (summary.completed, summary.open, summary.incidents) == (summary.cases, 0, 0)
    assert application.engine.verify().breach is None
    row = RatingRow
    with application.engine.database.connect() as connection:
        given = connection.execute(sa.select(row.period, row.status, row.predicate, row.numbers)).all()
        versions = connection.scalars(sa.select(SkpVersionRow.regime).distinct()).all()
    assert versions == ["REG_2021"]
    assert all(one.numbers["bobot"] == "70/30" and 0 <= one.numbers["nilai"] <= 123 for one in given)
    assert {one.predicate for one in given if one.period == "annual" and one.status == "FINAL"} >= {"BAIK", WORST}
    bands = {decide("D6_pita_nilai", {"nilai": one.numbers["nilai"], "inovasi": True}) for one in given}
    assert {one.predicate for one in given} <= bands | {"BAIK"}  # without a new idea the best are good


def test_the_same_seed_lives_the_same_year(tmp_path: Path) -> None:
    first, second = (_told(tmp_path / name) for name in ("first", "second"))

    assert len(first) == 16
    assert first == second


def _agency(folder: Path, people: int, regime: str = "REG_2022") -> tuple[Application, Agency, Callable[..., Summary]]:
    """An agency in which every part is cast, and what lets it live."""
    folder.mkdir(exist_ok=True)
    clock = VirtualClock(NEW_YEAR)
    application = start(throw_away(folder, None), clock, durable=False)
    with Session(application.engine.database) as session, session.begin():
        agency = build_agency(session, people, 7, NEW_YEAR.date())
        parts, events = cast(session, agency, 2026)
        rule(session, "rezim.aktif", regime, 2026)
    return application, agency, partial(simulate, application, clock, [2026], 7, cast=parts, happenings=events)


def _told(folder: Path) -> dict[str, list[tuple[datetime, str, str | None, str]]]:
    """What happened in each case of a small agency until the middle of February: when, what, where, by whom."""
    application, _, live = _agency(folder, 16)
    live(until=NEW_YEAR + timedelta(days=45))
    cases = application.engine.cases(by=AUDITOR, limit=100).items
    return {
        case.subject: [
            (event.at, event.type, event.element, event.actor)
            for event in application.engine.history(case.id, by=AUDITOR)
        ]
        for case in cases
    }


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


def test_a_limit_that_was_called_too_loose_is_chosen_again() -> None:
    answers = {"rhk": [{"rhk": "Data gizi lengkap", "indikator": [{"iki": "Prevalensi stunting", "target_nilai": 10}]}]}

    def returned(note: str | None) -> Any:
        task = SimpleNamespace(form="skp", element="team_draft_skp")
        return SimpleNamespace(task=task, context={}, note=note, answers=answers)

    found = {
        note: begun(returned(note))
        for note in (None, "Batas 10 persen lebih longgar dari batas hasil pimpinan 8 persen. (AL-06)")
    }

    assert [one["rhk"][0]["indikator"][0].get("target_nilai") for one in found.values()] == [10, None]
