"""What one version of an SKP says otherwise than another, result by result (DOMAIN 2.5, F23)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from engine.cycle.alignment.wording import number
from engine.runtime.values import Json

FIELDS: Mapping[str, str] = {  # of a result, as the form calls them
    "rhk": "Rencana hasil kerja",
    "klasifikasi": "Jenis kinerja",
    "rhk_pimpinan": "Hasil pimpinan yang didukung",
    "acuan": "Dasar penugasan",
    "penugasan_dari": "Penugasan dari",
    "metode": "Cara mendukung",
    "jenis_hasil": "Sifat hasil",
    "pendekatan": "Cara mengukur",
    "narasi": "Ukuran keberhasilan",
    "perspektif": "Perspektif",
    "bobot": "Bobot (persen)",
    "jenis_utama": "Jenis kinerja utama",
    "lingkup": "Lingkup penugasan",
    "catatan_kontribusi": "Catatan kontribusi",
}
ANNEXES: Mapping[str, str] = {  # of the SKP, each a list of entries (F3, F21)
    "dukungan": "Dukungan sumber daya",
    "pertanggungjawaban": "Skema pertanggungjawaban",
    "konsekuensi": "Konsekuensi",
    "pengembangan": "Rencana pengembangan",
}
ANNEX = "Lampiran SKP"  # what stands in place of a result
NAMES = {**FIELDS, **ANNEXES}
LOWER, HIGHER = "TURUN", "NAIK"


class What(StrEnum):
    """What became of a result, of one of its indicators or of a field."""

    ADDED = "DITAMBAHKAN"
    WITHDRAWN = "DITARIK"
    CHANGED = "DIUBAH"


@dataclass(frozen=True)
class Difference:
    """One change: `result` is the text of the result now, or before where it is withdrawn.

    `field` is a name of FIELDS, or "indikator" with the indicator's name in `indicator`; "" for the result as a whole; of an
    entry of an annex a name of ANNEXES, and `result` says that it is one.
    """

    what: What
    result: str
    field: str = ""
    indicator: str = ""
    before: str = ""
    after: str = ""
    weakens: bool = False  # it only asks for less

    def to_json(self) -> dict[str, Json]:
        """A row of the table that the approver reads."""
        name = f"Indikator: {self.indicator}" if self.indicator else NAMES.get(self.field, "Hasil kerja")
        return {"hasil": self.result, "apa": name, "semula": self.before or "-", "menjadi": self.after or "-"}


def differences(
    before: Sequence[Mapping[str, Json]], after: Sequence[Mapping[str, Json]], names: Mapping[str, str] | None = None
) -> list[Difference]:
    """The changes from one SKP's rows to another's, as the form sends them; rows are the same by their `_id`.

    `names` are the texts of the results that rows may support, by id.
    """
    old, new = _by_row(before), _by_row(after)
    found: list[Difference] = []
    for key, row in new.items():
        if key not in old:
            found.append(Difference(What.ADDED, _text(row), after=_text(row)))
        else:
            found += _of_row(old[key], row, names or {})
    gone = [row for key, row in old.items() if key not in new]
    return [*found, *(Difference(What.WITHDRAWN, _text(row), before=_text(row)) for row in gone)]


def annex_differences(before: Mapping[str, Json], after: Mapping[str, Json]) -> list[Difference]:
    """The changes of an SKP's annexes, entry by entry, from one form's answers to another's."""
    return [one for name in ANNEXES for one in _of_annex(name, before.get(name) or [], after.get(name) or [])]


def only_weakens(found: Sequence[Difference]) -> bool:
    """Whether a change does nothing but ask for less."""
    return bool(found) and all(one.weakens for one in found)


def _of_row(old: Mapping[str, Json], new: Mapping[str, Json], names: Mapping[str, str]) -> list[Difference]:
    text = _text(new)
    shown = {name: tuple(_shown(row.get(name), names) for row in (old, new)) for name in FIELDS}
    fields = [
        Difference(What.CHANGED, text, name, before=before, after=after)
        for name, (before, after) in shown.items()
        if before != after
    ]
    return fields + _of_indicators(text, old.get("indikator") or [], new.get("indikator") or [])


def _of_indicators(
    text: str, before: Sequence[Mapping[str, Json]], after: Sequence[Mapping[str, Json]]
) -> list[Difference]:
    old, new = _by_row(before), _by_row(after)
    found = []
    for key in [*new, *(key for key in old if key not in new)]:
        was, now = old.get(key), new.get(key)
        if _target(was) == _target(now):
            continue
        what = What.ADDED if was is None else What.WITHDRAWN if now is None else What.CHANGED
        name = str((now or was or {}).get("iki") or "")
        found.append(Difference(what, text, "indikator", name, _target(was), _target(now), _weaker(was, now)))
    return found


def _of_annex(
    name: str, before: Sequence[Mapping[str, Json]], after: Sequence[Mapping[str, Json]]
) -> Iterator[Difference]:
    old = {key: _entry(row) for key, row in _by_row(before).items()}
    new = {key: _entry(row) for key, row in _by_row(after).items()}
    for key in [*new, *(key for key in old if key not in new)]:
        was, now = old.get(key, ""), new.get(key, "")
        if was != now:
            what = What.CHANGED if was and now else What.ADDED if now else What.WITHDRAWN
            yield Difference(what, ANNEX, name, before=was, after=now)


def _entry(row: Mapping[str, Json]) -> str:
    """An entry of an annex in words; codes become words too."""
    texts = (_plain(value) for key, value in row.items() if not key.startswith("_"))
    return "; ".join(
        text.replace("_", " ").capitalize() if text.isupper() and len(text) > 3 else text for text in texts if text
    )


def _weaker(was: Mapping[str, Json] | None, now: Mapping[str, Json] | None) -> bool:
    """The same indicator with a target that is easier to reach, or none any more."""
    if was is None or now is None:
        return now is None
    same = all(was.get(name) == now.get(name) for name in ("iki", "satuan", "polaritas", "aspek"))
    old, new = was.get("target_nilai"), now.get("target_nilai")
    if not same or old is None or new is None:
        return False
    return bool(new > old if was.get("polaritas") == LOWER else new < old)


def _target(row: Mapping[str, Json] | None) -> str:
    """An indicator with its target in words."""
    if row is None:
        return ""
    upper = f" sampai {number(row['target_atas'])}" if row.get("target_atas") is not None else ""
    best = ", tidak dapat dilampaui" if row.get("target_maksimum") else ""
    value = number(row["target_nilai"]) if row.get("target_nilai") is not None else ""
    return f"{row.get('iki') or ''}: {value}{upper} {row.get('satuan') or ''}".strip() + best


def _by_row(rows: Sequence[Mapping[str, Json]]) -> dict[str, Mapping[str, Json]]:
    return {str(row.get("_id") or place): row for place, row in enumerate(rows, start=1)}


def _text(row: Mapping[str, Json]) -> str:
    return _plain(row.get("rhk"))


def _shown(value: Json, names: Mapping[str, str]) -> str:
    text = _plain(value)
    return names.get(text, text)


def _plain(value: Json) -> str:
    if isinstance(value, float):
        return number(value)
    return " ".join(str(value).split()) if value is not None else ""
