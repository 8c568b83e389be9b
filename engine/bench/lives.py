"""What people did in a simulated year, read off the histories: to be done again by another engine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import orjson
import sqlalchemy as sa

from engine.runtime.event_texts import text_of
from engine.runtime.models import CaseKeyRow, CaseRow, HistoryRow
from engine.runtime.sealing import open_first, unwrap
from engine.runtime.secret_keys import Keyring, secret_key
from engine.runtime.values import Json


@dataclass(frozen=True)
class Act:
    """One thing that moved a case: a person completed an element, a message came, or time."""

    at: datetime
    element: str | None = None
    result: str = ""
    answers: Mapping[str, Json] = field(default_factory=dict)  # or what the message carries
    message: str | None = None  # neither this nor an element: a timer


@dataclass(frozen=True)
class Life:
    """One case from its opening to its end."""

    case_id: UUID
    opened_at: datetime
    data: Mapping[str, Json]
    acts: Sequence[Act]


def lives(database: sa.Engine, kek: bytes, secrets: Keyring, limit: int) -> list[Life]:
    """The first completed cases of a database, as what moved them."""
    found = []
    with database.connect().execution_options(reads_only=True) as connection:
        cases = connection.execute(
            sa.select(CaseRow.id, CaseKeyRow.wrapped)
            .join(CaseKeyRow, CaseKeyRow.case_id == CaseRow.id)
            .where(CaseRow.status == "completed")
            .order_by(CaseRow.subject)
            .limit(limit)
        ).all()
        for case in cases:
            keys = secret_key(secrets, connection, case.id), unwrap(case.wrapped, kek, case.id)
            rows = connection.execute(
                sa.select(HistoryRow.seq, HistoryRow.body, HistoryRow.box)
                .where(HistoryRow.case_id == case.id)
                .order_by(HistoryRow.seq)
            )
            events = [
                (orjson.loads(text_of(row.body, case.id)), open_first(row.box, keys, case.id, row.seq) or {})
                for row in rows
            ]
            found.append(_life(case.id, events))
    return found


def _life(case_id: UUID, events: Sequence[tuple[dict[str, Json], Mapping[str, tuple[bytes, Json]]]]) -> Life:
    opened, sealed = events[0]
    acts = []
    for event, values in events[1:]:
        at = datetime.fromisoformat(event["at"])
        if event["type"] == "timer_fired":
            acts.append(Act(at))
        elif event["type"] == "message_received":
            payload = values["payload"][1] if "payload" in values else {}
            acts.append(Act(at, message=event["data"]["name"], answers=payload))
        elif event["type"] == "task_completed":
            answers = {
                name.removeprefix("answers."): value for name, (_, value) in values.items() if "answers." in name
            }
            acts.append(Act(at, event["data"]["element"], event["data"]["result"], answers))
    return Life(case_id, datetime.fromisoformat(opened["at"]), sealed["data"][1], acts)
