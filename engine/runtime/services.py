"""The functions that a BPMN service task may call by name, and nothing else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Protocol
from uuid import UUID

import sqlalchemy as sa

from engine.errors import EngineError
from engine.runtime.values import SYSTEM, Actor, Json


@dataclass(frozen=True)
class CaseFacts:
    """What identifies the case that calls."""

    id: UUID
    subject: str
    unit: str
    cycle: str
    business_key: str


class Notify(Protocol):
    """Queue a message; it leaves after the step has been committed, once for each key.

    `to` names performers ("employee", "appraiser"); `template` a text of the mail room; `data` fills it in, and may name
    the `place` it links to.
    """

    def __call__(self, to: list[str], template: str, data: Mapping[str, Json]) -> None: ...


class Ask(Protocol):
    """The value of a decision of the case's release for these inputs; the history keeps which rules hit."""

    def __call__(self, decision: str, inputs: Mapping[str, Json]) -> Json: ...


def no_tables(decision: str, inputs: Mapping[str, Json]) -> Json:
    """The answer of a call that stands in no release: it has no decision tables."""
    raise EngineError(f"Tabel keputusan {decision} tidak tersedia di sini.")


def nobody(performers: Sequence[str]) -> None:
    """A call outside of a case lets nobody in."""


@dataclass(frozen=True)
class ServiceCall:
    """One call of a service from a diagram; all that it writes goes through `connection`, inside the step."""

    connection: sa.Connection
    case: CaseFacts
    arguments: Mapping[str, Json]
    data: Mapping[str, Json]  # the case data where the token stands; read only
    now: datetime
    notify: Notify
    decide: Ask = no_tables
    look_up: Ask = no_tables  # as `decide`, but for lists and trials: the history does not keep it
    zone: tzinfo = UTC  # the agency's, for "today"
    version: int | None = None  # of the data behind the directory, as in `Directory.resolve`
    by: Actor = SYSTEM  # whose act the step is
    # Performers who may read the case from now on, as today names them.
    let_in: Callable[[Sequence[str]], None] = nobody


class BpmnError(EngineError):
    """A service says that a business rule was broken: the diagram's error event with this code catches it."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code


Service = Callable[[ServiceCall], Json]
_services: dict[str, Service] = {}


def service(name: str) -> Callable[[Service], Service]:
    """Register a function under the name that diagrams use; a name is given once."""

    def register(function: Service) -> Service:
        if name in _services and _services[name].__module__ != function.__module__:
            raise ValueError(f"the service {name} exists twice")
        _services[name] = function
        return function

    return register


def registered() -> Mapping[str, Service]:
    """All services by name."""
    return dict(_services)
