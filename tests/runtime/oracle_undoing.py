"""The oracle's compensation (BPMN 2.0.2, 13.5.5): completed activities are undone, the last one first."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.runtime.bpmn import SCOPES
from tests.runtime.oracle_scopes import Mark, Scope, Token

if TYPE_CHECKING:
    from tests.runtime.oracle import Oracle


def remember(token: Token, ended: Scope | None) -> None:
    """Note that an activity is completed, if something can undo it."""
    scope, element = token.scope, token.at
    edges = [event for event in scope.process.boundaries(element.id) if event.kind == "compensate"]
    if edges:
        (handler,) = scope.process.handlers[edges[0].id]
        scope.marks.append(Mark(element, scope, scope.process.elements[handler]))
    elif element.type in SCOPES and ended is not None and ended.marks:
        scope.marks.append(Mark(element, scope, inside=ended))


def to_undo(token: Token) -> list[Mark]:
    """What an event that compensates has to undo, in order."""
    scope, named = token.scope, token.at.triggers[0].ref
    while scope.around is not None:
        scope = scope.around
    return list(_backwards(scope, named))


def _backwards(scope: Scope, named: str | None) -> Iterator[Mark]:
    for mark in reversed(scope.marks):
        if mark.done or mark.running or named not in (None, mark.activity.id):
            continue
        if mark.inside is not None:
            yield from _backwards(mark.inside, None)
        else:
            yield mark


def carry_on(oracle: "Oracle", token: Token) -> bool:
    """Undo the next; whether everything is undone."""
    assert token.to_undo is not None
    while token.to_undo:
        mark = token.to_undo[0]
        if not mark.done:
            if mark.running is None and mark.handler is not None:
                mark.running = Token(mark.handler, mark.scope, oracle.next_birth(), oracle.act, undoes=mark)
                mark.undone_for = token
                oracle.begin_activity(mark.running)
            return False
        token.to_undo.pop(0)
    return True
