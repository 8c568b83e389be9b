"""A division without its head: who then appraises its staff, through a quarter of the year (WX-13)."""

from datetime import date, timedelta
from typing import Any

import pytest

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.events.leaving import Leaving
from engine.cycle.line_changes import Acting
from engine.cycle.models import ActingKind
from engine.runtime.values import Actor
from tests.cycle.agency import example
from tests.cycle.house import Post
from tests.cycle.test_lines import DIAN
from tests.cycle.test_lines import house as house
from tests.cycle.test_transfer import goes_to, happens, open_elements, plans, year_of

WX13 = example(13)
VACANT = date.fromisoformat(WX13["kejadian"]["sejak"])
PEOPLE = {"Plt": "andi", WX13["kejadian"]["pejabat_di_atas"]: "carol"}


@pytest.mark.parametrize("case", WX13["kasus"], ids=str)
def test_who_appraises_while_the_superior_is_missing(
    case: dict[str, Any], house: tuple[Application, Post], clock: VirtualClock
) -> None:
    application, _ = house
    lines, expected = application.cycle.lines, case["expect"]
    plans(application, "alice", "bob")
    goes_to(application, clock, date(2026, 3, 30))
    happens(application, Leaving("bob", "PENSIUN", VACANT - timedelta(days=1)))
    if case.get("plt"):
        covers = case["surat_mencakup_penilaian"]
        happens(application, Acting("KESMAS", "andi", ActingKind.PLT, "SP-13", covers, VACANT))
    goes_to(application, clock, date(2026, 7, 8))
    if case.get("plh"):
        days = timedelta(days=case["lama_hari"] - 1)
        happens(
            application,
            Acting("KESMAS", "andi", ActingKind.PLH, "SP-14", True, date(2026, 7, 8), date(2026, 7, 8) + days),
        )
    goes_to(application, clock, date(2026, 7, 11))

    (year,) = year_of(application, "alice")
    tasks = [
        one for one in application.engine.case(year.id, by=Actor("alice")).open_tasks if one.element == "rate_period"
    ]
    assert {task.assignee for task in tasks} == {PEOPLE[expected["penilai_staf_TW2"]]}
    if "penilai_plt" in expected:
        own = application.cycle.employee("andi", by=DIAN).superiors.appraiser.person
        assert own is not None and own.id == PEOPLE[expected["penilai_plt"]]
    if expected.get("hak_plh") == "umpan_balik_saja":
        assert application.cycle.employee("alice", by=DIAN).superiors.appraiser.feedback_only == ("andi",)
    assert lines.events("bob", by=DIAN)[0].kind == "PENSIUN"
    assert open_elements(application, year.id)
