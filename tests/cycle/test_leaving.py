"""Who retires, dies or leaves: the case closes after the last day, rated or not, and what others waited for goes on."""

from datetime import date, timedelta

import pytest

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.events.leaving import Leaving
from engine.cycle.line_changes import NewSuperior
from engine.errors import FormInvalid, NotYours
from engine.runtime.values import Actor, CaseStatus
from tests.cycle.house import Post
from tests.cycle.test_lines import DIAN, TODAY, WHY, drafts, filled, has
from tests.cycle.test_lines import house as house

AUDITOR = Actor("fay", roles=frozenset({"auditor"}))
BOB = Actor("bob")


def works(application: Application) -> None:
    while application.work():
        pass


def leaves(application: Application, change: Leaving) -> None:
    found = application.cycle.lines.rehearse(change, by=DIAN)
    application.cycle.lines.carry_out(change, expected=len(found.handovers), reason=WHY, by=DIAN)
    works(application)


def does(application: Application, element: str, **decided: str) -> None:
    """Bob completes his task of this element."""
    (task,) = [one for one in application.engine.inbox(by=BOB).items if one.element == element]
    answers = filled(application, task.id, BOB, **decided)
    application.engine.complete_task(task.id, answers, revision=task.revision, key=element, by=BOB)
    works(application)


def test_who_retires_is_rated_by_who_was_the_superior_on_the_last_day(
    house: tuple[Application, Post], clock: VirtualClock
) -> None:
    application, _ = house
    case = drafts(application, "alice")
    does(application, "hold_dialogue", sepakat="SEPAKAT")
    does(application, "set_skp", keputusan="TETAPKAN")
    leaves(application, Leaving("alice", "PENSIUN", date(2026, 2, 28)))
    assert application.engine.case(case, by=AUDITOR).open_tasks[0].element == "plan_actions"

    clock.advance(date(2026, 3, 1) - TODAY)
    works(application)

    (task,) = application.engine.case(case, by=AUDITOR).open_tasks
    assert (task.element, task.assignee) == ("rate_leaver", "bob")
    does(application, "rate_leaver", rating_hasil="SESUAI_EKSPEKTASI", rating_perilaku="SESUAI_EKSPEKTASI")
    assert application.engine.case(case, by=AUDITOR).case.status == CaseStatus.COMPLETED
    assert application.engine.verify().breach is None


def test_who_dies_within_a_month_leaves_no_predicate_and_his_people_go_up(house: tuple[Application, Post]) -> None:
    application, _ = house
    case = drafts(application, "alice")
    (own,) = application.engine.cases(by=AUDITOR, subject="bob").items
    leaves(application, Leaving("bob", "MENINGGAL", TODAY - timedelta(days=1)))
    assert application.engine.case(own.id, by=AUDITOR).case.status == CaseStatus.COMPLETED
    assert ("alice", "appraiser") in has(application, "carol"), "the post is vacant, so one climbs"
    assert application.engine.case(case, by=AUDITOR).case.status == CaseStatus.ACTIVE


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (Leaving("alice", "CUTI", TODAY), "kind"),
        (Leaving("alice", "PENSIUN", date(2019, 1, 1)), "last_day"),
        (Leaving("alice", "PENSIUN", TODAY + timedelta(days=500)), "last_day"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(house: tuple[Application, Post], change: Leaving, field: str) -> None:
    with pytest.raises(FormInvalid) as refused:
        house[0].cycle.lines.rehearse(change, by=DIAN)
    assert set(refused.value.errors) == {field}


def test_nobody_records_the_own_leaving_and_none_leaves_twice(house: tuple[Application, Post]) -> None:
    application, _ = house
    with pytest.raises(NotYours):
        application.cycle.lines.rehearse(Leaving("alice", "PENSIUN", TODAY), by=Actor("alice"))
    leaves(application, Leaving("alice", "PENSIUN", TODAY - timedelta(days=1)))
    with pytest.raises(FormInvalid, match="sudah tercatat berhenti"):
        application.cycle.lines.rehearse(Leaving("alice", "PENSIUN", TODAY), by=DIAN)


def test_a_new_appraiser_clarifies_the_expectations_while_the_year_goes_on(house: tuple[Application, Post]) -> None:
    application, _ = house
    case = drafts(application, "alice")
    does(application, "hold_dialogue", sepakat="SEPAKAT")
    does(application, "set_skp", keputusan="TETAPKAN")
    change = NewSuperior("alice", "sari", TODAY)
    expected = len(application.cycle.lines.rehearse(change, by=DIAN).handovers)
    application.cycle.lines.carry_out(change, expected=expected, reason=WHY, by=DIAN)
    works(application)
    found = {task.element: task.assignee for task in application.engine.case(case, by=AUDITOR).open_tasks}
    assert found["clarify_again"] == "sari"
    assert found["plan_actions"] == "alice"
