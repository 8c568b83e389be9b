"""Scenarios: which are green, and what of the drafts they pass."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from engine.errors import DefinitionError, NotFound
from engine.runtime.documents import Documents
from engine.runtime.sandbox.coverage import Coverage, Share, tables
from engine.runtime.values import Json
from web.context import engine
from web.studio.room import bp, owner

AT_ONCE = 10  # scenarios that one press of the button plays: a few seconds


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
        played = engine().sandbox.scenarios(by=owner())
        documents, found = engine().sandbox.coverage(by=owner())
    except DefinitionError as faulty:
        return render_template("studio/faulty.html", problems=faulty.problems), 409
    return render_template(
        "studio/scenarios.html",
        scenarios=played,
        waiting=sum(one.outcome is None for one in played),
        green=sum(one.outcome is not None and one.outcome.green for one in played),
        processes=[Way(one.id, one.label, found.of_flows(one.id)) for one in documents.processes.values()],
        tables=[Way(table.id, table.name, found.of_rules(table.id)) for table in tables(documents)],
        flows=found.of_flows(),
        rules=found.of_rules(),
    )


@bp.post("/skenario/jalankan")
def run_scenarios() -> ResponseReturnValue:
    """Play the next few that were not played on these drafts yet."""
    left = engine().sandbox.run_scenarios(limit=AT_ONCE, by=owner())
    if left:
        flash(gettext("%(num)s skenario belum dijalankan. Tekan lagi untuk melanjutkan.", num=left), "success")
    else:
        flash(gettext("Semua skenario sudah dijalankan pada draf ini."), "success")
    return redirect(url_for(".scenario_list"), 303)


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
        never=[(flow, drawn.elements[flow.source].label, drawn.elements[flow.target].label) for flow in never],
        drawing=drawing(documents, process, found),
    )


@bp.post("/cakupan/<process>/usul")
def propose(process: str) -> ResponseReturnValue:
    """Look for a path through a flow; it opens as a play that can be saved."""
    flow = request.form.get("flow", "")
    play_id = engine().sandbox.propose(process, flow, by=owner())
    if play_id is None:
        flash(
            gettext("Tidak ditemukan jalan yang melewati %(flow)s. Periksa syaratnya, atau cari sendiri.", flow=flow),
            "error",
        )
        return redirect(url_for(".covered", process=process), 303)
    flash(gettext("Inilah satu jalan yang melewati %(flow)s. Simpan bila sesuai.", flow=flow), "success")
    return redirect(url_for(".trying", play_id=play_id), 303)


@bp.get("/cakupan/tabel/<table>")
def covered_table(table: str) -> ResponseReturnValue:
    """One decision table with the rules that no scenario hits."""
    documents, found = engine().sandbox.coverage(by=owner())
    chosen = next((one for one in tables(documents) if one.id == table), None)
    if chosen is None:
        raise NotFound(f"Tidak ada tabel {table}.")
    never = [rule for rule in chosen.rules if rule.id in found.rules[table][1]]
    return render_template("studio/coverage_table.html", table=chosen, share=found.of_rules(table), never=never)


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
