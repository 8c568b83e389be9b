"""Time, CPU and statements of a piece of work, and how they are told."""

import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa


@dataclass
class Samples:
    """One row for each measured piece of work, in milliseconds."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)

    @contextmanager
    def one(self, counter: "StatementCounter | None" = None) -> Iterator[None]:
        """Measure what happens inside."""
        before = counter.count if counter is not None else 0
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.wall.append((time.perf_counter() - wall) * 1000)
        self.cpu.append((time.process_time() - cpu) * 1000)
        if counter is not None:
            self.statements.append(counter.count - before)

    def to_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "n": len(self.wall),
            "median_ms": round(statistics.median(self.wall), 3),
            "p95_ms": round(percentile(self.wall, 95), 3),
            "median_cpu_ms": round(statistics.median(self.cpu), 3),
            "mean_cpu_ms": round(statistics.fmean(self.cpu), 3),
        }
        if self.statements:
            found["statements"] = {"median": statistics.median(self.statements), "most": max(self.statements)}
        return found


class StatementCounter:
    """Counts the SQL statements that go to a database."""

    def __init__(self, database: sa.Engine) -> None:
        self.count = 0
        sa.event.listen(database, "before_cursor_execute", self._seen)

    def _seen(self, *_args: object) -> None:
        self.count += 1


def percentile(values: Sequence[float], share: int) -> float:
    """The value below which so many percent of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)]
