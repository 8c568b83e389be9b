"""What a move to another release does to a case, in the words of the process owner."""

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext

from engine.runtime.moves.values import Effect, Fate, What
from engine.runtime.values import Json
from web.filters import moment
from web.studio.room import bp, name_of

FATES = {
    Fate.UNAFFECTED: lazy_gettext("Tidak terkena"),
    Fate.CHANGED: lazy_gettext("Ada yang berubah"),
    Fate.BLOCKED: lazy_gettext("Belum dapat pindah"),
}
KINDS: Mapping[What, object] = {
    What.MOVES_TO: lazy_gettext("pindah langkah"),
    What.GETS_TASK: lazy_gettext("tugas kepada orang lain"),
    What.LOSES_TASK: lazy_gettext("tugas ditarik dari seseorang"),
    What.DEADLINE: lazy_gettext("tenggat berubah"),
    What.FORM: lazy_gettext("formulir berubah"),
    What.DRAFT_LOSES: lazy_gettext("isian tanpa tempat"),
    What.DRAFT_ASIDE: lazy_gettext("isian disimpan terpisah"),
    What.EVENT_ADDED: lazy_gettext("menunggu hal baru"),
    What.EVENT_REMOVED: lazy_gettext("berhenti menunggu"),
    What.EVENT_MOVES: lazy_gettext("waktu tunggu berubah"),
    What.GOES_ON: lazy_gettext("berjalan terus"),
}


@bp.app_template_filter("fate_name")
def fate_name(fate: Fate) -> str:
    return str(FATES[fate])


@bp.app_template_filter("effect_kind")
def effect_kind(what: What) -> str:
    return str(KINDS[what])


@bp.app_template_filter("effect_words")
def effect_words(effect: Effect) -> str:
    """One sentence about one effect."""
    facts = {
        "label": effect.label,
        "person": name_of(effect.person),
        "before": _shown(effect.before),
        "after": _shown(effect.after),
    }
    sentences = {
        What.MOVES_TO: gettext("Pindah dari %(before)s ke %(after)s.", **facts),
        What.GETS_TASK: gettext("%(person)s mendapat tugas %(label)s.", **facts),
        What.LOSES_TASK: gettext("%(person)s tidak lagi memegang tugas %(label)s.", **facts),
        What.DEADLINE: gettext("Tenggat %(label)s berubah dari %(before)s menjadi %(after)s.", **facts),
        What.FORM: gettext("Formulir tugas %(label)s berubah.", **facts),
        What.DRAFT_LOSES: gettext("Isian yang tidak punya tempat lagi pada %(label)s: %(after)s.", **facts),
        What.DRAFT_ASIDE: gettext("Isian %(person)s pada %(label)s tidak ditunjukkan kepada orang lain.", **facts),
        What.EVENT_ADDED: gettext("Mulai menunggu %(label)s: %(after)s.", **facts),
        What.EVENT_REMOVED: gettext("Tidak lagi menunggu %(label)s: %(before)s.", **facts),
        What.EVENT_MOVES: gettext("Waktu tunggu %(label)s berubah dari %(before)s menjadi %(after)s.", **facts),
        What.GOES_ON: gettext("Berjalan terus dari %(label)s.", **facts),
    }
    return str(sentences[effect.what])


def _shown(value: Json) -> str:
    """A moment as a moment, a list with commas, nothing as a dash."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, str) and value[:4].isdigit() and "T" in value:
        return str(moment(value).striptags())
    return "–" if value is None else str(value)
