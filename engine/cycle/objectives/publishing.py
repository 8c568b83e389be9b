"""Putting a unit's agreement and matrix in force: what stands against it, and whom it tells (DOMAIN 2.3, last step)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from engine.cycle import leading
from engine.cycle.access import tree
from engine.cycle.alignment.facts import matrix_facts
from engine.cycle.alignment.findings import ALIGNMENT, Judge
from engine.cycle.alignment.plans import MEMBER, TWO_LEVELS, Plan, Standing
from engine.cycle.events.parts import running_keys
from engine.cycle.models import EmployeeRow, HoldingRow, PostRow
from engine.cycle.objectives.models import AgreementRow, AgreementStatus
from engine.cycle.objectives.reading import MANUAL, Agreement
from engine.cycle.organisation import in_force

WORDS = {
    "definition": "definisi",
    "formula": "formula",
    "frequency": "frekuensi",
    "source": "sumber data",
    "owner_id": "pemilik",
    "validity": "validitas",
}


def obstacles(connection: sa.Connection, judge: Judge, agreement: Agreement, on: date) -> list[str]:
    """All that has to be mended before the version can be published, in sentences."""
    staff = people_under(connection, agreement.unit, agreement.cycle, on)
    return [
        *_in_agreement(agreement),
        *_in_matrix(agreement, {id for id, _, _ in staff}),
        *_without_role(judge, agreement, staff),
    ]


def publish(connection: sa.Connection, agreement: Agreement, *, by: str, now: datetime, on: date) -> None:
    """Put the version in force today; the one before ends yesterday."""
    same = (AgreementRow.unit_id == agreement.unit, AgreementRow.cycle_id == agreement.cycle)
    current = sa.and_(*same, AgreementRow.status == AgreementStatus.PUBLISHED, AgreementRow.ends.is_(None))
    connection.execute(sa.update(AgreementRow).where(current).values(ends=on - timedelta(days=1)))
    connection.execute(
        sa.update(AgreementRow)
        .where(AgreementRow.id == agreement.id)
        .values(status=AgreementStatus.PUBLISHED, starts=on, published_at=now, published_by=by)
    )


def tell(connection: sa.Connection, agreement: Agreement, people: Sequence[str], now: datetime) -> None:
    """Tell each person who may plan from now on."""
    payload = {"unit": agreement.unit, "version": agreement.version}
    keys = running_keys(connection, people, agreement.cycle).values()
    leading.tell(connection, keys, str(agreement.id), payload, now)


def people_under(connection: sa.Connection, unit: str, cycle: str, on: date) -> list[tuple[str, str, bool]]:
    """Who works in a unit's tree, but for parts with a published agreement of their own: id, name, leads the unit."""
    own = set(
        connection.scalars(
            sa.select(AgreementRow.unit_id).where(
                AgreementRow.cycle_id == cycle,
                AgreementRow.status == AgreementStatus.PUBLISHED,
                AgreementRow.unit_id != unit,
            )
        )
    )
    units = tree(connection, [unit])
    units -= tree(connection, own & units)
    rows = connection.execute(
        sa.select(EmployeeRow.id, EmployeeRow.name, PostRow.heads_unit, PostRow.unit_id)
        .join(HoldingRow, HoldingRow.employee_id == EmployeeRow.id)
        .join(PostRow, PostRow.id == HoldingRow.post_id)
        .where(PostRow.unit_id.in_(units), in_force(HoldingRow, on), in_force(EmployeeRow, on))
        .order_by(EmployeeRow.name, EmployeeRow.id)
    )
    return [(row.id, row.name, row.heads_unit and row.unit_id == unit) for row in rows]


def _in_agreement(agreement: Agreement) -> Iterator[str]:
    if not agreement.targets:
        yield "Perjanjian kinerja belum mempunyai indikator dan target."
    for target in agreement.targets:
        manual = {**vars(target.indicator), "owner_id": target.indicator.owner}
        missing = [WORDS[name] for name in MANUAL if not manual[name]]
        if missing:
            yield f"Manual indikator {target.indicator.code} ({target.indicator.name}) belum lengkap: {', '.join(missing)}."


def _in_matrix(agreement: Agreement, staff: set[str]) -> Iterator[str]:
    if agreement.mode is None:
        yield "Matriks pembagian peran dan hasil belum diisi."
    agreed = {target.indicator.code for target in agreement.targets}
    for role in agreement.roles:
        if role.indicator not in agreed:
            yield f"{role.name}: indikator {role.indicator} tidak ada dalam perjanjian kinerja unit ini."
        if role.person not in staff and not role.letter:
            yield f"{role.name} berasal dari unit lain dan belum mempunyai surat tugas."
        if agreement.mode == TWO_LEVELS and role.role == MEMBER and not role.team:
            yield f"{role.name} adalah anggota, tetapi timnya belum disebut."


def _without_role(judge: Judge, agreement: Agreement, staff: Sequence[tuple[str, str, bool]]) -> Iterator[str]:
    """Everyone but the head has a row (AL-20); how heavy that weighs is said by table D14."""
    if agreement.mode is None:
        return
    placed = {role.person for role in agreement.roles}
    for person, name, leads in staff:
        if not leads and person not in placed:
            facts = matrix_facts(Plan(person, name, (), Standing(in_matrix=False)))
            yield from (one.reason for one in judge.judge(ALIGNMENT, facts) if one.severity == "ERROR")
