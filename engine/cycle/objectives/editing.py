"""Rows of an agreement's draft, changed in place; a version that was published is never touched."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from engine.cycle.alignment.plans import ALONE, MEMBER, TEAM_LEADER
from engine.cycle.objectives.models import AgreedTargetRow, MatrixRoleRow
from engine.cycle.objectives.reading import Agreement
from engine.errors import FormInvalid

LONGEST = 300  # letters of what a person produces


@dataclass(frozen=True)
class TargetEdit:
    """What a line of the agreement is to say; `value` None: nothing that is a number was typed."""

    indicator: str
    value: float | None
    upper: float | None = None
    dropped: bool = False


@dataclass(frozen=True)
class RoleEdit:
    """What a cell of the matrix is to say."""

    indicator: str
    person: str
    role: str
    text: str
    dropped: bool = False


def change(
    connection: sa.Connection, draft: Agreement, targets: Sequence[TargetEdit], roles: Sequence[RoleEdit]
) -> None:
    """Write into a draft.

    Raises:
        FormInvalid: by "target/<indicator>" or "role/<indicator>/<person>", what is to be mended.
    """
    errors = {f"target/{one.indicator}": wrong for one in targets if (wrong := _wrong_target(one))}
    errors |= {f"role/{one.indicator}/{one.person}": wrong for one in roles if (wrong := _wrong_role(one))}
    if errors:
        raise FormInvalid(errors)
    for target in targets:
        here = (AgreedTargetRow.agreement_id == draft.id, AgreedTargetRow.indicator_code == target.indicator)
        if target.dropped:
            connection.execute(sa.delete(AgreedTargetRow).where(*here))
        else:
            values = {"target": target.value, "target_upper": target.upper}
            connection.execute(sa.update(AgreedTargetRow).where(*here).values(values))
    for role in roles:
        cell = MatrixRoleRow
        place = (cell.agreement_id == draft.id, cell.indicator_code == role.indicator, cell.employee_id == role.person)
        if role.dropped:
            connection.execute(sa.delete(cell).where(*place))
        else:
            connection.execute(sa.update(cell).where(*place).values(role=role.role, text=role.text.strip()))


def _wrong_target(one: TargetEdit) -> str:
    if one.dropped:
        return ""
    if one.value is None or one.value < 0:
        return "Tulis target sebagai angka nol atau lebih."
    return "Batas atas lebih kecil dari target." if one.upper is not None and one.upper < one.value else ""


def _wrong_role(one: RoleEdit) -> str:
    if one.dropped:
        return ""
    if one.role not in (ALONE, TEAM_LEADER, MEMBER):
        return "Pilih peran."
    return "" if 0 < len(one.text.strip()) <= LONGEST else f"Tulis hasilnya, paling banyak {LONGEST} huruf."
