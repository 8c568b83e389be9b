"""How lines of a daily log become part of a period's report, and when they stop changing."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from engine.cycle.daily.models import DailyClosingRow, DailyLineRow
from engine.db import insert_new, table_of
from engine.runtime.values import Json

LONGEST = 1000  # letters of a summary: what the report's form takes


def lines(connection: sa.Connection, person: str, cycle: str, starts: date, ends: date) -> Sequence[Any]:
    """The lines of some days, in the order of their days."""
    mine = (DailyLineRow.person == person, DailyLineRow.cycle_id == cycle)
    query = sa.select(*DailyLineRow.__table__.c).where(*mine, DailyLineRow.day.between(starts, ends))
    return connection.execute(query.order_by(DailyLineRow.day, DailyLineRow.id)).all()


def taken_up(progress: Json, rows: Sequence[Any]) -> Json:
    """The case's progress with the lines in it: each as the log's form keeps it, and `ringkasan`, one text a result."""
    if not rows:
        return progress
    texts: dict[str, list[str]] = {}
    for row in rows:
        texts.setdefault(row.result, []).append(f"{row.day:%d-%m}: {row.text}{_amount(row)}")
    summaries = [{"rhk": result, "uraian": _shortened(said)} for result, said in texts.items()]
    return {**(progress or {}), "catatan": [_as_noted(row) for row in rows], "ringkasan": summaries}


def close(connection: sa.Connection, person: str, cycle: str, starts: date, ends: date, now: datetime) -> None:
    """From now on nobody changes the lines of these days; closed twice, they were closed the first time."""
    row = {"person": person, "cycle_id": cycle, "starts": starts, "ends": ends, "closed_at": now}
    connection.execute(insert_new(connection, table_of(DailyClosingRow)), [row])


def _as_noted(row: Any) -> Mapping[str, Json]:
    return {
        "tanggal": row.day.isoformat(),
        "rhk": row.result,
        "uraian": row.text,
        "volume": row.volume,
        "satuan": row.measure,
        "menit": row.minutes,
        "bukti": list(row.files or []),
        "tautan": row.link or None,
    }


def _amount(row: Any) -> str:
    return "" if row.volume is None else f" ({' '.join(filter(None, (f'{row.volume:g}', row.measure)))})"


def _shortened(said: Sequence[str]) -> str:
    """As many of the newest lines as fit, in their order."""
    kept: list[str] = []
    for text in reversed(said):
        if len("\n".join([text, *kept])) > LONGEST:
            break
        kept.insert(0, text)
    return "\n".join(kept) or said[-1][:LONGEST]
