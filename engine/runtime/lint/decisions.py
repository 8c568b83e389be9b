"""Business rule tasks evaluate a decision that exists and put its value under a name."""

from collections.abc import Iterator

from engine.errors import Problem, nearest
from engine.runtime.lint.loops import PLAIN
from engine.runtime.lint.model import Model, error


def rule(model: Model) -> Iterator[Problem]:
    """Yield business rule tasks without a decision, with an unknown one, or without a name for the result."""
    for process, element in model.of_type("businessRuleTask"):
        if not element.decision:
            message = "Tugas aturan bisnis ini tidak menyebut tabel keputusan."
            yield error(process, element, "no-decision", message, "Pilih keputusan di panel pengaturan.")
        elif element.decision not in model.decisions and not model.is_unread(".dmn"):
            message = f'Keputusan "{element.decision[:80]}" tidak ada.'
            mend = nearest(element.decision, model.decisions, "Pilih keputusan yang ada.")
            yield error(process, element, "unknown-decision", message, mend)
        result = element.properties.get("result", "")
        if not PLAIN.fullmatch(result):
            message = "Hasil keputusan ini tidak memiliki nama data." if not result else f'"{result}" bukan nama data.'
            yield error(process, element, "result", message, "Isi result dengan satu kata, misalnya predikat.")
