"""Which parts show: a part is hidden when its condition is true, and what is hidden answers nothing."""

from collections.abc import Iterator, Mapping

from engine.forms.fields import Group, Part, Rows, every, inputs
from engine.forms.scope import Answers, Scope

ROUNDS = 5  # a condition that reads a hidden field sees null; chains longer than this are cut


def hidden_places(parts: tuple[Part, ...], answers: Answers, outside: Scope) -> frozenset[str]:
    """The places that do not show: "rhk.1.catatan", or "rhk.1.#7" for a part without a key.

    Hiding one field may show or hide another that reads it, so the answer is looked for until it stands still.
    """
    if not any(part.hide for part in every(parts)):
        return frozenset()
    hidden: frozenset[str] = frozenset()
    for _ in range(ROUNDS):
        found = frozenset(_hidden(parts, without(parts, answers, hidden), outside))
        if found == hidden:
            break
        hidden = found
    return hidden


def _hidden(parts: tuple[Part, ...], answers: Answers, outside: Scope, prefix: str = "") -> Iterator[str]:
    scope = outside.inner(answers)
    yield from _hidden_here(parts, answers, scope, prefix)


def _hidden_here(parts: tuple[Part, ...], answers: Answers, scope: Scope, prefix: str) -> Iterator[str]:
    for part in parts:
        place = prefix + part.slot
        if scope.holds(part.hide):
            yield place
        elif isinstance(part, Group):
            yield from _hidden_here(part.parts, answers, scope, prefix)
        elif isinstance(part, Rows):
            for number, row in enumerate(answers.get(part.key) or ()):
                yield from _hidden(part.parts, row, scope, f"{place}.{number}.")


def without(parts: tuple[Part, ...], answers: Answers, hidden: frozenset[str], prefix: str = "") -> Answers:
    """Answers in which hidden fields answer nothing."""
    return _without(parts, answers, hidden, prefix) if hidden else answers


def _without(parts: tuple[Part, ...], answers: Answers, hidden: frozenset[str], prefix: str) -> Answers:
    left = dict(answers)
    for part in parts:
        place = prefix + part.slot
        if place in hidden:
            left.update(dict.fromkeys(_keys(part)))
        elif isinstance(part, Group):
            left = _without(part.parts, left, hidden, prefix)
        elif isinstance(part, Rows):
            left[part.key] = [
                _without(part.parts, row, hidden, f"{place}.{number}.")
                for number, row in enumerate(left.get(part.key) or ())
            ]
    return left


def _keys(part: Part) -> Iterator[str]:
    return (inner.key for inner in inputs((part,)))


def shown(parts: tuple[Part, ...], hidden: frozenset[str], prefix: str) -> Iterator[Part]:
    """The parts of one level that show."""
    return (part for part in parts if prefix + part.slot not in hidden)


def lists_of(answers: Mapping[str, object], key: str) -> list[Answers]:
    """The rows under a key; none where there is no list."""
    rows = answers.get(key)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
