"""The papers about a unit's year: the role-result matrix, and the predicate with the distribution of its people's."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa

from engine.cycle.access import tree
from engine.cycle.models import RatingRow, UnitRatingRow, UnitRow
from engine.cycle.objectives import reading
from engine.cycle.objectives.models import AgreementRow
from engine.cycle.papers.drafts import Desk, Draft, Source, amount, day, party
from engine.cycle.papers.kinds import word
from engine.cycle.papers.records import ANNUAL, DELIVERED
from engine.cycle.ratings import LABELS, Predicate, check_distribution, pattern_of
from engine.runtime.values import Json


def matrix(desk: Desk, source: Source) -> Draft:
    """Rows are people, columns the leader's indicators, cells what each person brings to each (DOMAIN 3.7)."""
    rows = desk.connection.execute(sa.select(*AgreementRow.__table__.c).where(AgreementRow.id == UUID(source.id)))
    agreement = reading.agreements(desk.connection, rows, _on(source))[0]
    cells: dict[str, dict[str, Json]] = {}
    for role in agreement.roles:
        line = cells.setdefault(role.person, {"name": role.name, "role": word(role.role), "cells": {}})
        line["cells"][role.indicator] = role.text + (f" ({role.letter})" if role.letter else "")
    return _draft(
        desk,
        source,
        {
            "mode": word(agreement.mode),
            "version": agreement.version,
            "indicators": [
                {
                    "code": one.indicator.code,
                    "name": one.indicator.name,
                    "target": f"{amount(one.target)} {one.indicator.measure}",
                }
                for one in agreement.targets
            ],
            "people": sorted(cells.values(), key=lambda line: str(line["name"])),
        },
    )


def predicate(desk: Desk, source: Source) -> Draft:
    """The unit's predicate, and how its people's predicates spread against the pattern: counts, no names (F18)."""
    rating = desk.connection.execute(
        sa.select(*UnitRatingRow.__table__.c).where(UnitRatingRow.id == int(source.id))
    ).one()
    counts = _counts(desk, source)
    pattern = desk.people.decide("D3_pola_distribusi", {"predikat_organisasi": rating.predicate})
    checked = check_distribution(counts, pattern_of(pattern))
    return _draft(
        desk,
        source,
        {
            "predicate": word(rating.predicate),
            "reason": rating.reason,
            "given_by": desk.people.names(desk.connection, [rating.given_by]).get(rating.given_by, rating.given_by),
            "given_on": day(_on(source)),
            "n": sum(counts.values()),
            "counts": [{"name": LABELS[one], "n": counts.get(one, 0)} for one in Predicate],
            "fits": checked.fits,
            "remark": " ".join(breach.text for breach in checked.breaches),
        },
    )


def _draft(desk: Desk, source: Source, facts: dict[str, Json]) -> Draft:
    name = desk.connection.scalar(sa.select(UnitRow.name).where(UnitRow.id == source.unit)) or source.unit
    seats = [seat for seat in desk.organisation(_on(source)).seats(source.unit) if seat.unit == source.unit]
    head = {
        "agency": desk.agency,
        "year": int(source.cycle),
        "unit": name,
        "leader": party(seats[0].holder) if seats else None,
    }
    return Draft(source, name, {**head, **facts})


def _counts(desk: Desk, source: Source) -> dict[Predicate, int]:
    rows = desk.connection.execute(
        sa.select(RatingRow.predicate, sa.func.count())
        .where(
            RatingRow.unit_id.in_(tree(desk.connection, [source.unit])),
            RatingRow.cycle_id == source.cycle,
            RatingRow.period == ANNUAL,
            RatingRow.superseded.is_(False),
            RatingRow.status.in_(DELIVERED),
            RatingRow.predicate.is_not(None),
        )
        .group_by(RatingRow.predicate)
    )
    return {Predicate(str(row[0])): row[1] for row in rows}


def _on(source: Source) -> date:
    if source.at is None:
        raise ValueError("a record of a unit has its day")
    return source.at
