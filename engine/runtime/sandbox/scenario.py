"""A played path: who does what, how much time passes, and where the case stands in the end.

A moment without an offset is local: the agency's own time, wherever the scenario is played.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, tzinfo

from engine.runtime.values import Json


@dataclass(frozen=True)
class Do:
    """A performer sends the form of an open task.

    `answers` are values by their key, and what they leave open gets usual answers; `form` is the whole form as it is
    sent. `note` and `due` are what the task must show.
    """

    performer: str
    element: str
    answers: Mapping[str, Json] = field(default_factory=dict)
    form: Mapping[str, Json] | None = None
    note: str | None = None
    due: date | None = None

    def to_json(self) -> dict[str, Json]:
        given = {
            "answers": dict(self.answers) or None,
            "form": None if self.form is None else dict(self.form),
            "note": self.note,
            "due": self.due.isoformat() if self.due else None,
        }
        return {self.performer: self.element, **{name: value for name, value in given.items() if value is not None}}


@dataclass(frozen=True)
class Wait:
    """Days pass."""

    days: int

    def to_json(self) -> dict[str, Json]:
        return {"wait": self.days}


@dataclass(frozen=True)
class Until:
    """Time passes until a moment, or until the end of a day."""

    moment: date | datetime

    def to_json(self) -> dict[str, Json]:
        return {"until": self.moment.isoformat()}

    def end(self, zone: tzinfo) -> datetime:
        return moment_of(self.moment, zone)


@dataclass(frozen=True)
class Expect:
    """Exactly these tasks are open."""

    open: tuple[str, ...]

    def to_json(self) -> dict[str, Json]:
        return {"open": list(self.open)}


@dataclass(frozen=True)
class Tell:
    """A message or a signal comes from outside."""

    kind: str  # "message" | "signal"
    name: str
    payload: Mapping[str, Json] = field(default_factory=dict)

    def to_json(self) -> dict[str, Json]:
        return {self.kind: self.name, **({"payload": dict(self.payload)} if self.payload else {})}


Action = Do | Wait | Until | Expect | Tell


@dataclass(frozen=True)
class Opening:
    """The case that is played."""

    process: str
    title: str
    opens: datetime | None = None  # None: the usual moment; without an offset: local
    data: Mapping[str, Json] = field(default_factory=dict)  # laid over the usual start data
    given: Mapping[str, Json] = field(default_factory=dict)  # what services answer in place of their usual answer


@dataclass(frozen=True)
class End:
    """Where the case must stand in the end; `calls` are service calls in their order, others may lie between them."""

    status: str
    open: tuple[str, ...] = ()
    calls: tuple[tuple[str, Mapping[str, Json]], ...] = ()


@dataclass(frozen=True)
class Scenario:
    """A document of a release. `lines` are those of its steps, `end_line` that of its end."""

    file: str
    source: str
    opening: Opening
    steps: tuple[Action, ...]
    end: End
    lines: tuple[int, ...] = ()
    end_line: int | None = None

    @property
    def name(self) -> str:
        return self.opening.title

    @property
    def process(self) -> str:
        return self.opening.process


def moment_of(value: date | datetime, zone: tzinfo) -> datetime:
    """An aware moment. A day means its end, so that what is due on it has come due."""
    if not isinstance(value, datetime):
        return datetime.combine(value, time(23, 59, 59), zone)
    return value if value.tzinfo else value.replace(tzinfo=zone)


def in_local_time(scenario: Scenario, zone: tzinfo) -> Scenario:
    """The same scenario with local moments, so that it plays alike in every zone."""
    opens = scenario.opening.opens
    opening = replace(scenario.opening, opens=local_moment(opens, zone) if opens else None)
    steps = tuple(
        Until(local_moment(step.moment, zone))
        if isinstance(step, Until) and isinstance(step.moment, datetime)
        else step
        for step in scenario.steps
    )
    return replace(scenario, opening=opening, steps=steps)


def local_moment(moment: datetime, zone: tzinfo) -> datetime:
    """The same moment without its offset."""
    return moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo else moment
