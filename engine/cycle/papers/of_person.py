"""The papers about one person's year: SKP, evaluations, the evaluation document, a decided objection, credits."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.cycle.behaviours import behaviours
from engine.cycle.calendar import period_named
from engine.cycle.changing import ALL_REASONS
from engine.cycle.credits.counting import Conversion, Part, State, accumulated, conversions, rounded
from engine.cycle.credits.reading import annual_ratings, posts_held
from engine.cycle.credits.verbs import Tables
from engine.cycle.events.models import YearPartRow
from engine.cycle.events.reading import PART, RatedPart, parts_of, rated_parts
from engine.cycle.models import CycleRow, RatingRow, SkpResultRow, SkpVersionRow, UnitRatingRow
from engine.cycle.papers.drafts import Desk, Draft, Source, amount, day, parties
from engine.cycle.papers.kinds import word
from engine.cycle.papers.records import ANNUAL, DELIVERED
from engine.cycle.papers.told import Told, told
from engine.cycle.ratings import in_words
from engine.cycle.skp_changes import versions_of
from engine.cycle.skps import ANNEXES
from engine.cycle.spreads import spread_of
from engine.errors import NotFound, Refused
from engine.runtime.values import Json

NUMBERS = {"skp": "skp", "behaviour": "perilaku", "value": "nilai"}  # name on paper -> in a rating
UNPLANNED = {"supports": "", "perspective": "", "aspect": ""}


def skp(desk: Desk, source: Source) -> Draft:
    """The SKP as it was set, with annexes and the behaviours that are expected."""
    version = _skp(desk, UUID(source.id))
    return _draft(
        desk,
        source,
        {
            "regime": version.regime or "",
            "version": version.version,
            "set_on": day(_local(desk, version.set_at)),
            "by_team": version.by_team,
            "change": _change(desk, version),
            "results": _results(desk, UUID(source.id)),
            "annexes": {name: _annex(version.annexes.get(name) or []) for name in ANNEXES},
            "behaviours": _behaviours(desk, source),
        },
    )


def evaluation(desk: Desk, source: Source) -> Draft:
    """The evaluation of a period or of the year, with what was reported and said (DOMAIN 4.2)."""
    rating, year, words = _rating(desk, source), source.period == ANNUAL, told(desk, _case(source))
    given = words.last("rating" if year else "period_rating", until=rating.given_at)
    since = None if year else _began(desk, source)
    reported = words.last("annual_report" if year else "realisation", until=rating.given_at, since=since)
    return _draft(
        desk,
        source,
        {
            "period": source.label,
            **_grades(rating),
            **_in_numbers(rating.numbers),
            **_earlier(desk, source),
            "organisation": _organisation_predicate(desk, source),
            "pattern": _pattern(desk, source) if year else "",
            "leads_agency": _is_jpt(desk, source),
            "results": _realised(reported, given, _planned(desk, source, rating.given_at)),
            "behaviours": _with_feedback(
                _behaviours(desk, source), given, words.last("setting", until=rating.given_at)
            ),
            "reason": given.get("alasan") or "",
            "notes": given.get("catatan") or "",
        },
    )


def result(desk: Desk, source: Source) -> Draft:
    """The evaluation document with the blocks of DOMAIN 4.8."""
    rating, words = _rating(desk, source), told(desk, _case(source))
    given = words.last("rating", until=rating.given_at)
    return _draft(
        desk,
        source,
        {
            **_grades(rating),
            **_in_numbers(rating.numbers),
            **_earlier(desk, source),
            "organisation": _organisation_predicate(desk, source),
            "notes": given.get("catatan") or "",
            "objection": word(rating.status),
            "given_on": day(_local(desk, _given(desk, rating))),
            "received_on": _received(desk, words),
        },
    )


def objection(desk: Desk, source: Source) -> Draft:
    """What the appraiser's superior has decided about an objection."""
    words = told(desk, _case(source))
    event, decision = words.of_task(UUID(source.id))
    if event is None:
        raise NotFound("Putusan keberatan ini tidak ditemukan dalam riwayat perkara.")
    disputed = words.last("objection", until=event.at)
    return _draft(
        desk,
        source,
        {
            "decided_by": event.actor_name,
            "decided_on": day(_local(desk, event.at)),
            "disputed": disputed.get("alasan") or "",
            "wished": disputed.get("harapan") or "",
            "employee_says": _said(words.last("employee_explanation", until=event.at)),
            "appraiser_says": _said(words.last("explanation", until=event.at)),
            "decision": word(decision.get("keputusan")),
            "result_rating": word(decision.get("rating_hasil")),
            "behaviour_rating": word(decision.get("rating_perilaku")),
            "reason": decision.get("alasan") or "",
            **_in_numbers(_decided_numbers(desk, source) if "nilai_skp" in decision else None),
        },
    )


def conversion(desk: Desk, source: Source) -> Draft:
    """Credits of a functional official by the final predicates: conversion and accumulation (DOMAIN 4.9).

    Raises:
        Refused: the post has no tier that earns credits.
    """
    person = desk.organisation(_on(source)).person(source.subject or "")
    if person is None or person.tier is None:
        raise Refused("Angka kredit hanya untuk pejabat fungsional yang jenjangnya tercatat.")
    counted = [one for one in _conversions(desk, person.id, source.cycle) if one.tier == person.tier]
    rows = [_part(one.cycle, part) for one in counted for part in one.parts]
    total = accumulated(counted, person.tier)
    return _draft(desk, source, {"tier": person.tier, "rows": rows, "total": amount(float(total))})


# parts


def _draft(desk: Desk, source: Source, facts: Mapping[str, Json]) -> Draft:
    year = desk.connection.execute(
        sa.select(CycleRow.starts, CycleRow.ends, CycleRow.year).where(CycleRow.id == source.cycle)
    ).one()
    starts, ends = year.starts, year.ends
    if source.period == PART:
        starts, ends = _span(desk, source)
    elif source.period not in (None, ANNUAL):
        _name, starts, ends = period_named(str(source.period), year.year)
    people = parties(desk, source.subject or "", _on(source))
    head = {"agency": desk.agency, "year": year.year, "starts": day(starts), "ends": day(ends), **people}
    holder = people["employee"]["name"] if people["employee"] else source.subject or ""
    return Draft(source, holder, {**head, **facts})


def _skp(desk: Desk, id: UUID) -> sa.Row[*tuple[Any, ...]]:
    return desk.connection.execute(sa.select(*SkpVersionRow.__table__.c).where(SkpVersionRow.id == id)).one()


def _change(desk: Desk, version: sa.Row[*tuple[Any, ...]]) -> dict[str, Json] | None:
    """Why this is not the first version, and what it says otherwise than the one before (F23)."""
    if not version.change:
        return None
    told, change = versions_of(desk.connection, version.case_id), version.change
    differences = next((one.differences for one in told if one.number == version.version), ())
    return {
        "reason": ALL_REASONS.get(change.get("alasan"), ""),
        "text": change.get("uraian") or "",
        "document": change.get("dokumen") or "",
        "asked_by": change.get("diminta_oleh") or "",
        "effective": day(version.effective),
        "differences": [one.to_json() for one in differences],
    }


def _rating(desk: Desk, source: Source) -> sa.Row[*tuple[Any, ...]]:
    return desk.connection.execute(sa.select(*RatingRow.__table__.c).where(RatingRow.id == int(source.id))).one()


def _given(desk: Desk, rating: sa.Row[*tuple[Any, ...]]) -> datetime:
    """When these grades were first given: a rating that becomes final is entered once more."""
    found = desk.connection.execute(
        sa.select(RatingRow.given_at, RatingRow.numbers)
        .where(
            RatingRow.case_id == rating.case_id,
            RatingRow.period == rating.period,
            RatingRow.status.in_(DELIVERED),
            RatingRow.result_rating == rating.result_rating,
            RatingRow.behaviour_rating == rating.behaviour_rating,
        )
        .order_by(RatingRow.given_at)
    )
    first: datetime = next((one.given_at for one in found if one.numbers == rating.numbers), rating.given_at)
    return first


def _decided_numbers(desk: Desk, source: Source) -> Mapping[str, Json] | None:
    """What the decision of an objection came to: the newest rating that is final."""
    newest = sa.select(RatingRow.numbers).where(RatingRow.case_id == _case(source), RatingRow.status == "FINAL")
    return desk.connection.scalar(newest.order_by(RatingRow.id.desc()).limit(1))


def _results(desk: Desk, skp_id: UUID) -> list[dict[str, Json]]:
    rows = desk.connection.execute(
        sa.select(*SkpResultRow.__table__.c).where(SkpResultRow.skp_id == skp_id).order_by(SkpResultRow.number)
    ).all()
    supported = sorted({row.leader_result for row in rows if row.leader_result})
    texts = dict(
        desk.connection.execute(
            sa.select(SkpResultRow.id, SkpResultRow.text).where(SkpResultRow.id.in_(supported))
        ).all()
    )
    return [_result(row, texts) for row in rows]


def _result(row: sa.Row[*tuple[Any, ...]], texts: Mapping[str, str]) -> dict[str, Json]:
    detail = row.detail
    return {
        "number": row.number,
        "main": row.classification == "UTAMA",
        "text": row.text,
        "supports": texts.get(row.leader_result or "") or detail.get("acuan") or "",
        "assigned": detail.get("penugasan_dari") or "",
        "perspective": word(detail.get("perspektif")),
        **_weight(detail),
        "narrative": detail.get("narasi") or "" if detail.get("pendekatan") == "KUALITATIF" else "",
        "indicators": [
            {"aspect": word(one.get("aspek")), "name": one.get("iki") or "", "target": _target(one)}
            for one in detail.get("indikator") or []
        ],
    }


def _weight(detail: Mapping[str, Json]) -> dict[str, Json]:
    """What counts of a result in a year in numbers; nothing in others."""
    told = {
        "weight": amount(detail.get("bobot")),
        "scope": word(detail.get("lingkup")),
        "main_kind": word(detail.get("jenis_utama")),
    }
    return {key: text for key, text in told.items() if text}


def _target(indicator: Mapping[str, Json]) -> str:
    upper = indicator.get("target_atas")
    span = amount(indicator.get("target_nilai")) + (f"–{amount(upper)}" if upper is not None else "")
    return f"{span} {indicator.get('satuan') or ''}".strip()


def _annex(rows: Sequence[Mapping[str, Json]]) -> list[str]:
    """Each row as one line: words of its codes, then its texts."""
    return [
        ", ".join(word(str(text)) for name, text in row.items() if text and not name.startswith("_")) for row in rows
    ]


def _behaviours(desk: Desk, source: Source) -> list[dict[str, Json]]:
    organisation = desk.organisation(_on(source))
    person = organisation.person(source.subject or "")
    parameters = organisation.parameters(person.unit if person else source.unit)
    return behaviours(parameters.text("perilaku.set"), leads=bool(person and person.heads_unit))


def _with_feedback(
    values: Sequence[Mapping[str, Json]], given: Mapping[str, Json], setting: Mapping[str, Json]
) -> list[dict[str, Json]]:
    said = {row.get("nilai"): row.get("umpan_balik") or "" for row in given.get("umpan_balik_perilaku") or []}
    expected = {row.get("nilai"): row.get("ekspektasi") or "" for row in setting.get("ekspektasi") or []}
    return [
        {**value, "feedback": said.get(value["id"], ""), "expected": expected.get(value["id"], "")} for value in values
    ]


def _planned(desk: Desk, source: Source, until: datetime) -> dict[tuple[str, str], dict[str, Json]]:
    """What the SKP in force says of each indicator, by result and indicator: whom it supports, aspect, perspective."""
    version = desk.connection.scalar(
        sa.select(SkpVersionRow.id)
        .where(SkpVersionRow.case_id == _case(source), SkpVersionRow.set_at <= until)
        .order_by(SkpVersionRow.version.desc())
        .limit(1)
    )
    return {
        (result["text"], one["name"]): {key: result[key] for key in ("supports", "perspective")}
        | {"aspect": one["aspect"]}
        for result in (_results(desk, version) if version is not None else [])
        for one in result["indicators"] or [{"name": result["narrative"], "aspect": ""}]
    }


def _is_jpt(desk: Desk, source: Source) -> bool:
    """Whether the form is that of a high leadership post: perspectives in place of the leader's results (DOMAIN 3.4)."""
    person = desk.organisation(_on(source)).person(source.subject or "")
    return person is not None and (person.post_kind or "").startswith("JPT")


def _pattern(desk: Desk, source: Source) -> str:
    spread = spread_of(
        desk.organisation(_on(source)), desk.people.decide, source.unit, source.cycle, statuses=DELIVERED
    )
    return in_words(spread.pattern) if spread.pattern else ""


def _realised(
    reported: Mapping[str, Json], given: Mapping[str, Json], planned: Mapping[tuple[str, str], Mapping[str, Json]]
) -> list[dict[str, Json]]:
    said = {row.get("rhk"): row.get("umpan_balik") or "" for row in given.get("umpan_balik_hasil") or []}
    rows = [
        {
            "text": row.get("rhk") or "",
            "indicator": row.get("iki") or "",
            **UNPLANNED,
            **planned.get((row.get("rhk") or "", row.get("iki") or ""), {}),
            "target": f"{row.get('target') or ''} {row.get('satuan') or ''}".strip(),
            "realised": " ".join(
                part for part in (amount(row.get("realisasi")), row.get("realisasi_uraian") or "") if part
            ),
            "feedback": said.pop(row.get("rhk"), ""),
        }
        for row in reported.get("rhk") or []
    ]
    unreported = [
        {"text": text, "indicator": "", **UNPLANNED, "target": "", "realised": "", "feedback": words}
        for text, words in said.items()
    ]
    return rows + unreported


def _grades(rating: sa.Row[*tuple[Any, ...]]) -> dict[str, Json]:
    return {
        "result_rating": word(rating.result_rating),
        "behaviour_rating": word(rating.behaviour_rating),
        "predicate": word(rating.predicate),
    }


def _in_numbers(numbers: Mapping[str, Json] | None) -> dict[str, Json]:
    """What a rating came to in numbers; nothing where its regime has none (DOMAIN 4.7)."""
    if not numbers:
        return {}
    results = [
        {
            "text": row.get("rhk") or "",
            "weight": amount(row.get("bobot")),
            "attained": amount(row.get("capaian")),
            "grade": word(row.get("kelas")),
            "value": amount(row.get("nilai")),
        }
        for row in numbers.get("rhk") or []
    ]
    shown = {name: amount(numbers.get(key)) for name, key in NUMBERS.items()}
    return {"numbers": {**shown, "weights": numbers.get("bobot") or "", "results": results}}


def _earlier(desk: Desk, source: Source) -> dict[str, Json]:
    """What earlier appraisers gave in other parts of the year; nothing for a year in one piece."""
    if source.period == PART:
        return {}
    parts = parts_of(desk.connection, source.subject or "", source.cycle)
    before = [part for part in parts if part.case != source.case and part.ends is not None]
    year = desk.connection.scalar(sa.select(CycleRow.ends).where(CycleRow.id == source.cycle))
    if not before or year is None or source.period not in (None, ANNUAL):
        return {}
    return {"parts": [_told(desk, source, one) for one in rated_parts(desk.connection, before, year)]}


def _told(desk: Desk, source: Source, one: RatedPart) -> dict[str, Json]:
    last = one.part.ends or one.part.starts
    people = parties(desk, source.subject or "", last)
    return {
        "unit": people["employee"]["unit"] if people["employee"] else one.part.unit,
        "appraiser": people["appraiser"]["name"] if people["appraiser"] else "",
        "span": f"{day(one.part.starts)} sampai {day(last)}",
        "result_rating": word(one.result),
        "behaviour_rating": word(one.behaviour),
        "predicate": word(one.predicate.value),
    }


def _span(desk: Desk, source: Source) -> tuple[date, date]:
    """First and last day of the part of the year that a rating is about."""
    row = YearPartRow
    found = desk.connection.execute(sa.select(row.starts, row.ends).where(row.case_id == _case(source))).one()
    return found.starts, found.ends or _on(source)


def _organisation_predicate(desk: Desk, source: Source) -> str:
    """The predicate of the nearest unit upwards that has one for the same period; "" while there is none."""
    chain = desk.organisation(_on(source)).chain(source.unit)
    rows = desk.connection.execute(
        sa.select(UnitRatingRow.unit_id, UnitRatingRow.predicate)
        .where(
            UnitRatingRow.unit_id.in_(chain),
            UnitRatingRow.cycle_id == source.cycle,
            UnitRatingRow.period == (source.period or ANNUAL),
        )
        .order_by(UnitRatingRow.id)
    )
    newest = {row.unit_id: row.predicate for row in rows}
    return next((word(newest[unit]) for unit in chain if unit in newest), "")


def _received(desk: Desk, words: Told) -> str:
    """The day the employee has confirmed; "" while nobody has, or the receipt is only deemed."""
    receipts = [event for event in words.events if event.data.get("result") == "receipt"]
    return day(_local(desk, receipts[-1].at)) if receipts else ""


def _said(answers: Mapping[str, Json]) -> str:
    return " ".join(value for value in answers.values() if isinstance(value, str))


def _conversions(desk: Desk, person: str, cycle: str) -> list[Conversion]:
    """The years up to one, as far as nothing can change them any more."""
    posts = posts_held(desk.connection, [person]).get(person, ())
    given = [one for one in annual_ratings(desk.connection, [person]).get(person, ()) if one.cycle <= cycle]
    found = conversions(posts, given, Tables(desk.people.decide).rate)
    return [one for one in found if one.state is State.COUNTED]


def _part(cycle: str, part: Part) -> dict[str, Json]:
    return {
        "year": cycle,
        "predicate": part.predicate.label,
        "months": part.months,
        "percent": int(part.rate.percent),
        "coefficient": amount(float(part.rate.coefficient)),
        "credits": amount(float(rounded([part]))),
    }


def _began(desk: Desk, source: Source) -> datetime:
    """The first moment of the period: what was reported earlier belongs to another one."""
    starts = _span(desk, source)[0] if source.period == PART else period_named(str(source.period), int(source.cycle))[1]
    return datetime.combine(starts, time(), desk.resources.zone)


def _local(desk: Desk, at: datetime) -> date:
    return at.astimezone(desk.resources.zone).date()


def _on(source: Source) -> date:
    if source.at is None:
        raise ValueError("a record of a person has its day")
    return source.at


def _case(source: Source) -> UUID:
    if source.case is None:
        raise ValueError("a record of a person is in a case")
    return source.case
