"""What the oracle moves: tokens in scopes, what completed activities may be undone by, and the values that scopes hold."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from engine.runtime.bpmn import Element, Process


@dataclass(eq=False)
class Token:
    """Where something stands: at an element, come by a flow; `inside` runs while an activity does."""

    at: Element
    scope: "Scope"
    born: int
    act: int = 0  # in which act it came
    via: str | None = None
    armed: dict[str, datetime | None] = field(default_factory=dict)  # events that are waited for -> hour
    held: dict[str, bool] = field(default_factory=dict)  # those that wait for a condition: whether it held last
    inside: list["Scope"] = field(default_factory=list)
    instance_of: "Token | None" = None
    instances: list["Token"] = field(default_factory=list)
    begun: int = 0  # instances so far
    work: bool = False  # a person has it
    to_undo: list["Mark"] | None = None  # of an event that compensates: what is still to be undone
    undoes: "Mark | None" = None  # of an activity that undoes another


@dataclass(eq=False)
class Mark:
    """A completed activity that may be undone: by its handler, or by undoing what was completed inside it."""

    activity: Element
    scope: "Scope"
    handler: Element | None = None
    inside: "Scope | None" = None
    running: Token | None = None
    undone_for: Token | None = None  # the event that has begun to undo it
    done: bool = False


@dataclass(eq=False)
class Scope:
    """One run of a process, a sub-process or an event sub-process."""

    id: str  # the process or sub-process whose elements it holds
    process: Process
    owner: Token | None  # the activity that it runs for
    around: "Scope | None" = None  # of an event sub-process: the scope that it belongs to
    tokens: list[Token] = field(default_factory=list)
    beside: list["Scope"] = field(default_factory=list)  # event sub-processes that run
    armed: dict[str, datetime | None] = field(default_factory=dict)  # starts of event sub-processes
    held: dict[str, bool] = field(default_factory=dict)
    born: dict[str, int] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)  # in the order of completion
    written: dict[str, int] = field(default_factory=dict)  # what was written in it, and in what has ended inside it
    began_with: dict[str, int] = field(default_factory=dict)  # what was known when an event sub-process began
    ended: bool = False

    def place(self) -> tuple[int, ...]:
        """Which of all runs of its element it is: the ages of the activities around."""
        if self.around is not None:
            return self.around.place()
        return (*self.owner.scope.place(), self.owner.born) if self.owner is not None else ()

    def elements(self) -> tuple[Element, ...]:
        return self.process.inside(self.id)

    def own(self) -> set[str]:
        """The names of its own data objects."""
        return {drawn.name for drawn in self.process.objects.values() if drawn.scope == self.id}

    def outer(self) -> "Scope | None":
        """The scope around, as far as data is seen: a called process has data of its own."""
        if self.around is not None:
            return self.around
        return self.owner.scope if self.owner is not None and self.owner.at.type != "callActivity" else None

    def value(self, name: str) -> int | None:
        """What everybody in it knows together: what runs inside it has changed most lately."""
        for inner in self._inner():
            if name not in inner.own() and (found := inner.within(name)) is not None:
                return found
        if name in self.written or name in self.own():
            return self.written.get(name)
        outer = self.outer()
        return outer.value(name) if outer is not None else None

    def within(self, name: str) -> int | None:
        """What was written in it, and in what runs inside it."""
        for inner in self._inner():
            if name not in inner.own() and (found := inner.within(name)) is not None:
                return found
        return self.written.get(name)

    def gather(self) -> None:
        """Take over what was written in what runs inside, before that is cancelled."""
        for inner in self._inner():
            inner.gather()
            self.take_over(inner)

    def take_over(self, inner: "Scope") -> None:
        """What was written inside; what an event sub-process knew from the beginning is no news."""
        for name, value in inner.written.items():
            if name not in inner.own() and inner.began_with.get(name) != value:
                self.written[name] = value

    def _inner(self) -> Iterator["Scope"]:
        yield from self.beside
        for token in self.tokens:
            for part in [token, *token.instances]:
                if part.at.type != "callActivity":
                    yield from part.inside
