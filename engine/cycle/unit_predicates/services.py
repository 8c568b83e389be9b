"""What the diagram of the organisation predicate calls by name."""

from engine.cycle.calls import organisation_of, unit_of
from engine.cycle.models import UnitRatingRow
from engine.cycle.organisation import Organisation
from engine.cycle.spreads import ANNUAL, nearest_predicate, newest_predicates
from engine.cycle.unit_predicates.attainment import attainment
from engine.cycle.unit_predicates.giving import HEAD, Given, give, hold, missing
from engine.runtime.services import ServiceCall, service
from engine.runtime.values import Json

PAGE = "predikat-organisasi"


@service("cycle/unit_rating")
def unit_rating(call: ServiceCall) -> Json:
    """The organisation predicate of the subject's unit, and the result rating that it means for the unit's head (D4).

    `period` names a period; without it the year. Gives {predicate, rating}, both null while no predicate is set.
    """
    organisation = organisation_of(call)
    unit = unit_of(call, organisation)
    period = str(call.arguments.get("period") or ANNUAL)
    if period == ANNUAL:
        hold(call.connection, organisation.chain(unit), together=True)
    found = nearest_predicate(organisation, unit, call.case.cycle, period)
    if found is None:
        return {"predicate": None, "rating": None}
    return {"predicate": found[1], "rating": call.decide(HEAD, {"predikat_organisasi": found[1]})}


@service("cycle/unit_attainment")
def unit_attainment(call: ServiceCall) -> Json:
    """What the subject's unit has reached of its agreement: {rows, missing, mean, rating, predicate, above}.

    `rating` is what D2_rating_pk makes of the mean, null while a realisation is missing; `predicate` what the unit has
    been given already, `above` what counts for the unit above.
    """
    organisation = organisation_of(call)
    unit, cycle = unit_of(call, organisation), call.case.cycle
    reached = attainment(call.connection, unit, cycle, organisation.on)
    own = newest_predicates(call.connection, cycle, ANNUAL, UnitRatingRow.unit_id == unit)
    return {
        "rows": reached.rows(),
        "missing": reached.missing,
        "mean": reached.mean,
        "rating": reached.rating(call.decide),
        "predicate": own.get(unit),
        "above": _above(organisation, unit, cycle),
    }


@service("cycle/record_unit_rating")
def record_unit_rating(call: ServiceCall) -> Json:
    """Give the subject's unit the `predikat` of its `rating_pk` and `rating_ekspektasi`, with the `alasan`."""
    organisation = organisation_of(call)
    unit = unit_of(call, organisation)
    given = Given(
        unit=unit,
        predicate=str(call.arguments.get("predikat")),
        reason=str(call.arguments.get("alasan") or ""),
        by=call.by.person,
        pk_rating=call.arguments.get("rating_pk"),
        expectation_rating=call.arguments.get("rating_ekspektasi"),
        attained=attainment(call.connection, unit, call.case.cycle, organisation.on).mean,
    )
    give(organisation, call.decide, call.case.cycle, given, call.now)
    return {"unit": unit}


@service("cycle/report_unit_unrated")
def report_unit_unrated(call: ServiceCall) -> Json:
    """Note that the subject's unit has no predicate in time and tell the authorised official, once for each unit."""
    organisation = organisation_of(call)
    name = missing(call.connection, call.case.cycle, unit_of(call, organisation), call.now)
    if name is not None:
        call.notify(["authorised_official"], "unit_unrated", {"unit": name, "place": PAGE})
    return {"told": name is not None}


def _above(organisation: Organisation, unit: str, cycle: str) -> str | None:
    chain = organisation.chain(unit)
    found = nearest_predicate(organisation, chain[1], cycle) if len(chain) > 1 else None
    return found[1] if found else None
