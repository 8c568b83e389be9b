"""A reorganisation takes cases along: of a person, and of a whole unit under another; seen before it is done."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from engine.bootstrap import Application
from engine.cycle.events.changes import Reorganised, UnitMoved
from engine.cycle.models import PostKind, UnitRow
from engine.errors import FormInvalid, NotYours
from engine.runtime.values import Actor
from tests.cycle.house import Post
from tests.cycle.test_lines import DIAN, TODAY
from tests.cycle.test_lines import house as house
from tests.cycle.test_transfer import AUDITOR, happens, open_elements, plans, year_of

TO_SDK = Reorganised("alice", "SDK", "Analis Kebijakan", PostKind.PELAKSANA, None, False, "SK-20", TODAY)
UNDER_SDK = UnitMoved("bob", "SDK", "SK-21", TODAY)


def cases_counted(application: Application) -> dict[str, int]:
    """How many cases the report of the year counts in each unit."""
    units = application.reports.overview("2026", by=DIAN).units
    return {one.unit: one.figures["perkara"] for one in units}


def test_the_case_of_a_reorganised_person_follows(house: tuple[Application, Post]) -> None:
    application, _ = house
    plans(application, "alice", "bob")
    before = cases_counted(application)
    leader = Actor("sari")
    (case,) = year_of(application, "alice")
    assert case.id not in {one.id for one in application.engine.cases(by=leader).items}

    happens(application, TO_SDK)

    (case,) = year_of(application, "alice")
    assert case.unit == "SDK"
    after = cases_counted(application)
    assert (after["KESMAS"], after["SDK"]) == (before["KESMAS"] - 1, before["SDK"] + 1)
    assert case.id in {one.id for one in application.engine.cases(by=leader).items}
    event = next(one for one in application.engine.history(case.id, by=AUDITOR) if one.type == "unit_moved")
    assert (event.data["unit_before"], event.data["unit"], event.actor) == ("KESMAS", "SDK", "dian")
    (task,) = [one for one in application.engine.inbox(by=Actor("alice")).items if one.element == "draft_skp_change"]
    assert application.engine.task(task.id, by=Actor("alice")).context["employee"]["unit"]["id"] == "SDK"
    assert application.engine.verify().breach is None


def test_a_unit_is_moved_under_another_after_its_tasks_were_seen(house: tuple[Application, Post]) -> None:
    application, _ = house
    plans(application, "bob", "carol")
    (case,) = year_of(application, "bob")
    assert open_elements(application, case.id)["give_feedback"] == "carol"
    seen = application.cycle.lines.rehearse(UNDER_SDK, by=DIAN)
    assert ("give_feedback", "sari") in {(one.task.element, one.to.person) for one in seen.handovers}
    assert "Sari menyetujuinya" in seen.consequences.sentences[0]
    with application.engine.database.connect() as connection:
        assert connection.scalar(sa.select(UnitRow.parent_id).where(UnitRow.id == "KESMAS")) == "DINKES"

    happens(application, UNDER_SDK)

    found = open_elements(application, case.id)
    assert (found["give_feedback"], found["draft_skp_change"]) == ("sari", "bob")
    assert year_of(application, "alice")[0].unit == "KESMAS"
    assert [one.kind for one in application.cycle.lines.events("bob", by=DIAN)] == ["REORGANISASI"]
    for change, field in (
        (replace(UNDER_SDK, parent="KESMAS"), "unit"),
        (UNDER_SDK, "unit"),
        (replace(UNDER_SDK, parent="DINKES", letter=""), "letter"),
        (replace(UNDER_SDK, parent="DINKES", starts=TODAY.replace(year=2027)), "starts"),
    ):
        with pytest.raises(FormInvalid) as refused:
            application.cycle.lines.rehearse(change, by=DIAN)
        assert list(refused.value.errors) == [field]
    with pytest.raises(NotYours):
        application.cycle.lines.rehearse(replace(UNDER_SDK, parent="DINKES"), by=Actor("alice"))
