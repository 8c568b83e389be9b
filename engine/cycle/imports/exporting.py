"""What is there, in the columns that an import reads: the sheet that comes out goes in again and changes nothing."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

import sqlalchemy as sa

from engine.cycle.imports import attainments, employees, objectives, realisations, units
from engine.cycle.imports.kinds import kind_of
from engine.cycle.imports.reading import ImportRefused
from engine.runtime.values import Json

Told = Iterable[Mapping[str, Json]]
THERE: Mapping[str, Callable[[sa.Connection, date], Told]] = {
    "units": lambda connection, on: units.as_file(connection).values(),
    "employees": lambda connection, on: _in_post(employees.as_file(connection, on).people.values()),
    "objectives": lambda connection, on: objectives.GOALS.as_file(connection).values(),
    "indicators": lambda connection, on: objectives.INDICATORS.as_file(connection).values(),
    "attainments": lambda connection, on: attainments.as_file(connection, on).values(),
    "realisations": lambda connection, on: realisations.as_file(connection),
    "strategies": lambda connection, on: objectives.STRATEGIES.as_file(connection).values(),
}


def exported(connection: sa.Connection, kind: str, on: date) -> tuple[list[str], list[list[str | float | None]]]:
    """Headings and rows of everything of a kind, as of a day.

    Raises:
        ImportRefused: nothing of this kind can be taken out.
    """
    if kind not in THERE:
        raise ImportRefused(f'Data jenis "{kind}" tidak dapat diunduh.')
    keys = [column.key for column in kind_of(kind).columns]
    rows = [[_cell(told.get(key)) for key in keys] for told in THERE[kind](connection, on)]
    return keys, sorted(rows, key=lambda row: str(row[0]))


def _in_post(people: Told) -> Told:
    """Those with a post: an import asks for one."""
    return (told for told in people if told["unit"])


def _cell(value: Json) -> str | float | None:
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    return value if value is None or isinstance(value, int | float) else str(value)
