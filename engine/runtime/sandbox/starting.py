"""The data with which a case of a process starts, as fields that can be filled in one by one (pure)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from engine.feel.tables import Table
from engine.runtime.documents import Documents
from engine.runtime.lint.model import Registry
from engine.runtime.sandbox.aiming import Passed, askers, made_by, passed_by
from engine.runtime.sandbox.rule_inputs import allowed
from engine.runtime.sandbox.sources import sources
from engine.runtime.sandbox.variables import leaves
from engine.runtime.values import Json


class Kind(StrEnum):
    FLAG = "flag"
    NUMBER = "number"
    DAY = "day"
    TEXT = "text"


@dataclass(frozen=True)
class StartField:
    """One value; `options` are all that may come, if that is known, and `usual` is what it is unless one says otherwise."""

    path: str  # "employee.kind"
    label: str  # as a decision table calls it; empty where none does
    kind: Kind
    usual: Json = None
    options: Sequence[Json] = ()

    @property
    def group(self) -> str:
        """The name at the head of the path, where others stand beside it."""
        return self.path.partition(".")[0] if "." in self.path else ""

    def read(self, text: str) -> Json:
        """The value that was typed; raises ValueError when it is of another kind."""
        match self.kind:
            case Kind.FLAG:
                return {"true": True, "false": False}[text]
            case Kind.NUMBER:
                return float(text) if "." in text else int(text)
            case Kind.DAY:
                return date.fromisoformat(text).isoformat()
        if self.options and text not in self.options:
            raise ValueError(text)
        return text

    def data(self, text: str) -> dict[str, Json]:
        """The start data that say this value; raises ValueError as `read`."""
        value = self.read(text)
        for name in reversed(self.path.split(".")):
            value = {name: value}
        return dict(value)


def start_fields(
    documents: Documents,
    process: str,
    usual: Mapping[str, Json],
    words: Mapping[str, Sequence[Json]],
    registry: Registry,
) -> Sequence[StartField]:
    """What a case of a process usually starts with, what its decisions ask of it besides, and names that stand for more.

    `words` are those names, by where they may be written.
    """
    asked = {path: (label, options) for _, path, label, options in _asked(documents, registry)}
    own = dict.fromkeys(path for asker, path, *_ in _asked(documents, registry) if asker == process)
    plain = _plain(usual)
    more = [path for path in own if path.partition(".")[0] not in usual]
    first = [StartField(path, "", Kind.TEXT, None, options) for path, options in words.items()]
    first += [StartField(path, asked[path][0], Kind.TEXT, None, asked[path][1]) for path in more if path not in words]
    return first + [_field(path, value, *asked.get(path, ("", ()))) for path, value in plain.items()]


def _field(path: str, usual: Json, label: str, options: Sequence[Json]) -> StartField:
    if isinstance(usual, bool):
        return StartField(path, label, Kind.FLAG, usual)
    if isinstance(usual, int | float):
        return StartField(path, label, Kind.NUMBER, usual)
    is_moment = isinstance(usual, str) and len(usual) >= 10 and usual[:4].isdigit() and usual[4] == usual[7] == "-"
    return StartField(path, label, Kind.DAY if is_moment else Kind.TEXT, usual, options)


def _plain(usual: Mapping[str, Json]) -> Mapping[str, Json]:
    """Plain values by their paths; what names a person or a thing (`id`) and lists are left to experts."""
    found = leaves(usual)
    return {
        path: value for path, value in found if not isinstance(value, list | dict) and path.rpartition(".")[2] != "id"
    }


def _asked(documents: Documents, registry: Registry) -> Iterator[tuple[str, str, str, Sequence[Json]]]:
    """Process, path, label and options of the start data that decisions ask for."""
    tables = [one.logic for one in documents.decisions.values() if isinstance(one.logic, Table)]
    for table in tables:
        for asker, element in askers(documents, table.id, registry):
            passed = passed_by(element, registry) if element.decision else {}
            for column in table.inputs:
                for path in _paths(column.expression.text.strip(), passed):
                    if path.partition(".")[0] not in made_by(documents, asker):
                        yield asker.id, path, column.label, allowed(column)


def _paths(name: str, passed: Passed) -> Iterator[str]:
    """Where a table's input comes from, where that is a plain path."""
    if passed is None:
        yield name
    elif name in passed:
        for source in sources(passed[name], None):
            path = _path(source.root, source.value)
            if path:
                yield path


def _path(root: str, value: Json) -> str:
    names = [root]
    while isinstance(value, dict) and len(value) == 1:
        (name, value), *_ = value.items()
        names.append(name)
    return ".".join(names) if value is None else ""
