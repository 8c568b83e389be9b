"""Gateways that neither join nor fork, or do both at once.

Several flows out of a task fork as BPMN says: the engine puts a gateway behind it (workflow/implicit.py).
"""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.lint.model import Model, warning


def rule(model: Model) -> Iterator[Problem]:
    """Yield gateways that join and fork at once, and needless ones."""
    for process, element in model.elements:
        if element.is_gateway and len(element.outgoing) > 1 and len(element.incoming) > 1:
            message = "Gerbang ini menggabungkan dan mencabangkan sekaligus."
            yield warning(
                process, element, "mixed-gateway", message, "Pakai dua gerbang: satu menggabung, satu mencabang."
            )
        elif element.is_gateway and len(element.outgoing) == 1 and len(element.incoming) == 1:
            message = "Gerbang ini tidak menggabungkan dan tidak mencabangkan apa pun."
            yield warning(process, element, "needless-gateway", message, "Hapus gerbangnya.")
