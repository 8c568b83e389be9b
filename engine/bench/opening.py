"""`siklus bench start` and `open-cycle`: what it costs to begin a case, alone and by the hundred."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.bench.lives import Life
from engine.bench.measure import Samples, StatementCounter, Work
from engine.bench.stage import PERSONNEL, SLICE, figures, stage
from engine.bench.stock import ROW, Replay, floor_of_insert, noting
from engine.runtime.models import CaseRow
from engine.runtime.services import registered
from engine.runtime.values import Json
from engine.runtime.workflow import patches
from engine.settings import Settings

PROCESS = "performance_cycle"
SMALLEST = 16  # people of an agency


def bench_start(settings: Settings, *, cases: int = 100) -> dict[str, Any]:
    """Open cases one by one; the same on the library as it comes, and one inserted row as the floor."""
    answered: dict[UUID, list[Json]] = defaultdict(list)
    services = {name: noting(answered, service) for name, service in registered().items()}
    here = stage(settings, SMALLEST, services=services)
    here.open_year()
    data = here.first_data(here.any_case().id)
    counter, ours, stock, least = StatementCounter(here.database), Samples(), Samples(), Samples()
    lives = []
    for number in range(cases):
        request = here.request(PROCESS, f"bench/{number}", data)
        with ours.one(counter):
            case_id, _ = here.engine.open_case(request, by=PERSONNEL)
        lives.append(Life(case_id, here.clock.now(), data, []))
    size = mean_state(here.database)
    with here.database.begin() as connection:
        ROW.create(connection)
    _stock(Replay(here.database, here.engine.loaded(), here.engine.environment(), answered), lives, stock)
    floor_of_insert(here.database, size, cases, least)
    mine, theirs = ours.to_json(), stock.to_json()
    return figures(
        {
            "ours": ours,
            "stock": stock,
            "floor": least,
            "times_faster_than_stock": round(theirs["cpu_ms"]["median"] / mine["cpu_ms"]["median"], 2),
        }
    )


def bench_open_cycle(settings: Settings, *, people: int = 500) -> dict[str, Any]:
    """Open the year of a whole agency as a worker does, slice by slice."""
    here = stage(settings, people)
    here.order_year()
    counter, slices, work = StatementCounter(here.database), Samples(), Work()
    while True:
        before = _cases(here.database)
        with slices.one(counter), work.more(0):
            looked_at = here.application.cycle.run_openings(SLICE)
        work.done += _cases(here.database) - before
        if not looked_at:
            return figures({"cases": work, "slices": slices, "mean_state_bytes": mean_state(here.database)})


def mean_state(database: sa.Engine) -> int:
    """Bytes of a case's state."""
    with database.connect().execution_options(reads_only=True) as connection:
        return round(connection.scalar(sa.select(sa.func.avg(sa.func.length(CaseRow.state)))) or 0)


def _cases(database: sa.Engine) -> int:
    with database.connect().execution_options(reads_only=True) as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(CaseRow)) or 0


def _stock(replay: Replay, lives: Sequence[Life], samples: Samples) -> None:
    try:
        for number, life in enumerate(lives, start=1):
            with samples.one():
                replay.begin(number, life, PROCESS)
    finally:
        patches.apply()
