"""The usual world around a performance case in a sandbox: start data, answers of people and of services."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo
from random import Random
from typing import Any

from engine.cycle import shapes
from engine.cycle.calendar import WorkCalendar, calendar_functions, year_deadlines, year_periods
from engine.cycle.parameters import Parameters
from engine.cycle.people import PERFORMERS, WORDS
from engine.cycle.simulation.answers import CannotFill, fill
from engine.feel import Environment
from engine.forms import Form
from engine.runtime.documents import Registry
from engine.runtime.sandbox.overlay import merged
from engine.runtime.sandbox.staging import Note
from engine.runtime.services import Service, ServiceCall, registered
from engine.runtime.values import Json, OpenCase

YEAR = 2026
SEED = 7  # of what usual answers choose: the same form is always filled in the same way
PLAN: Json = {
    "rhk": [
        {
            "klasifikasi": "UTAMA",
            "acuan": "PK 2026 nomor 1",
            "rhk": "Meningkatnya cakupan balita berisiko yang menerima paket gizi lengkap",
            "jenis_hasil": "RESULT",
            "pendekatan": "KUANTITATIF",
            "indikator": [
                {"aspek": "KUALITAS", "iki": "Cakupan", "target_nilai": 90, "satuan": "persen", "polaritas": "NAIK"}
            ],
        }
    ]
}
ANSWERS: Mapping[str, Json] = {  # what services say unless a scenario says otherwise; all others say nothing
    "cycle/record_skp": {"version": 1},
    "cycle/leader_results": [],
    "cycle/leader_plan": {"siap": True, "catatan": ""},
    "cycle/cascade_skp": PLAN,
    "cycle/check_skp": {"verdict": "SELARAS", "lolos": True, "temuan": [], "catatan": ""},
    "cycle/current_skp": PLAN,
    "cycle/check_skp_change": {"lolos": True, "catatan": "", "perbedaan": [], "temuan": []},
    "cycle/relink_skp": {"version": 2},
    "cycle/team_leaders": [],
    "cycle/earlier_parts": {
        "bagian": [],
        "bulan": 12,
        "perilaku": None,
        "nilai_perilaku": None,
        "cara": "PENILAI_TERAKHIR",
    },
    "cycle/unit_rating": {"predicate": "BAIK", "rating": "SESUAI_EKSPEKTASI"},
    "cycle/suggest_rating": {"saran": None, "rhk": []},
    "cycle/unit_attainment": {
        "rows": [],
        "missing": 0,
        "mean": None,
        "rating": None,
        "predicate": None,
        "above": None,
    },
    "cycle/recheck_distribution": {"verdict": None},
    "cycle/distribution": {"n": 1, "unrated": 0, "counts": {}, "verdict": None, "reason": ""},
}
HISTORY, RECORD, WEIGH = "cycle/history_of_ratings", "cycle/record_rating", "cycle/weigh_parts"
LOG, SUGGEST = "cycle/daily_log", "cycle/suggest_rating"
IN_NUMBERS = ("cycle/score_rating", "cycle/score_values")  # they ask tables of what they are given, and nothing else


class CycleStaging:
    """Every performer is one person; no day is a holiday; services are stand-ins."""

    def __init__(self, zone: tzinfo, data: frozenset[str]) -> None:
        self.zone = zone
        self.first_moment = datetime(YEAR, 1, 2, 8, tzinfo=zone)
        self._calendar = WorkCalendar(frozenset(), zone)
        functions = calendar_functions(lambda: self._calendar.days_off)
        self.registry = Registry(
            frozenset(registered()), PERFORMERS, functions, data, WORDS, shapes.DATA, shapes.RESULTS
        )

    def opening(self, process: str, title: str, opens: datetime, data: Mapping[str, Json]) -> OpenCase:
        usual = self.usual(opens)
        chosen = self._with_ends_of_days(with_names(merged(usual, data), usual))
        return OpenCase(process, f"{YEAR}/employee", "employee", "Pegawai", "unit-1", str(YEAR), title, chosen)

    def usual(self, opens: datetime) -> dict[str, Json]:
        """What a case starts with that opens at a moment."""
        parameters = Parameters()
        periods = [period.to_json() for period in year_periods(YEAR, parameters, self._calendar, opens)]
        return {
            "employee": {
                "id": "employee",
                "name": "Pegawai",
                "kind": "PNS",
                "post_kind": "FUNGSIONAL",
                "tier": "AHLI_PERTAMA",
                "heads_unit": False,
                "unit": {"id": "unit-1", "name": "Dinas Kesehatan"},
            },
            "appraiser": {"id": "appraiser", "name": "Penilai"},
            "cycle": {
                "id": str(YEAR),
                "year": YEAR,
                "regime": "REG_2022",
                "starts": f"{YEAR}-01-01",
                "ends": f"{YEAR}-12-31",
            },
            "deadlines": year_deadlines(YEAR, parameters, self._calendar, opens).to_json(),
            "periods": periods,
            "parameters": parameters.for_case(),
            "leader_results": [],
            "behaviours": [{"id": "BP", "name": "Berorientasi Pelayanan", "guides": []}],
        }

    def words(self, opens: datetime) -> Mapping[str, Sequence[Json]]:
        return {"skp": ["usual"], "period": [period["code"] for period in self.usual(opens)["periods"]]}

    def _with_ends_of_days(self, data: dict[str, Any]) -> dict[str, Any]:
        """A deadline that is written as a day is the end of that day, in any zone."""
        deadlines = data["deadlines"]
        if not isinstance(deadlines, dict):
            return data
        return {**data, "deadlines": {name: self._deadline(value) for name, value in deadlines.items()}}

    def _deadline(self, value: Json) -> Json:
        try:
            return self._calendar.end_of(date.fromisoformat(value)).isoformat() if len(value) == 10 else value
        except (TypeError, ValueError):
            return value

    def services(self, given: Mapping[str, Json], note: Note) -> Mapping[str, Service]:
        recorded: list[dict[str, Json]] = list(given.get(HISTORY, []))

        def says(name: str) -> Service:
            def answer(call: ServiceCall) -> Json:
                note(name, call.arguments)
                return given.get(name, ANSWERS.get(name, {}))

            return answer

        def record(call: ServiceCall) -> Json:
            note(RECORD, call.arguments)
            recorded[:] = [one for one in recorded if one["period"] != call.arguments["period"]]
            recorded.append(dict(call.arguments))
            return {"period": call.arguments["period"]}

        def weigh(call: ServiceCall) -> Json:
            note(WEIGH, call.arguments)
            return given.get(WEIGH, call.arguments["predikat"])

        def logged(call: ServiceCall) -> Json:
            """Without a daily log the case's progress stays as it is."""
            note(LOG, call.arguments)
            return given.get(LOG, call.arguments.get("progress"))

        def suggest(call: ServiceCall) -> Json:
            """Values in numbers are those of the tables."""
            in_numbers = SUGGEST not in given and call.arguments.get("in_numbers")
            return (reckons if in_numbers else says)(SUGGEST)(call)

        def reckons(name: str) -> Service:
            def answer(call: ServiceCall) -> Json:
                note(name, call.arguments)
                return registered()[name](call)

            return answer

        fixed = {name: says(name) for name in self.registry.services} | {name: reckons(name) for name in IN_NUMBERS}
        own = {RECORD: record, WEIGH: weigh, LOG: logged, SUGGEST: suggest, HISTORY: lambda call: list(recorded)}
        return {**fixed, **own}

    def answers(
        self,
        form: Form,
        started: Mapping[str, Json],
        context: Mapping[str, Json],
        environment: Environment,
        decided: Mapping[str, Json],
    ) -> dict[str, Json]:
        try:
            return fill(form, started, context, environment, Random(SEED), decided)
        except CannotFill as error:
            raise ValueError(str(error)) from error


def with_names(data: Mapping[str, Any], usual: Mapping[str, Any]) -> dict[str, Any]:
    """Codes of periods become the periods of the usual data, and the SKP called "usual" becomes a plan.

    Raises:
        ValueError: a period's code that the year does not have.
    """
    periods = {period["code"]: period for period in usual["periods"]}

    def period(named: Json) -> Json:
        if not isinstance(named, str):
            return named
        if named not in periods:
            raise ValueError(f"Periode {named} tidak ada; yang ada: {', '.join(periods)}.")
        return periods[named]

    single = {"period": period(data["period"])} if "period" in data else {}
    several = {"periods": [period(one) for one in data["periods"]]} if isinstance(data["periods"], list) else {}
    plan = {"skp": PLAN} if data.get("skp") == "usual" else {}
    return {**data, **single, **several, **plan}
