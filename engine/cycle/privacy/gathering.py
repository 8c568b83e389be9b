"""What a copy of one's own data says: plain values by part, as the person may read them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from uuid import UUID

import sqlalchemy as sa

from engine.cycle.people import People
from engine.cycle.privacy.inventory import INVENTORY, NAMED
from engine.forms.views import SummaryRow
from engine.runtime import reading, tasks
from engine.runtime.models import CaseRow
from engine.runtime.resources import Resources
from engine.runtime.values import Actor, HistoryEvent, Json

HIDDEN = "Rahasia: hanya dibaca oleh yang mengisinya."


@dataclass(frozen=True)
class Section:
    """A part of a copy: rows under a title."""

    name: str
    title: str
    rows: Sequence[Mapping[str, Json]]


def of_tables(connection: sa.Connection, people: People, person: str) -> list[Section]:
    """Everything of the inventory; ids of other people as names."""
    found = [(kept, kept.of(connection, person)) for kept in INVENTORY]
    ids = {str(row[key]) for _, rows in found for row in rows for key in NAMED & row.keys() if row[key]}
    names = people.names(connection, ids)

    def told(row: sa.RowMapping) -> dict[str, Json]:
        return {
            str(key): names.get(str(value), str(value)) if key in NAMED else plain(value) for key, value in row.items()
        }

    return [Section(kept.name, kept.title, [told(row) for row in rows]) for kept, rows in found]


def of_case(resources: Resources, connection: sa.Connection, case_id: UUID, person: str) -> Section:
    """The history of one's own case with the answers that one may read, raw and in words."""
    title = connection.scalar(sa.select(CaseRow.title).where(CaseRow.id == case_id))
    by = Actor(person)
    events = reading.history(resources, connection, case_id, by=by)
    return Section(f"perkara-{case_id}", f"Perkara {title}", [_event(resources, connection, one, by) for one in events])


def _event(resources: Resources, connection: sa.Connection, event: HistoryEvent, by: Actor) -> dict[str, Json]:
    told: dict[str, Json] = {
        "waktu": event.at.isoformat(),
        "peristiwa": event.type,
        "langkah": event.name or event.element,
        "pelaku": event.actor_name,
        "sidik": event.hash,
    }
    if event.hidden:
        return {**told, "isian": HIDDEN}
    if event.answers is None:
        return told
    form = reading.form_of_event(resources, connection, event.case_id, event.seq, by=by)
    context = tasks.view(resources, connection, event.task_id, by=by).context if event.task_id else {}
    rows = form.summary(event.answers, context, resources.environment(event.at), "id")
    return {**told, "isian": in_words(rows), "isian_mentah": plain(event.answers)}


def in_words(rows: Iterable[SummaryRow]) -> dict[str, Json]:
    """Answers by label, as a reader sees them."""
    found: dict[str, Json] = {}
    for row in rows:
        if row.kind != "prose":
            found[row.label or row.id or row.path] = _words(row)
    return found


def _words(row: SummaryRow) -> Json:
    if row.rows:
        return in_words(row.rows)
    if row.items:
        return [in_words(item.rows) for item in row.items]
    if row.files:
        return [file.name for file in row.files]
    if row.cells:
        return [dict(zip(row.headings, cells, strict=False)) for cells in row.cells]
    return "\n".join(row.lines)


def plain(value: object) -> Json:
    """A value as JSON: moments and days as ISO text, codes as they are."""
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
