"""Scenarios as bulk work: each file is one item, played on the drafts as they stand when its turn comes."""

from collections.abc import Callable, Mapping
from uuid import UUID

import sqlalchemy as sa

from engine.errors import Refused
from engine.runtime.batches import Batch, Batches, BatchStatus, Skipped
from engine.runtime.sandbox.drafts import Draft, Key
from engine.runtime.sandbox.runs import Runs
from engine.runtime.values import Actor, Json

KIND = "run_scenarios"
OWNERS = frozenset({"process_owner"})


class Orders:
    """Orders to play what was not played on the drafts yet."""

    def __init__(self, batches: Batches, runs: Runs, draft: Callable[[], Draft]) -> None:
        self._batches, self._runs, self._draft = batches, runs, draft
        batches.register(KIND, self._tell, OWNERS, before=self._play)

    def start(self, *, by: Actor) -> UUID:
        """Order it, unless an order that does it is under way; gives the order.

        Raises:
            Refused: everything was played.
        """
        draft = self._draft()
        files = [draft.scenarios[key].file for key in self._runs.waiting(draft)]
        under_way = self.under_way(by=by)
        if under_way is not None and set(files) <= self._left(under_way, by):
            return under_way.id
        if not files:
            raise Refused("Semua skenario sudah dijalankan pada draf ini.")
        return self._batches.start(KIND, f"Menjalankan {len(files)} skenario", files, {}, by=by)

    def under_way(self, *, by: Actor) -> Batch | None:
        """The order that was given last, while it runs or is paused."""
        order = self._batches.newest(KIND, by=by)
        return order if order is not None and order.status in (BatchStatus.RUNNING, BatchStatus.PAUSED) else None

    def _left(self, order: Batch, by: Actor) -> set[str]:
        found = self._batches.items(order.id, by=by, outcome="waiting", limit=order.total)
        return {item.item for item in found.items}

    def _play(self, file: str, _payload: Mapping[str, Json], _by: Actor) -> None:
        draft = self._draft()
        self._runs.play(draft, [key for key in self._runs.waiting(draft) if draft.scenarios[key].file == file])

    def _tell(self, _connection: sa.Connection, file: str, _payload: Mapping[str, Json], _by: Actor) -> str:
        draft = self._draft()
        outcome = self._runs.known(draft).get(_key_of(draft, file))
        if outcome is None:
            raise Skipped("Draf berubah selagi skenario ini dijalankan, atau skenarionya sudah tidak ada.")
        if outcome.problem is not None:
            raise Refused(f"{outcome.problem.message} {outcome.problem.mend}")
        return "Hijau."


def _key_of(draft: Draft, file: str) -> Key:
    return next((key for key, scenario in draft.scenarios.items() if scenario.file == file), ("", ""))
