"""Letters about a person's year that no step of a case sends."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from engine.runtime.models import CaseRow, OutboxRow


def tell(
    connection: sa.Connection,
    key: str,
    template: str,
    people: Sequence[str],
    *,
    subject: str,
    cycle: str,
    place: str,
    now: datetime,
) -> None:
    """Queue one letter to each of the people, where the subject has a case of that year; `place` is the page it leads to."""
    case = sa.select(CaseRow.id).where(CaseRow.subject == subject, CaseRow.cycle == cycle).limit(1)
    case_id = connection.scalar(case)
    if case_id is None:
        return
    payload = {"template": template, "people": list(people), "place": place}
    row = {"key": key, "case_id": case_id, "kind": "mail", "payload": payload}
    connection.execute(sa.insert(OutboxRow).values(**row, status="new", attempts=0, next_at=now))
