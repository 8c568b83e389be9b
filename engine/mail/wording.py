"""What a notice says, and to whom, read on one connection: what is sent and what is only foreseen say the same."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.mail.texts import DUE, TEXTS
from engine.runtime.definitions import WHOLE_TASKS
from engine.runtime.models import CaseRow, TaskRow
from engine.runtime.outbox import Effect
from engine.runtime.resources import Resources
from engine.runtime.values import Json, Recipient

ABOUT = sa.select(CaseRow.id, CaseRow.title, CaseRow.subject, CaseRow.subject_name, CaseRow.unit, CaseRow.zone)


WITHOUT_CASE: Mapping[str, Json] = dict.fromkeys(("title", "subject", "subject_name", "unit", "zone"))


def letters(
    resources: Resources, connection: sa.Connection, effect: Effect, now: datetime
) -> Sequence[tuple[Recipient, Mapping[str, Json]]]:
    """The letter of a notice for each of its recipients who has an address."""
    case: Mapping[Any, Any] | None = connection.execute(ABOUT.where(CaseRow.id == effect.case_id)).mappings().first()
    if effect.case_id is None:
        case = WITHOUT_CASE
    if case is None:
        return []
    task = _task(connection, effect)
    found = _recipients(resources, connection, effect, case, task, now)
    return [(to, _letter(resources, effect, case, task, to)) for to in found if to.email]


def _task(connection: sa.Connection, effect: Effect) -> sa.RowMapping | None:
    task = effect.payload.get("task")
    return connection.execute(WHOLE_TASKS.where(TaskRow.id == UUID(task))).mappings().first() if task else None


def _recipients(
    resources: Resources,
    connection: sa.Connection,
    effect: Effect,
    case: Mapping[Any, Any],
    task: Mapping[Any, Any] | None,
    now: datetime,
) -> Sequence[Recipient]:
    directory, payload = resources.directory, effect.payload
    if "people" in payload:
        others = [Recipient(address, address, address, "id") for address in payload.get("addresses", ())]
        return [*directory.contacts(connection, payload["people"]), *others]
    if task is not None and task["assignee"]:
        return directory.contacts(connection, [task["assignee"]])
    if task is not None:
        return directory.members(connection, task["pool"] or "")
    on = now.astimezone(resources.zone_named(case["zone"])).date()
    found = [
        recipient
        for performer in payload.get("performers", ())
        for recipient in directory.recipients(
            connection, performer, subject=case["subject"], unit=case["unit"], data={}, on=on
        )
    ]
    return list(dict.fromkeys(found))


def _letter(
    resources: Resources, effect: Effect, case: Mapping[Any, Any], task: Mapping[Any, Any] | None, to: Recipient
) -> dict[str, Json]:
    locale = to.locale if to.locale in DUE else "id"
    subject, sentence = TEXTS.get(effect.payload["template"], TEXTS["notice"])[locale]
    data: Mapping[str, Json] = effect.payload.get("data") or {}
    words = {
        **data,
        "task": (task["name_en"] if locale == "en" else task["name"]) if task else "",
        "case": case["title"],
        "subject": case["subject_name"],
        "days": effect.payload.get("days_late", 0),
        "due": _due(resources.zone_named(case["zone"]), task, locale),
    }
    return {
        "to": str(to.email),
        "name": to.name,
        "locale": locale,
        "zone": case["zone"],
        "template": effect.payload["template"],
        "subject": subject.format(**words),
        "sentence": sentence.format(**words),
        "checkpoint": effect.payload.get("checkpoint"),
        "place": effect.payload.get("place")
        or data.get("place")
        or (f"tugas/{task['id']}" if task else f"perkara/{case['id']}"),
    }


def _due(zone: tzinfo, task: Mapping[Any, Any] | None, locale: str) -> str:
    if task is None or task["due_at"] is None:
        return ""
    return DUE[locale].format(moment=task["due_at"].astimezone(zone).strftime("%d-%m-%Y %H:%M"))
