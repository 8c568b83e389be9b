"""What diagrams call by name: record what was set and given, look up what the year needs.

Each service runs inside the step of the case that calls; what fails rolls the step back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time

import sqlalchemy as sa

from engine.cycle import changing, leading, remembered, skps
from engine.cycle.alignment import cascading, desk
from engine.cycle.alignment.findings import WORDS, Judge, Verdict
from engine.cycle.calls import organisation_of, people_of, unit_of
from engine.cycle.credits.counting import FINAL
from engine.cycle.daily import flowing
from engine.cycle.events.reading import PART
from engine.cycle.models import ActionRow, FeedbackRow, FindingRow, RatingRow, UnitRow
from engine.cycle.numbers import score_rating as _score_rating  # noqa: F401  # registers them
from engine.cycle.people import ADMINS, teams_that_count
from engine.cycle.skp_differences import annex_differences, differences, only_weakens
from engine.cycle.spreads import ANNUAL, spread_of
from engine.cycle.suggestion import suggest_rating as _suggest_rating  # noqa: F401  # registers it
from engine.cycle.unit_predicates import services as _unit_predicates  # noqa: F401  # registers them
from engine.errors import Refused
from engine.prepared import Prepared
from engine.runtime.services import ServiceCall, service
from engine.runtime.values import Json

SUPERSEDE = Prepared(
    sa.update(RatingRow)
    .where(RatingRow.case_id == sa.bindparam("case"), RatingRow.period == sa.bindparam("of"))
    .values(superseded=sa.true())
)
NEW_RATING = Prepared(
    sa.insert(RatingRow).inline(),
    [
        *("case_id", "cycle_id", "subject", "unit_id", "period", "result_rating", "behaviour_rating", "predicate"),
        *("status", "reason", "given_at", "superseded", "numbers"),
    ],
)
NEW_FINDING = Prepared(
    sa.insert(FindingRow).inline(), ["cluster", "text", "case_id", "unit_id", "cycle_id", "found_at"]
)
TO_OFFICIAL, OFFICIAL = "LAPOR_PYB", ("authorised_official",)  # an action of D10, and who is told of it
# Who hears how the unit's predicates spread now.
AFTER_CORRECTION = ("appraiser", "appraiser_superior", "performance_team")
APPRAISER = "PENILAI"  # what the appraiser is to the employee, in feedback
CALIBRATION = "kalibrasi"  # page
CLUSTERS = ("PERENCANAAN", "PEMBINAAN", "PENILAIAN", "TINDAK_LANJUT", "SISTEM_INFORMASI", "TATA_KELOLA")  # DOMAIN 0.3


@service("cycle/record_skp")
def record_skp(call: ServiceCall) -> Json:
    """Store the SKP as set. `rhk`: the results; `by_team`: the performance team has set it. Gives {version}.

    `skp` in place of the case's own, and `change` why it is another version: whose results rest on it is asked again.
    """
    skp = dict(call.arguments.get("skp") or call.data.get("skp") or {})
    skp["rhk"] = call.arguments.get("rhk") or skp.get("rhk") or []
    leader, cycle = call.case.subject, call.case.cycle
    version = skps.record(
        call.connection,
        case_id=call.case.id,
        subject=leader,
        unit=unit_of(call, organisation_of(call)),
        cycle=cycle,
        skp=skp,
        by_team=bool(call.arguments.get("by_team")),
        now=call.now,
        change=call.arguments.get("change"),
    )
    waiting = leading.waiting_under(call.connection, leader, cycle)
    leading.tell(call.connection, waiting, f"{call.case.id}/{version}", {"leader": leader}, call.now)
    _ask_again(call, version)
    return {"version": version}


def _ask_again(call: ServiceCall, version: int) -> None:
    change, leader = call.arguments.get("change"), organisation_of(call).person(call.case.subject)
    if change and leader is not None:
        label = f"{call.case.id}/{version}"
        changing.ask_children(call.connection, leader, call.case.cycle, label, change, call.now)


@service("cycle/current_skp")
def current_skp(call: ServiceCall) -> Json:
    """The SKP of this case that holds `on` a day, without one today, as the form's answers; what the case has while none is set.

    With `of_year` the one of another part of the person's year, where this part has none yet.
    """
    day = call.arguments.get("on")
    on = date.fromisoformat(str(day)[:10]) if day else call.now.astimezone(call.zone).date()
    found = skps.in_force(call.connection, call.case.id, on) or call.data.get("skp")
    if found is None and call.arguments.get("of_year"):
        found = skps.newest(call.connection, call.case.subject, call.case.cycle)
    return found


@service("cycle/check_skp_change")
def check_skp_change(call: ServiceCall) -> Json:
    """Hold changed rows `rhk` against the rows `before`, and the annexes of `skp` against those of `skp_before`:
    {lolos, catatan, perbedaan, temuan}.

    Refused are a change of nothing, what is not aligned, and what only lowers targets of a period that has ended:
    one whose last day lies between the `effective` day and today.
    """
    before, after = call.arguments.get("before") or [], call.arguments.get("rhk") or []
    names = {one["id"]: one["text"] for one in call.data.get("leader_results") or []}
    rows = differences(before, after, names)
    found = [*rows, *annex_differences(call.arguments.get("skp_before") or {}, call.arguments.get("skp") or {})]
    today, effective = call.now.astimezone(call.zone).date().isoformat(), str(call.arguments.get("effective") or "")
    ended = any(effective <= str(period["ends"]) < today for period in call.data.get("periods") or [])
    against = []
    if not found:
        against.append("Belum ada yang diubah dalam SKP ini.")
    if ended and only_weakens(rows):
        against.append("Target periode yang sudah berakhir tidak dapat hanya diturunkan.")
    checked = _checked(call, after)
    against += [checked["catatan"]] if not checked["lolos"] else []
    return {
        "lolos": not against,
        "catatan": "\n".join(against),
        "perbedaan": [one.to_json() for one in found],
        "temuan": checked["temuan"],
    }


@service("cycle/relink_skp")
def relink_skp(call: ServiceCall) -> Json:
    """Store the SKP in force as another version that supports the leader's newest results; gives {version}."""
    skp = dict(call.data.get("skp") or {})
    rows = changing.relinked(call.connection, call.case.cycle, skp.get("rhk") or [])
    change = {**(call.arguments.get("change") or {}), "alasan": changing.CLARIFIED}
    return record_skp(replace(call, arguments={"skp": skp, "rhk": rows, "change": change}))


@service("cycle/leader_plan")
def leader_plan(call: ServiceCall) -> Json:
    """Whether the subject may plan now: {siap, catatan}; not while the SKP of today's appraiser is being made.

    Nobody waits for an appraiser who makes no SKP in this cycle, or where the agency wants no order.
    """
    organisation = organisation_of(call)
    leader = people_of(call).appraiser(organisation, call.case.subject)
    ordered = organisation.parameters(unit_of(call, organisation)).flag("skp.tunggu_pimpinan")
    remembered.keep(organisation)
    plan = leading.LeaderPlan.NONE
    if ordered and leader is not None:
        plan = leading.plan_of(call.connection, leader.id, call.case.cycle)
    ready = plan is not leading.LeaderPlan.MAKING
    return {"siap": ready, "catatan": "" if ready else leading.LATE}


@service("cycle/cascade_skp")
def cascade_skp(call: ServiceCall) -> Json:
    """A first draft of the SKP from the role-result matrix and the leader's results: {rhk}; see `cascading`."""
    organisation = organisation_of(call)
    person = organisation.person(call.case.subject)
    offered = [one["id"] for one in call.data.get("leader_results") or []]
    return {"rhk": cascading.rows(organisation, person, call.case.cycle, offered) if person else []}


@service("cycle/leader_results")
def leader_results(call: ServiceCall) -> Json:
    """What the results of this case's subject may support: [{id, text}]; see `desk.supportable`."""
    organisation = organisation_of(call)
    person = organisation.person(call.case.subject)
    found = desk.supportable(organisation, people_of(call), person, call.case.cycle) if person else []
    remembered.keep(organisation)
    return found


@service("cycle/check_skp")
def check_skp(call: ServiceCall) -> Json:
    """Hold the SKP's `rhk` against what is above it (D14) and its wording (D17): {verdict, lolos, temuan, catatan}.

    Only what is found goes into the history. A person who is no employee any more is not judged.
    """
    return _checked(call, call.arguments.get("rhk") or [])


def _checked(call: ServiceCall, rows: Sequence[Mapping[str, Json]]) -> dict[str, Json]:
    organisation = organisation_of(call)
    person = organisation.person(call.case.subject)
    if person is None:
        return {"verdict": Verdict.ALIGNED.value, "lolos": True, "temuan": [], "catatan": ""}

    def ask(decision: str, inputs: Mapping[str, Json]) -> Json:
        value = call.look_up(decision, inputs)
        return call.decide(decision, inputs) if value and decision != WORDS else value

    checked = desk.check(organisation, people_of(call), person, call.case.cycle, rows, Judge(ask))
    remembered.keep(organisation)
    return checked.to_json()


@service("cycle/daily_log")
def daily_log(call: ServiceCall) -> Json:
    """The case's `progress` with the daily log of the `period` in it, unchanged without one; `closes` ends its changes."""
    period = call.data.get("period") or {}
    starts, ends = date.fromisoformat(period["starts"]), date.fromisoformat(period["ends"])
    person, cycle = call.case.subject, call.case.cycle
    rows = flowing.lines(call.connection, person, cycle, starts, ends)
    if call.arguments.get("closes") and rows:
        flowing.close(call.connection, person, cycle, starts, ends, call.now)
    return flowing.taken_up(call.arguments.get("progress"), rows)


@service("cycle/team_leaders")
def team_leaders(call: ServiceCall) -> Json:
    """Who leads the squads of this case's subject today: [{id, name, team}]."""
    organisation = organisation_of(call)
    memberships = teams_that_count(organisation, call.case.subject, unit_of(call, organisation))
    leaders = organisation.people(membership.leader for membership in memberships)
    return [
        {"id": one.leader, "name": leaders[one.leader].name, "team": one.name}
        for one in memberships
        if one.leader in leaders
    ]


@service("cycle/record_rating")
def record_rating(call: ServiceCall) -> Json:
    """Store a rating of a `period` ("TW1", "annual") in place of an earlier one of the same period, with its `alasan`.

    `angka` is what `cycle/score_rating` came to, where the regime rates in numbers.
    """
    period = str(call.arguments.get("period") or ANNUAL)
    unit = call.case.unit if period == PART else unit_of(call, organisation_of(call))
    enter_rating(call, period, call.arguments, unit=unit)
    return {"period": period}


def enter_rating(call: ServiceCall, period: str, given: Mapping[str, Json], *, unit: str) -> None:
    """A rating of a period of this case, in place of an earlier one of the same period."""
    SUPERSEDE.run(call.connection, {"case": call.case.id, "of": period})
    row = {
        "case_id": call.case.id,
        "cycle_id": call.case.cycle,
        "subject": call.case.subject,
        "unit_id": unit,
        "period": period,
        "result_rating": given.get("rating_hasil"),
        "behaviour_rating": given.get("rating_perilaku"),
        "predicate": given.get("predikat"),
        "status": str(given.get("status") or "DITETAPKAN"),
        "reason": given.get("alasan"),
        "given_at": call.now,
        "superseded": False,
        "numbers": given.get("angka"),
    }
    NEW_RATING.run(call.connection, row)


@service("cycle/history_of_ratings")
def history_of_ratings(call: ServiceCall) -> Json:
    """The ratings of this year in the order they were given, after one named "last_year" if last year's result is final.

    Those of an earlier part of the year, which another case has kept, are among them.

    Each is {period, rating_hasil, rating_perilaku, predikat}.
    """
    of_parts = sa.and_(
        RatingRow.subject == call.case.subject, RatingRow.cycle_id == call.case.cycle, RatingRow.period != ANNUAL
    )
    of_year = _ratings(call, sa.or_(RatingRow.case_id == call.case.id, of_parts))
    before = _ratings(
        call,
        sa.and_(
            RatingRow.subject == call.case.subject,
            RatingRow.cycle_id == _year_before(call.case.cycle),
            RatingRow.period == ANNUAL,
            RatingRow.status.in_(FINAL),
        ),
    )
    return [*({**rating, "period": "last_year"} for rating in before[-1:]), *of_year]


@service("cycle/record_actions")
def record_actions(call: ServiceCall) -> Json:
    """Store what follows from the annual predicate: `actions` are {tindakan, uraian}. Gives how many there are.

    Of LAPOR_PYB the authorised official is told, once, and may read the case (DOMAIN 5.2, 6.3).
    """
    actions: Sequence[Mapping[str, Json]] = call.arguments.get("actions") or []
    known = {
        (row.code, row.text)
        for row in call.connection.execute(
            sa.select(ActionRow.code, ActionRow.text).where(ActionRow.case_id == call.case.id)
        )
    }
    wanted = dict.fromkeys((str(action["tindakan"]), str(action.get("uraian") or "")) for action in actions)
    rows = [
        {
            "case_id": call.case.id,
            "cycle_id": call.case.cycle,
            "subject": call.case.subject,
            "code": code,
            "text": text,
            "recorded_at": call.now,
        }
        for code, text in wanted
        if (code, text) not in known
    ]
    if rows:
        call.connection.execute(sa.insert(ActionRow), rows)
    if TO_OFFICIAL in {row["code"] for row in rows}:
        if _is_filled(call, OFFICIAL[0]):
            call.let_in(OFFICIAL)
        call.notify(list(OFFICIAL), "report_to_official", {})
    return {"actions": len(known) + len(rows)}


@service("cycle/notify")
def notify(call: ServiceCall) -> Json:
    """Tell performers: `to` a list or a text with commas, `template` a text of the mail room, `data` fills it in.

    With `unless_feedback_since`, a day, nobody is told where the appraiser has given feedback outside the tasks since.
    """
    to = call.arguments.get("to") or []
    names = to.split(",") if isinstance(to, str) else to
    performers = [str(name).strip() for name in names if str(name).strip()]
    template = call.arguments.get("template")
    if not performers or not template:
        raise Refused('Layanan cycle/notify perlu "to" dan "template".')
    if _has_feedback(call):
        return {"told": []}
    call.notify(performers, str(template), call.arguments.get("data") or {})
    return {"told": performers}


@service("cycle/finding")
def finding(call: ServiceCall) -> Json:
    """Enter a governance finding under one of the six clusters of problems; gives {cluster}.

    With `unless_feedback_since`, a day, nothing is entered where the appraiser has given feedback outside the tasks since.
    """
    cluster = str(call.arguments.get("cluster") or "TATA_KELOLA")
    if cluster not in CLUSTERS:
        raise Refused(f'Klaster "{cluster}" tidak dikenal; pilih salah satu dari {", ".join(CLUSTERS)}.')
    if _has_feedback(call):
        return {"cluster": cluster}
    row = {
        "cluster": cluster,
        "text": str(call.arguments.get("text") or ""),
        "case_id": call.case.id,
        "unit_id": call.case.unit,
        "cycle_id": call.case.cycle,
        "found_at": call.now,
    }
    NEW_FINDING.run(call.connection, row)
    return {"cluster": cluster}


@service("cycle/distribution")
def distribution(call: ServiceCall) -> Json:
    """How the year's predicates spread in the unit, against table D3: {n, unrated, counts, verdict, reason}.

    `verdict` is null while no organisation predicate is set or the check is off; see `spreads`.
    """
    organisation = organisation_of(call)
    return spread_of(organisation, call.decide, unit_of(call, organisation), call.case.cycle).to_json()


@service("cycle/recheck_distribution")
def recheck_distribution(call: ServiceCall) -> Json:
    """After a result was `corrected`, hold the unit's spread against table D3 again and tell what comes of it (warn only).

    Gives {verdict}: null where nothing was corrected, no predicate is set or the check is off. Source: DOMAIN 2.10 no. 5.
    """
    if not call.arguments.get("corrected"):
        return {"verdict": None}
    organisation = organisation_of(call)
    spread = spread_of(organisation, call.decide, unit_of(call, organisation), call.case.cycle)
    checked = spread.checked
    if checked is None:
        return {"verdict": None}
    unit = call.connection.scalar(sa.select(UnitRow.name).where(UnitRow.id == spread.unit)) or spread.unit
    reason = checked.to_json()["reason"] or "Sebarannya sesuai dengan pola."
    told = {"unit": unit, "sebaran": reason, "place": CALIBRATION}
    call.notify(list(AFTER_CORRECTION), "result_corrected", told)
    return {"verdict": checked.to_json()["verdict"]}


def _is_filled(call: ServiceCall, performer: str) -> bool:
    """Whether somebody holds an office: in place of nobody the admins are told, but they read no result."""
    on, subject, unit = call.now.astimezone(call.zone).date(), call.case.subject, call.case.unit
    found = people_of(call).resolve(call.connection, performer, subject=subject, unit=unit, data={}, on=on)
    return found.group != ADMINS


def _has_feedback(call: ServiceCall) -> bool:
    """Whether the appraiser has given feedback at any time since the day that the call names; False if it names none."""
    day = call.arguments.get("unless_feedback_since")
    if day is None:
        return False
    since = datetime.combine(date.fromisoformat(str(day)), time(), call.zone)
    query = sa.select(FeedbackRow.id).where(
        FeedbackRow.subject == call.case.subject, FeedbackRow.giver_role == APPRAISER, FeedbackRow.given_at >= since
    )
    return call.connection.scalar(query.limit(1)) is not None


def _ratings(call: ServiceCall, condition: sa.ColumnElement[bool]) -> list[dict[str, Json]]:
    rows = call.connection.execute(
        sa.select(RatingRow.period, RatingRow.result_rating, RatingRow.behaviour_rating, RatingRow.predicate)
        .where(condition, RatingRow.superseded.is_(False))
        .order_by(RatingRow.given_at, RatingRow.id)
    )
    return [
        {
            "period": row.period,
            "rating_hasil": row.result_rating,
            "rating_perilaku": row.behaviour_rating,
            "predikat": row.predicate,
        }
        for row in rows
    ]


def _year_before(cycle: str) -> str:
    return str(int(cycle) - 1) if cycle.isdigit() else ""
