"""What a move of cases to another release is asked with, and what it says."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from engine.runtime.values import Json

Marking = tuple[tuple[str, str, str], ...]  # (process, element, "ready" | "waiting" | "started"), sorted


@dataclass(frozen=True)
class Choices:
    """What the process owner decides about a move: `mapping` says which element stands for a removed one.

    With `restart` timers and due dates count anew, as if each step had begun now; without, all keep their hours.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    restart: bool = False

    def to_json(self) -> dict[str, Json]:
        return {"mapping": dict(sorted(self.mapping.items())), "restart": self.restart}

    @classmethod
    def of(cls, stored: Mapping[str, Json]) -> "Choices":
        return cls(dict(stored["mapping"]), bool(stored["restart"]))


class Fate(StrEnum):
    """What a move means to a case."""

    UNAFFECTED = "unaffected"  # nobody notices anything today
    CHANGED = "changed"
    BLOCKED = "blocked"


class What(StrEnum):
    """One thing that becomes different for somebody."""

    MOVES_TO = "moves_to"  # stands at another element; before, after: their names
    GETS_TASK = "gets_task"
    LOSES_TASK = "loses_task"
    DEADLINE = "deadline"  # before, after: ISO text or None
    FORM = "form"  # an open task asks other questions
    DRAFT_LOSES = "draft_loses"  # after: labels of filled fields that the form no longer has
    DRAFT_ASIDE = "draft_aside"  # what was typed is not shown to the next person
    EVENT_ADDED = "event_added"  # after: due, or the message's name
    EVENT_REMOVED = "event_removed"
    EVENT_MOVES = "event_moves"  # a timer; before, after: due
    GOES_ON = "goes_on"  # a join has all it needs; what follows runs by itself


@dataclass(frozen=True)
class Effect:
    """One thing that becomes different, at which element and for whom (a person, a group, or None: the subject)."""

    what: What
    element: str
    label: str
    person: str | None = None
    before: Json = None
    after: Json = None


@dataclass(frozen=True)
class Blocked:
    """Why a case cannot move: a sentence with the mend, and the removed element that a mapping would help."""

    element: str
    label: str
    sentence: str
    process: str | None = None
    mappable: bool = False


@dataclass(frozen=True)
class Plan:
    """What a move does to one case, as it stands in this version."""

    case_id: UUID
    version: int
    subject_name: str
    from_release: int
    parked: bool
    marking: Marking
    effects: Sequence[Effect] = ()
    blocked: Sequence[Blocked] = ()

    @property
    def fate(self) -> Fate:
        if self.blocked:
            return Fate.BLOCKED
        return Fate.CHANGED if self.effects else Fate.UNAFFECTED

    def to_json(self) -> dict[str, Any]:
        """Everything that does not stand in columns of its own."""
        return {
            "from": self.from_release,
            "parked": self.parked,
            "marking": [list(place) for place in self.marking],
            "effects": [asdict(effect) for effect in self.effects],
            "blocked": [asdict(obstacle) for obstacle in self.blocked],
        }

    @classmethod
    def of(cls, case_id: UUID, version: int, subject_name: str, stored: Mapping[str, Any]) -> "Plan":
        return cls(
            case_id,
            version,
            subject_name,
            stored["from"],
            stored["parked"],
            tuple((process, element, state) for process, element, state in stored["marking"]),
            tuple(Effect(**{**effect, "what": What(effect["what"])}) for effect in stored["effects"]),
            tuple(Blocked(**obstacle) for obstacle in stored["blocked"]),
        )


@dataclass(frozen=True)
class Group:
    """Cases that stand at the same places of the same release."""

    from_release: int
    parked: bool
    marking: Marking
    places: Sequence[str]  # the marking in words
    count: int
    fates: Mapping[Fate, int]
    effects: Mapping[What, int]  # how many of its cases meet each
    reasons: Sequence[str]  # why cases of it are blocked
    sample: Sequence[str]  # names of some subjects


@dataclass(frozen=True)
class Rehearsal:
    """What a move would do to every live case; nothing was written."""

    sha256: str  # of the candidate's documents
    release: int | None  # None: the drafts as they stand
    choices: Choices
    plans: Sequence[Plan]
    groups: Sequence[Group]

    @property
    def counts(self) -> Mapping[Fate, int]:
        return {fate: sum(group.fates.get(fate, 0) for group in self.groups) for fate in Fate}
