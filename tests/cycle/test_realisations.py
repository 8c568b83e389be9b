"""Realisations by file, both ways: of agreements by quarter, and of employees' reports as drafts."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.reports.workbook import workbook
from engine.errors import Refused
from engine.runtime.values import SYSTEM, Actor
from tests.cycle.house import Post
from tests.cycle.test_lines import house as house
from tests.cycle.test_transfer import does, goes_to, plans


def uploads(application: Application, kind: str, headings: list[str], *rows: list[Any]) -> Any:
    content = workbook([("Data", headings, rows)])
    return application.cycle.preview_import(kind, BytesIO(content).getvalue(), f"{kind}.xlsx", by=SYSTEM)


def test_a_report_is_filled_from_a_file_and_sent_by_its_employee(
    house: tuple[Application, Post], clock: VirtualClock
) -> None:
    application, _ = house
    plans(application, "alice", "bob")
    goes_to(application, clock, date(2026, 4, 2))
    headings, rows = application.cycle.export("realisations", by=SYSTEM)
    mine = [list(row) for row in rows if row[0]]
    assert mine and [row[1] for row in mine] == [None] * len(mine)
    untouched = uploads(application, "realisations", list(headings), *mine)
    assert (untouched.new, untouched.faulty, untouched.unchanged) == ([], [], len(mine))
    for row in mine:
        row[1], row[4], row[5] = "TW2", 12.5, "Dari sistem lama"
    other = uploads(application, "realisations", list(headings), *mine)
    with pytest.raises(Refused, match="bukan periode TW2"):
        application.cycle.confirm_import(other.id, by=SYSTEM)
    for row in mine:
        row[1] = ""
    wrong = [mine[0][0], "TAHUNAN", *mine[0][2:]]
    seen = uploads(application, "realisations", list(headings), *mine, wrong)
    assert len(seen.new) == 1 and "Tidak ada laporan periode itu" in seen.faulty[0].message

    application.cycle.confirm_import(seen.id, by=SYSTEM)

    by = Actor("alice")
    (task,) = [one for one in application.engine.inbox(by=by).items if one.element == "report_period"]
    filled = application.engine.task(task.id, by=by).answers["rhk"]
    assert [(row["realisasi"], row["catatan"]) for row in filled if row["satuan"] != "narasi"] == [
        (12.5, "Dari sistem lama")
    ] * len(mine)
    again = uploads(application, "realisations", list(headings), *mine)
    assert not again.new and "sudah mulai mengisi" in again.faulty[0].message
    assert application.cycle.export("realisations", by=SYSTEM)[1] == [], "what was begun is not asked for again"
    does(application, "alice", "report_period")
