"""Several flows out of what is no gateway.

SpiffWorkflow refuses tasks with several outgoing flows (trap 9) and forks silently at start events; a fork is drawn
as one.
"""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.lint.model import Model, error, kind_in_words, warning


def rule(model: Model) -> Iterator[Problem]:
    """Yield elements with several outgoing flows that are no gateways, and gateways that join and fork at once."""
    for process, element in model.elements:
        if len(element.outgoing) > 1 and not element.is_gateway:
            message = (
                f"Dari {kind_in_words(element)} keluar {len(element.outgoing)} alur; mesin hanya menjalankan satu."
            )
            mend = "Sisipkan gerbang: eksklusif untuk memilih, paralel untuk menjalankan semuanya."
            yield error(process, element, "several-flows", message, mend)
        elif element.is_gateway and len(element.outgoing) > 1 and len(element.incoming) > 1:
            message = "Gerbang ini menggabungkan dan mencabangkan sekaligus."
            yield warning(
                process, element, "mixed-gateway", message, "Pakai dua gerbang: satu menggabung, satu mencabang."
            )
        elif element.is_gateway and len(element.outgoing) == 1 and len(element.incoming) == 1:
            message = "Gerbang ini tidak menggabungkan dan tidak mencabangkan apa pun."
            yield warning(process, element, "needless-gateway", message, "Hapus gerbangnya.")
