"""Statements that write, compiled once and handed straight to the driver.

What Core does anew for each execution (cache key, parameters, context) costs several times what SQLite asks for
the work itself. Events, error classes and transactions stay SQLAlchemy's: only the compiling is kept.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa


@dataclass(frozen=True)
class _Compiled:
    """A statement in the words of one database."""

    text: str
    names: Sequence[str]
    processors: Mapping[str, Callable[[Any], Any]]
    constants: Mapping[str, Any]
    by_position: bool

    def parameters(self, row: Mapping[str, Any]) -> tuple[Any, ...] | dict[str, Any]:
        found = {**self.constants, **row}
        for name, process in self.processors.items():
            found[name] = process(found[name])
        return tuple([found[name] for name in self.names]) if self.by_position else found


class Prepared:
    """An INSERT, UPDATE or DELETE for which every parameter is given by name."""

    def __init__(self, statement: Any, columns: Sequence[str] | None = None) -> None:
        self._statement = statement
        self._columns = list(columns) if columns is not None else None  # of an INSERT; the others are left out
        self._compiled: dict[str, _Compiled] = {}

    def run(self, connection: sa.Connection, row: Mapping[str, Any]) -> int:
        """Execute once; gives how many rows were written."""
        compiled = self._for(connection)
        return connection.exec_driver_sql(compiled.text, compiled.parameters(row)).rowcount

    def run_all(self, connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Execute for each row, in one call of the driver; gives how many rows were written in all."""
        compiled = self._for(connection)
        parameters: Any = [compiled.parameters(row) for row in rows]
        return connection.exec_driver_sql(compiled.text, parameters[0] if len(parameters) == 1 else parameters).rowcount

    def _for(self, connection: sa.Connection) -> _Compiled:
        known = self._compiled.get(connection.dialect.name)
        if known is None:
            known = self._compiled[connection.dialect.name] = self._compile(connection.dialect)
        return known

    def _compile(self, dialect: sa.Dialect) -> _Compiled:
        compiled = self._statement.compile(dialect=dialect, column_keys=self._columns)
        names = compiled.positiontup if compiled.positional else list(compiled.binds)
        processors = {name: compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names}
        return _Compiled(
            compiled.string,
            names,
            {name: process for name, process in processors.items() if process is not None},
            {name: bind.value for name, bind in compiled.binds.items() if not bind.required},
            bool(compiled.positional),
        )
