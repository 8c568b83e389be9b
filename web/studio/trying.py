"""The trying room: play a case of the drafts as anyone, on a clock that one moves oneself."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from engine.errors import DefinitionError, FormInvalid, Refused
from engine.forms import Form
from engine.runtime.sandbox.overlay import merged
from engine.runtime.sandbox.play import Play
from engine.runtime.sandbox.reading import action_of
from engine.runtime.sandbox.scenario import Action, Do, Opening, Until, local_moment
from engine.runtime.sandbox.variables import leaves
from engine.runtime.sandbox.verbs import Stand
from engine.runtime.values import Json, Task
from web.auth import posted
from web.context import application, engine
from web.language import language
from web.studio.panels import NAMES, panel
from web.studio.room import bp, owner
from web.studio.saving import FILE_NAME
from web.studio.starting import groups_of, typed_data

LONGEST_TEXT = 60_000
ROW_ACTIONS = ("add:", "del:", "up:", "down:")


@dataclass(frozen=True)
class Timer:
    """What waits for its hour."""

    at: datetime
    name: str


@bp.get("/coba")
def tries() -> ResponseReturnValue:
    """One's own plays, and the form that begins another."""
    return tries_page()


def tries_page(refusal: str = "", errors: Mapping[str, str] | None = None, status: int = 200) -> tuple[str, int]:
    typed = {name: request.values.get(name, "") for name in ("proses", "opens", "data", "given")}
    try:
        documents, _ = engine().sandbox.coverage(by=owner())
    except DefinitionError as faulty:
        return render_template("studio/faulty.html", problems=faulty.problems), 409
    names = {process.id: process.label for process in documents.processes.values()}
    chosen = typed["proses"] if typed["proses"] in names else next(iter(names), "")
    page = render_template(
        "studio/tries.html",
        plays=engine().sandbox.plays(by=owner()),
        names=names,
        chosen=chosen,
        groups=groups_of(engine().sandbox.start_fields(chosen, by=owner())),
        refusal=refusal,
        errors=errors or {},
        typed=typed,
        answers=request.form,
    )
    return page, status


@bp.post("/coba")
def begin_try() -> ResponseReturnValue:
    """Open a case to play with."""
    process = request.form.get("proses", "")
    try:
        data, errors = typed_data(engine().sandbox.start_fields(process, by=owner()), request.form)
        opening = Opening(process, process, opens_of(), merged(data, context_of("data")), context_of("given"))
        if errors:
            return tries_page(errors=errors, status=422)
        play_id = engine().sandbox.begin(opening, by=owner())
    except DefinitionError as faulty:
        return render_template("studio/faulty.html", problems=faulty.problems), 409
    except (Refused, ValueError) as refused:
        return tries_page(str(refused), status=422)
    return redirect(url_for(".trying", play_id=play_id), 303)


def opens_of() -> datetime | None:
    """The moment that was typed, local; None for the usual one."""
    text = request.form.get("opens", "").strip()
    if not text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(gettext("Saat pembukaan ditulis seperti 2026-01-02T08:00.")) from None


def context_of(field: str) -> dict[str, Json]:
    """A JSON object that was typed, or nothing."""
    text = request.form.get(field, "").strip()
    if len(text) > LONGEST_TEXT:
        raise ValueError(gettext("Data terlalu panjang."))
    try:
        value = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ValueError(gettext('Data ditulis sebagai JSON, misalnya {"parameters": {"team_review": true}}.'))
    return value


@bp.get("/coba/<uuid:play_id>")
def trying(play_id: UUID) -> ResponseReturnValue:
    """Where a play stands: drawing, open tasks, what comes next, history, mails, decisions."""
    return trying_page(play_id)


def trying_page(play_id: UUID, refusal: str = "", status: int = 200) -> tuple[str, int]:
    try:
        stand = engine().sandbox.stand(play_id, by=owner())
    except DefinitionError as faulty:
        return render_template("studio/faulty.html", problems=faulty.problems), 409
    kept, play, view = stand.kept, stand.play, stand.play.view
    page = render_template(
        "studio/trying.html",
        stand=stand,
        kept=kept,
        play=play,
        view=view,
        now=play.clock.now(),
        next_timer=next_timer(play),
        refusal=refusal or stand.stopped or "",
        drawing=drawing(stand),
        differs=list(leaves({**kept.opening.data, **kept.opening.given})),
        panel=panel(stand),
        panel_names=NAMES,
        proposed=request.args.get("usul", "")[:100],
        saved=to_save(stand),
        messages=named(stand, "message"),
        signals=named(stand, "signal"),
    )
    return page, status


def to_save(stand: Stand) -> Mapping[str, str]:
    """What was typed into the form that keeps a scenario; at first what a proposal says of itself."""
    opening = stand.kept.opening
    title = opening.title if opening.title != opening.process else ""
    source = gettext("Usul untuk cakupan: %(aim)s", aim=title) if title else ""
    proposal = {"name": title, "source": source, "file": file_of(title)}
    return {name: request.form.get(name, otherwise) for name, otherwise in proposal.items()}


def file_of(title: str) -> str:
    """A file name that a title suggests: lower-case letters, digits and underscores."""
    return re.sub(r"[^a-z0-9]+", "_", title.lower()).lstrip("_0123456789")[:60].rstrip("_")


def next_timer(play: Play) -> Timer | None:
    timers = play.view.timers
    return Timer(timers[0]["due_at"], timers[0]["name"]) if timers else None


def named(stand: Stand, kind: str) -> list[str]:
    """The names of messages or signals that diagrams of the set catch."""
    documents = stand.documents
    refs = {
        trigger.ref
        for process in documents.processes.values()
        for element in process.elements.values()
        for trigger in element.triggers
        if trigger.kind == kind and trigger.ref
    }
    roots = [node for tree in documents.trees.values() for node in tree]
    return sorted(node.get("name") or node.get("id") or "" for node in roots if node.get("id") in refs)


def drawing(stand: Stand) -> dict[str, Json]:
    """What the diagram viewer reads."""
    view = stand.play.view
    here = [process for process, states in view.elements.items() if any(one.state == "now" for one in states.values())]
    return {
        "current": here[-1] if here else None,
        "processes": [
            {
                "id": process,
                "name": name,
                "source": url_for(".download", name=stand.documents.processes[process].file),
                "elements": {
                    element: {"state": state.state, "visits": state.visits}
                    for element, state in view.elements.get(process, {}).items()
                },
            }
            for process, name in view.processes
        ],
    }


@bp.post("/coba/<uuid:play_id>/langkah")
def step(play_id: UUID) -> ResponseReturnValue:
    """Do what the pressed button says."""
    sandbox, revision = engine().sandbox, revision_of()
    what = request.form.get("do", "")
    try:
        if what == "back":
            sandbox.step_back(play_id, to=number_of("to", -1), revision=revision, by=owner())
        elif what == "next":
            timer = next_timer(sandbox.stand(play_id, by=owner()).play)
            if timer is None:
                raise Refused(gettext("Tidak ada pengatur waktu yang menunggu."))
            until = local_moment(timer.at, application().settings.zone)
            sandbox.act(play_id, Until(until), revision=revision, by=owner())
        else:
            sandbox.act(play_id, said(typed_step(what)), revision=revision, by=owner())
    except (Refused, ValueError) as refused:
        return trying_page(play_id, str(refused), 409)
    except FormInvalid as invalid:
        return trying_page(play_id, "; ".join(invalid.errors.values()), 422)
    return redirect(url_for(".trying", play_id=play_id), 303)


def typed_step(what: str) -> dict[str, Json]:
    """The step of a form, as a scenario writes it."""
    if what == "wait":
        return {"wait": number_of("days", 0)}
    if what == "until":
        return {"until": request.form.get("until", "")}
    if what in ("message", "signal"):
        return {what: request.form.get("name", ""), "payload": context_of("payload")}
    performer, _, element = what.partition(":")
    return {performer: element}


def said(step: Mapping[str, Json]) -> Action:
    return action_of(step, engine().registry.performers)


def revision_of() -> int:
    return number_of("revision", -1)


def number_of(name: str, otherwise: int) -> int:
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else otherwise


@bp.get("/coba/<uuid:play_id>/tugas/<element>")
def try_task(play_id: UUID, element: str) -> ResponseReturnValue:
    """The form of an open task, as its performer sees it; with ?lazim filled in the usual way."""
    stand = engine().sandbox.stand(play_id, by=owner())
    task = stand.play.task_of(element)
    answers = stand.play.usual(task, {}) if "lazim" in request.args else stand.play.task_view(task).answers
    return task_page(stand, task, answers)


@bp.post("/coba/<uuid:play_id>/tugas/<element>")
def fill_task(play_id: UUID, element: str) -> ResponseReturnValue:
    """Change rows, show what answers reveal, or send the form as its performer."""
    stand = engine().sandbox.stand(play_id, by=owner())
    task, fields = stand.play.task_of(element), posted()
    view = stand.play.task_view(task)
    form, action = form_of(stand, task), (fields.get("_do") or ["look"])[-1]
    answers = dict(form.decode(fields, view.answers))
    if action.startswith(ROW_ACTIONS):
        answers = dict(form.act(answers, action, view.context, stand.play.engine.environment()))
    if action != "send":
        return task_page(stand, task, answers)
    sent = Do(task.performer, element, form=answers)
    try:
        engine().sandbox.act(play_id, sent, revision=revision_of(), by=owner())
    except FormInvalid as invalid:
        return task_page(engine().sandbox.stand(play_id, by=owner()), task, answers, invalid.errors), 422
    except Refused as refused:
        return trying_page(play_id, str(refused), 409)
    return redirect(url_for(".trying", play_id=play_id), 303)


def form_of(stand: Stand, task: Task) -> Form:
    return stand.documents.forms[task.form]


def task_page(stand: Stand, task: Task, answers: Mapping[str, Json], errors: Mapping[str, str] | None = None) -> str:
    task = stand.play.task_of(task.element)
    view, form = stand.play.task_view(task), form_of(stand, task)
    fields = form.view(answers, view.context, stand.play.engine.environment(), language(), errors or {})
    return render_template(
        "studio/try_task.html", kept=stand.kept, task=task, view=view, fields=fields, errors=errors or {}
    )


@bp.post("/coba/<uuid:play_id>/simpan")
def save_try(play_id: UUID) -> ResponseReturnValue:
    """Keep what was played as a scenario among the drafts."""
    name, source = request.form.get("name", ""), request.form.get("source", "")
    file = request.form.get("file", "").strip() + ".scenario.yaml"
    if not FILE_NAME.fullmatch(file):
        return trying_page(play_id, gettext("Nama berkas berupa huruf kecil, angka dan garis bawah."), 422)
    try:
        engine().sandbox.save(play_id, file, name=name, source=source, by=owner())
    except Refused as refused:
        return trying_page(play_id, str(refused), 409)
    flash(gettext("Jalannya disimpan sebagai skenario."), "success")
    return redirect(url_for(".scenario", name=file), 303)


@bp.post("/coba/<uuid:play_id>/buang")
def drop_try(play_id: UUID) -> ResponseReturnValue:
    """Forget a play."""
    engine().sandbox.drop(play_id, by=owner())
    flash(gettext("Percobaan dibuang."), "success")
    return redirect(url_for(".tries"), 303)
