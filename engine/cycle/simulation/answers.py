"""Fills in any form the way a person would: what is asked, in its bounds, with some choices decided beforehand."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

from engine.feel import Environment
from engine.forms import FieldView, Form
from engine.runtime.values import Json

ROUNDS = 6  # answers reveal further questions
SENTENCES = (
    "Capaian sesuai rencana dan didukung data bulanan dari seluruh puskesmas.",
    "Perlu penguatan koordinasi lintas bidang agar hasil tercapai tepat waktu.",
    "Layanan membaik menurut umpan balik pengguna dan keluhan menurun.",
    "Data sudah tervalidasi dan dipakai dalam rapat evaluasi bulanan.",
    "Target bulan ini tercapai, kendala anggaran sudah diselesaikan bersama.",
)
RESULTS = (
    "Meningkatnya cakupan balita berisiko yang menerima paket gizi lengkap",
    "Menurunnya jumlah keluhan layanan kesehatan di kecamatan binaan",
    "Tersedianya data kesehatan yang lengkap dan dimanfaatkan pimpinan",
    "Seluruh puskesmas binaan memberi layanan sesuai standar",
)


class CannotFill(Exception):
    """A form that these means cannot answer; names the fields that stay wrong."""


def fill(
    form: Form,
    started: Mapping[str, Json],
    context: Mapping[str, Json],
    environment: Environment,
    random: Random,
    decided: Mapping[str, Json],
) -> dict[str, Json]:
    """Answers that the form accepts; `decided` gives the values of fields by their key, wherever they stand.

    Raises:
        CannotFill: the form still refuses after a few rounds.
    """
    answers = dict(started)
    today = environment.now.astimezone(environment.zone).date()
    errors: Mapping[str, str] = {}
    for _ in range(ROUNDS):
        for view in _fields(form.view(answers, context, environment, "id")):
            if view.value in (None, [], "") or view.path in errors:
                _put(answers, view.path, _answer(view, today, random, decided, wrong=view.path in errors))
        checked = form.validate(answers, context, environment, "id")
        errors = checked.errors
        if not errors:
            return answers
    raise CannotFill(f"{form.id}: {dict(errors)}")


def _fields(views: Sequence[FieldView]) -> list[FieldView]:
    """Every visible field that takes an answer."""
    found: list[FieldView] = []
    for view in views:
        found += _fields(view.fields)
        for row in view.rows:
            found += _fields(row.fields)
        if view.path and not view.readonly and view.kind not in ("list", "group", "columns", "table", "file"):
            found.append(view)
    return found


def _answer(view: FieldView, today: date, random: Random, decided: Mapping[str, Json], *, wrong: bool) -> Json:
    key = view.path.rpartition(".")[2]
    if key in decided and not wrong:
        return decided[key]
    if not view.required:
        return None if not view.multiple and view.kind not in ("checklist", "taglist") else []
    if view.options:
        value = random.choice(view.options).value
        return [value] if view.kind in ("checklist", "taglist") else value
    if view.kind == "checkbox":
        return True
    if view.kind == "number":
        return random.randint(1, 12) if wrong else random.choice((4, 5, 8, 10, 12))
    if view.kind in ("date", "datetime"):
        day = today + timedelta(days=random.randint(20, 60)) if wrong else today
        return day.isoformat() if view.kind == "date" else datetime.combine(day, datetime.min.time()).isoformat()
    return "09:00" if view.kind == "time" else _text(view, key, random)


def _text(view: FieldView, key: str, random: Random) -> str:
    if view.kind != "textarea":
        return {"satuan": "persen", "iki": "Cakupan layanan"}.get(key, "Laporan bulanan")
    return random.choice(RESULTS if key == "rhk" else SENTENCES)


def _put(answers: dict[str, Json], path: str, value: Json) -> None:
    """Set a value at "rhk.0.indikator.1.iki"; containers are copied on the way, never changed in place."""
    parts = path.split(".")
    holder: Any = answers
    for part, following in pairwise(parts):
        index: Any = int(part) if isinstance(holder, list) else part
        child = holder[index] if isinstance(holder, list) else holder.get(index)
        fresh = list(child) if isinstance(child, list) else dict(child or {})
        if not isinstance(holder, list) and child is None and following.isdigit():
            fresh = []
        holder[index] = fresh
        holder = fresh
    holder[int(parts[-1]) if isinstance(holder, list) else parts[-1]] = value
