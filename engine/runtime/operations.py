"""What an operator does to a case: hold it, move it, mend its data, begin it again. Each with a reason.

Every verb is one step: the case is locked, changed, run on and saved, with one event in its history that
tells who did it and why. Nobody operates on a case about themselves.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from engine.errors import NotFound, NotYours, Refused, StepFailed
from engine.runtime import access, cases, incidents, outbox, places, secrecy, shifting
from engine.runtime.bpmn import Element
from engine.runtime.deadlines import NewDue, change_due, future, iso
from engine.runtime.event_texts import text_of
from engine.runtime.holding import Lapse, lapses, resume, suspend
from engine.runtime.models import CaseRow
from engine.runtime.operating import operate_on
from engine.runtime.reading import visits
from engine.runtime.reasons import require_reason
from engine.runtime.resources import LoadedRelease, Resources
from engine.runtime.steps import Step
from engine.runtime.values import LIVE, RUNNING, Actor, Case, CaseStatus, CaseView, Json, Page
from engine.runtime.waking import wake
from engine.runtime.workflow import codec, tokens
from engine.runtime.workflow.waits import waits_of

Change = Callable[[Step], dict[str, Json]]


@dataclass(frozen=True)
class Standing:
    """A token that may be moved: the number of its task, and where it stands."""

    number: int
    element: str
    label: str
    process: str  # id of the process around it
    scope: str  # the process or sub-process that it is drawn in
    armed_until: datetime | None  # of a timer that waits


@dataclass(frozen=True)
class Target:
    """An element to which a token may be moved, or the reason why not."""

    element: str
    label: str
    process: str
    process_name: str
    scope: str
    done: bool  # the history shows that it was done
    refusal: str | None


@dataclass(frozen=True)
class Control:
    """One case as an operator sees it: where it stands and its data, without what is secret."""

    view: CaseView
    tokens: Sequence[Standing]
    data: Mapping[str, Json]
    secret: Sequence[str]  # keys of the data that nobody but their giver may read
    lapses: Sequence[Lapse]  # what came due while it was held


@dataclass(frozen=True)
class Preview:
    """What a change would do, had it been made now; `refusal` says why it would not be."""

    withdrawn: Sequence[str]  # labels of steps that are left
    opened: Sequence[Mapping[str, Json]]  # tasks: "name", "person", "group", "due_at"
    ends: bool  # the case would be over
    refusal: str | None = None


class Operations:
    """The verbs of an operator on one case."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    # looking

    def find(
        self, *, by: Actor, search: str = "", status: str | None = None, limit: int = 50, offset: int = 0
    ) -> Page[Case]:
        """The cases that an operator may work on: all but those about the operator. Raises NotYours."""
        access.require_role(by, "operator")
        with self._resources.reading() as connection:
            wanted = [CaseRow.subject != by.person]
            wanted += [CaseRow.status == status] if status else []
            wanted += [sa.or_(*access.about(self._resources.directory, connection, search))] if search.strip() else []
            return cases.page(connection, wanted, limit=limit, offset=offset)

    def view(self, case_id: UUID, *, by: Actor) -> Control:
        """One case for its operator; raises NotFound, NotYours."""
        access.require_role(by, "operator")
        with self._resources.reading() as connection:
            view = cases.look(self._resources, connection, case_id, by=by)
            access.require_not_about(view.case.subject, by)
            state = connection.scalar(sa.select(CaseRow.state).where(CaseRow.id == case_id)) or b""
            release = self._resources.release(connection, view.case.release)
        run = codec.loads(state, release.machine, None)
        secret = secret_keys(release)
        data = tokens.last_data(run)
        open_, held, now = view.case.status in LIVE, view.suspended_by, self._resources.clock.now()
        due = [(task.name, task.due_at) for task in view.open_tasks]
        return Control(
            view=view,
            tokens=[_standing(release, token, run) for token in tokens.tokens_of(run)] if open_ else (),
            data={key: value for key, value in data.items() if key not in secret},
            secret=sorted(secret & data.keys()),
            lapses=lapses(release, due, waits_of(run), held.at, now) if held is not None else (),
        )

    def targets(self, case_id: UUID, *, by: Actor) -> Sequence[Target]:
        """Every element of the case's processes, with the reason where no token may be set down."""
        access.require_role(by, "operator")
        with self._resources.reading() as connection:
            case = connection.execute(sa.select(*cases.CASE_COLUMNS).where(CaseRow.id == case_id)).mappings().first()
            if case is None:
                raise NotFound("Perkara ini tidak ada.")
            access.require_not_about(case["subject"], by)
            release = self._resources.release(connection, case["release"])
            done = visits(connection, case_id)
        return [
            _target(release, element, bool(done[element.id]))
            for element in release.elements.values()
            if places.way_to(release.documents.processes, case["process"], element) is not None
        ]

    # holding

    def suspend(self, case_id: UUID, *, reason: str, by: Actor) -> None:
        """Hold a case: nothing can be sent, timers wait and messages are kept until it is resumed."""
        self._resources.write(lambda connection: suspend(self._resources, connection, case_id, reason=reason, by=by))

    def resume(self, case_id: UUID, *, reason: str, shift: bool = False, by: Actor) -> None:
        """Let a held case go on; what came due meanwhile happens in the next round, or (`shift`) that much later."""
        self._resources.write(
            lambda connection: resume(self._resources, connection, case_id, reason=reason, shift=shift, by=by)
        )

    # moving

    def move_token(self, case_id: UUID, number: int, element: str, *, reason: str, by: Actor) -> None:
        """Set a token down at another element of the same process level.

        Raises:
            NotFound, NotYours, Refused
            StepFailed: the diagram could not go on from there; nothing has changed.
        """
        self._change(case_id, "token_moved", _moving(number, element), RUNNING, reason, by)

    def reset(self, case_id: UUID, element: str, *, reason: str, by: Actor) -> None:
        """Go back to a step that was done; what came after it is withdrawn. Raises as `move_token`."""
        self._change(case_id, "case_reset", _resetting(element), RUNNING, reason, by)

    def restart(self, case_id: UUID, element: str, *, reason: str, by: Actor) -> None:
        """Begin an ended or parked case again at an element, with its last data. Raises as `move_token`."""
        self._change(case_id, "case_restarted", _restarting(element), RESTARTABLE, reason, by)

    def preview_move(self, case_id: UUID, number: int, element: str, *, by: Actor) -> Preview:
        """What `move_token` would do now."""
        return self._preview(case_id, _moving(number, element), RUNNING, by)

    def preview_reset(self, case_id: UUID, element: str, *, by: Actor) -> Preview:
        """What `reset` would do now."""
        return self._preview(case_id, _resetting(element), RUNNING, by)

    def preview_restart(self, case_id: UUID, element: str, *, by: Actor) -> Preview:
        """What `restart` would do now."""
        return self._preview(case_id, _restarting(element), RESTARTABLE, by)

    # mending

    def edit_data(self, case_id: UUID, patch: Mapping[str, Json], *, reason: str, by: Actor) -> None:
        """Give top-level keys of the case data new values; old and new are sealed in the history.

        Raises:
            NotFound, NotYours
            Refused: a key holds secret answers, or nothing would change.
        """
        self._resources.write(
            lambda connection: edit_data(self._resources, connection, case_id, patch, reason=reason, by=by)
        )

    def change_due(self, task_id: UUID, due_at: datetime, *, reason: str, by: Actor) -> None:
        """Give an open task another due moment; its reminders are laid out anew. Raises NotFound, NotYours, Refused."""
        self._resources.write(
            lambda connection: change_due(self._resources, connection, task_id, NewDue(due_at), reason=reason, by=by)
        )

    def change_timer(self, case_id: UUID, number: int, due_at: datetime, *, reason: str, by: Actor) -> None:
        """Let a drawn timer that waits fire at another moment. Raises NotFound, NotYours, Refused."""

        def change(step: Step) -> dict[str, Json]:
            before = step.before.timers.get(number)
            if before is None:
                raise NotFound("Timer itu sudah tidak menunggu; muat ulang halaman.")
            task = step.run.get_task_from_id(number)
            tokens.move_timer(task, future(due_at, step.now).isoformat())
            element = step.release.elements[before[0]]
            return {"element": element.id, "name": element.label, "due_before": before[1], "due_at": iso(due_at)}

        self._change(case_id, "timer_moved", change, LIVE, reason, by)

    # side effects that were given up

    def undelivered(self, *, by: Actor, limit: int = 50, offset: int = 0) -> Page[outbox.Undelivered]:
        """Mails, messages and signals that could not be delivered, the newest first. Raises NotYours."""
        access.require_role(by, "operator")
        with self._resources.reading() as connection:
            return outbox.undelivered(connection, limit=limit, offset=offset)

    def deliver_again(self, ids: Sequence[int] | None, *, by: Actor) -> int:
        """Let workers try again what was given up (None: all of it); gives how many. Raises NotYours."""
        access.require_role(by, "operator")
        now = self._resources.clock.now()
        return self._resources.write(lambda connection: outbox.revive(connection, ids, now))

    # how

    def _change(
        self, case_id: UUID, type: str, change: Change, allowed: Sequence[CaseStatus], reason: str, by: Actor
    ) -> None:
        words = require_reason(reason)
        self._resources.write(lambda connection: self._step(connection, case_id, type, change, allowed, words, by))

    def _step(
        self,
        connection: sa.Connection,
        case_id: UUID,
        type: str,
        change: Change,
        allowed: Sequence[CaseStatus],
        reason: str,
        by: Actor,
    ) -> Step:
        step = operate_on(self._resources, connection, case_id, allowed, by=by).load()
        told = change(step)
        if type in SHIFTS:
            told |= leave_parking(step)
        step.finish(type, told, {"reason": reason})
        step.save()
        return step

    def _preview(self, case_id: UUID, change: Change, allowed: Sequence[CaseStatus], by: Actor) -> Preview:
        """Make the change and take it back: what is seen is what would be."""
        with self._resources.database.connect() as connection, connection.begin() as transaction:
            try:
                step = self._step(connection, case_id, SHIFTS[0], change, allowed, "", by)
            except NotYours:
                raise
            except (Refused, StepFailed) as refusal:
                return Preview((), (), ends=False, refusal=str(refusal))
            finally:
                transaction.rollback()
        told = orjson.loads(text_of(step.writes.history[-1]["body"], case_id))["data"]
        elements = step.release.elements
        left = dict.fromkeys([*told.get("from", ()), *told.get("withdrawn", ())])
        return Preview(
            withdrawn=[elements[element].label for element in left if element in elements],
            opened=told.get("opened", ()),
            ends=bool(told.get("completed")),
        )


SHIFTS = ("token_moved", "case_reset", "case_restarted")
RESTARTABLE = (CaseStatus.COMPLETED, CaseStatus.CANCELLED, CaseStatus.INCIDENT)


def edit_data(
    resources: Resources, connection: sa.Connection, case_id: UUID, patch: Mapping[str, Json], *, reason: str, by: Actor
) -> None:
    """Give top-level keys of the case data new values, wherever the case stands.

    Raises:
        NotFound, NotYours
        Refused: a key holds secret answers, keys are disclosed at different steps, or nothing would change.
    """
    words = require_reason(reason)
    step = operate_on(resources, connection, case_id, LIVE, by=by).load()
    if hidden := sorted(secret_keys(step.release) & patch.keys()):
        raise Refused(f"Isian rahasia tidak dapat diubah: {', '.join(hidden)}.")
    data = tokens.last_data(step.run)
    changed = {key: value for key, value in patch.items() if key not in data or data[key] != value}
    if not changed:
        raise Refused("Tidak ada yang berubah.")
    disclose = {disclosed_at(step.release, key) for key in changed}
    if len(disclose) > 1:
        raise Refused("Data ini dibuka pada langkah yang berbeda; ubah satu per satu.")
    tokens.patch_data(step.run, changed)
    step.case["state"] = codec.dumps(step.run)
    old = {f"old.{key}": data.get(key) for key in changed}
    new = {f"new.{key}": value for key, value in changed.items()}
    step.record("data_edited", {"keys": sorted(changed), "disclose": disclose.pop()}, {"reason": words, **old, **new})
    step.save()


def leave_parking(step: Step) -> dict[str, Json]:
    """A case that stands somewhere else is no longer parked where it failed; gives what the history tells of it."""
    parked = step.case["status"] == CaseStatus.INCIDENT
    step.case["status"] = CaseStatus.ACTIVE
    if not parked:
        return {}
    incidents.close_open(step.connection, step.case["id"])
    return {"left_out": wake(step)}


def secret_keys(release: LoadedRelease) -> set[str]:
    """The keys of case data that hold answers which are read by nobody but their giver, or by few."""
    return {
        element.properties.get("result", element.id)
        for element in release.elements.values()
        if secrecy.is_secret(element.properties) or "readers" in element.properties
    }


def disclosed_at(release: LoadedRelease, key: str) -> str | None:
    """The element from which on the case's subject may see a key of its data; None: always."""
    found = (
        element.properties.get("disclose")
        for element in release.elements.values()
        if element.properties.get("result", element.id) == key
    )
    return next(filter(None, found), None)


def _moving(number: int, element: str) -> Change:
    return lambda step: shifting.move(step, number, element)


def _resetting(element: str) -> Change:
    return lambda step: shifting.reset(step, element)


def _restarting(element: str) -> Change:
    return lambda step: shifting.restart(step, element)


def _standing(release: LoadedRelease, token: tokens.Token, run: Any) -> Standing:
    element = release.elements[token.element]
    due = tokens.armed_until(run, token.number)
    return Standing(
        token.number,
        element.id,
        element.label,
        element.process,
        token.scope,
        datetime.fromisoformat(due) if due is not None else None,
    )


def _target(release: LoadedRelease, element: Element, done: bool) -> Target:
    return Target(
        element=element.id,
        label=element.label,
        process=element.process,
        process_name=release.documents.processes[element.process].label,
        scope=element.parent,
        done=done,
        refusal=places.refusal(element, release.elements),
    )
