"""Due moments and drawn timers of a case laid out anew, when what they are reckoned by has become different.

Each is reckoned twice for the moment at which it was laid out: by what held then, and by what holds from now on. What
does not stand exactly where the first puts it was set by hand, or follows something else: it stays. So does what would
have passed already.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from engine.errors import NotFound, Refused
from engine.feel import Environment, FeelFunction
from engine.runtime import moments, shifting
from engine.runtime.deadlines import iso, set_due
from engine.runtime.definitions import WHOLE_TASKS
from engine.runtime.event_texts import text_of
from engine.runtime.models import HistoryRow, TaskRow
from engine.runtime.operating import REFUSALS
from engine.runtime.reasons import require_reason
from engine.runtime.resources import Resources
from engine.runtime.steps import Step
from engine.runtime.values import HELD, LIVE, Actor, CaseStatus, Json, TaskStatus
from engine.runtime.workflow import tokens
from engine.runtime.workflow.script import Script
from engine.runtime.workflow.timers import once_at

Functions = Mapping[str, FeelFunction]
Renew = Callable[
    [Mapping[str, Any], Mapping[str, Json]], Mapping[str, Json]
]  # case row, case data -> keys with new values


@dataclass(frozen=True)
class Rules:
    """What moments are reckoned by, as it was and as it becomes.

    The functions stand in for those of the installation by the same name; `renew` gives the keys of the case data
    that become different.
    """

    before: Functions
    after: Functions
    renew: Renew


@dataclass(frozen=True)
class Move:
    """A task or a drawn timer that goes to another moment."""

    kind: str  # "task" | "timer"
    number: int  # in the case's state
    element: str
    name: str
    before: datetime
    after: datetime

    def to_json(self) -> dict[str, Json]:
        """As the history tells it."""
        return {"element": self.element, "name": self.name, "due_before": iso(self.before), "due_at": iso(self.after)}


@dataclass(frozen=True)
class Redated:
    """What becomes of one case: its moves, and the keys of its data that are different."""

    moves: Sequence[Move]
    data: Sequence[str]

    def __bool__(self) -> bool:
        return bool(self.moves or self.data)


@dataclass(frozen=True)
class WayBack:
    """Where a case goes back to, and what is different there.

    `level` says in which running of its process, where a loop calls it several times; `patch` are keys of the data with
    other values from there on, `renew` with other values everywhere; `letters` go to performers: template and data.
    """

    element: str
    level: int | None = None
    patch: Mapping[str, Json] = field(default_factory=dict)
    renew: Mapping[str, Json] = field(default_factory=dict)
    letters: Sequence[tuple[Sequence[str], str, Mapping[str, Json]]] = ()


@dataclass(frozen=True)
class _Standing:
    """A task or timer that stands where the first rules put it."""

    kind: str
    number: int
    text: str  # its expression
    laid_out: datetime
    due: datetime


def redate(
    resources: Resources,
    connection: sa.Connection,
    case_id: UUID,
    rules: Rules,
    *,
    reason: str,
    by: Actor,
    told: Mapping[str, Json],
) -> Redated:
    """Lay a case's moments out anew, in one event of its history that tells `told`; whoever has a task is told.

    Who may do so is asked by whoever calls.

    Raises:
        NotFound: there is no such case, or it has ended.  Refused: no reason is given.
        StepFailed: an expression of the diagram cannot be reckoned.
    """
    words = require_reason(reason)
    step = _step(resources, connection, case_id, by)
    found = _reckon(step, rules)
    if not found:
        return found
    rows = _open_tasks(step)
    for move in found.moves:
        if move.kind == "task":
            set_due(step, rows[move.number], move.after)
        else:
            tokens.move_timer(step.run.get_task_from_id(move.number), iso(move.after))
    shifted = [move.to_json() for move in found.moves]
    step.finish("dates_moved", {**told, "shifted": shifted, "renewed": found.data}, {"reason": words}, run_on=False)
    step.save()
    return found


def send_back(
    resources: Resources,
    connection: sa.Connection,
    case_id: UUID,
    way: Callable[[Step], WayBack],
    *,
    reason: str,
    by: Actor,
) -> Sequence[Mapping[str, Any]]:
    """Go back to a step that was done, in one event of the history; gives the rows of the tasks that it opens.

    `way` is asked once the case is locked. Who may do so is asked by whoever calls.

    Raises:
        NotFound: there is no such case, or it has ended.  Refused: the step was never done, or no reason is given.
        StepFailed: the diagram could not go on from there.
    """
    words = require_reason(reason)
    step = _step(resources, connection, case_id, by)
    if step.case["status"] in HELD:
        raise Refused(REFUSALS[CaseStatus(step.case["status"])])
    back, data = way(step), tokens.all_data(step.run)
    tokens.replace_items(step.run, list(_items(data, back.renew)))
    tokens.patch_data(step.run, back.renew)
    for performers, template, told in back.letters:
        step.notify(list(performers), template, told)
    step.finish("case_reset", shifting.reset(step, back.element, level=back.level, patch=back.patch), {"reason": words})
    step.save()
    return step.opened


def _step(resources: Resources, connection: sa.Connection, case_id: UUID, by: Actor) -> Step:
    step = Step.on(resources, connection, case_id, by=by)
    if step.case["status"] not in LIVE:
        raise NotFound("Perkara ini sudah berakhir.")
    return step.load()


def _reckon(step: Step, rules: Rules) -> Redated:
    """What moves; afterwards the run in hand holds the new data."""
    rows = _open_tasks(step)
    standing = [*_tasks(step, rows, rules.before), *_timers(step, rows, rules.before)]
    data = tokens.all_data(step.run)
    patch = {key: value for key, value in rules.renew(step.case, data).items() if data.get(key) != value}
    if patch:
        tokens.replace_items(step.run, list(_items(data, patch)))
        tokens.patch_data(step.run, patch)
    moves = [move for one in standing if (move := _moved(step, one, rules.after)) is not None]
    return Redated(moves, sorted(patch))


def _tasks(step: Step, rows: Mapping[int, Mapping[str, Any]], functions: Functions) -> Iterator[_Standing]:
    for number, row in rows.items():
        text, due = step.release.elements[row["element"]].properties.get("due"), row["due_at"]
        if text is None or due is None or number not in step.before.tasks:
            continue
        one = _Standing("task", number, text, row["opened_at"], due)
        if _at(step, one, functions) == due:
            yield one


def _timers(step: Step, rows: Mapping[int, Mapping[str, Any]], functions: Functions) -> Iterator[_Standing]:
    for number, (element, due) in step.before.timers.items():
        text = once_at(step.run.get_task_from_id(number))
        if text is None:
            continue
        at = datetime.fromisoformat(due)
        arrivals = _arrivals(step, rows, step.release.elements[element].attached_to)
        candidates = (_Standing("timer", number, text, arrived, at) for arrived in arrivals)
        found = next((one for one in candidates if _at(step, one, functions) == at), None)
        if found is not None:
            yield found


def _arrivals(step: Step, rows: Mapping[int, Mapping[str, Any]], attached_to: str | None) -> Iterable[datetime]:
    """When a token may have come to a timer: with the task that it is drawn on, or at a step of the case's history."""
    opened = {row["opened_at"] for row in rows.values() if row["element"] == attached_to}
    if opened:
        return opened
    case_id = step.case["id"]
    bodies = sa.select(HistoryRow.body).where(HistoryRow.case_id == case_id).order_by(HistoryRow.seq.desc())
    events = (orjson.loads(text_of(body, case_id)) for body in step.connection.scalars(bodies))
    read = (datetime.fromisoformat(event["at"]) for event in events)
    return list(dict.fromkeys(read))


def _moved(step: Step, one: _Standing, functions: Functions) -> Move | None:
    after = _at(step, one, functions)
    if after is None or after == one.due or after <= step.now:
        return None
    element = step.release.elements[step.run.get_task_from_id(one.number).task_spec.bpmn_id]
    return Move(one.kind, one.number, element.id, element.label, one.due, after)


def _at(step: Step, one: _Standing, functions: Functions) -> datetime | None:
    """Where some functions put it, on the data that the run in hand has."""
    resources = step.resources
    known = {**resources.registry.functions, **functions}
    script = Script(Environment(now=one.laid_out, zone=step.zone, functions=known), step)
    task = step.run.get_task_from_id(one.number)
    value = script.value(task, one.text)
    if value is None:
        return None
    day_ends = one.kind == "task"

    def read() -> datetime:
        return moments.moment(value, since=one.laid_out, zone=step.zone, day_ends=day_ends)

    found: datetime = script.guarded(task, read)
    return found


def _items(data: Mapping[str, Json], patch: Mapping[str, Json]) -> Iterator[tuple[Json, Json]]:
    """Entries of lists that become different: a loop has handed out copies of them."""
    for key, value in patch.items():
        old = data.get(key)
        if isinstance(old, list) and isinstance(value, list) and len(old) == len(value):
            yield from ((one, other) for one, other in zip(old, value, strict=True) if one != other)


def _open_tasks(step: Step) -> Mapping[int, Mapping[str, Any]]:
    mine = WHOLE_TASKS.where(TaskRow.case_id == step.case["id"], TaskRow.status == TaskStatus.OPEN)
    return {row["number"]: dict(row) for row in step.connection.execute(mine).mappings()}
