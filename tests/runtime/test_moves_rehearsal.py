"""A rehearsal says what a move would do to every live case and writes nothing; the move then does exactly that."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine.db import Base
from engine.errors import NotYours, Refused, StepFailed
from engine.runtime.models import RehearsedCaseRow, TaskRow
from engine.runtime.moves.values import Choices, Effect, Fate, Rehearsal, What
from engine.runtime.services import ServiceCall
from engine.runtime.values import CaseStatus, OpenCase
from tests.runtime import diagrams as d
from tests.runtime.office import ALICE, AUDITOR, BOB, EVE, Office

SEND = Callable[..., Office]
LOOSE = d.form("answers", {"type": "textfield", "id": "t", "key": "text", "label": "Teks"})
OTHER = d.form("answers", {"type": "textfield", "id": "n", "key": "note", "label": "Catatan"})
BEFORE = {"version", "seq", "head", "updated_at"}


def steps(*ids: str, **settings: Mapping[str, str]) -> str:
    tasks = [d.user_task(id, **{"due": "P10D", **settings.get(id, {})}) for id in ids]
    return d.process("work", d.start(), *tasks, d.end(), *d.path("begun", *ids, "finished"))


def everything(database: sa.Engine) -> dict[str, list[Any]]:
    """All rows of all tables."""
    with database.connect() as connection:
        return {
            name: sorted(map(repr, connection.execute(sa.select(table)).all()))
            for name, table in Base.metadata.tables.items()
        }


def many_cases(office: Office) -> dict[str, UUID]:
    """Cases at every place of u1, u2, u3, one that has ended, one with a draft."""
    cases = {}
    for number in range(4):
        cases[f"at {number}"] = office.opens(key=f"2026/{number}")
        for element in ["u1", "u2", "u3"][:number]:
            office.completes(element, text="done")
        office.waits(timedelta(hours=1))
    return cases


def drafts(office: Office, *parts: str) -> None:
    office.engine.save_document("work.bpmn", d.diagram(*parts), revision=0, by=EVE)


def fates(rehearsal: Rehearsal) -> dict[UUID, Fate]:
    return {plan.case_id: plan.fate for plan in rehearsal.plans}


def test_a_rehearsal_of_the_drafts_writes_nothing(office_of: SEND) -> None:
    office = office_of(steps("u1", "u2", "u3"))
    cases = many_cases(office)
    drafts(office, steps("u1", "u3", u3={"performer": "supervisor"}))
    before = everything(office.engine.database)

    rehearsal = office.engine.moves.rehearse(choices=Choices(restart=True), by=EVE)

    assert everything(office.engine.database) == before
    assert fates(rehearsal) == {
        cases["at 0"]: Fate.CHANGED,
        cases["at 1"]: Fate.BLOCKED,
        cases["at 2"]: Fate.CHANGED,
    }
    assert dict(rehearsal.counts) == {Fate.UNAFFECTED: 0, Fate.CHANGED: 2, Fate.BLOCKED: 1}
    effects = {plan.case_id: plan.effects for plan in rehearsal.plans}
    assert [(e.what, e.person) for e in effects[cases["at 2"]]] == [
        (What.LOSES_TASK, "alice"),
        (What.GETS_TASK, "bob"),
        (What.DEADLINE, "bob"),
    ]


def test_cases_that_stand_alike_are_one_group(office_of: SEND) -> None:
    office = office_of(steps("u1", "u2"))
    for number in range(3):
        office.opens(key=f"2026/{number}")
    office.completes("u1", text="done")
    drafts(office, steps("u1", "u2", "u3"))

    groups = office.engine.moves.rehearse(by=EVE).groups

    assert [(group.places, group.count, dict(group.fates)) for group in groups] == [
        (("u1",), 2, {Fate.UNAFFECTED: 2}),
        (("u2",), 1, {Fate.UNAFFECTED: 1}),
    ]


@pytest.mark.parametrize("choices", [Choices(), Choices(restart=True), Choices({"u2": "u3"})])
def test_the_move_does_what_the_rehearsal_said(office_of: SEND, choices: Choices) -> None:
    office = office_of(steps("u1", "u2", "u3"))
    cases = many_cases(office)
    office.case_id = cases["at 1"]
    release = office.publishes(
        steps("u1", "u3", u3={"performer": "supervisor", "due": "P20D"}), answers__form__json=OTHER
    )
    rehearsal = office.engine.moves.rehearse(release, choices, by=EVE)

    for plan in rehearsal.plans:
        office.case_id = plan.case_id
        tasks = {task.element: (task.assignee, task.due_at) for task in office.tasks()}
        if plan.fate is Fate.BLOCKED:
            with pytest.raises(Refused, match=plan.blocked[0].label):
                office.engine.moves.migrate_case(plan.case_id, release, choices, by=EVE)
            assert {task.element: (task.assignee, task.due_at) for task in office.tasks()} == tasks
            continue
        assert office.engine.moves.migrate_case(plan.case_id, release, choices, by=EVE) == plan
        event = office.engine.history(plan.case_id, by=AUDITOR)[-1]
        assert event.type == "case_migrated"
        assert [effect["what"] for effect in event.data.get("effects", ())] == [effect.what for effect in plan.effects]
        assert [(task.assignee, task.due_at and task.due_at.isoformat()) for task in office.tasks()] == [
            _foretold(plan.effects, task) for task in tasks.values()
        ]
    assert office.engine.verify().breach is None


def _foretold(effects: Any, task: tuple[str | None, Any]) -> tuple[str | None, str | None]:
    """The assignee and due moment that the effects say of a case's one task."""
    person, due = task[0], task[1] and task[1].isoformat()
    for effect in effects:
        if effect.what is What.GETS_TASK:
            person = effect.person
        if effect.what is What.DEADLINE:
            due = effect.after
    return person, due


def test_what_a_draft_loses_is_said_and_nothing_is_dropped(office_of: SEND) -> None:
    office = office_of(steps("u1"), answers__form__json=LOOSE)
    office.opens()
    task = office.task("u1")
    office.engine.save_draft(task.id, {"text": "mine"}, revision=1, by=ALICE)
    release = office.publishes(answers__form__json=OTHER)

    plan = office.engine.moves.migrate_case(office.id, release, by=EVE)

    assert plan.effects == (
        Effect(What.FORM, "u1", "u1", "alice", "answers", "answers"),
        Effect(What.DRAFT_LOSES, "u1", "u1", "alice", None, ["Teks"]),
    )
    view = office.engine.task(task.id, by=ALICE)
    assert (view.task.revision, view.answers) == (3, {"text": "mine"})
    office.completes("u1", note="new")
    assert office.case().status == CaseStatus.COMPLETED


def test_another_person_does_not_see_the_draft_of_the_first(office_of: SEND) -> None:
    office = office_of(steps("u1"), answers__form__json=LOOSE)
    office.opens()
    task = office.task("u1")
    office.engine.save_draft(task.id, {"text": "mine"}, revision=1, by=ALICE)
    release = office.publishes(steps("u1", u1={"performer": "supervisor"}))

    plan = office.engine.moves.migrate_case(office.id, release, by=EVE)

    assert What.DRAFT_ASIDE in {effect.what for effect in plan.effects}
    assert office.engine.task(task.id, by=BOB).answers == {"text": None}
    with office.engine.database.connect() as connection:
        assert connection.scalar(sa.select(TaskRow.id).where(TaskRow.draft.is_(sa.null()))) == task.id
    office.engine.moves.undo_case(office.id, by=EVE)
    assert office.engine.task(task.id, by=ALICE).answers == {"text": "mine"}


def test_undo_restores_state_tasks_timers_and_release(office_of: SEND) -> None:
    office = office_of(
        d.process(
            "work",
            d.start(),
            d.user_task("u1", due="P10D"),
            d.user_task("late"),
            d.boundary("lapse", "u1", d.after("P5D")),
            d.end(),
            d.end("gone"),
            *d.path("begun", "u1", "finished"),
            *d.path("lapse", "late", "gone"),
        )
    )
    office.opens()
    before = everything(office.engine.database)
    release = office.publishes(steps("x", x={"performer": "supervisor"}))
    office.engine.moves.migrate_case(office.id, release, Choices({"u1": "x"}, restart=True), by=EVE)
    assert everything(office.engine.database)["timers"] != before["timers"]

    office.engine.moves.undo_case(office.id, by=EVE)

    after = everything(office.engine.database)
    for table in ("tasks", "timers", "subscriptions", "case_parties", "outbox", "case_moves"):
        assert after[table] == before[table], table
    assert office.case().release == 1
    assert office.happened() == ["case_opened", "case_migrated", "case_migration_undone"]
    assert office.engine.verify().breach is None
    office.completes("u1", text="done")
    assert office.case().status == CaseStatus.COMPLETED


def test_a_move_is_not_undone_when_the_case_has_gone_on(office_of: SEND) -> None:
    office = office_of(steps("u1", "u2"))
    office.opens()
    office.engine.moves.migrate_case(office.id, office.publishes(steps("u1", "u2", "u3")), by=EVE)
    office.completes("u1", text="done")

    with pytest.raises(Refused, match="sudah berjalan lagi"):
        office.engine.moves.undo_case(office.id, by=EVE)


def test_a_move_is_not_undone_when_somebody_has_written_since(office_of: SEND) -> None:
    office = office_of(steps("u1", "u2"))
    office.opens()
    office.engine.moves.migrate_case(office.id, office.publishes(steps("u1", "u2", "u3")), by=EVE)
    office.engine.save_draft(office.task("u1").id, {"text": "new"}, revision=1, by=ALICE)

    with pytest.raises(Refused, match="Ada isian yang disimpan"):
        office.engine.moves.undo_case(office.id, by=EVE)


def test_a_parked_case_moves_and_stays_parked_until_it_is_retried(office_of: SEND) -> None:
    def broken(_call: ServiceCall) -> None:
        raise RuntimeError("out of order")

    def then(step: str) -> str:
        return d.process(
            "work",
            d.start(),
            d.user_task("u1"),
            step,
            d.user_task("u2"),
            d.end(),
            *d.path("begun", "u1", "next", "u2", "finished"),
        )

    office = office_of(then(d.service_task("next", "breaks")), services={"breaks": broken})
    office.opens()
    with pytest.raises(StepFailed):
        office.completes("u1", text="done")
    release = office.publishes(then(d.script_task("next", "{ x: 1 }")))

    office.engine.moves.migrate_case(office.id, release, by=EVE)

    assert office.case().status == CaseStatus.INCIDENT
    incident = office.engine.incidents(by=EVE).items[0]
    assert office.engine.retry_incident(incident.id, by=EVE)
    assert office.open() == ["u2"]


def test_done_tasks_are_still_read_on_the_release_they_were_done_on(office_of: SEND) -> None:
    office = office_of(steps("u1", "u2"))
    office.opens()
    task = office.task("u1")
    office.completes("u1", text="kept")
    office.engine.moves.migrate_case(office.id, office.publishes(steps("u2", "u3"), answers__form__json=OTHER), by=EVE)

    assert office.engine.task(task.id, by=ALICE).answers == {"text": "kept"}
    assert office.engine.form(task.id, by=ALICE).keys == {"text"}
    assert office.engine.case(office.id, by=AUDITOR).case.release == 2


def test_only_process_owners_rehearse_move_and_take_back(office_of: SEND) -> None:
    office = office_of(steps("u1"))
    office.opens()
    for verb in (
        lambda: office.engine.moves.rehearse(by=ALICE),
        lambda: office.engine.moves.migrate_case(office.id, 1, by=ALICE),
        lambda: office.engine.moves.undo_case(office.id, by=AUDITOR),
    ):
        with pytest.raises(NotYours):
            verb()


def test_a_mapping_names_a_removed_element_and_one_that_exists(office_of: SEND) -> None:
    office = office_of(steps("u1", "u2"))
    office.engine.open_case(OpenCase("work", "2026/x", "alice", "Alice", "unit-1", "2026", "Case", {}), by=EVE)
    with pytest.raises(Refused, match="u1 masih ada"):
        office.engine.moves.rehearse(1, Choices({"u1": "u2"}), by=EVE)
    with pytest.raises(Refused, match="u9 tidak ada"):
        office.engine.moves.rehearse(1, Choices({"u0": "u9"}), by=EVE)


def works(office: Office) -> None:
    while office.engine.batches.run():
        pass


def test_a_kept_rehearsal_is_carried_out_and_taken_back_by_workers(office_of: SEND) -> None:
    office = office_of(steps("u1", "u2", "u3"))
    cases = many_cases(office)
    drafts(office, steps("u1", "u3", u3={"performer": "supervisor"}))
    moves = office.engine.moves
    rehearsal = moves.start_rehearsal(by=EVE)
    before = everything(office.engine.database)
    works(office)

    after = everything(office.engine.database)
    assert {name for name in before if before[name] != after[name]} == {"batches", "batch_items", "rehearsed_cases"}
    kept = moves.rehearsal(rehearsal, by=EVE)
    assert dict(kept.counts) == {Fate.UNAFFECTED: 1, Fate.CHANGED: 1, Fate.BLOCKED: 1}
    played = moves.rehearse(by=EVE)
    assert {plan.case_id: plan for plan in moves.rehearsed(rehearsal, by=EVE).items} == {
        plan.case_id: plan for plan in played.plans
    }
    groups, replacements = moves.report(rehearsal, by=EVE)
    assert groups == played.groups
    assert [(each.element, each.options) for each in replacements] == [("u2", [("u1", "u1"), ("u3", "u3")])]
    with pytest.raises(Refused, match="belum terbit"):
        moves.migrate(rehearsal, by=EVE)

    number = office.engine.publish(note="Terbit setelah gladi.", by=EVE).number
    moves.migrate(rehearsal, by=EVE)
    works(office)
    assert {key: _release(office, id) for key, id in cases.items()} == {
        "at 0": number, "at 1": 1, "at 2": number, "at 3": 1}  # fmt: skip

    moves.undo(rehearsal, by=EVE)
    works(office)
    assert {_release(office, id) for id in cases.values()} == {1}
    assert office.engine.verify().breach is None


def _release(office: Office, case_id: UUID) -> int:
    return office.engine.case(case_id, by=AUDITOR).case.release


def test_a_case_that_has_gone_on_since_the_rehearsal_is_left_where_it_is(office_of: SEND) -> None:
    office = office_of(steps("u1", "u2"))
    office.opens()
    release = office.publishes(steps("u1", "u2", "u3"))
    rehearsal = office.engine.moves.start_rehearsal(release, by=EVE)
    works(office)
    office.completes("u1", text="done")
    order = office.engine.moves.migrate(rehearsal, by=EVE)
    works(office)

    assert office.case().release == 1
    item = office.engine.batches.items(order, by=EVE).items[0]
    assert (item.outcome, item.said) == (
        "skipped", "Perkara ini berjalan lagi sejak gladi; jalankan gladi sekali lagi.")  # fmt: skip


def test_drafts_that_change_during_a_rehearsal_end_it(office_of: SEND) -> None:
    office = office_of(steps("u1", "u2"))
    office.opens()
    drafts(office, steps("u1", "u2", "u3"))
    rehearsal = office.engine.moves.start_rehearsal(by=EVE)
    office.engine.save_document("work.bpmn", d.diagram(steps("u1")), revision=1, by=EVE)
    works(office)

    kept = office.engine.moves.rehearsal(rehearsal, by=EVE)
    assert kept.played is not None
    assert (kept.played.failed, sum(kept.counts.values())) == (1, 0)


def test_old_rehearsals_are_forgotten_but_those_that_go_on(office_of: SEND) -> None:
    office = office_of(steps("u1", "u2"))
    office.resources.rehearsals_kept = 2
    office.opens()
    release = office.publishes(steps("u1", "u2", "u3"))
    moves, ids = office.engine.moves, []
    for number in range(5):
        ids.append(moves.start_rehearsal(release, by=EVE))
        if number:
            works(office)
        else:
            office.engine.batches.pause(office.engine.batches.list(by=EVE).items[0].id, by=EVE)
        office.clock.advance(timedelta(minutes=1))

    assert office.engine.tidying.run() == 2

    assert [kept.id for kept in moves.rehearsals(by=EVE)] == [ids[4], ids[3], ids[0]]
    with office.engine.database.connect() as connection:
        left = set(connection.scalars(sa.select(RehearsedCaseRow.rehearsal_id)))
    assert left == {ids[3], ids[4]}
    moves.migrate(ids[4], by=EVE)
    works(office)
    assert office.case().release == release
