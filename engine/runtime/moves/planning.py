"""What another release would do to one case: the one place that decides it, for rehearsals and for real moves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

import sqlalchemy as sa

from engine.errors import StepFailed
from engine.runtime import moments
from engine.runtime.documents import Element
from engine.runtime.moves.questions import lost_fields, same_form
from engine.runtime.moves.values import Blocked, Choices, Effect, Marking, Plan, What
from engine.runtime.resources import LoadedRelease, Resources
from engine.runtime.values import CaseStatus, Json
from engine.runtime.workflow import codec
from engine.runtime.workflow.machine import CaseRun
from engine.runtime.workflow.migrate import CannotMigrate, Obstacle, Why, migrate
from engine.runtime.workflow.script import Host, Script
from engine.runtime.workflow.waits import Waits, phase_around, places, to_run, waits_of


class _Nobody:
    """Stands where a step answers diagrams: a plan runs nothing."""

    def call_service(self, name: str, arguments: Any, data: Any, element: str) -> Json:
        raise AssertionError("a plan runs nothing")

    def decide(self, decision: str, context: Any, element: str) -> Json:
        raise AssertionError("a plan runs nothing")


@dataclass
class Prepared:
    """A plan, and what is at hand to carry it out."""

    plan: Plan
    run: CaseRun | None = None  # on the new release, nothing run yet; None when the case is blocked
    before: Waits = field(default_factory=Waits.none)
    tasks: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)  # columns of open tasks that change
    renamed: Mapping[int, str] = field(default_factory=dict)  # number -> element, of tasks and timers
    reasons: Mapping[int, str] = field(default_factory=dict)  # why somebody else has a task now
    goes_on: bool = False


def prepare(
    resources: Resources,
    connection: sa.Connection,
    case: Mapping[str, Any],
    tasks: Sequence[Mapping[str, Any]],
    old: LoadedRelease,
    new: LoadedRelease,
    choices: Choices,
    now: datetime,
    host: Host | None = None,
) -> Prepared:
    """Plan the move of a case (its row, and those of its open tasks) and get it ready; writes nothing."""
    script = Script(resources.environment(now, resources.zone_named(case["zone"])), host or _Nobody())
    run = codec.loads(case["state"], old.machine, script)
    plan = Plan(
        case["id"],
        case["version"],
        case["subject_name"],
        old.number,
        case["status"] != CaseStatus.ACTIVE,
        _marking(run),
    )
    before = waits_of(run)
    standing = {number: task.task_spec.bpmn_id for number, task in before.tasks.items()}
    places_before = dict(_armed(before, run))
    try:
        moved = migrate(run, new.machine, choices.mapping, script, restart=choices.restart)
    except CannotMigrate as refusal:
        blocked = tuple(_words(obstacle, old, new) for obstacle in refusal.obstacles)
        return Prepared(_with(plan, blocked=blocked))
    except StepFailed as failure:
        return Prepared(_with(plan, blocked=(Blocked(failure.element, failure.label, str(failure)),)))
    return _Comparison(resources, connection, case, old, new, choices, now).prepared(
        plan, before, standing, places_before, moved, {row["number"]: row for row in tasks}
    )


@dataclass
class _Comparison:
    """A case before and after."""

    resources: Resources
    connection: sa.Connection
    case: Mapping[str, Any]
    old: LoadedRelease
    new: LoadedRelease
    choices: Choices
    now: datetime

    @property
    def zone(self) -> tzinfo:
        return self.resources.zone_named(self.case["zone"])

    def prepared(
        self,
        plan: Plan,
        before: Waits,
        standing: Mapping[int, str],
        armed: Mapping[int, str],
        moved: CaseRun,
        rows: Mapping[int, Mapping[str, Any]],
    ) -> Prepared:
        after = waits_of(moved)
        effects: list[Effect] = []
        changes: dict[int, Mapping[str, Any]] = {}
        reasons: dict[int, str] = {}
        for number, task in after.tasks.items():
            row = rows[number]
            values, why = self._task(row, task)
            effects += self._task_effects(row, values)
            changed = {name: value for name, value in values.items() if row[name] != value}
            if changed:
                changes[number], reasons[number] = changed, why
        effects += self._event_effects(before, after, armed, dict(_armed(after, moved)))
        running = list(to_run(moved))
        if not plan.parked:
            effects += [Effect(What.GOES_ON, id, self._label(self.new, id)) for id in running]
        now_at = {number: task.task_spec.bpmn_id for number, task in after.tasks.items()}
        renamed = {
            number: element
            for number, element in {**dict(_armed(after, moved)), **now_at}.items()
            if number in {**armed, **standing} and {**armed, **standing}[number] != element
        }
        return Prepared(_with(plan, effects=tuple(effects)), moved, before, changes, renamed, reasons, bool(running))

    def _task(self, row: Mapping[str, Any], task: Any) -> tuple[dict[str, Any], str]:
        """The columns of an open task on the new release, and why its person has it."""
        element = self.new.elements[task.task_spec.bpmn_id]
        properties = element.properties
        values: dict[str, Any] = {
            "element": element.id,
            "process": element.process,
            "name": element.name,
            "name_en": properties.get("name:en", element.name),
            "form": properties["form"],
            "performer": properties["performer"],
            "phase": phase_around(task, self.new.elements) or row["phase"],
            "assignee": row["assignee"],
            "pool": row["pool"],
            "on_behalf_of": row["on_behalf_of"],
            "due_at": self._due(element, task) if self.choices.restart else row["due_at"],
            "draft": row["draft"],
            "revision": row["revision"],
        }
        why = ""
        if values["performer"] != row["performer"]:
            assigned = self.resources.directory.resolve(
                self.connection,
                values["performer"],
                subject=self.case["subject"],
                unit=self.case["unit"],
                data=task.data,
                on=self.now.astimezone(self.zone).date(),
                process=element.process,
            )
            values |= {"assignee": assigned.person, "pool": assigned.group, "on_behalf_of": assigned.on_behalf_of}
            why = assigned.why
            if (assigned.person, assigned.group) != (row["assignee"], row["pool"]):
                values["draft"] = None
        if values["draft"] != row["draft"] or not self._asks_the_same(row, values):
            values["revision"] = row["revision"] + 1
        return values, why

    def _asks_the_same(self, row: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
        return same_form(self.old.documents, row["form"], self.new.documents, values["form"])

    def _due(self, element: Element, task: Any) -> datetime | None:
        text = element.properties.get("due")
        due = task.workflow.script_engine.value(task, text) if text else None
        return moments.moment(due, since=self.now, zone=self.zone, day_ends=True) if due is not None else None

    def _task_effects(self, row: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[Effect]:
        element, label = values["element"], values["name"]
        before, after = row["assignee"] or row["pool"], values["assignee"] or values["pool"]
        if values["element"] != row["element"]:
            yield Effect(What.MOVES_TO, element, label, after, row["name"], label)
        if before != after:
            yield Effect(What.LOSES_TASK, row["element"], row["name"], before)
            yield Effect(What.GETS_TASK, element, label, after)
            if row["draft"]:
                yield Effect(What.DRAFT_ASIDE, element, label, before)
        if values["due_at"] != row["due_at"]:
            yield Effect(What.DEADLINE, element, label, after, _text(row["due_at"]), _text(values["due_at"]))
        if self._asks_the_same(row, values):
            return
        yield Effect(What.FORM, element, label, after, row["form"], values["form"])
        if row["draft"] and values["draft"] is not None:
            old, new = self.old.documents.forms[row["form"]], self.new.documents.forms[values["form"]]
            lost = lost_fields(old, new, row["draft"])
            if lost:
                yield Effect(What.DRAFT_LOSES, element, label, after, None, list(lost))

    def _event_effects(
        self, before: Waits, after: Waits, was: Mapping[int, str], now: Mapping[int, str]
    ) -> Iterator[Effect]:
        old, new = _awaited(before), _awaited(after)
        for key in sorted({*old, *new}):
            number = key[0]
            if key not in new:
                yield Effect(
                    What.EVENT_REMOVED, was.get(number, ""), self._label(self.old, was.get(number)), None, old[key]
                )
            elif key not in old:
                yield Effect(
                    What.EVENT_ADDED, now.get(number, ""), self._label(self.new, now.get(number)), None, None, new[key]
                )
            elif old[key] != new[key]:
                label = self._label(self.new, now.get(number))
                yield Effect(What.EVENT_MOVES, now.get(number, ""), label, None, old[key], new[key])

    @staticmethod
    def _label(release: LoadedRelease, id: str | None) -> str:
        element = release.elements.get(id) if id else None
        return element.label if element is not None else (id or "")


def _awaited(waits: Waits) -> dict[tuple[int, str], str]:
    """What is waited for beside tasks: timers by their hour, messages and signals by their name."""
    found = {(number, "timer"): due for number, (_, due) in waits.timers.items()}
    for number, kind, name in sorted(waits.subscriptions):
        found[(number, f"{kind} {name}" if number == 0 else kind)] = name
    return found


def _armed(waits: Waits, run: CaseRun) -> Iterator[tuple[int, str]]:
    """The element behind each number that waits for an event."""
    for number in {*waits.timers, *(number for number, _, _ in waits.subscriptions if number)}:
        yield number, run.get_task_from_id(number).task_spec.bpmn_id


def _marking(run: CaseRun) -> Marking:
    return tuple(sorted(set(places(run))))


def _with(plan: Plan, *, effects: Sequence[Effect] = (), blocked: Sequence[Blocked] = ()) -> Plan:
    return Plan(
        plan.case_id,
        plan.version,
        plan.subject_name,
        plan.from_release,
        plan.parked,
        plan.marking,
        effects,
        blocked,
    )


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _words(obstacle: Obstacle, old: LoadedRelease, new: LoadedRelease) -> Blocked:
    known = old.elements.get(obstacle.element) or new.elements.get(obstacle.element)
    label = known.label if known is not None else obstacle.element
    process = known.process if known is not None else None
    sentence = _SENTENCES[obstacle.why](label, obstacle, new)
    return Blocked(obstacle.element, label, sentence, process, obstacle.why is Why.REMOVED)


def _removed(label: str, obstacle: Obstacle, new: LoadedRelease) -> str:
    if obstacle.other is not None:
        return f'Pengganti "{label}", yaitu {obstacle.other}, tidak ada di bagian proses yang sama. Pilih langkah lain.'
    if obstacle.element in new.elements:
        return f'Perkara berada di "{label}", yang pada rilis ini pindah ke bagian proses lain. Tunggu perkara melewatinya.'
    return f'Perkara berada di "{label}", yang tidak ada lagi pada rilis ini. Pilih langkah penggantinya.'


def _retyped(label: str, obstacle: Obstacle, new: LoadedRelease) -> str:
    return (
        f'"{label}" menjadi jenis langkah lain pada rilis ini. Beri langkah baru itu id lain, lalu pilih penggantinya.'
    )


def _no_process(label: str, obstacle: Obstacle, new: LoadedRelease) -> str:
    return f"Proses {label} tidak ada pada rilis ini."


def _endless(label: str, obstacle: Obstacle, new: LoadedRelease) -> str:
    missing = new.elements.get(obstacle.other or "")
    other = missing.label if missing is not None else obstacle.other
    return (
        f'Gerbang "{label}" akan menunggu selamanya: cabang dari "{other}" tidak akan datang, karena percabangannya'
        " sudah dilewati. Tunggu perkara melewati gerbang itu."
    )


_SENTENCES = {
    Why.REMOVED: _removed,
    Why.RETYPED: _retyped,
    Why.NO_PROCESS: _no_process,
    Why.ENDLESS: _endless,
}
