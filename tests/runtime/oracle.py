"""A small interpreter of BPMN 2.0's token semantics, written from the standard and sharing nothing with the engine but
the reader of diagrams. The conditions of flows are coins that fall the same for whoever asks in the same act. Data are
numbers, each under a name that one task writes: as its answer, or into a data object.

It says after each act what is open, what is waited for, what was sent and what scopes know; tests compare it with the
engine on random diagrams. Signals and changes of data reach all who wait, as they stood before.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import count

from engine.runtime.bpmn import SCOPES, Element, Flow, Process
from tests.runtime.oracle_scopes import Scope, Token
from tests.runtime.oracle_undoing import carry_on, remember, to_undo

Coin = Callable[[str], bool]
_COIN = re.compile(r'coin\("(\w+)"\)')
_SPAN = re.compile(r"PT(\d+)M")
_ABOVE = re.compile(r"(\w+) > (\d+)")


class Oracle:
    """One case of the process `work`."""

    def __init__(self, processes: Mapping[str, Process], names: Mapping[str, str], now: datetime, coin: Coin) -> None:
        self.processes, self.names, self.now, self.coin = processes, names, now, coin
        self._births = count()
        self.act = 0
        self._moving: list[Token] = []
        self._sent: list[str] = []
        self.root = self._enter("work", processes["work"], None)
        self._settle()

    # what can be seen

    def open(self) -> list[str]:
        return sorted(token.at.id for token in self._tokens(self.root) if token.work)

    def is_done(self) -> bool:
        return self.root.ended

    def awaited(self, kind: str) -> list[str]:
        """The messages or signals that somebody waits for."""
        return sorted(name for _, name, _ in self._catchers(kind))

    def sent(self) -> list[str]:
        """The messages and signals that have gone outside since the last time."""
        sent, self._sent = self._sent, []
        return sorted(sent)

    def known(self) -> dict[str, int]:
        """What is known in the whole case."""
        return self._known_in(self.root)

    def _known_in(self, scope: Scope) -> dict[str, int]:
        names = {name for one in [self.root, *self._scopes(self.root)] for name in one.written}
        found = {name: scope.value(name) for name in names}
        return {name: value for name, value in found.items() if value is not None}

    def next_hour(self) -> datetime | None:
        return min((hour for _, _, hour in self._timers()), default=None)

    # what happens

    def complete(self, name: str, number: int) -> None:
        found = [token for token in self._tokens(self.root) if token.work and token.at.id == name]
        token = min(found, key=lambda token: (token.act, token.scope.place(), token.born))
        self.act += 1
        token.work = False
        token.scope.written |= {carried.name or "": number for carried in token.at.outputs}
        if name.startswith("v"):
            token.scope.written[name] = number
        self._activity_done(token)
        self._settle()

    def message(self, name: str) -> None:
        """A message comes: whoever has waited longest takes it."""
        self.act += 1
        _, _, fire = min((found for found in self._catchers("message") if found[1] == name), key=lambda found: found[0])
        fire()
        self._settle()

    def signal(self, name: str) -> None:
        """A signal comes: all who wait take it."""
        self.act += 1
        self._fire_all("signal", {number for number, named, _ in self._catchers("signal") if named == name})
        self._settle()

    def pass_to(self, now: datetime) -> None:
        """Let it be later; whatever is due happens in the order of the hours."""
        self.now, self.act = now, self.act + 1
        while due := sorted(((hour, born) for born, _, hour in self._timers() if hour <= now)):
            _, born = due[0]
            next(fire for number, _, fire in self._catchers("timer") if number == born)()
            self._settle()

    # scopes

    def _enter(self, id: str, process: Process, owner: Token | None, around: Scope | None = None) -> Scope:
        scope = Scope(id, process, owner, around)
        for element in scope.elements():
            if element.triggered:
                begin = self._start(process, element.id)
                self._arm_start(scope, begin)
        if owner is not None:
            owner.inside.append(scope)
        self._put(self._start(process, id), scope, None)
        return scope

    def _start(self, process: Process, scope: str) -> Element:
        return next(element for element in process.inside(scope) if element.type == "startEvent")

    def _arm_start(self, scope: Scope, begin: Element) -> None:
        scope.armed[begin.id] = self._hour(begin)
        scope.born[begin.id] = next(self._births)

    def _begin_beside(self, scope: Scope, begin: Element) -> None:
        """An event sub-process starts in a scope; one that interrupts takes over what the others know."""
        if begin.interrupting:
            scope.gather()
            self._empty(scope)
            scope.armed = {}
        elif begin.kind == "timer":
            del scope.armed[begin.id]
        else:
            scope.born[begin.id] = next(self._births)
        scope.beside.append(Scope(begin.parent, scope.process, None, scope, began_with=self._known_in(scope)))
        self._put(begin, scope.beside[-1], None)

    def _empty(self, scope: Scope) -> None:
        for token in scope.tokens:
            self._cancel_inside(token)
        for other in scope.beside:
            other.ended = True
            self._empty(other)
        scope.tokens, scope.beside = [], []
        self._moving = [token for token in self._moving if self._lives(token)]

    def _lives(self, token: Token) -> bool:
        return token in token.scope.tokens and not token.scope.ended

    def _cancel_inside(self, token: Token) -> None:
        for part in token.inside:
            part.ended = True
            self._empty(part)
        for mark in token.to_undo or ():
            if mark.running is not None and mark.undone_for is token:
                self._cancel_inside(mark.running)
                mark.done = True  # what was begun to be undone is not undone again
        token.to_undo = None
        for instance in token.instances:
            self._cancel_inside(instance)
            instance.work = False
            if instance in instance.scope.tokens:
                instance.scope.tokens.remove(instance)
        token.work = False

    def _close(self, scope: Scope) -> None:
        scope.ended, scope.armed = True, {}
        if scope.around is not None:
            scope.around.beside.remove(scope)
            scope.around.take_over(scope)
            remember(Token(scope.process.elements[scope.id], scope.around, 0), scope)
        elif scope.owner is not None:
            scope.owner.inside.remove(scope)
            scope.owner.scope.take_over(scope)
            self._activity_done(scope.owner, scope)

    # tokens

    def _put(self, element: Element, scope: Scope, via: str | None) -> Token:
        token = Token(element, scope, next(self._births), self.act, via)
        scope.tokens.append(token)
        self._moving.append(token)
        return token

    def _leave(self, token: Token, flows: tuple[Flow, ...]) -> None:
        token.scope.tokens.remove(token)
        for flow in flows:
            self._put(token.scope.process.elements[flow.target], token.scope, flow.id)

    def _settle(self) -> None:
        while True:
            self._watch()
            while self._moving:
                token = self._moving.pop(0)
                if self._lives(token):
                    self._arrive(token)
                    self._watch()
            if not (self._join_somewhere() or self._end_somewhere() or self._undo_somewhere()):
                return

    def _arrive(self, token: Token) -> None:
        element = token.at
        if element.type == "parallelGateway" or (element.type == "inclusiveGateway" and len(element.incoming) > 1):
            return  # joins are looked at when nothing moves
        if element.type in ("exclusiveGateway", "inclusiveGateway"):
            self._leave(token, self._chosen(element))
        elif element.type == "eventBasedGateway":
            for flow in element.outgoing:
                catch = token.scope.process.elements[flow.target]
                token.armed[catch.id] = self._hour(catch)
        elif element.type == "intermediateCatchEvent":
            token.armed[element.id] = self._hour(element)
        elif element.is_activity:
            self.begin_activity(token)
        elif element.type == "startEvent":
            self._leave(token, element.outgoing)
        elif element.kind in ("error", "escalation"):
            self._throw(token)
        elif element.kind in ("message", "signal"):
            self._send(token)
        elif element.kind == "compensate":
            token.to_undo = to_undo(token)
        elif element.kind == "cancel":
            self._cancel_others(token)
            token.to_undo = to_undo(token)
        elif element.kind == "terminate":
            token.scope.gather()
            token.scope.marks = []  # it ends without compensation (BPMN 2.0.2, 10.5.3), now and later
            self._empty(token.scope)
        else:
            self._leave(token, element.outgoing)

    def _chosen(self, element: Element) -> tuple[Flow, ...]:
        taken = [flow for flow in element.outgoing if self._holds(flow) or len(element.outgoing) == 1]
        if element.type == "exclusiveGateway":
            taken = taken[:1]
        return tuple(taken) or tuple(flow for flow in element.outgoing if flow.id == element.default)

    def _holds(self, flow: Flow) -> bool:
        found = _COIN.search(flow.condition.value) if flow.condition else None
        return found is not None and self.coin(found[1])

    # joins

    def _join_somewhere(self) -> bool:
        for scope in list(self._scopes(self.root)):
            for gateway in scope.elements():
                if gateway.type not in ("parallelGateway", "inclusiveGateway"):
                    continue
                here = [token for token in scope.tokens if token.at is gateway]
                arrived = {token.via: token for token in reversed(here)}  # the oldest of each flow
                if here and self._may_fire(scope, gateway, frozenset(filter(None, arrived))):
                    first, *others = arrived.values()
                    for token in others:
                        scope.tokens.remove(token)
                    every = gateway.type == "parallelGateway"
                    self._leave(first, gateway.outgoing if every else self._chosen(gateway))
                    return True
        return False

    def _may_fire(self, scope: Scope, gateway: Element, arrived: frozenset[str]) -> bool:
        flows = {flow.id for flow in gateway.incoming}
        if gateway.type == "parallelGateway" or arrived == flows:
            return arrived == flows
        if len(gateway.incoming) == 1:
            return True
        ways = (self._ways(scope, token, gateway) for token in scope.tokens if token.at is not gateway)
        return not any(reached - arrived and not reached & arrived for reached in ways)

    def _ways(self, scope: Scope, token: Token, gateway: Element) -> set[str]:
        """The incoming flows of a gateway on which a token may still come, without passing the gateway."""
        reached: set[str] = set()
        seen: set[str] = set()
        stack = [token.at]
        while stack:
            element = stack.pop()
            if element.id in seen:
                continue
            seen.add(element.id)
            for flow in element.outgoing:
                if flow.target == gateway.id:
                    reached.add(flow.id)
                else:
                    stack.append(scope.process.elements[flow.target])
            stack += scope.process.boundaries(element.id)
        return reached

    def _end_somewhere(self) -> bool:
        for scope in list(self._scopes(self.root)):
            if not scope.tokens and not scope.beside and not scope.ended:
                self._close(scope)
                return True
        return False

    # activities

    def begin_activity(self, token: Token) -> None:
        for event in token.scope.process.boundaries(token.at.id):
            if event.kind not in ("compensate", "cancel"):
                token.armed[event.id] = self._hour(event)
        loop = token.at.loop
        if loop is None:
            self._begin_work(token)
        elif loop.multiple and not loop.sequential:
            for _ in range(self._times(token.at)):
                self._begin_instance(token)
        else:
            self._begin_instance(token)

    def _times(self, element: Element) -> int:
        assert element.loop is not None
        text = element.loop.cardinality.value if element.loop.cardinality else element.loop.maximum
        return int(text or "0")

    def _begin_instance(self, token: Token) -> None:
        instance = Token(token.at, token.scope, next(self._births), self.act, instance_of=token)
        token.instances.append(instance)
        token.begun += 1
        self._begin_work(instance)

    def _begin_work(self, token: Token) -> None:
        element = token.at
        if element.type in SCOPES:
            self._enter(element.id, token.scope.process, token)
        elif element.type == "callActivity":
            self._enter(element.called or "", self.processes[element.called or ""], token)
        else:
            token.work = True

    def _activity_done(self, token: Token, ended: Scope | None = None) -> None:
        if token.undoes is not None:
            token.undoes.done = True
            return
        remember(token, ended)
        whole = token.instance_of
        if whole is not None:
            whole.instances.remove(token)
            loop = token.at.loop
            assert loop is not None
            again = (loop.sequential or not loop.multiple) and whole.begun < self._times(token.at)
            if again:
                self._begin_instance(whole)
            if whole.instances:
                return
            token = whole
        token.armed = {}
        self._leave(token, token.at.outgoing)

    # events

    def _throw(self, token: Token) -> None:
        """An error or escalation goes outwards to the nearest who catches it."""
        kind, code = token.at.kind, self.names.get(token.at.triggers[0].ref or "")
        scope: Scope | None = token.scope
        if kind == "error":
            token.scope.tokens.remove(token)
        else:
            self._leave(token, token.at.outgoing)
        while scope is not None:
            if scope.around is not None:  # what an event sub-process throws goes to the edge of its scope
                scope = scope.around
                continue_with = scope
            else:
                begin = self._catching_start(scope, kind, code)
                if begin is not None:
                    self._begin_beside(scope, begin)
                    return
                continue_with = scope
            owner = continue_with.owner
            if owner is None:
                return
            whole = owner.instance_of or owner
            event = self._catching_edge(whole, kind, code)
            if event is not None:
                self._fire_edge(whole, event)
                return
            scope = whole.scope

    def _send(self, token: Token) -> None:
        """A message is for who waits inside, else for outside; a signal is for both."""
        kind, name = token.at.kind, self._named(token.at)
        self._leave(token, token.at.outgoing)
        waiting = sorted(number for number, named, _ in self._catchers(kind) if named == name)
        self._fire_all(kind, set(waiting[:1] if kind == "message" else waiting))
        if kind == "signal" or not waiting:
            self._sent.append(name)

    def _fire_all(self, kind: str, numbers: set[int]) -> None:
        """Let events happen that were all waited for at the same time; one may cancel another."""
        for wanted in sorted(numbers):
            for number, _, fire in list(self._catchers(kind)):
                if number == wanted:
                    fire()
                    break

    # conditions

    def _watch(self) -> None:
        """Let the conditions happen that have become true; behind an event gateway the first of them."""
        became: set[int] = set()
        for number, holder, element in list(self._watchers()):
            scope = holder if isinstance(holder, Scope) else holder.scope
            holds = self._is_above(scope, element)
            if holds and not holder.held.get(element.id, False):
                became.add(number)
            holder.held[element.id] = holds
        self._fire_all("conditional", became)

    def _watchers(self) -> Iterator[tuple[int, Scope | Token, Element]]:
        for scope in self._scopes(self.root):
            for id in scope.armed:
                if scope.process.elements[id].kind == "conditional":
                    yield scope.born[id], scope, scope.process.elements[id]
        for token in self._tokens(self.root):
            for position, id in enumerate(token.armed):
                if token.scope.process.elements[id].kind == "conditional":
                    yield token.born * 1000 + position + 10**9, token, token.scope.process.elements[id]

    def _is_above(self, scope: Scope, event: Element) -> bool:
        name, least = _compared(event)
        value = scope.value(name)
        return value is not None and value > least

    # compensation

    def next_birth(self) -> int:
        return next(self._births)

    def _undo_somewhere(self) -> bool:
        for token in list(self._tokens(self.root)):
            if token.to_undo is not None and carry_on(self, token):
                token.to_undo = None
                if token.at.kind == "cancel":
                    self._give_up(token.scope)
                else:
                    self._leave(token, token.at.outgoing)
                return True
        return bool(self._moving)

    def _cancel_others(self, token: Token) -> None:
        scope = token.scope
        self._empty(scope)
        scope.tokens, scope.armed = [token], {}

    def _give_up(self, transaction: Scope) -> None:
        """A transaction is undone: it goes on at its edge."""
        assert transaction.owner is not None
        whole = transaction.owner.instance_of or transaction.owner
        edges = whole.scope.process.boundaries(whole.at.id)
        self._fire_edge(whole, next(edge for edge in edges if edge.kind == "cancel"))

    def _catching_start(self, scope: Scope, kind: str, code: str | None) -> Element | None:
        begins = (scope.process.elements[id] for id in scope.armed)
        return next((b for b in begins if b.kind == kind and self.names.get(b.triggers[0].ref or "") == code), None)

    def _catching_edge(self, token: Token, kind: str, code: str | None) -> Element | None:
        events = (token.scope.process.elements[id] for id in token.armed)
        return next((e for e in events if e.kind == kind and self.names.get(e.triggers[0].ref or "") == code), None)

    def _fire_edge(self, token: Token, event: Element) -> None:
        scope = token.scope
        if event.interrupting:
            _take_over_what_was_read(scope, event)
            self._cancel_inside(token)
            token.armed = {}
            scope.tokens.remove(token)
            self._moving = [moving for moving in self._moving if self._lives(moving)]
        elif event.kind == "timer":
            del token.armed[event.id]
        for flow in event.outgoing:
            self._put(scope.process.elements[flow.target], scope, flow.id)

    def _fire_catch(self, token: Token, catch: Element) -> None:
        _take_over_what_was_read(token.scope, catch)
        token.armed = {}
        self._leave(token, catch.outgoing)

    def _catchers(self, kind: str) -> Iterator[tuple[int, str, Callable[[], None]]]:
        """Who waits for a message or an hour: since when, for what, and what then happens."""
        for scope in self._scopes(self.root):
            for id in scope.armed:
                begin = scope.process.elements[id]
                if begin.kind == kind:
                    yield scope.born[id], self._named(begin), lambda s=scope, b=begin: self._begin_beside(s, b)
        for token in self._tokens(self.root):
            for position, id in enumerate(token.armed):
                element = token.scope.process.elements[id]
                if element.kind != kind:
                    continue
                fire = self._fire_edge if element.attached_to else self._fire_catch
                number = token.born * 1000 + position + 10**9
                yield number, self._named(element), lambda t=token, e=element, f=fire: f(t, e)

    def _timers(self) -> Iterator[tuple[int, str, datetime]]:
        for scope in self._scopes(self.root):
            for id, hour in scope.armed.items():
                if hour is not None:
                    yield scope.born[id], id, hour
        for token in self._tokens(self.root):
            for position, (id, hour) in enumerate(token.armed.items()):
                if hour is not None:
                    yield token.born * 1000 + position + 10**9, id, hour

    def _named(self, element: Element) -> str:
        return self.names.get(element.triggers[0].ref or "", element.id)

    def _hour(self, element: Element) -> datetime | None:
        if element.kind != "timer" or element.triggers[0].text is None:
            return None
        found = _SPAN.fullmatch(element.triggers[0].text.value)
        assert found is not None
        return self.now + timedelta(minutes=int(found[1]))

    # walks

    def _scopes(self, scope: Scope) -> Iterator[Scope]:
        """Inner scopes before those around them."""
        if scope.ended:
            return
        for beside in list(scope.beside):
            yield from self._scopes(beside)
        for token in list(scope.tokens):
            for part in [token, *token.instances, *_undoing(token)]:
                for inside in list(part.inside):
                    yield from self._scopes(inside)
        yield scope

    def _tokens(self, root: Scope) -> Iterator[Token]:
        for scope in self._scopes(root):
            for token in list(scope.tokens):
                yield token
                yield from list(token.instances)
                yield from _undoing(token)


def _compared(event: Element) -> tuple[str, int]:
    """The name that a condition reads, and what it must be above."""
    text = event.triggers[0].text
    found = _ABOVE.fullmatch(text.value) if text else None
    assert found is not None
    return found[1], int(found[2])


def _take_over_what_was_read(scope: Scope, event: Element) -> None:
    """Who goes on behind a condition knows what has made it true, even where that is left without a trace."""
    if event.kind == "conditional":
        name, _ = _compared(event)
        value = scope.value(name)
        assert value is not None
        scope.written[name] = value


def _undoing(token: Token) -> list[Token]:
    """The activity that undoes another for an event that compensates."""
    marks = (mark for mark in (token.to_undo or ())[:1] if mark.undone_for is token and not mark.done)
    return [mark.running for mark in marks if mark.running is not None]
