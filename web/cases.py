"""One case, as an auditor, a superior or its own subject reads it: facts, drawing, timeline, every form as it was."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.cycle.privacy.readings import ReadKind
from engine.errors import NotFound
from engine.forms import ChangeView, Form, SummaryRow
from engine.runtime.values import CaseStatus, CaseView, HistoryEvent, Json
from web.context import actor, application, cycle, engine, page_number
from web.events import KINDS, kind_of
from web.filters import PHASES, STATUSES
from web.language import language
from web.pages import Pages
from web.readings import tells_of

bp = Blueprint("cases", __name__, url_prefix="/perkara")
PER_PAGE = 50
EVENTS_PER_PAGE = 40


@bp.get("")
def index() -> ResponseReturnValue:
    """The cases that the actor may open, filtered by the address."""
    by = actor()
    chosen = {name: request.args.get(name, "").strip()[:100] for name in ("cari", "unit", "tahap", "keadaan", "siklus")}
    page = engine().cases(
        by=by,
        search=chosen["cari"],
        unit=chosen["unit"] or None,
        phase=chosen["tahap"] or None,
        status=status_of(chosen["keadaan"]),
        cycle=chosen["siklus"] or None,
        limit=PER_PAGE,
        offset=(page_number() - 1) * PER_PAGE,
    )
    return render_template(
        "cases/index.html",
        cases=page.items,
        pages=Pages(page.total, PER_PAGE, page_number()),
        chosen=chosen,
        units=cycle().units(by=by),
        phases=PHASES.items(),
        statuses=STATUSES.items(),
    )


def status_of(text: str) -> CaseStatus | None:
    return CaseStatus(text) if text in set(CaseStatus) else None


@bp.get("/<uuid:case_id>")
def show(case_id: UUID) -> ResponseReturnValue:
    """A case's page; its timeline can be narrowed to a person or a kind of event."""
    by = actor()
    view = engine().case(case_id, by=by)
    history = engine().history(case_id, by=by)
    tells_of(view.case.subject, ReadKind.CASE, case_id)
    person, kind = request.args.get("orang", ""), request.args.get("jenis", "")
    chosen = [event for event in reversed(history) if matches(event, person, kind)]
    start = (page_number() - 1) * EVENTS_PER_PAGE
    events = chosen[start : start + EVENTS_PER_PAGE]
    return render_template(
        "cases/show.html",
        view=view,
        case=view.case,
        events=events,
        changes={event.seq: changes_in_words(event) for event in events if event.changes},
        pages=Pages(len(chosen), EVENTS_PER_PAGE, page_number()),
        people=sorted({(event.actor, event.actor_name) for event in history}, key=lambda who: who[1]),
        kinds=[(code, words) for code, words in KINDS.items() if any(kind_of(event.type) == code for event in history)],
        person=person,
        kind=kind,
        drawing=drawing(view),
        waiting=waiting(view),
        papers=application().papers.of_case(case_id, by=by),
    )


def matches(event: HistoryEvent, person: str, kind: str) -> bool:
    return (not person or event.actor == person) and (not kind or kind_of(event.type) == kind)


def waiting(view: CaseView) -> Mapping[str, str]:
    """The names of those whom open tasks wait for."""
    return cycle().names({task.assignee for task in view.open_tasks if task.assignee})


def drawing(view: CaseView) -> Mapping[str, Json]:
    """What the diagram viewer reads: each process that the case has entered, and where its elements stand."""
    now = [
        process
        for process, _ in view.processes
        if any(element.state == "now" for element in view.elements.get(process, {}).values())
    ]
    return {
        "current": now[-1] if now else None,
        "processes": [
            {
                "id": process,
                "name": name,
                "source": url_for(".diagram", case_id=view.case.id, process=process),
                "elements": {
                    element: {"state": state.state, "visits": state.visits}
                    for element, state in view.elements.get(process, {}).items()
                },
            }
            for process, name in view.processes
        ],
    }


@bp.get("/<uuid:case_id>/diagram/<process>")
def diagram(case_id: UUID, process: str) -> ResponseReturnValue:
    """The drawing of one process, in the release that the case runs on."""
    return Response(engine().diagram(case_id, process, by=actor()), mimetype="application/xml")


@bp.get("/<uuid:case_id>/isian/<int:seq>")
def submitted(case_id: UUID, seq: int) -> ResponseReturnValue:
    """One submitted form as it was, and what it changed against the one before."""
    by = actor()
    view = engine().case(case_id, by=by)
    event = next((event for event in engine().history(case_id, by=by) if event.seq == seq), None)
    if event is None or event.answers is None:
        raise NotFound(f"perkara {case_id}, peristiwa {seq}")
    tells_of(view.case.subject, ReadKind.FORM, f"{case_id}/{seq}")
    return render_template(
        "cases/submitted.html",
        case=view.case,
        event=event,
        rows=answers_as_sent(event, event.answers),
        changes=changes_in_words(event),
    )


def answers_as_sent(event: HistoryEvent, answers: Mapping[str, Json]) -> Sequence[SummaryRow]:
    """The form of an event with the answers that it holds."""
    form, context = form_and_context(event)
    return form.summary(answers, context, engine().environment(), language())


def changes_in_words(event: HistoryEvent) -> Sequence[ChangeView]:
    """What the answers of an event changed against those before, as labels and values that people read."""
    if not event.changes:
        return ()
    form, context = form_and_context(event)
    return form.show_changes(event.changes, context, engine().environment(), language())


def form_and_context(event: HistoryEvent) -> tuple[Form, Mapping[str, Json]]:
    """The form of an event, and what else its conditions read."""
    form = engine().form_of_event(event.case_id, event.seq, by=actor())
    return form, engine().task(event.task_id, by=actor()).context if event.task_id else {}
