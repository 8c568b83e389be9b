"""What the runtime asks of the room above: who performs a role, who is told, what people are called."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol

import sqlalchemy as sa

from engine.runtime.values import Assignment, Json, Recipient


class Directory(Protocol):
    """People and posts on a date."""

    def resolve(
        self,
        connection: sa.Connection,
        performer: str,
        *,
        subject: str,
        unit: str,
        data: Mapping[str, Json],
        on: date,
        version: int | None = None,
        process: str = "",
    ) -> Assignment:
        """Who does a task of a process that names this performer, for this subject, on this day.

        `version` stands for the state of the data behind the directory, as this transaction sees it: what was read at
        the same number may be remembered. None: it is read anew.
        """

    def recipients(
        self,
        connection: sa.Connection,
        performer: str,
        *,
        subject: str,
        unit: str,
        data: Mapping[str, Json],
        on: date,
    ) -> Sequence[Recipient]:
        """Whom to tell: the performer as people; a group as its members."""

    def contacts(self, connection: sa.Connection, people: Iterable[str]) -> Sequence[Recipient]:
        """These people, and where to reach them."""

    def members(self, connection: sa.Connection, group: str) -> Sequence[Recipient]:
        """The people of a work pool."""

    def numbered(self, connection: sa.Connection, digits: str) -> Sequence[str]:
        """The people whose official number begins with these digits."""

    def capabilities(self, connection: sa.Connection, person: str) -> frozenset[str]:
        """What the account of this person may do now; nothing when it is locked or gone."""

    def holders(self, connection: sa.Connection, capabilities: frozenset[str]) -> Sequence[str]:
        """Whose open accounts have any of these capabilities now."""

    def names(self, connection: sa.Connection, people: Iterable[str]) -> Mapping[str, str]:
        """What these people are called."""
