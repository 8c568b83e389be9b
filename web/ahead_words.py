"""What the steps of a year are called, and what happens when one of them is not done."""

from collections.abc import Callable, Mapping

from flask_babel import lazy_gettext

from engine.cycle.ahead import Step
from engine.runtime.values import Json
from web.filters import plain_day
from web.language import gettext

TITLES = {
    "draft": lazy_gettext("Anda menyusun SKP"),
    "dialogue": lazy_gettext("Dialog kinerja dengan pejabat penilai"),
    "review": lazy_gettext("Tim pengelola kinerja memeriksa SKP"),
    "set": lazy_gettext("Pejabat penilai menetapkan SKP"),
    "work": lazy_gettext("Anda bekerja, mencatat kinerja dan bukti; penilai memberi umpan balik"),
    "report": lazy_gettext("Anda mengisi realisasi periode"),
    "rate": lazy_gettext("Pejabat penilai menilai periode"),
    "receive": lazy_gettext("Anda menerima hasil periode"),
    "coaching": lazy_gettext("Bimbingan atau konseling kinerja"),
    "annual_report": lazy_gettext("Anda mengisi realisasi tahunan"),
    "annual_rating": lazy_gettext("Pejabat penilai menilai kinerja setahun"),
    "annual_final": lazy_gettext("Pejabat penilai menandatangani evaluasi"),
    "annual_receive": lazy_gettext("Anda menerima hasil evaluasi"),
    "object": lazy_gettext("Anda dapat mengajukan keberatan"),
    "explain": lazy_gettext("Anda dan penilai menjelaskan"),
    "decide": lazy_gettext("Keberatan diputus"),
    "improve": lazy_gettext("Jalur perbaikan kinerja"),
    "develop": lazy_gettext("Anda menyusun rencana pengembangan"),
    "agree": lazy_gettext("Pejabat penilai menyetujui rencana"),
}


def title(step: Step) -> str:
    return str(TITLES[step.key])


def when(step: Step, facts: Mapping[str, Json]) -> str:
    """Until when a step is to be done, of one that no fixed day ends."""
    words: Mapping[str, Callable[[], str]] = {
        "receive": lambda: gettext("lima hari sejak hasil disampaikan"),
        "annual_receive": lambda: gettext("tujuh hari sejak hasil disampaikan"),
        "object": lambda: _objection_days(facts),
        "explain": lambda: gettext("lima hari kerja sejak keberatan diajukan"),
        "decide": lambda: _decision_days(facts),
        "develop": lambda: gettext("30 hari sejak hasil final"),
        "agree": lambda: gettext("14 hari sejak rencana dikirim"),
    }
    return words[step.key]() if step.key in words else ""


def lapse(step: Step, facts: Mapping[str, Json], period: Mapping[str, Json] | None) -> str:
    """What happens when a step is not done in time: "Bila tidak ..., maka ..."; empty where nothing is lost."""
    dates = period or facts.get("deadlines") or {}
    words: Mapping[str, Callable[[], str]] = {
        "draft": lambda: gettext("Bila tidak dikirim, maka tim pengelola kinerja menyusun SKP untuk Anda."),
        "set": lambda: _unset(facts, dates),
        "work": lambda: gettext("Bila tidak dicatat, maka penilai hanya punya laporan akhir periode sebagai bahan."),
        "report": lambda: gettext("Bila tidak dikirim, maka lima hari kemudian penilai menilai berdasarkan yang ada."),
        "rate": lambda: gettext(
            "Bila tidak dinilai, maka sejak %(day)s atasan pejabat penilai yang menilai.",
            day=plain_day(dates["superior_due"]),
        ),
        "receive": lambda: gettext("Bila tidak ditanggapi, maka hasil dianggap diterima."),
        "annual_report": lambda: gettext("Bila tidak dikirim, maka penilai menilai berdasarkan bukti yang ada."),
        "annual_final": lambda: gettext(
            "Bila tidak ditandatangani, maka atasan pejabat penilai menilai paling lambat %(day)s dan kelalaian dicatat.",
            day=plain_day(dates["superior_final"]),
        ),
        "annual_receive": lambda: gettext(
            "Bila tidak ditanggapi, maka hasil dianggap diterima dan masa keberatan dimulai."
        ),
        "object": lambda: gettext("Bila tidak mengajukan, maka hasil menjadi final."),
        "explain": lambda: gettext("Bila tidak dijelaskan, maka keberatan diputus tanpa penjelasan itu."),
        "decide": lambda: gettext(
            "Bila belum diputus, maka hasil tetap dalam keberatan dan belum dipakai untuk angka kredit dan tunjangan."
        ),
        "develop": lambda: gettext("Bila tidak disusun dalam 60 hari, maka dicatat sebagai temuan tata kelola."),
        "agree": lambda: gettext("Bila tidak ditanggapi dalam 30 hari, maka rencana dianggap disetujui."),
    }
    return words[step.key]() if step.key in words else ""


def _unset(facts: Mapping[str, Json], dates: Mapping[str, Json]) -> str:
    if not (facts.get("parameters") or {}).get("team_sets", True):
        return gettext("Bila tidak ditetapkan, maka SKP tetap menunggu dan keterlambatannya dilaporkan.")
    return gettext(
        "Bila tidak ditetapkan, maka tim pengelola kinerja menetapkannya paling lambat %(day)s dan keterlambatan dicatat.",
        day=plain_day(dates["team_set"]),
    )


def _objection_days(facts: Mapping[str, Json]) -> str:
    parameters = facts.get("parameters") or {}
    number = parameters.get("objection_days", "")
    if parameters.get("objection_working_days"):
        return gettext("%(number)s hari kerja sejak hasil diterima", number=number)
    return gettext("%(number)s hari kalender sejak hasil diterima", number=number)


def _decision_days(facts: Mapping[str, Json]) -> str:
    parameters = facts.get("parameters") or {}
    number = parameters.get("decision_days", "")
    if parameters.get("objection_working_days"):
        return gettext("%(number)s hari kerja sejak penjelasan masuk", number=number)
    return gettext("%(number)s hari kalender sejak penjelasan masuk", number=number)
