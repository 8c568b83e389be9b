"""Which values of a table's inputs make one of its rules hit (pure)."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice, product

from engine.feel import Environment, FeelError, nodes
from engine.feel.budget import Budget
from engine.feel.expressions import UnaryTests
from engine.feel.tables import InputColumn, Rule, Table
from engine.feel.values import Json, lift, to_json
from engine.runtime.sandbox.sources import sources

MOST_TRIED = 2_000  # combinations of values
Values = Mapping[int, Json]  # of some of a table's inputs, by their place


def accepted(table: Table, rule: Rule, place: int, environment: Environment) -> Sequence[Json]:
    """The known values of one input that a rule's test takes, in the order of the table; any value: nothing is said."""
    test = rule.tests[place]
    if not test.node.tests:
        return ()
    return [value for value in _known(table, place) if test.matches(lift(value), {}, environment) is True]


def allowed(column: InputColumn) -> Sequence[Json]:
    """The values that may come to an input, if they are listed."""
    return list(_mentioned(column.allowed)) if column.allowed else ()


def hitting(table: Table, rule: Rule, environment: Environment) -> Sequence[Values]:
    """Values of the inputs with which the table says that the rule has hit, as few as it takes."""
    choices = [_choices(table, rule, place, environment) for place in range(len(table.inputs))]
    given = [
        {place: value for place, value in enumerate(values) if value is not None}
        for values in islice(product(*choices), MOST_TRIED)
    ]
    found = [values for values in given if _hits(table, rule, values, environment)]
    fewest = min((len(values) for values in found), default=0)
    return [values for values in found if len(values) == fewest]


def _choices(table: Table, rule: Rule, place: int, environment: Environment) -> Sequence[Json]:
    """What to try at one input; None, which leaves it out, where the rule takes anything."""
    if rule.tests[place].node.tests:
        return accepted(table, rule, place, environment)
    return (None, *(value for value in _known(table, place) if value is not None))


def _hits(table: Table, rule: Rule, given: Values, environment: Environment) -> bool:
    scope: dict[str, Json] = {}
    for place, value in given.items():
        scope |= next(({one.root: one.value} for one in sources(table.inputs[place].expression.node, value)), {})
    try:
        decided = table.decide(scope, Budget(environment))
    except FeelError:
        return False
    return any(hit.rule == rule.id for hit in decided.hits)


def _known(table: Table, place: int) -> Sequence[Json]:
    """Every value that the table mentions for an input, numbers with their neighbours; yes, no and nothing."""
    column = table.inputs[place]
    cells = [*([column.allowed] if column.allowed else []), *(rule.tests[place] for rule in table.rules)]
    found = [value for cell in cells for value in _mentioned(cell)]
    return list(dict.fromkeys([*found, None])) if found and not _only_truths(found) else [True, False, None]


def _only_truths(values: Sequence[Json]) -> bool:
    return all(isinstance(value, bool) or value is None for value in values)


def _mentioned(cell: UnaryTests) -> Iterator[Json]:
    for test in cell.node.tests:
        for literal in _literals(test.operand):
            value = to_json(literal.value)
            yield from (value - 1, value, value + 1) if isinstance(literal.value, Decimal) else (value,)


def _literals(node: nodes.Node) -> Iterator[nodes.Literal]:
    if isinstance(node, nodes.Literal):
        yield node
    elif isinstance(node, nodes.RangeOf):
        yield from (*_literals(node.start), *_literals(node.end))
    elif isinstance(node, nodes.ListOf):
        for item in node.items:
            yield from _literals(item)
