"""A directory where each performer is one person of that name."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.runtime.values import Assignment, Recipient


class Everyone:
    """People of a sandbox; `performers` maps each name to what it is called."""

    def __init__(self, performers: Mapping[str, str]) -> None:
        self._performers = performers

    def resolve(self, connection: sa.Connection, performer: str, **_facts: Any) -> Assignment:
        return Assignment(performer, why=self._performers[performer])

    def recipients(self, connection: sa.Connection, performer: str, **_facts: Any) -> Sequence[Recipient]:
        return self.contacts(connection, [performer])

    def contacts(self, connection: sa.Connection, people: Iterable[str]) -> Sequence[Recipient]:
        return [Recipient(person, self._performers.get(person, person), f"{person}@contoh.id") for person in people]

    def members(self, connection: sa.Connection, group: str) -> Sequence[Recipient]:
        return ()

    def numbered(self, connection: sa.Connection, digits: str) -> Sequence[str]:
        return ()

    def capabilities(self, connection: sa.Connection, person: str) -> frozenset[str]:
        return frozenset()

    def holders(self, connection: sa.Connection, capabilities: frozenset[str]) -> Sequence[str]:
        return ()

    def names(self, connection: sa.Connection, people: Iterable[str]) -> Mapping[str, str]:
        return {person: self._performers.get(person, person) for person in people}
