"""The papers about a unit's year: the role-result matrix, and the predicate with the distribution of its people's."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa

from engine.cycle.models import UnitRatingRow, UnitRow
from engine.cycle.objectives import reading
from engine.cycle.objectives.models import AgreementRow
from engine.cycle.papers.drafts import Desk, Draft, Source, amount, day, party
from engine.cycle.papers.kinds import word
from engine.cycle.papers.records import DELIVERED
from engine.cycle.ratings import LABELS, Predicate, in_words
from engine.cycle.spreads import Spread, spread_of
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
    """The unit's predicate with what it was decided by, and how its people's delivered predicates spread (F18): no names."""
    rating = desk.connection.execute(
        sa.select(*UnitRatingRow.__table__.c).where(UnitRatingRow.id == int(source.id))
    ).one()
    organisation = desk.organisation(_on(source))
    spread = spread_of(organisation, desk.people.decide, source.unit, source.cycle, statuses=DELIVERED)
    return _draft(
        desk,
        source,
        {
            "predicate": word(rating.predicate),
            "pk_rating": word(rating.pk_rating),
            "expectation_rating": word(rating.expectation_rating),
            "attained": amount(rating.attained),
            "reason": rating.reason,
            "given_by": desk.people.names(desk.connection, [rating.given_by]).get(rating.given_by, rating.given_by),
            "given_on": day(_on(source)),
            **_spread(desk, source, spread),
        },
    )


def _spread(desk: Desk, source: Source, spread: Spread) -> dict[str, Json]:
    """The spread as the calibration page reads it too; `pooled` names the unit above where it was counted."""
    checked = spread.checked
    return {
        "n": sum(spread.counts.values()) + spread.unrated,
        "unrated": spread.unrated,
        "counts": [{"name": LABELS[one], "n": spread.counts.get(one, 0)} for one in Predicate],
        "pooled": "" if spread.unit == source.unit else _name(desk, spread.unit),
        "pattern": in_words(spread.pattern) if spread.pattern else "",
        "fits": checked is not None and checked.fits,
        "remark": " ".join(breach.text for breach in checked.breaches) if checked else "",
    }


def _draft(desk: Desk, source: Source, facts: dict[str, Json]) -> Draft:
    name = _name(desk, source.unit)
    seats = [seat for seat in desk.organisation(_on(source)).seats(source.unit) if seat.unit == source.unit]
    head = {
        "agency": desk.agency,
        "year": int(source.cycle),
        "unit": name,
        "leader": party(seats[0].holder) if seats else None,
    }
    return Draft(source, name, {**head, **facts})


def _name(desk: Desk, unit: str) -> str:
    return desk.connection.scalar(sa.select(UnitRow.name).where(UnitRow.id == unit)) or unit


def _on(source: Source) -> date:
    if source.at is None:
        raise ValueError("a record of a unit has its day")
    return source.at
