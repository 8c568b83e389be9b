"""Plays as they are kept: an opening and a list of actions, from which everything else follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.db import new_id
from engine.errors import NotFound, StaleDocument
from engine.runtime.models import PlayRow
from engine.runtime.sandbox.reading import action_of
from engine.runtime.sandbox.scenario import Action, Opening
from engine.runtime.sandbox.writing import opening_of, opening_to_json


@dataclass(frozen=True)
class KeptPlay:
    """A play as the table has it; `sha256` is of the documents on which it was played last."""

    id: UUID
    owner: str
    sha256: str
    opening: Opening
    actions: tuple[Action, ...]
    revision: int
    updated_at: datetime


def begin(connection: sa.Connection, owner: str, sha256: str, opening: Opening, now: datetime) -> UUID:
    """Keep a new play; gives its id."""
    id = new_id()
    row = {"id": id, "owner": owner, "sha256": sha256, "opening": opening_to_json(opening), "actions": []}
    connection.execute(sa.insert(PlayRow), {**row, "revision": 1, "updated_at": now})
    return id


def find(connection: sa.Connection, play_id: UUID, owner: str, performers: Mapping[str, str]) -> KeptPlay:
    """One's own play; NotFound for any other."""
    found = [play for play in of_owner(connection, owner, performers) if play.id == play_id]
    if not found:
        raise NotFound("Percobaan ini tidak ada, atau bukan milik Anda.")
    return found[0]


def of_owner(connection: sa.Connection, owner: str, performers: Mapping[str, str]) -> Sequence[KeptPlay]:
    """A person's plays, the newest first."""
    query = sa.select(*PlayRow.__table__.c).where(PlayRow.owner == owner).order_by(PlayRow.updated_at.desc())
    return [_play(row, performers) for row in connection.execute(query).mappings()]


def change(connection: sa.Connection, play: KeptPlay, actions: Sequence[Action], sha256: str, now: datetime) -> None:
    """Give a play other actions; raises StaleDocument when another page was faster."""
    changed = connection.execute(
        sa.update(PlayRow)
        .where(PlayRow.id == play.id, PlayRow.revision == play.revision)
        .values(
            actions=[action.to_json() for action in actions],
            sha256=sha256,
            revision=play.revision + 1,
            updated_at=now,
        )
    )
    if changed.rowcount != 1:
        raise stale()


def drop(connection: sa.Connection, play_id: UUID) -> None:
    connection.execute(sa.delete(PlayRow).where(PlayRow.id == play_id))


def stale() -> StaleDocument:
    return StaleDocument("Percobaan ini sudah maju di halaman lain. Muat ulang, lalu lanjutkan.")


def _play(row: Mapping[Any, Any], performers: Mapping[str, str]) -> KeptPlay:
    return KeptPlay(
        row["id"],
        row["owner"],
        row["sha256"],
        opening_of(row["opening"]),
        tuple(action_of(action, performers) for action in row["actions"]),
        row["revision"],
        row["updated_at"],
    )
