"""A case goes to another unit while it runs: who looks after its people changes, what it has done stays."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from engine.runtime.models import CaseRow
from engine.runtime.reasons import require_reason
from engine.runtime.resources import Resources
from engine.runtime.steps import Step
from engine.runtime.values import Actor, Json
from engine.runtime.workflow import tokens


@dataclass(frozen=True)
class Regrouped:
    """The unit that a case belongs to from now on, keys of its data with other values, and who is let in."""

    unit: str
    name: str
    renew: Mapping[str, Json]
    parties: frozenset[str]


def move_to_unit(
    resources: Resources, connection: sa.Connection, case_id: UUID, group: Regrouped, *, reason: str, by: Actor
) -> None:
    """Let a running case belong to another unit, in one event of its history.

    Who was a party stays one: whoever had a part in a case may read what became of it.

    Raises:
        NotFound: there is no such case.  Refused: no reason is given.
    """
    words = require_reason(reason)
    step = Step.on(resources, connection, case_id, by=by).load()
    told = {"unit_before": step.case["unit"], "unit": group.unit, "name": group.name, "renewed": sorted(group.renew)}
    connection.execute(sa.update(CaseRow).where(CaseRow.id == case_id).values(unit=group.unit))
    step.case["unit"] = group.unit
    step.admit(group.parties)
    tokens.patch_data(step.run, group.renew)
    step.finish("unit_moved", told, {"reason": words}, run_on=False)
    step.save()
