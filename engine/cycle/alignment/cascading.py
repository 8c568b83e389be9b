"""A first draft of an SKP from above: what the matrix gives a person, else one row for each result of the leader.

Source: DOMAIN 2.4 no. 9, 3.7 (cells of the matrix become results in the SKP).
"""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from engine.cycle import remembered
from engine.cycle.alignment.landscape import AGREEMENT
from engine.cycle.alignment.plans import MAIN, NON_DIRECT
from engine.cycle.alignment.standing import standings
from engine.cycle.models import SkpResultRow
from engine.cycle.objectives.reading import AgreedTarget, MatrixRole
from engine.cycle.organisation import Organisation, Person
from engine.runtime.values import Json

CARRIERS = sa.select(SkpResultRow.leader_result, SkpResultRow.id).where(
    SkpResultRow.id.in_(sa.bindparam("offered", expanding=True)),
    SkpResultRow.leader_result.startswith(AGREEMENT, autoescape=True),
)


def rows(organisation: Organisation, person: Person, cycle: str, offered: Sequence[str]) -> list[dict[str, Json]]:
    """Rows of the SKP's form; `offered` are the results that the person may support, as the form offers them."""
    found = standings(organisation, cycle, of=person)
    agreement, roles = found.agreement_over(person), found.roles.get(person.id, ())
    if agreement is None or not roles:
        return [{"klasifikasi": MAIN, "rhk_pimpinan": id, "metode": NON_DIRECT} for id in offered]
    carried = _carried(organisation.connection, offered)
    targets = {target.indicator.code: target for target in agreement.targets}
    return [_row(role, targets.get(role.indicator), carried, offered) for role in roles]


def _row(
    role: MatrixRole, target: AgreedTarget | None, carried: Mapping[str, str], offered: Sequence[str]
) -> dict[str, Json]:
    """One cell of the matrix; it supports who carries the indicator, else the agreement itself."""
    agreed = f"{AGREEMENT}{target.number}" if target else ""
    parent = carried.get(agreed) or (agreed if agreed in offered else None)
    return {
        "klasifikasi": MAIN,
        "rhk": role.text,
        "metode": role.method or NON_DIRECT,
        "rhk_pimpinan": parent,
        "acuan": None if parent or target is None else f"Perjanjian Kinerja nomor {target.number}",
        "indikator": [_target(role, target)] if target else [],
    }


def _target(role: MatrixRole, target: AgreedTarget) -> dict[str, Json]:
    """What is known of the indicator; the number is for whoever drafts."""
    measure = role.measure or target.indicator.measure
    return {"iki": target.indicator.name, "satuan": measure, "polaritas": target.indicator.polarity}


def _carried(connection: sa.Connection, offered: Sequence[str]) -> Mapping[str, str]:
    """Which of the results on offer carries an indicator of the agreement: "PK:<number>" -> result.

    Asked once in a transaction for all that have the same leader; `skps.record` asks again.
    """
    known, key = remembered.within(connection), ("carried", *offered)
    if key not in known:
        found = connection.execute(CARRIERS, {"offered": offered})
        known[key] = {agreed: id for agreed, id in found if agreed is not None}
    carried: Mapping[str, str] = known[key]
    return carried
