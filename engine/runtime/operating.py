"""An operator takes a case in hand: locked, as it must stand, and never one about the operator."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa

from engine.errors import Refused
from engine.runtime import access
from engine.runtime.resources import Resources
from engine.runtime.steps import Step
from engine.runtime.values import Actor, CaseStatus

REFUSALS: Mapping[CaseStatus, str] = {
    CaseStatus.ACTIVE: "Perkara ini sedang berjalan; pakai kembalikan ke langkah terdahulu atau pindahkan token.",
    CaseStatus.COMPLETED: "Perkara ini sudah selesai; yang dapat dilakukan hanya memulainya lagi pada suatu langkah.",
    CaseStatus.CANCELLED: "Perkara ini sudah dibatalkan; yang dapat dilakukan hanya memulainya lagi pada suatu langkah.",
    CaseStatus.INCIDENT: "Perkara ini terhenti karena gangguan; atasi gangguannya dahulu.",
    CaseStatus.SUSPENDED: "Perkara ini sedang ditangguhkan; lanjutkan dahulu.",
}


def operate_on(
    resources: Resources, connection: sa.Connection, case_id: UUID, allowed: Sequence[CaseStatus], *, by: Actor
) -> Step:
    """Lock a case for its operator.

    Raises:
        NotFound: there is no such case.
        NotYours: the actor is no operator, or the case is about the actor.
        Refused: the case does not stand as it must.
    """
    access.require_role(by, "operator")
    step = Step.on(resources, connection, case_id, by=by)
    access.require_not_about(step.case["subject"], by)
    if step.case["status"] not in allowed:
        raise Refused(REFUSALS[CaseStatus(step.case["status"])])
    return step
