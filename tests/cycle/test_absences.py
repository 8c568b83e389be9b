"""Study leave and long leave change the SKP of the year; who comes back from study begins a new part of it (WX-11)."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.events.absences import LongLeave, StudyBegins, StudyEnds, StudyResult
from engine.cycle.models import SkpResultRow, SkpVersionRow
from engine.errors import FormInvalid
from engine.runtime.values import Actor, Json
from tests.cycle.agency import example
from tests.cycle.house import Post
from tests.cycle.test_lines import DIAN
from tests.cycle.test_lines import house as house
from tests.cycle.test_transfer import does, goes_to, happens, open_elements, plans, year_of

WX11 = example(11)
BEGINS = date.fromisoformat(WX11["peristiwa"]["tanggal"])
STUDY = StudyBegins(
    "alice",
    BEGINS,
    date(2028, 6, 30),
    "ST-11",
    tuple(
        StudyResult(one["teks"], one["iki"], one["target"], one.get("satuan", "skala 4"), one["polaritas"])
        for one in WX11["expect"]["tambah_utama"]
    ),
)


def versions(populated: sa.Engine) -> list[list[Any]]:
    """The results of each version of alice's SKP: whether main, text, indicator and target of the first indicator."""
    query = (
        sa.select(SkpVersionRow.case_id, SkpVersionRow.version, SkpResultRow.text, SkpResultRow.classification)
        .add_columns(SkpResultRow.detail)
        .join(SkpResultRow, SkpResultRow.skp_id == SkpVersionRow.id)
        .where(SkpVersionRow.subject == "alice")
        .order_by(SkpVersionRow.set_at, SkpVersionRow.version, SkpResultRow.number)
    )
    found: dict[tuple[Any, int], list[Any]] = {}
    with populated.connect() as connection:
        for case, version, text, classification, detail in connection.execute(query):
            first = (detail.get("indikator") or [{}])[0]
            line = (classification, text, first.get("iki"), first.get("target_nilai"), first.get("polaritas"))
            found.setdefault((case, version), []).append(line)
    return list(found.values())


def test_study_leave_adds_main_results_to_the_skp_that_runs_and_coming_back_begins_a_new_one(
    house: tuple[Application, Post], clock: VirtualClock, populated: sa.Engine
) -> None:
    application, _ = house
    plans(application, "alice", "bob")
    goes_to(application, clock, date(2026, 6, 22))
    seen = application.cycle.lines.rehearse(STUDY, by=DIAN)
    assert "pejabat penilai tetap" in seen.consequences.sentences[0] and not seen.handovers
    happens(application, STUDY)
    (case,) = year_of(application, "alice")
    assert "draft_skp_change" not in open_elements(application, case.id)

    goes_to(application, clock, BEGINS)
    (task,) = [one for one in application.engine.inbox(by=Actor("alice")).items if one.element == "draft_skp_change"]
    drafted = application.engine.task(task.id, by=Actor("alice")).answers["rhk"]
    assert [row["rhk"] for row in drafted[-2:]] == [one["teks"] for one in WX11["expect"]["tambah_utama"]]
    does(application, "alice", "draft_skp_change")
    assert open_elements(application, case.id)["approve_skp_change"] == "bob", WX11["expect"]["penilai"]
    does(application, "bob", "approve_skp_change", keputusan="SETUJU")

    before, after = versions(populated)
    assert len(year_of(application, "alice")) == 1 and WX11["expect"]["dokumen_skp_baru"] is False
    assert len([before, after]) == WX11["expect"]["versi_skp"]
    added: list[tuple[str, str, str, Json, str]] = [
        ("UTAMA", one["teks"], one["iki"], one["target"], one["polaritas"]) for one in WX11["expect"]["tambah_utama"]
    ]
    assert after == [*before, *added]

    goes_to(application, clock, date(2026, 10, 1))
    happens(application, StudyEnds("alice", date(2026, 10, 1), "ST-12"))
    old, new = year_of(application, "alice")
    assert new.business_key == "2026/alice/2026-10-01"
    assert open_elements(application, new.id) == {"draft_skp": "alice"}
    does(application, "alice", "report_part", old.id)
    assert open_elements(application, old.id) == {"rate_part": "bob"}
    labels = [one.label for one in application.cycle.lines.events("alice", by=DIAN)]
    assert labels == ["Tugas belajar selesai", "Tugas belajar"]


def test_a_long_leave_asks_for_smaller_targets_once_an_skp_is_set(house: tuple[Application, Post]) -> None:
    application, _ = house
    leave = LongLeave("alice", "MELAHIRKAN", date(2026, 1, 5), date(2026, 4, 4), "SI-1")
    assert "belum ditetapkan" in application.cycle.lines.rehearse(leave, by=DIAN).consequences.sentences[0]
    plans(application, "alice", "bob")

    happens(application, leave)

    (case,) = year_of(application, "alice")
    assert open_elements(application, case.id)["draft_skp_change"] == "alice"
    (event,) = application.cycle.lines.events("alice", by=DIAN)
    assert (event.label, event.starts, event.ends) == ("Cuti panjang", date(2026, 1, 5), date(2026, 4, 4))


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        (StudyBegins("alice", BEGINS, None, "", ()), {"letter", "ends", "text"}),
        (StudyBegins("alice", BEGINS, BEGINS, "ST", (StudyResult("Studi", "IP", 3.5, "skala 4"),)), {"ends", "text"}),
        (StudyEnds("alice", BEGINS, "ST"), {"starts"}),
        (LongLeave("alice", "TAHUNAN", BEGINS, None, " "), {"kind", "ends", "letter"}),
    ],
)
def test_an_absence_that_cannot_be_is_refused_by_its_fields(
    change: StudyBegins | StudyEnds | LongLeave, fields: set[str], house: tuple[Application, Post]
) -> None:
    with pytest.raises(FormInvalid) as refused:
        house[0].cycle.lines.rehearse(change, by=DIAN)
    assert set(refused.value.errors) == fields
