"""The agency's parameters: what is in force, what is proposed; one process owner proposes, another decides."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import groupby
from uuid import UUID

from babel.dates import format_skeleton
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from engine.cycle.catalogue import CATALOGUE, Addresses, Choice, Day, Flag, Kind, Several
from engine.cycle.rulebook import READERS, InForce, Rulebook
from engine.errors import FormInvalid, Refused
from engine.runtime.values import Actor, Json
from web.context import cycle, needs
from web.filters import today
from web.language import gettext, language

bp = Blueprint("parameters", __name__, url_prefix="/parameter")
LEAP_YEAR = date(2028, 1, 1)
STATUSES = {
    "waiting": (lazy_gettext("Menunggu keputusan"), "draft"),
    "accepted": (lazy_gettext("Disetujui"), "done"),
    "declined": (lazy_gettext("Ditolak"), "late"),
    "withdrawn": (lazy_gettext("Ditarik"), "returned"),
}
DECISIONS: Mapping[str, Callable[[Rulebook, UUID, Actor], object]] = {
    "terima": lambda rulebook, proposal, by: rulebook.accept(proposal, by=by),
    "tolak": lambda rulebook, proposal, by: rulebook.decline(proposal, request.form.get("alasan", ""), by=by),
    "tarik": lambda rulebook, proposal, by: rulebook.withdraw(proposal, by=by),
}


@bp.app_template_filter("parameter_value")
def value_words(value: Json, kind: Kind) -> str:
    """A parameter's value as people read it: the code stays beside its words, for that is what is typed."""
    if isinstance(kind, Flag):
        return gettext("ya") if value else gettext("tidak")
    if isinstance(kind, Choice):
        return f"{kind.options.get(value, value)} ({value})"
    if isinstance(kind, Several | Addresses):
        return ", ".join(value) or gettext("tidak ada")
    if isinstance(kind, Day):
        return f"{format_skeleton('MMMMd', LEAP_YEAR.replace(month=int(value[:2]), day=int(value[3:])), locale=language())} ({value})"
    return str(value)


@bp.get("")
def index() -> ResponseReturnValue:
    """All parameters by group, with what waits for a decision on top."""
    by = needs(*READERS)
    unit = request.args.get("unit", "") or None
    return render_template(
        "parameters/index.html",
        groups=grouped(cycle().rulebook.in_force(by=by, unit=unit)),
        waiting=cycle().rulebook.proposals(by=by, waiting=True),
        unit=unit or "",
        units=cycle().rulebook.units(by=by),
        statuses=STATUSES,
    )


def grouped(values: Sequence[InForce]) -> list[tuple[str, list[InForce]]]:
    """The parameters by the part of the year they belong to, in the catalogue's order."""
    return [(name, list(members)) for name, members in groupby(values, lambda value: value.parameter.group)]


@bp.get("/<key>")
def show(key: str) -> ResponseReturnValue:
    needs(*READERS)
    return one(key)


def one(
    key: str, refusal: str = "", errors: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None
) -> str:
    """A parameter: its values, its proposals, and the form for a new one with what was typed."""
    by = needs(*READERS)
    if key not in CATALOGUE:
        abort(404)
    rulebook = cycle().rulebook
    proposals = rulebook.proposals(by=by, key=key)
    units = cycle().rulebook.units(by=by)
    return render_template(
        "parameters/show.html",
        parameter=CATALOGUE[key],
        kind=type(CATALOGUE[key].kind).__name__,
        now=next(one for one in rulebook.in_force(by=by) if one.parameter.key == key),
        values=rulebook.values_of(key, by=by),
        proposals=proposals,
        decided=[each for each in proposals if each.decided_at],
        statuses=STATUSES,
        names=cycle().names({person for each in proposals for person in (each.proposed_by, each.decided_by) if person}),
        units=units,
        unit_names={each.id: each.name for each in units},
        me=by.person,
        may_propose="process_owner" in by.roles,
        today=today().isoformat(),
        refusal=refusal,
        errors=errors or {},
        typed=typed or {},
    )


@bp.post("/<key>/usul")
def propose(key: str) -> ResponseReturnValue:
    """Show what a value would change; with `kirim`, propose it."""
    by = needs("process_owner")
    typed = request.form.to_dict()
    value, reason, unit = typed.get("nilai", ""), typed.get("alasan", ""), typed.get("unit") or None
    try:
        starts = first_day(typed)
        if "kirim" not in typed:
            effect = cycle().rulebook.effect(key, value, starts=starts, unit=unit, by=by)
            names = {each.id: each.name for each in cycle().rulebook.units(by=by)}
            return render_template(
                "parameters/effect.html",
                parameter=CATALOGUE[key],
                effect=effect,
                starts=starts,
                typed=typed,
                unit_names=names,
                apart=[names.get(each, each) for each in effect.apart],
            )
        cycle().rulebook.propose(key, value, starts=starts, reason=reason, unit=unit, by=by)
    except FormInvalid as invalid:
        return one(key, errors=invalid.errors, typed=typed), 422
    except Refused as refused:
        return one(key, refusal=str(refused), typed=typed), 422
    flash(gettext("Usul disimpan; pemilik proses lain yang memutuskan."))
    return redirect(url_for("parameters.show", key=key))


@bp.post("/<key>/usul/<uuid:proposal>/<verb>")
def decide(key: str, proposal: UUID, verb: str) -> ResponseReturnValue:
    by = needs("process_owner")
    if verb not in DECISIONS:
        abort(404)
    try:
        DECISIONS[verb](cycle().rulebook, proposal, by)
    except FormInvalid as invalid:
        return one(key, refusal="; ".join(invalid.errors.values())), 422
    except Refused as refused:
        return one(key, refusal=str(refused)), 422
    flash(gettext("Keputusan dicatat."))
    return redirect(url_for("parameters.show", key=key))


def first_day(typed: Mapping[str, str]) -> date:
    """The typed day; raises FormInvalid under "starts"."""
    try:
        return date.fromisoformat(typed.get("mulai", ""))
    except ValueError as error:
        raise FormInvalid({"starts": gettext("Tulis tanggal mulai berlaku.")}) from error
