"""Draws random diagrams: blocks with one way in and one way out, put into one another."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from tests.runtime import diagrams as d

DEPTH = 3


@dataclass
class Block:
    """Some elements and flows; a token comes in at one element and goes out behind another."""

    first: str
    last: str
    parts: list[str]


@dataclass
class Surroundings:
    """What may be named where the pen is."""

    values: list[str] = field(default_factory=list)  # names of data that conditions may read
    objects: list[str] = field(default_factory=list)  # data objects that may be written
    undoable: list[str] = field(default_factory=list)  # activities of the scope that something can undo


@dataclass
class Artist:
    """Draws one diagram; names are used once, so that a difference says where it is.

    Whatever is thrown, and whatever changes data, follows a task of a person: what happens in the same act has no order.
    """

    random: Random
    named: list[str] = field(default_factory=list)
    processes: list[str] = field(default_factory=list)
    _names: int = 0
    signals: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    around: Surroundings = field(default_factory=Surroundings)
    _side_by_side: int = 0  # how many scopes around have instances side by side
    _apart: int = 0  # how many scopes around may run several times at once, or are left without a trace
    _minutes: list[int] = field(default_factory=lambda: list(range(61, 60_000, 37)))

    def diagram(self) -> bytes:
        objects = self.objects()
        begun, body = d.start(), self.block(DEPTH)
        handlers = self.handlers(1)
        flows = [*d.path("begun", body.first), *d.path(body.last, "finished")]
        parts = [*objects, begun, *body.parts, d.end(), *flows, *handlers]
        return d.diagram(*self.named, d.process("work", *parts), *self.processes)

    def block(self, depth: int) -> Block:
        """A sequence of one to three things."""
        blocks = [self.thing(depth) for _ in range(self.random.choice((1, 1, 2, 3)))]
        joints = [flow for one, two in pairwise(blocks) for flow in d.path(one.last, two.first)]
        return Block(blocks[0].first, blocks[-1].last, [part for one in blocks for part in one.parts] + joints)

    def thing(self, depth: int) -> Block:
        kinds = [self.task, self.edged_task, self.repeated_task, self.writer, self.thrower]
        if depth > 0:
            kinds += [self.gateways, self.gateways, self.loop, self.events, self.scope, self.scope]
        return self.random.choice(kinds)(depth)

    # activities

    def task(self, _depth: int) -> Block:
        id = self.name("u")
        return Block(id, id, [d.user_task(id), *self.undoing(id)])

    def repeated_task(self, _depth: int) -> Block:
        id = self.name("u")
        return self.edged(id, [d.user_task(id, loop=self.repeats()), *self.undoing(id)], ())

    def edged_task(self, _depth: int) -> Block:
        id = self.name("u")
        return self.edged(id, [d.user_task(id), *self.undoing(id)], ())

    def writer(self, depth: int) -> Block:
        """A task whose answer conditions read, or that fills a data object."""
        if self.around.objects and self.random.random() < 0.5:
            id, object = (
                self.name("w"),
                self.around.objects.pop(),
            )  # of two that write side by side there is no later one
            return Block(id, id, [d.user_task(id, data=d.writes(object))])
        if self._apart:
            return self.task(depth)
        id = self.name("v")
        self.around.values.append(id)
        return Block(id, id, [d.user_task(id)])

    def undoing(self, activity: str) -> list[str]:
        """Perhaps what undoes an activity: a task, or a sub-process."""
        if self.random.random() > 0.3:
            return []
        self.around.undoable.append(activity)
        id, first = self.name("n"), self.name("u")
        if self.random.random() < 0.7:
            return [d.undone_by(activity, d.user_task(id))]
        inside = [d.start(f"{id}_in"), d.user_task(first), d.end(f"{id}_out")]
        return [d.undone_by(activity, d.sub_process(id, *inside, *d.path(f"{id}_in", first, f"{id}_out")))]

    def scope(self, depth: int) -> Block:
        """A sub-process, transaction or call, perhaps repeated, with event sub-processes and what it throws."""
        id, loop = self.name("s"), self.repeats() if self.random.random() < 0.3 else ""
        kind = self.random.choice(("call", "transaction", "sub-process", "sub-process"))
        with self.within(apart=bool(loop), call=kind == "call", side_by_side='isSequential="false"' in loop):
            objects, body = self.objects(), self.block(depth - 1)
            thrown, ending = self.ending(f"{id}_out", body.last, may_cancel=kind == "transaction")
            begun = [d.start(f"{id}_in"), *d.path(f"{id}_in", body.first)]
            inside = [*objects, *begun, *body.parts, *ending, *self.handlers(depth - 1)]
        if kind == "call":
            self.processes.append(d.process(f"{id}_called", *inside))
            return self.edged(id, [d.call(id, f"{id}_called", loop=loop), *self.undoing(id)], thrown)
        drawn = d.transaction if kind == "transaction" else d.sub_process
        return self.edged(id, [drawn(id, *inside, loop=loop), *self.undoing(id)], thrown)

    @contextmanager
    def within(self, *, apart: bool, call: bool = False, side_by_side: bool = False) -> Iterator[None]:
        """Inside a scope: what may be named there, and what is forgotten behind it."""
        outside, outer = self.around, self.around if not call else Surroundings()
        self.around = Surroundings(list(outer.values), [] if apart else list(outer.objects))
        self._apart, self._side_by_side = self._apart + apart, self._side_by_side + side_by_side
        yield
        self._apart, self._side_by_side = self._apart - apart, self._side_by_side - side_by_side
        if not call:
            outside.values += [
                name for name in self.around.values if name.startswith("v") and name not in outside.values
            ]
        self.around = outside

    def objects(self) -> list[str]:
        """Perhaps a data object of a scope."""
        if self.random.random() > 0.4:
            return []
        id = self.name("o")
        self.around.objects.append(id)
        self.around.values.append(id)
        return [d.data_object(id, id)]

    def ending(self, end: str, last: str, *, may_cancel: bool) -> tuple[tuple[str, ...], list[str]]:
        """An end behind an element, perhaps with a choice to throw instead: what is to be caught, and the elements."""
        kinds = ["", "", "error", "escalation", "terminate", "send", *(["cancel", "cancel"] if may_cancel else [])]
        kind = self.random.choice(kinds)
        if not kind:
            return (), [d.end(end), *d.path(last, end)]
        choice, other, code = self.name("x"), self.name("e"), self.name("code")
        if kind in ("send", "cancel"):
            before, definition = self.name("u"), d.cancel() if kind == "cancel" else self.sending()
            parts = [d.exclusive(choice, default=f"{choice}_to_{end}"), d.user_task(before), d.end(other, definition)]
            parts += [d.end(end), *d.path(last, choice, end), self.coin(choice, before), *d.path(before, other)]
            return (definition,) if kind == "cancel" else (), parts
        definition = {"error": d.error(code), "escalation": d.escalation(code), "terminate": d.terminate()}[kind]
        self.named += {"error": [d.error_named(code)], "escalation": [d.escalation_named(code)]}.get(kind, [])
        parts = [
            d.exclusive(choice, default=f"{choice}_to_{end}"),
            d.end(other, definition),
            d.end(end),
            *d.path(last, choice, end),
            self.coin(choice, other),
        ]
        return (definition,) if kind != "terminate" else (), parts

    def edged(self, id: str, parts: list[str], thrown: tuple[str, ...]) -> Block:
        """An activity with events at its edge; those that interrupt lead on behind it, or to an end."""
        merge = self.name("m")
        parts += [d.exclusive(merge), *d.path(id, merge)]
        definitions = [*thrown, *self.triggers(self.random.choice((0, 0, 1, 2)))]
        for definition in definitions:
            event, after = self.name("b"), self.name("u")
            interrupting = "error" in definition or "cancel" in definition or self.random.random() < 0.6
            end = self.name("e")
            goal = merge if interrupting and self.random.random() < 0.7 else end
            parts += [d.boundary(event, id, definition, interrupting=interrupting), d.user_task(after)]
            parts += [*([d.end(end)] if goal == end else []), *d.path(event, after, goal)]
        return Block(id, merge, parts)

    def handlers(self, depth: int) -> list[str]:
        """Perhaps an event sub-process."""
        if self.random.random() > 0.35:
            return []
        id, (trigger,) = self.name("h"), self.triggers(1)
        with self.within(apart=True):
            body = self.block(max(depth - 1, 0))
        inside = [
            d.start(f"{id}_in", trigger, interrupting=self.random.random() < 0.5),
            *body.parts,
            d.end(f"{id}_out"),
            *d.path(f"{id}_in", body.first),
            *d.path(body.last, f"{id}_out"),
        ]
        return [d.sub_process(id, *inside, triggered=True)]

    # flows

    def gateways(self, depth: int) -> Block:
        """Branches that part and meet at gateways of one kind."""
        split, join = self.name("g"), self.name("j")
        kind = self.random.choice((d.exclusive, d.parallel, d.inclusive))
        branches = [self.block(depth - 1) for _ in range(self.random.choice((2, 2, 3)))]
        default = f"{split}_to_{branches[-1].first}" if kind is not d.parallel else None
        parts = [kind(split, default=default) if default else kind(split), kind(join)]
        for number, branch in enumerate(branches):
            last = number == len(branches) - 1
            plain = kind is d.parallel or last
            parts += [d.flow(split, branch.first) if plain else self.coin(split, branch.first), *branch.parts]
            parts += d.path(branch.last, join)
        return Block(split, join, parts)

    def loop(self, depth: int) -> Block:
        merge, split, body = self.name("m"), self.name("g"), self.block(depth - 1)
        out, pause = self.name("o"), self.name("u")
        parts = [
            d.exclusive(merge),
            d.user_task(pause),
            d.exclusive(split, default=f"{split}_to_{out}"),
            d.exclusive(out),
            *body.parts,
            *d.path(merge, pause, body.first),
            *d.path(body.last, split, out),
            self.coin(split, merge),
        ]
        return Block(merge, out, parts)

    def events(self, _depth: int) -> Block:
        """One event that is waited for, or the first of two."""
        if self.random.random() < 0.4:
            id = self.name("c")
            return Block(id, id, [d.catch(id, *self.triggers(1))])
        gateway, merge = self.name("g"), self.name("m")
        parts = [d.event_gateway(gateway), d.exclusive(merge)]
        for trigger in self.triggers(2):
            catch, after = self.name("c"), self.name("u")
            parts += [d.catch(catch, trigger), d.user_task(after), *d.path(gateway, catch, after, merge)]
        return Block(gateway, merge, parts)

    # words

    def name(self, letter: str) -> str:
        self._names += 1
        return f"{letter}{self._names}"

    def thrower(self, _depth: int) -> Block:
        """Somebody sends something, or undoes what was done."""
        before, id = self.name("u"), self.name("t")
        return Block(before, id, [d.user_task(before), d.throw(id, self.sending()), *d.path(before, id)])

    def sending(self) -> str:
        if self.random.random() < 0.4:
            return d.compensate(self.random.choice([None, *self.around.undoable]))
        if self.messages and self.random.random() < 0.5:
            return d.message(self.random.choice(self.messages))
        return d.signal(self.signal())

    def triggers(self, number: int) -> list[str]:
        """Different things that may happen: an hour, a message, a signal, a change of data.

        Of instances side by side the standard does not say which one takes a message.
        """
        kinds = [self.hour, self.signalled, *([] if self._side_by_side else [self.message, self.message])]
        kinds += [self.condition] if self.around.values else []
        found: list[str] = []
        while len(found) < number:
            trigger = self.random.choice(kinds)()
            found += [trigger] if trigger not in found else []
        return found

    def hour(self) -> str:
        return d.after(f"PT{self._minutes.pop(self.random.randrange(len(self._minutes)))}M")

    def message(self) -> str:
        name = self.name("message")
        self.named.append(d.message_named(name))
        self.messages.append(name)
        return d.message(name)

    def signalled(self) -> str:
        return d.signal(self.signal())

    def signal(self) -> str:
        """One that others know as well, or a new one."""
        if not self.signals or self.random.random() < 0.4:
            self.signals.append(self.name("signal"))
            self.named.append(d.signal_named(self.signals[-1]))
        return self.random.choice(self.signals)

    def condition(self) -> str:
        return d.conditional(f"{self.random.choice(self.around.values)} > 50")

    def coin(self, source: str, target: str) -> str:
        return d.flow(source, target, when=f'coin("{self.name("k")}")')

    def repeats(self) -> str:
        number = str(self.random.choice((1, 2, 3)))
        return self.random.choice(
            (d.times(number), d.times(number, sequential=True), d.again_while(None, maximum=int(number)))
        )
