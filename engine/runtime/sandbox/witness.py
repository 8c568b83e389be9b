"""Notes the way of one played case: the flows it took, the decisions it asked, the rules that hit, its data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.feel.dmn import RuleHit
from engine.runtime.values import Json
from engine.runtime.workflow import tokens
from engine.runtime.workflow.machine import CaseRun
from engine.runtime.workflow.walked import walked


@dataclass(frozen=True)
class Asked:
    """A decision that was asked, and the rules behind its answer."""

    at: datetime
    element: str
    decision: str
    value: Json
    hits: tuple[RuleHit, ...]


class Witness:
    """Watches the cases of one sandbox."""

    def __init__(self) -> None:
        self.pairs: set[tuple[str, str]] = set()  # (source, target) of the elements entered one after the other
        self.asked: list[Asked] = []
        self.data: dict[str, Json] = {}  # of the case after its last step
        self._seen: set[int] = set()

    def ran(self, run: CaseRun) -> None:
        self.pairs.update(walked(run, self._seen))
        self.data = tokens.all_data(run)

    def decided(self, at: datetime, element: str, decision: str, value: Json, hits: Sequence[RuleHit]) -> None:
        self.asked.append(Asked(at, element, decision, value, tuple(hits)))

    @property
    def rules(self) -> frozenset[tuple[str, str]]:
        """(table, rule) of everything that hit."""
        return frozenset((hit.table, hit.rule) for asked in self.asked for hit in asked.hits)
