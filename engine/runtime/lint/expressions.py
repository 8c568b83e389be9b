"""Every expression is FEEL and parses; nothing else is ever evaluated.

SpiffWorkflow looks at expressions only when a case arrives there, and would run Python (section 6).
"""

from collections.abc import Iterator

from engine.errors import Problem
from engine.feel.errors import FeelError
from engine.runtime.lint.formulas import Formula, formulas
from engine.runtime.lint.model import Model, error

NAME = "feel"


def rule(model: Model) -> Iterator[Problem]:
    """Yield expressions that are empty, declared to be of another language, or that do not parse."""
    for formula in formulas(model):
        if formula.text.language and "feel" not in formula.text.language.lower():
            message = f"Ekspresi pada {formula.place} dinyatakan berbahasa {formula.text.language}."
            yield error(formula.process, formula.thing, NAME, message, "Tulis dalam FEEL dan hapus bahasanya.")
        elif not formula.text.value.strip():
            message = f"Ekspresi pada {formula.place} kosong."
            yield error(formula.process, formula.thing, NAME, message, "Isi, atau hapus.", line=formula.text.line)
        else:
            yield from _unparsed(model, formula)


def _unparsed(model: Model, formula: Formula) -> Iterator[Problem]:
    try:
        formula.compiled(model)
    except FeelError as found:
        source = " ".join(formula.text.value.split())
        shown = source if len(source) <= 80 else source[:77] + "..."
        line = None if formula.text.line is None else formula.text.line + found.line - 1
        yield error(
            formula.process,
            formula.thing,
            NAME,
            f"Ekspresi pada {formula.place} tidak dapat dibaca: {shown} (kolom {found.column}: {found.message})",
            found.mend or "Tulis sebagai ekspresi FEEL, misalnya nilai >= 90 and disetujui = true.",
            line=line,
        )
