"""Who moves to another post has a year in two parts: two SKPs, two appraisers, one predicate, credits by part (WX-12)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle import skps
from engine.cycle.events.changes import Transfer
from engine.cycle.events.leaving import Leaving
from engine.cycle.line_changes import Change, NewSuperior
from engine.cycle.models import PostKind, PostRow, SkpVersionRow
from engine.cycle.papers.kinds import PaperKind
from engine.errors import FormInvalid, NotYours
from engine.runtime.values import SYSTEM, Actor, Case, CaseStatus
from tests.cycle.agency import example
from tests.cycle.house import Post, decides, works
from tests.cycle.test_lines import DIAN, TODAY, filled
from tests.cycle.test_lines import house as house

WX12 = example(12)
WHY = "Surat keputusan mutasi nomor 12 tahun 2026."
AUDITOR = Actor("fay", roles=frozenset({"auditor"}))
MOVED = date(2026, 8, 1)
TIER = "Ahli Muda"
TO_SDK = Transfer("alice", "SDK", "Analis Kebijakan Ahli Muda", PostKind.FUNGSIONAL, TIER, False, "SK-12", MOVED)
RATINGS: dict[str, tuple[str, str]] = {  # cells of table D1 that give the predicates of the example
    "BAIK": ("SESUAI_EKSPEKTASI", "SESUAI_EKSPEKTASI"),
    "BUTUH_PERBAIKAN": ("DI_BAWAH_EKSPEKTASI", "SESUAI_EKSPEKTASI"),
}


def goes_to(application: Application, clock: VirtualClock, day: date) -> None:
    """Let the days pass one week after another, so that what lapses does so in its order."""
    target = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
    while clock.now() < target:
        clock.go_to(min(clock.now() + timedelta(days=7), target))
        works(application)


def does(application: Application, person: str, element: str, case: UUID | None = None, **decided: Any) -> None:
    """Someone completes the open task of this element."""
    by = Actor(person)
    found = [one for one in application.engine.inbox(by=by, limit=200).items if one.element == element]
    (task,) = [one for one in found if case in (None, one.case_id)]
    answers = filled(application, task.id, by, **decided)
    application.engine.complete_task(task.id, answers, revision=task.revision, key=f"{task.id}", by=by)
    works(application)


def plans(application: Application, person: str, appraiser: str, case: UUID | None = None) -> None:
    """An SKP is drafted, agreed and set."""
    does(application, person, "draft_skp", case)
    does(application, appraiser, "hold_dialogue", case, sepakat="SEPAKAT")
    does(application, appraiser, "set_skp", case, keputusan="TETAPKAN")


def happens(application: Application, change: Change) -> None:
    """Personnel rehearse a change and carry it out."""
    found = application.cycle.lines.rehearse(change, by=DIAN)
    application.cycle.lines.carry_out(change, expected=len(found.handovers), reason=WHY, by=DIAN)
    works(application)


def year_of(application: Application, person: str) -> list[Case]:
    """The cases of a person's year in the order in which they began."""
    found = application.engine.cases(by=AUDITOR, subject=person, cycle="2026").items
    return sorted(
        (one for one in found if one.process == "performance_cycle"), key=lambda one: (one.opened_at, one.business_key)
    )


def open_elements(application: Application, case: UUID) -> dict[str, str | None]:
    return {one.element: one.assignee for one in application.engine.case(case, by=AUDITOR).open_tasks}


@pytest.mark.parametrize("policy", WX12["expect"]["agregasi"], ids=lambda policy: policy["kebijakan"])
def test_a_transfer_closes_the_old_skp_with_an_evaluation_and_opens_a_new_one(
    policy: dict[str, Any], house: tuple[Application, Post], clock: VirtualClock, populated: sa.Engine
) -> None:
    application, _ = house
    first, second = WX12["bagian"]
    with populated.begin() as connection:
        connection.execute(sa.update(PostRow).where(PostRow.name == "Fungsional KESMAS").values(tier=TIER))
    decides(application, "mutasi.agregasi", policy["kebijakan"])
    plans(application, "alice", "bob")
    goes_to(application, clock, date(2026, 7, 20))

    seen = application.cycle.lines.rehearse(TO_SDK, by=DIAN).consequences
    assert "dinilai oleh Bob" in seen.sentences[0] and "pejabat penilai Sari" in seen.sentences[1]
    assert {task.subject for task in seen.closes} == {"alice"} and len(seen.sentences) == 2
    happens(application, TO_SDK)
    assert len(year_of(application, "alice")) == 1, "the letter holds from August on"
    goes_to(application, clock, MOVED)

    old, new = year_of(application, "alice")
    assert (old.business_key, new.business_key) == ("2026/alice", "2026/alice/2026-08-01")
    assert open_elements(application, old.id) == {"report_part": "alice"}
    assert open_elements(application, new.id) == {"draft_skp": "alice"}
    does(application, "alice", "report_part")
    hasil, perilaku = RATINGS[first["predikat"]]
    assert open_elements(application, old.id) == {"rate_part": "bob"}, "the appraiser of the last day"
    does(application, "bob", "rate_part", rating_hasil=hasil, rating_perilaku=perilaku)
    does(application, "alice", "acknowledge_part", tanggapan="")
    assert year_of(application, "alice")[0].status == CaseStatus.COMPLETED
    plans(application, "alice", "sari", new.id)
    with application.engine.database.connect() as connection:
        skps = sa.select(sa.func.count()).select_from(SkpVersionRow).where(SkpVersionRow.subject == "alice")
        assert connection.scalar(skps) == WX12["expect"]["jumlah_skp"]

    goes_to(application, clock, date(2027, 1, 11))
    application.cycle.predicates.decree("DINKES", "2026", "BAIK", "LKjIP 2026", by=SYSTEM)
    goes_to(application, clock, date(2027, 1, 18))
    hasil, perilaku = RATINGS[second["predikat"]]
    (rating,) = [
        one
        for one in application.engine.inbox(by=Actor("sari")).items
        if one.element == "rate_year" and one.case_id == new.id
    ]
    (part,) = application.engine.task(rating.id, by=Actor("sari")).context["earlier"]["bagian"]
    assert (part["penilai"], part["bulan"], part["predikat"]) == ("Bob", first["bulan"], first["predikat"])
    does(application, "sari", "rate_year", new.id, rating_hasil=hasil, rating_perilaku=perilaku)
    does(application, "sari", "sign_evaluation", new.id, keputusan="TANDATANGANI")
    goes_to(application, clock, date(2027, 3, 8))

    credits = application.cycle.credits.of_person("alice", by=Actor("alice"))
    assert credits is not None
    (year,) = credits.conversions
    expected = WX12["expect"]["angka_kredit"]
    assert [part.months for part in year.parts] == [first["bulan"], second["bulan"]]
    assert [float(round(part.credit, 4)) for part in year.parts] == expected["bagian"]
    assert (year.total, credits.total) == (Decimal(str(expected["total"])), Decimal(str(expected["total"])))
    part = application.papers.open(PaperKind.EVALUATION, f"{old.id}/part", by=Actor("bob")).body
    assert "Bob" in part and "1 Januari 2026 sampai 31 Juli 2026" in part
    result = application.papers.open(PaperKind.RESULT, str(new.id), by=AUDITOR).body
    assert "Sari" in result and "Evaluasi bagian tahun oleh penilai sebelumnya" in result and "Bob" in result
    given = application.reports.export("results", "2026", by=DIAN)[1]
    decided = {"ditetapkan_penilai_unit_B": second["predikat"]}
    assert [row[9] for row in given if row[1] == "Alice"] == [decided.get(policy["predikat"], policy["predikat"])]
    assert application.engine.verify().breach is None


def test_a_transfer_before_the_skp_was_set_closes_without_an_evaluation_and_a_head_leaves_a_gap(
    house: tuple[Application, Post],
) -> None:
    application, _ = house
    leader = Transfer("bob", "SDK", "Staf ahli", PostKind.PELAKSANA, None, False, "SK-13", TODAY)
    case = year_of(application, "alice")[0]
    does(application, "alice", "draft_skp")
    found = application.cycle.lines.rehearse(leader, by=DIAN)
    assert [(one.task.subject, one.to.person) for one in found.handovers] == [("alice", "carol")]
    assert "tanpa penilaian" in found.consequences.sentences[0]

    happens(application, leader)

    old, new = year_of(application, "bob")
    assert (old.status, new.status) == (CaseStatus.COMPLETED, CaseStatus.ACTIVE)
    assert open_elements(application, case.id) == {"hold_dialogue": "carol"}
    (event,) = application.cycle.lines.events("bob", by=DIAN)
    assert (event.kind, event.recorded_by, event.reason, event.starts) == ("MUTASI", "dian", WHY, TODAY)
    happens(application, NewSuperior("alice", "sari", TODAY))
    assert [one.label for one in application.cycle.lines.events("alice", by=DIAN)] == ["Atasan diperbaiki"]
    with pytest.raises(NotYours):
        application.cycle.lines.events("alice", by=Actor("alice"))


def test_who_leaves_after_a_transfer_ends_the_part_that_runs(
    house: tuple[Application, Post], clock: VirtualClock
) -> None:
    application, _ = house
    happens(application, Transfer("alice", "SDK", "Staf", PostKind.PELAKSANA, None, False, "SK-14", TODAY))
    assert year_of(application, "alice")[-1].status == CaseStatus.ACTIVE

    happens(application, Leaving("alice", "PENSIUN", TODAY + timedelta(days=1)))
    goes_to(application, clock, TODAY + timedelta(days=3))

    assert {case.status for case in year_of(application, "alice")} == {CaseStatus.COMPLETED}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"position": " "}, "position"),
        ({"letter": ""}, "letter"),
        ({"tier": None}, "tier"),
        ({"kind": PostKind.PELAKSANA}, "tier"),
        ({"unit": "KESMAS", "position": "Fungsional KESMAS"}, "position"),
        ({"starts": date(2019, 1, 1)}, "starts"),
        ({"heads": True, "kind": PostKind.ADMINISTRATOR, "tier": None}, "heads"),
    ],
)
def test_a_transfer_that_cannot_be_is_refused_by_its_field(
    changed: dict[str, Any], field: str, house: tuple[Application, Post]
) -> None:
    with pytest.raises(FormInvalid) as refused:
        house[0].cycle.lines.rehearse(replace(TO_SDK, **changed), by=DIAN)
    assert field in refused.value.errors


NEWER = {"klasifikasi": "UTAMA", "rhk": "Gizi balita membaik di delapan puskesmas", "indikator": []}


def sets_newer(populated: sa.Engine, case: UUID, clock: VirtualClock, effective: str) -> None:
    """Another version of Alice's SKP, from a day on."""
    with populated.begin() as connection:
        change = {"berlaku": effective, "alasan": "KEADAAN_LAIN"}
        skps.record(
            connection, case_id=case, subject="alice", unit="KESMAS", cycle="2026", skp={"rhk": [NEWER]}, by_team=False,
            now=clock.now(), change=change,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("moved", "last", "rater"),
    [
        (date(2026, 1, 31), date(2026, 2, 26), "bob"),
        (date(2026, 1, 31), date(2026, 2, 27), "sari"),  # 28 February ends the month that began on the 31st
    ],
)
def test_who_leaves_within_a_month_of_a_transfer_is_rated_by_the_appraiser_before(
    house: tuple[Application, Post], clock: VirtualClock, populated: sa.Engine, moved: date, last: date, rater: str
) -> None:
    application, _ = house
    plans(application, "alice", "bob")
    (old,) = year_of(application, "alice")
    sets_newer(populated, old.id, clock, "2026-01-15")
    happens(application, replace(TO_SDK, starts=moved))
    goes_to(application, clock, moved + timedelta(days=1))
    happens(application, Leaving("alice", "PENSIUN", last))
    goes_to(application, clock, last + timedelta(days=2))

    new = next(one for one in year_of(application, "alice") if one.id != old.id)
    assert open_elements(application, new.id) == {"rate_leaver": rater}
    (task,) = [one for one in application.engine.inbox(by=Actor(rater)).items if one.element == "rate_leaver"]
    seen = application.engine.task(task.id, by=Actor(rater))
    assert [row["rhk"] for row in seen.context["skp"]["rhk"]] == [NEWER["rhk"]], "the version in force, of the old part"


def test_a_part_is_rated_by_its_last_version_and_who_stood_above_its_appraiser_hears_of_delay(
    house: tuple[Application, Post], clock: VirtualClock, populated: sa.Engine
) -> None:
    application, _ = house
    plans(application, "alice", "bob")
    (old,) = year_of(application, "alice")
    sets_newer(populated, old.id, clock, "2026-02-15")
    happens(application, replace(TO_SDK, unit="DINKES", starts=date(2026, 3, 2)))
    goes_to(application, clock, date(2026, 3, 3))
    assert open_elements(application, old.id) == {"report_part": "alice"}
    (task,) = [one for one in application.engine.inbox(by=Actor("alice")).items if one.element == "report_part"]
    context = application.engine.task(task.id, by=Actor("alice")).context
    assert [row["rhk"] for row in context["skp"]["rhk"]] == [NEWER["rhk"]]
    people, day = application.cycle._people, date(2026, 3, 3)
    with populated.connect() as connection:
        told = people.recipients(connection, "appraiser_superior", subject="alice", unit="KESMAS", data={}, on=day)
        now = people.recipients(connection, "appraiser_superior", subject="alice", unit="DINKES", data={}, on=day)
    assert [one.person for one in told] == ["carol"] != [one.person for one in now]
