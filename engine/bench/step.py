"""`siklus bench step`: what it costs when a person sends a form, on the shipped diagrams.

The year of a small agency is simulated; each completion is measured (form validation, history, commit and all).
The same lives are then led again on the library's own serializer, and the floor of the database is measured.
"""

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.bench.lives import lives
from engine.bench.measure import Samples, StatementCounter
from engine.bench.stage import AUDITOR, PERSONNEL, YEAR, Stage, stage
from engine.bench.stock import ROW, Replay, floor, noting
from engine.cycle.simulation import simulate
from engine.cycle.simulation.answers import fill
from engine.runtime.models import CaseRow
from engine.runtime.secret_keys import Keyring
from engine.runtime.services import registered
from engine.runtime.values import Actor, Json
from engine.runtime.workflow import patches
from engine.settings import Settings

WINDOW = 20  # rounds that are compared
STEPS = 2  # of a round of coaching


@dataclass(frozen=True)
class StepBench:
    """What was measured; ratios are of the medians of CPU time."""

    ours: Samples
    stock: Samples
    floor: Samples
    early: float
    late: float
    state_bytes: float
    rounds: int  # completed tasks of the coaching loop before the late ones
    left: int  # acts of the recorded lives that the library could not follow

    def to_json(self) -> dict[str, Any]:
        mine, theirs = statistics.fmean(self.ours.cpu), statistics.fmean(self.stock.cpu)
        return {
            "ours": self.ours.to_json(),
            "stock": self.stock.to_json(),
            "acts_not_followed_by_stock": self.left,
            "floor": self.floor.to_json(),
            "times_faster_than_stock": round(theirs / mine, 2),
            "times_the_floor": round(statistics.median(self.ours.cpu) / statistics.median(self.floor.cpu), 2),
            "coaching": {
                "first_steps_ms": round(self.early, 3),
                f"after_{self.rounds}_steps_ms": round(self.late, 3),
                "ratio": round(self.late / self.early, 3),
            },
            "mean_state_bytes": round(self.state_bytes),
        }


def bench_step(
    settings: Settings, *, people: int = 20, seed: int = 7, rounds: int = 300, replayed: int | None = None
) -> StepBench:
    """Measure on a migrated, empty database; so many rounds on the floor, and in the loop that must stay flat.

    So many lives are led again on the library; None: one for each person.
    """
    answered: dict[UUID, list[Json]] = defaultdict(list)
    services = {name: noting(answered, service) for name, service in registered().items()}
    here = stage(settings, people, seed, services=services)
    engine = here.engine
    ours = Samples()
    counter = StatementCounter(engine.database)
    with _measured(engine, ours, counter):
        simulate(here.application, here.clock, [YEAR], seed)
    early, late = _coaching(here, rounds)
    secrets = Keyring(settings.counselling_keks or (settings.kek,))
    recorded = lives(engine.database, settings.kek, secrets, replayed or people)
    with engine.database.begin() as connection:
        size = float(connection.scalar(sa.select(sa.func.avg(sa.func.length(CaseRow.state)))) or 0)
        ROW.create(connection)
    stock, least = Samples(), Samples()
    try:
        replay = Replay(engine.database, engine.loaded(), engine.environment(), answered)
        left = sum(
            replay.lead(number, life, "performance_cycle", stock) for number, life in enumerate(recorded, start=1)
        )
    finally:
        patches.apply()
    floor(engine.database, int(size), rounds, least)
    return StepBench(ours, stock, least, early, late, size, rounds, left)


@contextmanager
def _measured(engine: Any, samples: Samples, counter: StatementCounter) -> Iterator[None]:
    """Measure every completion of this engine meanwhile."""
    complete: Callable[..., Any] = engine.complete_task

    def measured(*args: Any, **kwargs: Any) -> Any:
        with samples.one(counter):
            return complete(*args, **kwargs)

    engine.complete_task = measured
    yield
    del engine.complete_task


def _coaching(here: Stage, rounds: int) -> tuple[float, float]:
    """The median round of a case of coaching that has just begun, and of one that has had many rounds.

    A round is two steps of two kinds. Both cases go on in turn, so that they meet the same machine and the same database.
    """
    old = _Coached(here, "old")
    for _ in range(rounds // STEPS):
        old.round(Samples())
    new, early, late = _Coached(here, "new"), Samples(), Samples()
    new.round(Samples())
    for _ in range(WINDOW):
        new.round(early)
        old.round(late)
    return statistics.median(early.cpu) / STEPS, statistics.median(late.cpu) / STEPS


class _Coached:
    """One case of coaching that goes on and on."""

    def __init__(self, here: Stage, name: str) -> None:
        self._here, self._random, self._count = here, Random(1), 0
        data = here.first_data(here.any_case().id)
        self._id, _ = here.engine.open_case(here.request("coaching", f"bench/{name}", data), by=PERSONNEL)

    def round(self, samples: Samples) -> None:
        """Hold a talk and hear what came of it; one sample for both steps."""
        ready = Samples()
        for _ in range(STEPS):
            self._step(ready)
        samples.wall.append(sum(ready.wall))
        samples.cpu.append(sum(ready.cpu))

    def _step(self, samples: Samples) -> None:
        engine = self._here.engine
        task = engine.case(self._id, by=AUDITOR).open_tasks[0]
        actor = Actor(task.assignee or "")
        view, form = engine.task(task.id, by=actor), engine.form(task.id, by=actor)
        answers = fill(form, view.answers, view.context, engine.environment(), self._random, {"lanjut": "YA"})
        self._count += 1
        key = f"{self._id}/{self._count}"
        with samples.one():
            engine.complete_task(task.id, answers, revision=view.task.revision, key=key, by=actor)
        self._here.clock.advance(timedelta(minutes=1))
