"""What diagrams call about a year in parts: the earlier parts, and one predicate out of several.

Source: DOMAIN 1.4 (annual result and behaviour after a move), 9.2 (mutasi.agregasi).
"""

from datetime import date

import sqlalchemy as sa

from engine.cycle.events.reading import PART, RatedPart, YearPart, months_of, parts_of, rated_parts
from engine.cycle.models import UnitRow
from engine.cycle.organisation import Organisation
from engine.cycle.people import People
from engine.cycle.ratings import Aggregation, Part, Predicate, aggregate, predicate
from engine.cycle.services import enter_rating
from engine.feel.temporal import add_months
from engine.runtime.services import ServiceCall, service
from engine.runtime.values import Json


@service("cycle/earlier_parts")
def earlier_parts(call: ServiceCall) -> Json:
    """What was evaluated before this part of the year: {bagian, bulan, perilaku, nilai_perilaku, cara}.

    `bagian` are [{unit, penilai, mulai, sampai, bulan, rating_hasil, rating_perilaku, predikat}]; `bulan` the months of this
    part; `perilaku` the behaviour rating that holds because this part is too short for one, `nilai_perilaku` its value in
    numbers; `cara` how they are joined.
    """
    parts, ends = parts_of(call.connection, call.case.subject, call.case.cycle), _year_ends(call)
    own = [part for part in parts if part.case == call.case.id]
    before = rated_parts(call.connection, [part for part in parts if part.case != call.case.id], ends)
    short = bool(own) and ends < add_months(own[0].starts, int(call.data["parameters"]["behaviour_minimum_months"]))
    return {
        "bagian": [_told(call, one) for one in before],
        "bulan": months_of(own[0], ends) if own else 12,
        "perilaku": before[-1].behaviour if before and short else None,
        "nilai_perilaku": before[-1].behaviour_value if before and short else None,
        "cara": _policy(call).value,
    }


@service("cycle/weigh_parts")
def weigh_parts(call: ServiceCall) -> Json:
    """The year's predicate out of this part's `predikat` and the earlier parts', by `mutasi.agregasi`.

    Where the agency weighs parts, what was given for this one is kept beside the year's: credits are counted by part.
    """
    own = predicate(call.arguments["predikat"])
    parts, ends = parts_of(call.connection, call.case.subject, call.case.cycle), _year_ends(call)
    before = rated_parts(call.connection, [part for part in parts if part.case != call.case.id], ends)
    here = [part for part in parts if part.case == call.case.id]
    if not before or not here or _policy(call) is Aggregation.LAST_APPRAISER:
        return own.value
    enter_rating(call, PART, {**call.arguments, "status": "DITETAPKAN"}, unit=call.case.unit)
    whole = [*(Part(one.part.unit, one.months, one.predicate) for one in before), _part(here[0], own, ends)]
    joined = aggregate(whole, _policy(call)).predicate
    return (joined or own).value


def _told(call: ServiceCall, one: RatedPart) -> dict[str, Json]:
    """A part as forms show it; its appraiser is the one of its last day."""
    last = one.part.ends or one.part.starts
    then = Organisation(call.connection, last)
    appraiser = People(call.decide, lambda: last).superiors(then, call.case.subject).appraiser.person
    unit = call.connection.scalar(sa.select(UnitRow.name).where(UnitRow.id == one.part.unit))
    return {
        "unit": unit or one.part.unit,
        "penilai": appraiser.name if appraiser else None,
        "mulai": one.part.starts.isoformat(),
        "sampai": last.isoformat(),
        "bulan": one.months,
        "rating_hasil": one.result,
        "rating_perilaku": one.behaviour,
        "predikat": one.predicate.value,
    }


def _part(part: YearPart, own: Predicate, ends: date) -> Part:
    return Part(part.unit, months_of(part, ends), own)


def _policy(call: ServiceCall) -> Aggregation:
    return Aggregation(call.data["parameters"]["aggregation"])


def _year_ends(call: ServiceCall) -> date:
    return date.fromisoformat(call.data["cycle"]["ends"])
