"""Decision files (DMN 1.1 to 1.3): tables and literal expressions, and what they require of one another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from lxml import etree

from engine.errors import Problem, Severity
from engine.feel.budget import STEPS, Budget, Environment
from engine.feel.dmn_reader import LiteralDecision, ReadDecision, UnreadableDecision, read_all
from engine.feel.dmn_source import Source, parsed
from engine.feel.memory import Memory, memory_for
from engine.feel.tables import Decided, HitPolicy, RuleHit, Table
from engine.feel.values import Json

__all__ = ["Decided", "Decision", "DecisionFile", "HitPolicy", "RuleHit", "read_decisions"]

DECISION_STEPS = 10 * STEPS  # for a decision with all that it requires


@dataclass(frozen=True)
class Decision:
    """A decision of a file.

    `inputs` are the names that its context should hold, those of required decisions included. `required` are the
    decisions that are evaluated before it, each put under its `variable`.
    """

    id: str
    name: str
    variable: str
    logic: Table | LiteralDecision | UnreadableDecision
    inputs: tuple[str, ...] = ()
    required: tuple["Decision", ...] = ()
    line: int | None = None
    file: str = ""
    memory: Memory | None = field(default=None, compare=False, repr=False)

    def evaluate(self, context: Mapping[str, Json], environment: Environment) -> Decided:
        """What the decision says in a context, and which rules hit; raises FeelError (see Table.decide)."""
        if self.memory is None:
            return self._evaluate(context, environment)
        return self.memory.recall(context, environment.zone, lambda: self._evaluate(context, environment))

    def _evaluate(self, context: Mapping[str, Json], environment: Environment) -> Decided:
        scope = dict(context)
        budget = Budget(environment, steps=DECISION_STEPS)
        hits: tuple[RuleHit, ...] = ()
        for decision in self.required:
            decided = decision.logic.decide(scope, budget)
            scope[decision.variable] = decided.value
            hits += decided.hits
        decided = self.logic.decide(scope, budget)
        return Decided(decided.value, hits + decided.hits)


@dataclass(frozen=True)
class DecisionFile:
    """All decisions of one file, and everything that is wrong with them.

    A decision with an error is there all the same, so that what names it can be checked; evaluating it raises FeelError.
    """

    file: str
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def usable(self) -> bool:
        return all(problem.severity is not Severity.ERROR for problem in self.problems)


def read_decisions(root: etree._Element | bytes, file: str, functions: Iterable[str] = ()) -> DecisionFile:
    """Reads a decision file; never raises for what is wrong in it, but lists all of it in `problems`."""
    source = Source(file, frozenset(functions))
    tree = parsed(root, source) if isinstance(root, bytes) else root
    if tree is None:
        return DecisionFile(file, {}, tuple(source.problems))
    readers = read_all(tree, source)
    decisions: dict[str, Decision] = {}
    for reader in readers.values():
        order = required_first(reader, readers, source)
        decisions[reader.id] = replace(_linked(reader, order), file=file)
    problems = sorted(source.problems, key=lambda problem: (problem.line or 0, problem.element or ""))
    return DecisionFile(file, decisions, tuple(problems))


def required_first(
    reader: ReadDecision, readers: Mapping[str, ReadDecision], source: Source
) -> tuple[ReadDecision, ...]:
    """What a decision requires, directly or not, each after its own requirements; a circle is a problem."""
    order: list[ReadDecision] = []
    open_: set[str] = set()

    def visit(current: ReadDecision) -> None:
        open_.add(current.id)
        for name in current.requires:
            below = readers[name]
            if name in open_:
                source.report(
                    reader.element, "dmn-circle", f"Keputusan ini bergantung pada dirinya sendiri lewat {name}.",
                    "Hapus salah satu panah yang melingkar.", id=reader.id, label=reader.name,
                )  # fmt: skip
            elif below not in order:
                visit(below)
        open_.discard(current.id)
        if current is not reader and current not in order:
            order.append(current)

    visit(reader)
    return tuple(order)


def _linked(reader: ReadDecision, order: tuple[ReadDecision, ...]) -> Decision:
    required = tuple(_bare(below) for below in order)
    made = {below.variable for below in order}
    names = dict.fromkeys(name for part in (reader, *order) for name in part.logic.names if name not in made)
    bare = _bare(reader)
    memory = memory_for([part.logic for part in (reader, *order)], names)
    return Decision(bare.id, bare.name, bare.variable, bare.logic, tuple(names), required, bare.line, memory=memory)


def _bare(reader: ReadDecision) -> Decision:
    return Decision(reader.id, reader.name, reader.variable, reader.logic, reader.logic.names, (), reader.line)
