"""The history as people read it: events with the answers that this reader may see, and what each changed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from engine.errors import NotFound
from engine.forms import Form
from engine.runtime import sealing
from engine.runtime.access import require_readable
from engine.runtime.circles import Circles
from engine.runtime.event_texts import text_of
from engine.runtime.models import CaseKeyRow, CaseRow, HistoryRow
from engine.runtime.resources import Resources
from engine.runtime.secret_keys import secret_key
from engine.runtime.values import SYSTEM, Actor, Change, ElementState, HistoryEvent, Json

EventRow = sa.Row[int, Any, bytes, bytes | None]  # seq, body as it lies, hash, box (None where nothing is sealed)
ANSWERS = "answers."  # prefix of the sealed fields that hold a form's answers


@dataclass
class _Reader:
    """Reads one case's events in order, for one actor."""

    resources: Resources
    connection: sa.Connection
    case: Mapping[Any, Any]
    key: bytes | None  # None: destroyed
    secret_key: bytes | None  # of secret answers; asked for only where this actor has given some
    actor: Actor
    names: Mapping[str, str]
    done: set[str]  # elements done anywhere in the history: what `disclose` waits for
    circles: Circles
    latest: dict[str, dict[str, Json]] = field(default_factory=dict)  # the newest visible answers by result name

    def read(self, row: EventRow, event: Mapping[str, Any]) -> HistoryEvent:
        data = event["data"]
        values = self._sealed(row, event)
        has_answers = any(name.startswith(ANSWERS) for name in event["sealed"])
        visible = has_answers and self._may_read(event)
        answers = _answers(values) if visible and values is not None else None
        if visible and "decisions" in (values or {}):
            data = {**data, "decisions": (values or {})["decisions"]}
        elif not has_answers and values and self._is_in_circle(data):
            data = {**data, **({} if self._is_subject_before(data) else values)}
        return HistoryEvent(
            case_id=self.case["id"],
            seq=row.seq,
            at=datetime.fromisoformat(event["at"]),
            type=event["type"],
            actor=event["actor"],
            actor_name=self.names.get(event["actor"], event["actor"]),
            on_behalf_of=self.names.get(behalf, behalf) if (behalf := data.get("on_behalf_of")) else None,
            element=data.get("element"),
            name=data.get("name"),
            process=data.get("process"),
            task_id=UUID(data["task"]) if data.get("task") else None,
            release=data.get("release"),
            data=data,
            answers=answers,
            hidden=has_answers and answers is None and row.box is not None,
            erased=bool(event["sealed"]) and row.box is None,
            changes=self._changes(data, answers),
            hash=row.hash.hex(),
        )

    def _sealed(self, row: EventRow, event: Mapping[str, Any]) -> dict[str, Json] | None:
        secret = bool(event["data"].get("secret"))
        if secret and event["actor"] != self.actor.person:
            return None  # not even opened
        found = sealing.open_first(
            row.box, (self.secret_key, self.key) if secret else (self.key,), self.case["id"], row.seq
        )
        return {name: value for name, (_, value) in found.items()} if found is not None else None

    def _may_read(self, event: Mapping[str, Any]) -> bool:
        """Secret answers are for the one who gave them, those kept to a circle for who is in it; undisclosed ones are
        not yet for the case's subject."""
        if event["actor"] == self.actor.person:
            return True
        if event["data"].get("secret") or not self._is_in_circle(event["data"]):
            return False
        return not self._is_subject_before(event["data"])

    def _is_in_circle(self, data: Mapping[str, Any]) -> bool:
        return self.circles.may_read(data.get("process", ""), data.get("readers"))

    def _is_subject_before(self, data: Mapping[str, Any]) -> bool:
        waits_for = data.get("disclose")
        return self.actor.person == self.case["subject"] and waits_for is not None and waits_for not in self.done

    def _changes(self, data: Mapping[str, Any], answers: Mapping[str, Json] | None) -> Sequence[Change]:
        if answers is None:
            return ()
        before = self.latest.get(data["result"])
        self.latest[data["result"]] = dict(answers)
        if before is None:
            return ()
        form = self.resources.release(self.connection, data["release"]).documents.forms[data["form"]]
        return [Change(change.path, change.old, change.new) for change in form.changes(before, answers)]


def history(resources: Resources, connection: sa.Connection, case_id: UUID, *, by: Actor) -> Sequence[HistoryEvent]:
    """A case's events, the oldest first.

    Raises:
        NotFound: there is no such case, or it is not for this actor.
    """
    require_readable(connection, case_id, by)
    return _read(resources, connection, case_id, by)


def suspension(resources: Resources, connection: sa.Connection, case_id: UUID, *, by: Actor) -> HistoryEvent | None:
    """The event that has suspended a case, for whoever was let in before."""
    events = _read(resources, connection, case_id, by)
    return next((event for event in reversed(events) if event.type == "case_suspended"), None)


def _read(resources: Resources, connection: sa.Connection, case_id: UUID, by: Actor) -> Sequence[HistoryEvent]:
    case = connection.execute(sa.select(*CaseRow.__table__.c).where(CaseRow.id == case_id)).mappings().one()
    rows = _rows(connection, case_id)
    events = [orjson.loads(text_of(row.body, case_id)) for row in rows]
    actors = {who for event in events for who in (event["actor"], event["data"].get("on_behalf_of")) if who}
    names = {**resources.directory.names(connection, actors), SYSTEM.person: SYSTEM.name}
    done = {element for event in events for element in event["data"].get("elements", ())}
    mine = any(event["data"].get("secret") and event["actor"] == by.person for event in events)
    secret = secret_key(resources.secrets, connection, case_id) if mine else None
    key, circles = case_key(resources, connection, case_id), Circles(resources, connection, case, by)
    reader = _Reader(resources, connection, case, key, secret, by, names, done, circles)
    return [reader.read(row, event) for row, event in zip(rows, events, strict=True)]


def form_of_event(resources: Resources, connection: sa.Connection, case_id: UUID, seq: int, *, by: Actor) -> Form:
    """The form whose answers an event holds, as its release has it.

    Raises:
        NotFound: the event holds no answers.
    """
    require_readable(connection, case_id, by)
    body = connection.scalar(sa.select(HistoryRow.body).where(HistoryRow.case_id == case_id, HistoryRow.seq == seq))
    data = orjson.loads(text_of(body, case_id))["data"] if body is not None else {}
    if "form" not in data:
        raise NotFound("Peristiwa ini tidak memuat isian.")
    return resources.release(connection, data["release"]).documents.forms[data["form"]]


def submitted_answers(
    resources: Resources, connection: sa.Connection, task: Mapping[str, Any], *, by: Actor
) -> Mapping[str, Json] | None:
    """What was sent for a closed task, as far as this actor may see it."""
    if task["closed_at"] is None:
        return None
    if task["closed_by"] != by.person:
        require_readable(connection, task["case_id"], by)
    for event in reversed(_read(resources, connection, task["case_id"], by)):
        if event.type == "task_completed" and event.task_id == task["id"]:
            return event.answers
    return None


def visits(connection: sa.Connection, case_id: UUID) -> Counter[str]:
    """How often each element was done in a case; its events say so in the open."""
    bodies = connection.scalars(
        sa.select(HistoryRow.body).where(HistoryRow.case_id == case_id).order_by(HistoryRow.seq)
    )
    events = (orjson.loads(text_of(body, case_id)) for body in bodies)
    return Counter(element for event in events for element in event["data"].get("elements", ()))


def element_states(
    visits: Mapping[str, int], standing: set[str], owner: Mapping[str, str]
) -> dict[str, dict[str, ElementState]]:
    """Where every element of every process stands; `owner` maps an element to its process."""
    states: dict[str, dict[str, ElementState]] = {}
    for element in [*visits, *(standing - visits.keys())]:
        state = "now" if element in standing else "done"
        if element in owner:
            states.setdefault(owner[element], {})[element] = ElementState(state, visits.get(element, 0))
    return states


def case_key(resources: Resources, connection: sa.Connection, case_id: UUID) -> bytes | None:
    """The opened key of a case; None when it was destroyed."""
    wrapped = connection.scalar(sa.select(CaseKeyRow.wrapped).where(CaseKeyRow.case_id == case_id))
    return sealing.unwrap(wrapped, resources.kek, case_id) if wrapped is not None else None


def _rows(connection: sa.Connection, case_id: UUID) -> Sequence[EventRow]:
    return connection.execute(
        sa.select(HistoryRow.seq, HistoryRow.body, HistoryRow.hash, HistoryRow.box)
        .where(HistoryRow.case_id == case_id)
        .order_by(HistoryRow.seq)
    ).all()


def _answers(values: Mapping[str, Json]) -> dict[str, Json]:
    return {name.removeprefix(ANSWERS): value for name, value in values.items() if name.startswith(ANSWERS)}
