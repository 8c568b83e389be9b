"""Cases that a message opens: a process whose start waits for it, one case for each business key (ADR 22)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.errors import Refused
from engine.feel import compile_expression, to_json
from engine.feel.errors import FeelError
from engine.runtime import access, cases
from engine.runtime.documents import Element
from engine.runtime.models import CaseRow
from engine.runtime.resources import LoadedRelease, Resources
from engine.runtime.values import Actor, Json, OpenCase

ABOUT = ("subject", "subject_name", "unit", "cycle")  # what a case takes from the one with the same key


@dataclass(frozen=True)
class Message:
    """What was sent, and the business key that it was sent to."""

    name: str
    business_key: str
    payload: Mapping[str, Json]


def open_all(
    resources: Resources, connection: sa.Connection, release: LoadedRelease, message: Message, *, by: Actor
) -> int:
    """Open a case of each process that a message begins, unless its key has one; gives how many are new.

    Whom it is about say the settings of the start event, or else the newest case with the same key.

    Raises:
        NotYours: the actor may not open cases.
        Refused: nothing says whom the case is about.
        StepFailed: a process could not reach its first wait; nothing of this call is kept.
    """
    access.require_role(by, "personnel")
    akin = _akin(connection, message.business_key)
    requests = [
        _request(resources, connection, release, process, release.elements[start], message, akin)
        for process, start in release.machine.begun_by[message.name]
    ]
    return sum(new for _, new in cases.open_all(resources, connection, release, requests, by=by))


def _akin(connection: sa.Connection, business_key: str) -> Mapping[str, Any]:
    query = sa.select(*(getattr(CaseRow, name) for name in ABOUT)).where(CaseRow.business_key == business_key)
    return dict(connection.execute(query.order_by(CaseRow.opened_at.desc(), CaseRow.id)).mappings().first() or {})


def _request(
    resources: Resources,
    connection: sa.Connection,
    release: LoadedRelease,
    process: str,
    start: Element,
    message: Message,
    akin: Mapping[str, Any],
) -> OpenCase:
    told = {name: _told(resources, start, name, message.payload) for name in ("subject", "unit", "cycle", "title")}
    about = {**akin, **{name: value for name, value in told.items() if value}}
    if told["subject"]:
        about["subject_name"] = resources.directory.names(connection, [told["subject"]]).get(told["subject"])
    missing = [name for name in ABOUT if not about.get(name)]
    if missing:
        raise Refused(
            f'Pesan "{message.name}" memulai "{start.label}", tetapi tidak diketahui {", ".join(missing)} perkaranya: '
            f'belum ada perkara dengan kunci "{message.business_key}". Isi pengaturan itu pada peristiwa mulainya.'
        )
    return OpenCase(
        process=process,
        business_key=message.business_key,
        title=about.get("title") or release.documents.processes[process].label,
        data={},
        start=start.id,
        payload=message.payload,
        **{name: about[name] for name in ABOUT},
    )


def _told(resources: Resources, start: Element, name: str, payload: Mapping[str, Json]) -> str:
    """What a start's setting says of the case that the payload opens; empty if it says nothing."""
    text = start.properties.get(name, "")
    if not text.strip():
        return ""
    environment = resources.environment(resources.clock.now())
    try:
        value = compile_expression(text, tuple(environment.functions)).evaluate({"message": payload}, environment)
    except FeelError as error:
        raise Refused(f'Pengaturan {name} pada "{start.label}" tidak dapat dihitung: {error}') from error
    return str(to_json(value)) if value is not None else ""
