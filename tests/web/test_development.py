"""Last year's development plan beside this year's planning."""

from collections.abc import Callable

from engine.bootstrap import Application
from engine.runtime.values import SYSTEM, OpenCase
from tests.web.conftest import Visitor, filled, skp_answers, text

Visit = Callable[[str], Visitor]
GAP = "Belum mampu mengolah data dengan rumus dan tabel pivot"


def test_who_plans_sees_the_plan_of_the_year_before_and_reviews_it_in_the_dialogue(
    application: Application, visit: Visit
) -> None:
    employee, appraiser, engine = visit("employee"), visit("appraiser"), application.engine
    draft = employee.tasks()[0]
    follow_up = OpenCase(
        "follow_up",
        f"2025/{employee.actor.person}",
        employee.actor.person,
        draft.subject_name,
        engine.cases(by=employee.actor, subject=employee.actor.person).items[0].unit,
        "2025",
        "SKP 2025",
        {"final_predicate": "BAIK", "employee": {"kind": "PNS", "post_kind": "PELAKSANA"}},
        frozenset({f"p:{appraiser.actor.person}"}),
    )
    engine.open_case(follow_up, by=SYSTEM)
    plan = next(task for task in employee.tasks() if task.element == "plan_development")
    answers = filled(application, plan, employee.actor, kesenjangan=GAP)
    engine.complete_task(plan.id, answers, revision=plan.revision, key="plan", by=employee.actor)

    assert GAP in text(employee.opens(f"/tugas/{draft.id}"))
    skp = skp_answers(application, draft, employee.actor)
    engine.complete_task(draft.id, skp, revision=draft.revision, key="skp", by=employee.actor)
    dialogue = next(task for task in appraiser.tasks() if task.element == "hold_dialogue")
    page = text(appraiser.opens(f"/tugas/{dialogue.id}"))

    assert "Rencana pengembangan dari tahun lalu (SKP 2025)" in page
    assert GAP in page
    assert "Tinjauan rencana pengembangan tahun lalu" in page
    agreed = next(task for task in appraiser.tasks() if task.element == "agree_development")
    assert "Rencana pengembangan dari tahun lalu" not in text(appraiser.opens(f"/tugas/{agreed.id}"))
