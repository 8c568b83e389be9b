"""Everything that can go wrong, in the caller's words.

The message is a sentence for the person who reads it, in Indonesian; identifiers travel as attributes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Any


class EngineError(Exception):
    """The root: whatever the engine refuses or cannot do."""


class NotFound(EngineError):
    """There is no such process, case, task or document, or the actor may not know of it."""


class Refused(EngineError):
    """Understood, but not allowed as things stand."""


class TaskNotOpen(Refused):
    """Someone finished or withdrew the task first."""


class StaleTask(Refused):
    """The page that was sent is older than what is stored; `stored` holds the newer answers, `sent` what was typed.

    `revision` is the one that is stored now.
    """

    def __init__(self, message: str, *, stored: Mapping[str, Any], sent: Mapping[str, Any], revision: int) -> None:
        super().__init__(message)
        self.stored = stored
        self.sent = sent
        self.revision = revision


class StaleDocument(Refused):
    """Another author has saved this document since the page was opened."""


class UploadRefused(Refused):
    """The file is too large or of a kind that is not taken; the sentence says the limit."""


class KeyReused(Refused):
    """One submission key came with two different contents."""


class NotYours(Refused):
    """The actor does not hold the role that this asks for."""


class FormInvalid(EngineError):
    """Answers break the form's rules; `errors` maps a field's path to a sentence."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{path}: {sentence}" for path, sentence in errors.items()))
        self.errors = dict(errors)


class Severity(StrEnum):
    """An error blocks publishing; a warning never does."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a document: where, what, and how to mend it."""

    file: str  # "planning.bpmn"
    message: str  # what is wrong, in a sentence
    mend: str = ""  # what to do about it
    element: str | None = None  # BPMN/DMN id, or the path of a form's field
    label: str | None = None  # the element's name, as the diagram shows it
    line: int | None = None
    rule: str = ""  # the rule's short name: "unreachable", "feel", "reserved-id"
    severity: Severity = Severity.ERROR
    path: tuple[str, ...] = ()  # ids of elements of the file, in order: how a case gets there
    way: str = ""  # the path in words, "Mulai → Susun SKP → Gabung"

    def __str__(self) -> str:
        place = self.file + (f"#{self.element}" if self.element else "") + (f":{self.line}" if self.line else "")
        named = f' "{self.label}"' if self.label else ""
        return f"{place}{named}: {self.message}" + (f" {self.mend}" if self.mend else "")


def nearest(word: str, known: Iterable[str], otherwise: str) -> str:
    """A mend that names the known word most like a mistyped one, or the other sentence when none is."""
    close = get_close_matches(word[:80], sorted(known), n=1)
    return f'Mungkin yang dimaksud "{close[0]}".' if close else otherwise


class DefinitionError(EngineError):
    """Documents that cannot be used; `problems` lists every one, each with file, element and mend."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class StepFailed(EngineError):
    """A step could not be carried out and was rolled back; the case is parked as an incident.

    `element` and `label` name where it stood, `cause` says why.
    """

    def __init__(self, element: str, label: str, cause: str) -> None:
        super().__init__(f'Langkah "{label}" ({element}) gagal: {cause}')
        self.element = element
        self.label = label
        self.cause = cause
