"""What an import would do: values that pages show before anyone confirms."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import orjson
import sqlalchemy as sa

from engine.cycle.imports.columns import Fault
from engine.runtime.prefilling import Build
from engine.runtime.values import Json

Fill = Callable[[sa.Connection, UUID, Build], bool]


@dataclass(frozen=True)
class Writing:
    """Who writes a plan and when; `fill` puts drafts into open tasks."""

    by: str
    now: datetime
    on: date
    fill: Fill


@dataclass(frozen=True)
class FieldDifference:
    """One value that the file would change."""

    field: str
    old: Json
    new: Json


@dataclass(frozen=True)
class NewRow:
    """Someone, or a unit, that is not there yet."""

    row: int
    key: str  # NIP or unit code
    name: str
    values: Mapping[str, Json]


@dataclass(frozen=True)
class ChangedRow:
    """Someone, or a unit, of whom the file says something else."""

    row: int
    key: str
    name: str
    differences: Sequence[FieldDifference]
    values: Mapping[str, Json] = field(repr=False)


@dataclass(frozen=True)
class Plan:
    """All that a file would do, and what in it is wrong. Faulty rows are left out."""

    new: Sequence[NewRow]
    changed: Sequence[ChangedRow]
    faulty: Sequence[Fault]
    unchanged: int

    @property
    def digest(self) -> str:
        """The same for the same effect: a later look shows whether the data has moved in between."""
        effect: list[Json] = [[row.key, dict(row.values)] for row in self.new]
        effect += [[row.key, [[one.field, one.old, one.new] for one in row.differences]] for row in self.changed]
        return hashlib.sha256(orjson.dumps(effect, option=orjson.OPT_SORT_KEYS)).hexdigest()


def differences(old: Mapping[str, Json], new: Mapping[str, Json]) -> tuple[FieldDifference, ...]:
    """Where the file's values differ from what is stored; columns that the file does not have are not compared."""
    return tuple(FieldDifference(name, old.get(name), value) for name, value in new.items() if old.get(name) != value)
