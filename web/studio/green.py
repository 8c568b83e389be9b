"""How far the scenarios of the drafts are: played or not, green or red, and the order that plays them."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.runtime.batches import Batch, BatchStatus
from engine.runtime.sandbox.verbs import Played
from web.context import engine
from web.studio.room import owner


@dataclass(frozen=True)
class State:
    """Every scenario of the drafts; `order` plays what was not played yet; None: nobody has asked for it."""

    scenarios: Sequence[Played]
    order: Batch | None

    @property
    def waiting(self) -> int:
        return sum(one.outcome is None for one in self.scenarios)

    @property
    def green(self) -> int:
        return sum(one.outcome is not None and one.outcome.green for one in self.scenarios)

    @property
    def red(self) -> Sequence[Played]:
        return [one for one in self.scenarios if one.outcome is not None and not one.outcome.green]

    @property
    def running(self) -> bool:
        """Whether workers are playing them now."""
        return bool(self.waiting and self.order and self.order.status == BatchStatus.RUNNING)


def state() -> State:
    """How far the scenarios are; raises DefinitionError for drafts that cannot run."""
    sandbox, by = engine().sandbox, owner()
    return State(sandbox.scenarios(by=by), sandbox.order_under_way(by=by))
