"""Draws random diagrams: blocks with one way in and one way out, put into one another."""

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
class Artist:
    """Draws one diagram; names are used once, so that a difference says where it is."""

    random: Random
    named: list[str] = field(default_factory=list)
    processes: list[str] = field(default_factory=list)
    _names: int = 0
    _side_by_side: int = 0  # how many scopes around have instances side by side
    _minutes: list[int] = field(default_factory=lambda: list(range(61, 60_000, 37)))

    def diagram(self) -> bytes:
        begun, body = d.start(), self.block(DEPTH)
        handlers = self.handlers(1)
        parts = [begun, *body.parts, d.end(), *d.path("begun", body.first), *d.path(body.last, "finished"), *handlers]
        return d.diagram(*self.named, d.process("work", *parts), *self.processes)

    def block(self, depth: int) -> Block:
        """A sequence of one to three things."""
        blocks = [self.thing(depth) for _ in range(self.random.choice((1, 1, 2, 3)))]
        joints = [flow for one, two in pairwise(blocks) for flow in d.path(one.last, two.first)]
        return Block(blocks[0].first, blocks[-1].last, [part for one in blocks for part in one.parts] + joints)

    def thing(self, depth: int) -> Block:
        kinds = [self.task, self.edged_task, self.repeated_task]
        if depth > 0:
            kinds += [self.gateways, self.gateways, self.loop, self.events, self.scope, self.scope]
        return self.random.choice(kinds)(depth)

    # activities

    def task(self, _depth: int) -> Block:
        id = self.name("u")
        return Block(id, id, [d.user_task(id)])

    def repeated_task(self, _depth: int) -> Block:
        id = self.name("u")
        return self.edged(id, [d.user_task(id, loop=self.repeats())], ())

    def edged_task(self, _depth: int) -> Block:
        id = self.name("u")
        return self.edged(id, [d.user_task(id)], ())

    def scope(self, depth: int) -> Block:
        """A sub-process or a call, perhaps repeated, with event sub-processes and what it throws."""
        id, loop = self.name("s"), self.repeats() if self.random.random() < 0.3 else ""
        self._side_by_side += 'isSequential="false"' in loop
        body = self.block(depth - 1)
        thrown, ending = self.ending(f"{id}_out", body.last)
        inside = [d.start(f"{id}_in"), *d.path(f"{id}_in", body.first), *body.parts, *ending, *self.handlers(depth - 1)]
        self._side_by_side -= 'isSequential="false"' in loop
        if self.random.random() < 0.25:
            self.processes.append(d.process(f"{id}_called", *inside))
            return self.edged(id, [d.call(id, f"{id}_called", loop=loop)], thrown)
        return self.edged(id, [d.sub_process(id, *inside, loop=loop)], thrown)

    def ending(self, end: str, last: str) -> tuple[tuple[str, ...], list[str]]:
        """An end behind an element, perhaps with a choice to throw instead: what is to be caught, and the elements."""
        kind = self.random.choice(("", "", "error", "escalation", "terminate"))
        if not kind:
            return (), [d.end(end), *d.path(last, end)]
        choice, other, code = self.name("x"), self.name("e"), self.name("code")
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
        definitions = [*thrown, *(self.trigger() for _ in range(self.random.choice((0, 0, 1, 2))))]
        for definition in definitions:
            event, after = self.name("b"), self.name("u")
            interrupting = "error" in definition or self.random.random() < 0.6
            end = self.name("e")
            goal = merge if interrupting and self.random.random() < 0.7 else end
            parts += [d.boundary(event, id, definition, interrupting=interrupting), d.user_task(after)]
            parts += [*([d.end(end)] if goal == end else []), *d.path(event, after, goal)]
        return Block(id, merge, parts)

    def handlers(self, depth: int) -> list[str]:
        """Perhaps an event sub-process."""
        if self.random.random() > 0.35:
            return []
        id, body = self.name("h"), self.block(max(depth - 1, 0))
        inside = [
            d.start(f"{id}_in", self.trigger(), interrupting=self.random.random() < 0.5),
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
            return Block(id, id, [d.catch(id, self.trigger())])
        gateway, merge = self.name("g"), self.name("m")
        parts = [d.event_gateway(gateway), d.exclusive(merge)]
        for _ in range(2):
            catch, after = self.name("c"), self.name("u")
            parts += [d.catch(catch, self.trigger()), d.user_task(after), *d.path(gateway, catch, after, merge)]
        return Block(gateway, merge, parts)

    # words

    def name(self, letter: str) -> str:
        self._names += 1
        return f"{letter}{self._names}"

    def trigger(self) -> str:
        """An hour or a message; of instances side by side the standard does not say which one takes a message."""
        if self._side_by_side or self.random.random() < 0.5:
            return d.after(f"PT{self._minutes.pop(self.random.randrange(len(self._minutes)))}M")
        name = self.name("message")
        self.named.append(d.message_named(name))
        return d.message(name)

    def coin(self, source: str, target: str) -> str:
        return d.flow(source, target, when=f'coin("{self.name("k")}")')

    def repeats(self) -> str:
        number = str(self.random.choice((1, 2, 3)))
        return self.random.choice(
            (d.times(number), d.times(number, sequential=True), d.again_while(None, maximum=int(number)))
        )
