"""What somebody may see of a step from inside: a sandbox notes the way of a case; in production nobody watches."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from engine.feel.dmn import RuleHit
from engine.runtime.values import Json
from engine.runtime.workflow.machine import CaseRun


class Watch(Protocol):
    """Told of each step of every case of its `Resources`; it only looks."""

    def ran(self, run: CaseRun) -> None:
        """A step has run on to its next waits; nothing of it is forgotten yet."""

    def decided(self, at: datetime, element: str, decision: str, value: Json, hits: Sequence[RuleHit]) -> None:
        """A decision was asked by an element."""
