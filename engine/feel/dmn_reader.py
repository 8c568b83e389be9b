"""The decisions of a file: their logic, and what they require."""

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from engine.errors import Severity
from engine.feel.budget import Budget
from engine.feel.dmn_source import Source, child, children, line_of, local, text_of
from engine.feel.errors import FeelError
from engine.feel.expressions import Expression, compile_expression
from engine.feel.table_reader import read_table
from engine.feel.tables import Decided, Table
from engine.feel.values import Json

_LOGIC = frozenset(
    {"decisionTable", "literalExpression", "context", "invocation", "relation", "list", "functionDefinition"}
    | {"conditional", "filter", "for", "some", "every"}
)


@dataclass(frozen=True)
class LiteralDecision:
    """A decision that is one expression."""

    expression: Expression

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self.expression.names))

    def decide(self, scope: Mapping[str, Json], budget: Budget) -> Decided:
        return Decided(self.expression.evaluate_within(scope, budget))


@dataclass(frozen=True)
class UnreadableDecision:
    """A decision with errors: it can be named, not evaluated."""

    name: str
    names: tuple[str, ...] = ()

    def decide(self, scope: Mapping[str, Json], budget: Budget) -> Decided:
        raise FeelError(f'Keputusan "{self.name}" masih memiliki kesalahan.', "Perbaiki kesalahannya lebih dulu.")


@dataclass(frozen=True)
class ReadDecision:
    """A decision as it stands in the file; `requires` are ids of other decisions in the same file."""

    id: str
    name: str
    variable: str
    logic: Table | LiteralDecision | UnreadableDecision
    requires: tuple[str, ...]
    element: etree._Element

    @property
    def line(self) -> int | None:
        return line_of(self.element)


def read_all(root: etree._Element, source: Source) -> dict[str, ReadDecision]:
    """All decisions by id, in the file's order; problems go to the source."""
    if local(root) != "definitions":
        source.report(
            root, "dmn", "Berkas ini bukan berkas keputusan DMN 1.1 sampai 1.3.", "Buka dan simpan dengan editor DMN."
        )
        return {}
    _check_ids(root, source)
    found: dict[str, ReadDecision] = {}
    elements = list(children(root, "decision"))
    known = {element.get("id", "") for element in elements}
    for element in elements:
        id = element.get("id", "")
        if not id:
            source.report(element, "dmn-id", "Keputusan ini tidak memiliki id.", "Beri id, misalnya D1_predikat.")
        elif id not in found:
            found[id] = _decision(element, known, source)
    if not elements:
        source.report(root, "dmn", "Berkas ini tidak memuat keputusan.", "Tambahkan sebuah keputusan.")
    return found


def _check_ids(root: etree._Element, source: Source) -> None:
    seen: dict[str, etree._Element] = {}
    for element in root.iter():
        id = element.get("id") if local(element) else None
        if id in seen:
            first = line_of(seen[id])
            source.report(element, "duplicate-id", f"Id {id} sudah dipakai di baris {first}.", "Beri id lain.", id=id)
        elif id:
            seen[id] = element


def _decision(element: etree._Element, known: set[str], source: Source) -> ReadDecision:
    id = element.get("id", "")
    name = element.get("name") or id
    faults = len(source.problems)
    logic = _logic(element, id, name, source)
    variable, requires = _variable(element, id, name, source), _requires(element, id, name, known, source)
    if logic is None or any(problem.severity is Severity.ERROR for problem in source.problems[faults:]):
        return ReadDecision(id, name, variable, UnreadableDecision(name), requires, element)
    return ReadDecision(id, name, variable, logic, requires, element)


def _variable(element: etree._Element, id: str, name: str, source: Source) -> str:
    """The name under which other decisions find this one's value."""
    variable = child(element, "variable")
    given = "" if variable is None else variable.get("name", "")
    if not given:
        return name if name.isidentifier() else id
    if not given.isidentifier():
        source.report(
            variable, "dmn-variable", f'Nama peubah "{given}" memuat spasi atau tanda.',
            "Pakai huruf, angka dan garis bawah saja.", id=id, label=name,
        )  # fmt: skip
    return given


def _requires(element: etree._Element, id: str, name: str, known: set[str], source: Source) -> tuple[str, ...]:
    wanted = []
    for requirement in children(element, "informationRequirement"):
        for target in children(requirement, "requiredDecision"):
            other = target.get("href", "").removeprefix("#")
            if other in known:
                wanted.append(other)
                continue
            source.report(
                target, "dmn-requirement", f"Keputusan yang dibutuhkan ({other}) tidak ada di berkas ini.",
                "Pindahkan ke berkas yang sama, atau hapus panahnya.", id=id, label=name,
            )  # fmt: skip
    return tuple(wanted)


def _logic(element: etree._Element, id: str, name: str, source: Source) -> Table | LiteralDecision | None:
    """The decision's table or expression; None and a problem when it has neither."""
    found = next(children(element, *_LOGIC), None)
    if found is None:
        source.report(
            element, "dmn-empty", "Keputusan ini belum memiliki tabel atau ekspresi.",
            "Isi tabelnya, atau hapus keputusan ini.", id=id, label=name,
        )  # fmt: skip
        return None
    if local(found) == "decisionTable":
        return read_table(found, id, name, source)
    if local(found) == "literalExpression":
        _check_language(found, id, name, source)
        expression = source.compiled(compile_expression, text_of(found), found, id=id, label=name)
        return None if expression is None else LiteralDecision(expression)
    source.report(
        found, "dmn-kind", f"Bentuk keputusan <{local(found)}> tidak didukung.",
        "Pakai tabel keputusan atau ekspresi literal.", id=id, label=name,
    )  # fmt: skip
    return None


def _check_language(element: etree._Element, id: str, name: str, source: Source) -> None:
    language = element.get("expressionLanguage", "")
    if language and "feel" not in language.lower():
        source.report(
            element, "dmn-language", f"Bahasa ekspresi {language} tidak didukung.", "Pakai FEEL.", id=id, label=name
        )
