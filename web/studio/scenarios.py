"""Scenarios: which are green, and what of the drafts they pass."""

from dataclasses import dataclass
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from engine.errors import DefinitionError, NotFound, Refused
from engine.feel.tables import Rule, Table
from engine.runtime.documents import Documents
from engine.runtime.sandbox.aiming import askers
from engine.runtime.sandbox.coverage import Coverage, Share, tables
from engine.runtime.values import Json
from web.context import engine
from web.studio.green import state
from web.studio.room import bp, owner


@dataclass(frozen=True)
class Way:
    """How much of one process or table is passed."""

    id: str
    name: str
    share: Share


@bp.get("/skenario")
def scenario_list() -> ResponseReturnValue:
    """All scenarios with their state, and the coverage of each process and table."""
    try:
        scenarios = state()
        documents, found = engine().sandbox.coverage(by=owner())
    except DefinitionError as faulty:
        return render_template("studio/faulty.html", problems=faulty.problems), 409
    return render_template(
        "studio/scenarios.html",
        state=scenarios,
        processes=[Way(one.id, one.label, found.of_flows(one.id)) for one in documents.processes.values()],
        tables=[Way(table.id, table.name, found.of_rules(table.id)) for table in tables(documents)],
        flows=found.of_flows(),
        rules=found.of_rules(),
    )


@bp.post("/skenario/jalankan")
def run_scenarios() -> ResponseReturnValue:
    """Let workers play those that were not played on these drafts yet; the page shows how far they are."""
    try:
        engine().sandbox.order_scenarios(by=owner())
    except DefinitionError as faulty:
        return render_template("studio/faulty.html", problems=faulty.problems), 409
    except Refused as refused:
        flash(str(refused), "success")
    back = request.form.get("kembali", "")
    return redirect(back if back.startswith(url_for(".index")) else url_for(".scenario_list"), 303)


@bp.get("/cakupan/<process>")
def covered(process: str) -> ResponseReturnValue:
    """One process with the flows that no scenario passes, on its drawing and as a list."""
    documents, found = engine().sandbox.coverage(by=owner())
    if process not in documents.processes:
        raise NotFound(f"Tidak ada proses {process}.")
    drawn = documents.processes[process]
    never = [flow for flow in drawn.flows if flow.id in found.flows[process][1]]
    return render_template(
        "studio/coverage.html",
        process=drawn,
        share=found.of_flows(process),
        state=state(),
        never=[(flow, drawn.elements[flow.source].label, drawn.elements[flow.target].label) for flow in never],
        drawing=drawing(documents, process, found),
    )


@bp.post("/cakupan/<process>/usul")
def propose(process: str) -> ResponseReturnValue:
    """Look for a path through a flow; it opens as a play that can be saved."""
    flow = request.form.get("flow", "")
    found = engine().sandbox.propose(process, flow, by=owner())
    return proposed(found, flow, url_for(".covered", process=process))


@bp.post("/cakupan/tabel/<table>/usul")
def propose_rule(table: str) -> ResponseReturnValue:
    """Look for a path on which a rule hits; it opens as a play that can be saved."""
    rule = request.form.get("rule", "")
    found = engine().sandbox.propose_rule(table, rule, by=owner())
    return proposed(found, rule, url_for(".covered_table", table=table))


def proposed(play_id: UUID | None, aim: str, back: str) -> ResponseReturnValue:
    if play_id is None:
        flash(
            gettext("Tidak ditemukan jalan yang melewati %(aim)s. Periksa syaratnya, atau cari sendiri.", aim=aim),
            "error",
        )
        return redirect(back, 303)
    return redirect(url_for(".trying", play_id=play_id, usul=aim), 303)


@bp.get("/cakupan/tabel/<table>")
def covered_table(table: str) -> ResponseReturnValue:
    """One decision table with the rules that no scenario hits."""
    documents, found = engine().sandbox.coverage(by=owner())
    chosen = next((one for one in tables(documents) if one.id == table), None)
    if chosen is None:
        raise NotFound(f"Tidak ada tabel {table}.")
    return render_template(
        "studio/coverage_table.html",
        table=chosen,
        share=found.of_rules(table),
        never=[(rule, conditions(chosen, rule)) for rule in chosen.rules if rule.id in found.rules[table][1]],
        asked=bool(askers(documents, table, engine().registry)),
        state=state(),
    )


def conditions(table: Table, rule: Rule) -> list[tuple[str, str]]:
    """The inputs that a rule tests, and the tests as they are written."""
    return [
        (column.label or column.expression.text.strip(), test.text.strip())
        for column, test in zip(table.inputs, rule.tests, strict=True)
        if test.node.tests
    ]


def drawing(documents: Documents, process: str, found: Coverage) -> dict[str, Json]:
    """What the diagram viewer reads: passed flows are done, the others stand out."""
    passed, never = found.flows[process]
    states = {**dict.fromkeys(passed, "done"), **dict.fromkeys(never, "now")}
    return {
        "current": process,
        "processes": [
            {
                "id": process,
                "name": documents.processes[process].label,
                "source": url_for(".download", name=documents.processes[process].file),
                "elements": {id: {"state": state, "visits": 0} for id, state in states.items()},
            }
        ],
    }
