"""Tables D14 and D17 judge facts: findings with code, severity, reason and mend; a verdict by the worst."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

import orjson

from engine.errors import Refused
from engine.runtime.services import Ask
from engine.runtime.values import Json

ALIGNMENT, WORDING, WORDS = "D14_keselarasan", "D17_bahasa_hasil", "D17_kata"


class Verdict(StrEnum):
    ALIGNED = "SELARAS"
    WITH_NOTES = "SELARAS_DENGAN_CATATAN"
    NOT_ALIGNED = "TIDAK_SELARAS"


@dataclass(frozen=True)
class Finding:
    """What a rule says of a result, or of the whole SKP (`number` 0)."""

    code: str
    severity: str  # ERROR | WARN
    reason: str
    mend: str
    number: int = 0
    needs_note: bool = False  # a note on the contribution answers it

    def to_json(self) -> dict[str, Json]:
        """Under the names that diagrams read."""
        return {
            "kode": self.code,
            "tingkat": self.severity,
            "pesan": self.reason,
            "saran": self.mend,
            "nomor": self.number,
            "perlu_catatan": self.needs_note,
        }


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """SELARAS without findings, TIDAK_SELARAS with an ERROR, otherwise with notes."""
    severities = {finding.severity for finding in findings}
    if "ERROR" in severities:
        return Verdict.NOT_ALIGNED
    return Verdict.WITH_NOTES if severities else Verdict.ALIGNED


@dataclass(frozen=True)
class Facts:
    """What is true of a result in a table's own terms, and the values that its sentences are filled with."""

    inputs: Mapping[str, Json]
    values: Mapping[str, str] = field(default_factory=dict)
    number: int = 0


class Judge:
    """Asks the tables; what was asked once is remembered, for thousands of results share the same facts."""

    def __init__(self, decide: Ask) -> None:
        self._decide = decide
        self._known: dict[tuple[str, bytes], Sequence[Mapping[str, Any]]] = {}
        self.words = cache(self._words)

    def judge(self, table: str, facts: Facts) -> list[Finding]:
        """The findings of one result; raises Refused where the published release has no such table."""
        return [
            Finding(
                hit["kode"],
                hit["tingkat"],
                filled(hit["pesan"], facts.values),
                filled(hit["saran"], facts.values),
                facts.number,
                bool(hit["perlu_catatan"]),
            )
            for hit in self._hits(table, facts.inputs)
        ]

    def _hits(self, table: str, inputs: Mapping[str, Json]) -> Sequence[Mapping[str, Any]]:
        key = table, orjson.dumps(inputs, option=orjson.OPT_SORT_KEYS)
        if key not in self._known:
            self._known[key] = self._ask(table, inputs) or []
        return self._known[key]

    def _words(self, kind: str) -> frozenset[str]:
        return frozenset(self._ask(WORDS, {"jenis": kind}) or ())

    def _ask(self, table: str, inputs: Mapping[str, Json]) -> Any:
        try:
            return self._decide(table, inputs)
        except KeyError as error:
            raise Refused(
                f"Rilis yang berlaku belum memuat tabel keputusan {table}. Terbitkan dokumen terbaru lebih dahulu."
            ) from error


def filled(sentence: str, values: Mapping[str, str]) -> str:
    """A table's sentence with its braces filled; what nobody gives becomes a dash, so that a table may name anything."""
    return sentence.format_map(_Values(values))


class _Values(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"
