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
            "wall_ms": spread(self.wall),
            "cpu_ms": spread(self.cpu),
        }
        if self.statements:
            found["statements"] = {"median": statistics.median(self.statements), "most": max(self.statements)}
        return found


@dataclass
class Work:
    """Many like things done in a few strokes: how many there were, and seconds."""

    done: int = 0
    wall: float = 0.0
    cpu: float = 0.0

    @contextmanager
    def more(self, count: int) -> Iterator[None]:
        """Measure so many things done inside."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.wall += time.perf_counter() - wall
        self.cpu += time.process_time() - cpu
        self.done += count

    def to_json(self) -> dict[str, Any]:
        return {
            "n": self.done,
            "seconds": round(self.wall, 3),
            "cpu_seconds": round(self.cpu, 3),
            "per_second": per(self.done, self.wall),
            "per_cpu_second": per(self.done, self.cpu),
        }


class StatementCounter:
    """Counts the SQL statements that go to a database."""

    def __init__(self, database: sa.Engine) -> None:
        self.count = 0
        sa.event.listen(database, "before_cursor_execute", self._seen)

    def _seen(self, *_args: object) -> None:
        self.count += 1


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, mean, quartiles and the 95th percentile."""
    marks = {"q1": percentile(values, 25), "median": statistics.median(values), "q3": percentile(values, 75)}
    marks |= {"p95": percentile(values, 95), "mean": statistics.fmean(values)}
    return {name: round(value, 3) for name, value in marks.items()}


def percentile(values: Sequence[float], share: int) -> float:
    """The value below which so many percent of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)]


def per(count: int, seconds: float) -> float | None:
    """How many in a second; None where the time is too short to tell."""
    return round(count / seconds, 1) if seconds > 0 else None
