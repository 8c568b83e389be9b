"""Whether somebody makes an SKP, and of which kind: table D13_moda_skp, on what the record of people says.

Source: DOMAIN 1.4 (exempt from planning, study leave, long leave), 2.4 no. 1, 9 no. 18.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from engine.cycle.events.models import PersonEventRow
from engine.cycle.events.reading import STUDY_BEGAN, STUDY_ENDED

TABLE = "D13_moda_skp"
LEAVE = "CUTI"
NONE, PART, WHOLE, OTHER = "TIDAK_ADA", "SEBAGIAN", "SETAHUN", "LAIN"
REQUIRED, EXEMPT = "WAJIB", "DIKECUALIKAN"


@dataclass(frozen=True)
class Away:
    """What keeps somebody from work in a year: inputs `cuti` and `tugas_belajar` of the table."""

    leave: str = NONE
    study: str = NONE


AT_WORK = Away()


def away(connection: sa.Connection, people: Sequence[str], on: date, year_ends: date) -> Mapping[str, Away]:
    """Who of these people is on leave or studies on a day, and whether until the end of the year; the others are not in it."""
    row = PersonEventRow
    query = sa.select(row.employee_id, row.kind, row.detail, row.ends).where(
        row.employee_id.in_(people), row.kind.in_((LEAVE, STUDY_BEGAN, STUDY_ENDED)), row.starts <= on
    )
    found: dict[str, Away] = {}
    for one in connection.execute(query.order_by(row.starts, row.id)):
        known = found.get(one.employee_id, AT_WORK)
        lasts = one.ends is None or one.ends >= year_ends
        if one.kind == STUDY_ENDED:
            found[one.employee_id] = Away(known.leave, NONE)
        elif one.ends is not None and one.ends < on:
            continue
        elif one.kind == STUDY_BEGAN:
            found[one.employee_id] = Away(known.leave, WHOLE if lasts else PART)
        else:
            found[one.employee_id] = Away((one.detail or OTHER) if lasts else PART, known.study)
    return {person: one for person, one in found.items() if one != AT_WORK}


def inputs(kind: str, found: Away, regime: str) -> dict[str, str]:
    """What the table is asked; kinds of leave that it does not know by name are others."""
    leave = found.leave if found.leave in (NONE, PART, "CLTN", "MPP", "DIBERHENTIKAN_SEMENTARA") else OTHER
    return {"status_pegawai": kind, "cuti": leave, "tugas_belajar": found.study, "rezim": regime}
