"""What has been reached of an agreement's indicators, quarter by quarter; the newest is how far the year is."""

from collections.abc import Mapping
from datetime import date, datetime

import sqlalchemy as sa

from engine.cycle.calendar import spans
from engine.cycle.objectives.models import AgreedTargetRow, AttainmentRow
from engine.cycle.objectives.reading import Agreement
from engine.errors import FormInvalid

Values = Mapping[tuple[str, str], float | None]  # by indicator and quarter ("TW1")


def quarters(year: int) -> dict[str, tuple[str, date]]:
    """Name and first day of each quarter, by code."""
    return {code: (name, starts) for code, name, _number, starts, _ends in spans("TRIWULAN", year)}


def read(connection: sa.Connection, unit: str, cycle: str) -> dict[tuple[str, str], float]:
    """The values that are known."""
    row = AttainmentRow
    found = connection.execute(sa.select(row).where(row.unit_id == unit, row.cycle_id == cycle))
    return {(one.indicator_code, one.quarter): one.value for one in found}


def write(
    connection: sa.Connection, agreement: Agreement, year: int, values: Values, *, by: str, now: datetime, on: date
) -> None:
    """Set the values of quarters that have begun, None takes one away; the newest becomes what the agreement has reached.

    Raises:
        FormInvalid: by "<indicator>/<quarter>", a quarter that has not begun.
    """
    known, agreed = quarters(year), {target.indicator.code for target in agreement.targets}
    early = [
        (code, quarter) for (code, quarter), value in values.items() if value is not None and known[quarter][1] > on
    ]
    if early:
        raise FormInvalid({f"{code}/{quarter}": f"{known[quarter][0]} belum dimulai." for code, quarter in early})
    row = AttainmentRow
    for (code, quarter), value in values.items():
        if code not in agreed:
            continue
        place = {"unit_id": agreement.unit, "cycle_id": agreement.cycle, "indicator_code": code, "quarter": quarter}
        connection.execute(sa.delete(row).where(*(getattr(row, name) == one for name, one in place.items())))
        if value is not None:
            noted = {"value": value, "recorded_at": now, "recorded_by": by}
            connection.execute(sa.insert(row).values(**place, **noted))
    _sum_up(connection, agreement, list(known))


def _sum_up(connection: sa.Connection, agreement: Agreement, order: list[str]) -> None:
    known = read(connection, agreement.unit, agreement.cycle)
    for target in agreement.targets:
        code = target.indicator.code
        reached = [known[code, quarter] for quarter in order if (code, quarter) in known]
        here = (AgreedTargetRow.agreement_id == agreement.id, AgreedTargetRow.indicator_code == code)
        if reached and reached[-1] != target.realised:
            connection.execute(sa.update(AgreedTargetRow).where(*here).values(realised=reached[-1]))
