"""Who may read and who may act: denied unless a rule here says otherwise."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.errors import NotFound, NotYours
from engine.runtime.directory import Directory
from engine.runtime.models import CaseRow, PartyRow
from engine.runtime.values import SYSTEM, Actor


def readable(actor: Actor) -> sa.ColumnElement[bool]:
    """The cases an actor may open, as a condition on the case table; lists select through it."""
    if "auditor" in actor.roles:
        return sa.true()
    theirs = sa.select(PartyRow.case_id).where(PartyRow.identity.in_(sorted(actor.identities)))
    return CaseRow.id.in_(theirs)


def about(directory: Directory, connection: sa.Connection, search: str) -> list[sa.ColumnElement[bool]]:
    """Ways in which a case may be what somebody searches for: by its person's name or number, or its title."""
    text = search.strip()
    like = f"%{text}%"
    ways: list[sa.ColumnElement[bool]] = [
        CaseRow.subject_name.ilike(like),
        CaseRow.business_key.ilike(like),
        CaseRow.title.ilike(like),
    ]
    if text.isascii() and text.isdigit():
        ways.append(CaseRow.subject.in_(directory.numbered(connection, text)))
    return ways


def is_readable(connection: sa.Connection, case_id: UUID, actor: Actor) -> bool:
    """Whether a case is there and this actor's to know of."""
    return connection.scalar(sa.select(CaseRow.id).where(CaseRow.id == case_id, readable(actor))) is not None


def require_readable(connection: sa.Connection, case_id: UUID, actor: Actor) -> None:
    """Raises NotFound, whether the case does not exist or is not this actor's to know of."""
    if not is_readable(connection, case_id, actor):
        raise NotFound("Perkara ini tidak ada, atau bukan untuk Anda.")


def may_act(task: Mapping[Any, Any], subject: str, actor: Actor) -> bool:
    """Whether a task is this actor's to do: theirs by name, or unclaimed and of a group of theirs.

    A case's subject never takes a group's task of that case: nobody decides about themselves.
    """
    if task["assignee"] is not None:
        return bool(task["assignee"] == actor.person)
    return task["pool"] is not None and task["pool"] in actor.groups and subject != actor.person


def require_role(actor: Actor, *roles: str) -> None:
    """Raises NotYours unless the actor has one of these capabilities."""
    if actor != SYSTEM and not actor.roles & set(roles):
        raise NotYours("Akun Anda tidak berwenang untuk ini.")


def require_not_about(subject: str, actor: Actor) -> None:
    """Raises NotYours when a case is about the one who would operate on it."""
    if subject == actor.person:
        raise NotYours("Anda tidak dapat mengatur perkara tentang diri sendiri; minta pengelola lain.")
