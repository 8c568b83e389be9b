"""`siklus bench timers`: firing what is due, reminding, and looking when nothing is due."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from engine.bench.measure import Samples, StatementCounter, Work
from engine.bench.rows import fill_table
from engine.bench.stage import Stage, figures, stage
from engine.runtime.models import CaseRow, TimerRow
from engine.settings import Settings

LOOKS = 200  # sweeps with nothing due
FAR = timedelta(days=3650)


def bench_timers(settings: Settings, *, people: int = 100, days: int = 45, armed: int = 1_000_000) -> dict[str, Any]:
    """Let the first days of a year pass in which nobody does anything; then sweep beside a great many armed timers."""
    here = stage(settings, people)
    here.open_year()
    events, reminders, looks, ends = Work(), Work(), Samples(), here.clock.now() + timedelta(days=days)
    while (due := here.engine.next_timer_at()) is not None and due <= ends:
        here.clock.go_to(max(due, here.clock.now()))
        _sweep(here, events, reminders)
    _arm(here, armed)
    counter = StatementCounter(here.database)
    for _ in range(LOOKS):
        with looks.one(counter):
            here.engine.sweep()
    return figures({"events": events, "reminders": reminders, "nothing_due": looks, "armed": armed})


def _sweep(here: Stage, events: Work, reminders: Work) -> None:
    """One round over what is due; where both kinds are, the events first and the reminders a second later."""
    with here.database.begin() as connection:
        due = TimerRow.next_at <= here.clock.now()
        counts = connection.execute(sa.select(TimerRow.kind, sa.func.count()).where(due).group_by(TimerRow.kind)).all()
        kinds: dict[str, int] = dict(counts)
        if len(kinds) > 1:
            later = here.clock.now() + timedelta(seconds=1)
            connection.execute(sa.update(TimerRow).where(due, TimerRow.kind == "reminder").values(next_at=later))
    work, before = events if "event" in kinds else reminders, _moves(here)
    with work.more(0):
        here.engine.sweep(sum(kinds.values()))
    work.done += _moves(here) - before


def _moves(here: Stage) -> int:
    """How many events all histories hold: each thing that happened to a case is one."""
    with here.database.connect().execution_options(reads_only=True) as connection:
        return int(connection.scalar(sa.select(sa.func.sum(CaseRow.seq))) or 0)


def _arm(here: Stage, rows: int) -> None:
    """Timers of one case, all far in the future."""
    at = here.clock.now() + FAR
    columns = {
        "case_id": here.any_case().id,
        "number": lambda number: number,
        "kind": "event",
        "element": "bench",
        "due_at": at,
        "next_at": at,
        "attempts": 0,
    }
    with here.database.begin() as connection:
        fill_table(connection, TimerRow, columns, rows)
