"""Giving a unit its predicate: written once for whoever gives it, and told to the cases that wait for it.

Whoever reads that a unit has none, or rates by what it has, holds its row meanwhile (`hold`), so that a predicate given
at the same moment either is read, or finds that case waiting. Source: DOMAIN 2.9 (2), 4.5.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.cycle.access import tree
from engine.cycle.models import CycleRow, FindingRow, HoldingRow, PostRow, RatingRow, UnitRatingRow, UnitRow
from engine.cycle.organisation import Organisation, in_force
from engine.cycle.spreads import ANNUAL, counted
from engine.errors import FormInvalid, NotFound, Refused
from engine.runtime.announcing import announce
from engine.runtime.models import CaseRow
from engine.runtime.services import Ask

GIVEN = "PREDIKAT_ORGANISASI"  # the message to cases
PREDICATES = ("ISTIMEWA", "BAIK", "BUTUH_PERBAIKAN", "KURANG", "SANGAT_KURANG")
QUADRANT, HEAD = "D2_predikat_organisasi", "D4_hasil_kepala_unit"
CLUSTER = "PENILAIAN"
SHORTEST = 10  # letters of a reason
DELIVERED = ("DISAMPAIKAN", "DALAM_KEBERATAN", "FINAL")
FINAL = "FINAL"


@dataclass(frozen=True)
class Given:
    """A predicate with what it was decided by; without ratings it was entered by decree."""

    unit: str
    predicate: str
    reason: str
    by: str
    pk_rating: str | None = None
    expectation_rating: str | None = None
    attained: float | None = None


def give(organisation: Organisation, ask: Ask, cycle: str, given: Given, now: datetime) -> None:
    """Write a predicate, or a correction of it, and order the cases that wait for it told.

    Raises:
        NotFound: no such year or unit.  FormInvalid: no predicate, or no reason.  Refused: results are out already.
    """
    connection = organisation.connection
    name = hold(connection, [given.unit]).get(given.unit)
    if name is None or connection.scalar(sa.select(CycleRow.id).where(CycleRow.id == cycle)) is None:
        raise NotFound(f"Unit {given.unit} atau siklus {cycle} tidak ada.")
    if given.predicate not in PREDICATES:
        raise FormInvalid({"predicate": f"Pilih salah satu: {', '.join(PREDICATES)}."})
    if len(given.reason.strip()) < SHORTEST:
        raise FormInvalid({"reason": f"Tulis dasar penetapannya, paling sedikit {SHORTEST} huruf."})
    if _is_given(connection, cycle, given.unit) and (fixed := why_fixed(organisation, cycle, given.unit)):
        raise Refused(fixed)
    connection.execute(
        sa.insert(UnitRatingRow).values(
            cycle_id=cycle,
            unit_id=given.unit,
            period=ANNUAL,
            predicate=given.predicate,
            pk_rating=given.pk_rating,
            expectation_rating=given.expectation_rating,
            attained=given.attained,
            reason=given.reason.strip(),
            given_by=given.by,
            given_at=now,
        )
    )
    payload = {"predicate": given.predicate, "rating": ask(HEAD, {"predikat_organisasi": given.predicate})}
    concerned = sa.and_(CaseRow.cycle == cycle, _of_unit(organisation, given.unit))
    announce(connection, GIVEN, payload, concerned, title=f"Predikat organisasi {name}", now=now)


def hold(connection: sa.Connection, units: Sequence[str], *, together: bool = False) -> dict[str, str]:
    """Lock these units' rows until the transaction ends, with `together` beside others who only read; names by id."""
    query = sa.select(UnitRow.id, UnitRow.name).where(UnitRow.id.in_(units)).order_by(UnitRow.id)
    return {row.id: row.name for row in connection.execute(query.with_for_update(read=together))}


def why_fixed(organisation: Organisation, cycle: str, unit: str) -> str | None:
    """Why a unit's predicate can no longer be corrected, in words; None while it can.

    The first final result of its people fixes it, and so does the delivered result of its own head, which it is.
    """
    connection, of_unit = organisation.connection, RatingRow.unit_id.in_(tree(organisation.connection, [unit]))
    heads = [seat.holder.id for seat in organisation.seats(unit) if seat.unit == unit and seat.holder is not None]
    own = sa.and_(RatingRow.subject.in_(heads), RatingRow.unit_id == unit, RatingRow.status.in_(DELIVERED))
    if connection.scalar(sa.select(RatingRow.id).where(counted(cycle), own).limit(1)) is not None:
        return "Nilai kepala unit ini sudah disampaikan menurut predikatnya; perubahan hanya lewat keberatan."
    final = sa.select(RatingRow.id).where(counted(cycle), of_unit, RatingRow.status == FINAL).limit(1)
    if connection.scalar(final) is not None:
        return "Hasil pegawai unit ini sudah ada yang final, sehingga predikatnya tidak dapat dikoreksi lagi."
    return None


def missing(connection: sa.Connection, cycle: str, unit: str, now: datetime) -> str | None:
    """Note, once for each unit, that its predicate is not there in time; gives the unit's name the first time."""
    name = hold(connection, [unit]).get(unit, unit)
    text = f"Predikat organisasi {name} tidak ditetapkan pada batasnya; evaluasi tahunan pegawainya tertahan."
    same = sa.select(FindingRow.id).where(
        FindingRow.cycle_id == cycle, FindingRow.unit_id == unit, FindingRow.text == text
    )
    if connection.scalar(same.limit(1)) is not None:
        return None
    finding = {"cluster": CLUSTER, "text": text, "unit_id": unit, "cycle_id": cycle, "found_at": now}
    connection.execute(sa.insert(FindingRow).values(finding))
    return name


def _is_given(connection: sa.Connection, cycle: str, unit: str) -> bool:
    row = UnitRatingRow
    query = sa.select(row.id).where(row.cycle_id == cycle, row.unit_id == unit, row.period == ANNUAL).limit(1)
    return connection.scalar(query) is not None


def _of_unit(organisation: Organisation, unit: str) -> sa.ColumnElement[bool]:
    """Cases of people of a unit's tree: where they were opened, or where the person works now."""
    units = tree(organisation.connection, [unit])
    here = (
        sa.select(HoldingRow.employee_id)
        .join(PostRow, PostRow.id == HoldingRow.post_id)
        .where(PostRow.unit_id.in_(units), in_force(HoldingRow, organisation.on))
    )
    return sa.or_(CaseRow.unit.in_(units), CaseRow.subject.in_(here))
