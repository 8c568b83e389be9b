"""Form documents (form-js JSON, schema version 19 or less): read whole, with everything that is wrong in one list."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import DefinitionError, Problem, Severity
from engine.forms.fields import ROW_CAP, Group, Part, Rows, every
from engine.forms.kinds import ANSWERING, REFUSED, SHOWING, common
from engine.forms.messages import LOCALES, SOURCE
from engine.forms.source import Asked, Level, Reading, Source
from engine.forms.texts import Text

MAX_BYTES = 512 * 1024
MAX_PARTS = 500
MAX_DEPTH = 8
NEWEST_SCHEMA = 19
_KEY = re.compile(r"[A-Za-z]\w{0,63}")
_FORM_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}", re.ASCII)
_FEEL_WORDS = frozenset(
    {
        *("if", "then", "else", "for", "in", "return", "some", "every", "satisfies"),
        *("and", "or", "not", "between", "instance", "of", "function", "true", "false", "null"),
    }
)


@dataclass(frozen=True)
class Content:
    """A form as it was read."""

    id: str
    title: Text
    parts: tuple[Part, ...]
    keys: frozenset[str]  # of the top level
    names: frozenset[str]  # case data that its expressions read
    drivers: frozenset[str]  # paths of inputs whose answers change what the page shows
    texts: tuple[str, ...]  # all that can be translated
    translations: Mapping[str, Mapping[str, str]]
    file: str
    asked: tuple[Asked, ...]  # its expressions


def check(content: bytes, file: str, functions: Iterable[str] = ()) -> tuple[Content | None, tuple[Problem, ...]]:
    """The form, or None where errors forbid its use, and every problem; warnings alone do not forbid."""
    document, problem = _document(content, file)
    if document is None:
        return None, (problem,) if problem else ()
    translations, problems = _translations(document, file)
    reading = Reading(file, tuple(functions), translations, problems)
    root = Source(reading, document, "", Level())
    form_id = _root(root)
    parts = read_level(root, document.get("components"), root.level, depth=0)
    title = root.translated(root.string("title") or form_id)
    _gaps(reading)
    if any(problem.severity is Severity.ERROR for problem in reading.problems):
        return None, tuple(reading.problems)
    names, drivers = _names(reading, parts)
    form = Content(
        form_id,
        title,
        parts,
        frozenset(root.level.keys),
        names,
        drivers,
        tuple(reading.texts),
        translations,
        file,
        tuple(reading.asked),
    )
    return form, tuple(reading.problems)


def read(content: bytes, file: str, functions: Iterable[str] = ()) -> Content:
    """The form.

    Raises:
        DefinitionError: it cannot be used; lists every problem, `element` being the path of the field.
    """
    form, problems = check(content, file, functions)
    if form is None:
        raise DefinitionError(problems)
    return form


class _Refused(ValueError):
    """JSON that parses, but must not be used."""


def _document(content: bytes, file: str) -> tuple[dict[str, Any] | None, Problem | None]:
    if len(content) > MAX_BYTES:
        return None, Problem(file, f"Berkas lebih besar dari {MAX_BYTES // 1024} KB.", rule="form-json")
    try:
        document = json.loads(content, object_pairs_hook=_unique, parse_constant=_constant)
    except json.JSONDecodeError as error:
        return None, Problem(
            file, f"Bukan JSON yang sah: {error.msg}.", "Perbaiki di baris ini.", line=error.lineno, rule="form-json"
        )
    except (UnicodeDecodeError, RecursionError, _Refused) as error:
        said = {UnicodeDecodeError: "bukan teks UTF-8", RecursionError: "bersarang terlalu dalam"}
        return None, Problem(file, f"JSON tidak dapat dipakai: {said.get(type(error), str(error))}.", rule="form-json")
    if not isinstance(document, dict):
        return None, Problem(file, "Bukan formulir: isi berkas harus satu objek JSON.", rule="form-json")
    return document, None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen = dict(pairs)
    if len(seen) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Refused(f'nama "{twice}" ada dua kali dalam satu objek')
    return seen


def _constant(name: str) -> Any:
    raise _Refused(f"{name} bukan angka JSON")


def _translations(document: Mapping[str, Any], file: str) -> tuple[dict[str, dict[str, str]], list[Problem]]:
    found, problems = dict[str, dict[str, str]](), list[Problem]()
    given = document.get("translations", {})
    for locale, texts in given.items() if isinstance(given, dict) else [("", None)]:
        if isinstance(texts, dict) and all(isinstance(text, str) for text in texts.values()):
            found[locale] = texts
        else:
            message = 'Terjemahan harus berbentuk {"en": {"teks asal": "terjemahan"}}.'
            problems.append(Problem(file, message, element="translations", rule="form-translation"))
        if locale not in LOCALES and texts is not None:
            message = f'Bahasa "{locale}" tidak dipakai; yang dipakai: {", ".join(LOCALES)}.'
            problems.append(
                Problem(file, message, element="translations", rule="form-translation", severity=Severity.WARNING)
            )
    return found, problems


def _root(source: Source) -> str:
    document = source.component
    if document.get("type", "default") != "default":
        source.wrong('"type" formulir harus "default".', rule="form-root")
    version = document.get("schemaVersion", NEWEST_SCHEMA)
    if isinstance(version, bool) or not isinstance(version, int) or version > NEWEST_SCHEMA:
        source.wrong(
            f'"schemaVersion" {version} tidak didukung; paling baru {NEWEST_SCHEMA}.',
            "Simpan dengan editor formulir aplikasi ini.",
            rule="form-root",
        )
    form_id = document.get("id")
    if not isinstance(form_id, str) or not _FORM_ID.fullmatch(form_id):
        source.wrong(
            '"id" formulir harus nama: huruf, angka dan garis bawah, diawali huruf.', "Beri id.", rule="form-root"
        )
        return "form"
    if not source.string("title"):
        source.wrong("Formulir ini tidak punya judul.", 'Isi "title".', rule="form-root", warning=True)
    return form_id


def read_level(around: Source, components: Any, level: Level, *, depth: int) -> tuple[Part, ...]:
    """The parts of the form, a group or a list; what is wrong is noted and left out."""
    if not isinstance(components, list):
        around.wrong('"components" harus berupa daftar.', rule="form-json")
        return ()
    if depth > MAX_DEPTH:
        around.wrong(f"Bagian bersarang lebih dari {MAX_DEPTH} tingkat.", rule="form-depth")
        return ()
    parts = []
    for number, component in enumerate(components):
        if not isinstance(component, dict):
            around.wrong(f"Bagian ke-{number + 1} bukan objek.", rule="form-json")
            continue
        place = f"components[{number}]"
        source = Source(around.reading, component, f"{around.path}.{place}" if around.path else place, level)
        if part := read_part(source, around, depth):
            parts.append(part)
    return tuple(parts)


def read_part(source: Source, around: Source, depth: int) -> Part | None:
    reading, kind = source.reading, source.kind
    reading.parts += 1
    if reading.parts == MAX_PARTS + 1:
        reading.wrong("", f"Formulir berisi lebih dari {MAX_PARTS} bagian.", "Bagi formulirnya.", rule="form-size")
    if reading.parts > MAX_PARTS:
        return None
    number = f"#{reading.parts}"
    if kind == "group":
        return read_group(source, number, depth)
    if kind == "dynamiclist":
        key = key_of(source, "path", around.path)
        return read_rows(source.at(join(around.path, key)), key, depth) if key else None
    if kind in ANSWERING:
        key = key_of(source, "key", around.path)
        return ANSWERING[kind](source.at(join(around.path, key)), key) if key else None
    if kind in SHOWING:
        return SHOWING[kind](source, number)
    message, mend = REFUSED.get(kind, (f'Jenis bagian "{kind}" tidak dikenal.', "Hapus atau ganti bagian ini."))
    named = source.component.get("key")
    place = source.at(join(around.path, named)) if isinstance(named, str) and named else source
    place.wrong(message, mend, rule="form-type")
    return None


def join(path: str, key: str) -> str:
    """A path one step longer; groups and numbers of parts leave no step."""
    outer = re.sub(r"\.?components\[\d+\]", "", path)
    return f"{outer}.{key}" if outer else key


def key_of(source: Source, name: str, around: str) -> str:
    """The key under which answers lie, noted in its level; "" where it cannot be used."""
    key = source.component.get(name)
    if not isinstance(key, str) or not key:
        source.wrong(f'Bagian ini tidak punya "{name}".', f'Isi "{name}" dengan nama.', rule="form-key")
        return ""
    placed = source.at(join(around, key))
    if "." in key:
        placed.wrong(
            f'Nama "{key}" memakai titik.',
            "Pakai nama tanpa titik; untuk susunan pakai daftar (Dynamic list).",
            rule="form-key",
        )
        return ""
    if not _KEY.fullmatch(key) or key in _FEEL_WORDS or key == "csrf_token":
        placed.wrong(
            f'Nama "{key}" tidak dapat dipakai.',
            "Pakai huruf, angka dan garis bawah, diawali huruf; bukan kata FEEL seperti if, not, for.",
            rule="form-key",
        )
        return ""
    if key in source.level.keys:
        placed.wrong(f'Nama "{key}" dipakai dua kali.', "Beri nama yang berbeda.", rule="form-key")
        return ""
    source.level.keys[key] = join(around, key)
    return key


def read_group(source: Source, slot: str, depth: int) -> Group:
    if source.component.get("path"):
        source.wrong(
            'Kelompok dengan "path" tidak didukung.',
            'Kosongkan "path"; jawaban lalu berada di tingkat luarnya.',
            rule="form-group",
        )
    parts = read_level(source, source.component.get("components"), source.level, depth=depth + 1)
    return Group(**common(source, slot), parts=parts)


def read_rows(source: Source, key: str, depth: int) -> Rows:
    inner = Level(outer=source.level)
    least = source.whole("minRows", 0, ROW_CAP)
    most = source.whole("maxRows", ROW_CAP, ROW_CAP) or ROW_CAP
    if least > most:
        source.wrong('"minRows" lebih besar dari "maxRows".', rule="form-bounds")
    settings = common(source, key)
    if not settings["label"].source:
        source.wrong("Daftar ini tidak punya label.", "Beri label.", rule="form-label")
    parts = read_level(source, source.component.get("components"), inner, depth=depth + 1)
    if not inner.keys:
        source.wrong("Daftar ini tidak punya isian.", "Tambahkan isian di dalamnya.", rule="form-group")
    in_row = Source(source.reading, source.component, source.path, inner)
    fixed = source.component.get("allowAddRemove") is False
    return Rows(
        **settings,
        parts=parts,
        min_rows=least,
        max_rows=most,
        start_rows=0 if fixed else min(max(least, source.whole("defaultRepetitions", 0, ROW_CAP)), most),
        item_label=in_row.text("itemLabel", drives=False),
        fixed=fixed,
        check=source.expression("check", drives=False),
        check_message=source.text("checkMessage", drives=False),
    )


def _gaps(reading: Reading) -> None:
    """Warn of texts that lack a translation, once for each language."""
    for locale in LOCALES:
        missing = [text for text in reading.texts if not reading.translations.get(locale, {}).get(text)]
        if locale != SOURCE and missing:
            shown = ", ".join(f'"{text[:40]}"' for text in missing[:3]) + (" ..." if len(missing) > 3 else "")
            reading.wrong(
                f"translations.{locale}",
                f"{len(missing)} teks belum diterjemahkan ke {locale}: {shown}",
                "Lengkapi terjemahannya.",
                rule="form-translation",
                warning=True,
            )


def _names(reading: Reading, parts: tuple[Part, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """Case data that expressions read, and the paths of inputs that change what the page shows."""
    lists = {part.path: part for part in every(parts) if isinstance(part, Rows)}
    names, drivers = set[str](), set[str]()
    for use in reading.uses:
        for name in use.names:
            path = next((level.keys[name] for level in use.level if name in level.keys), None)
            if path is None:
                names.add(name)
            elif use.drives:
                drivers.add(path)
                if path in lists:
                    drivers.update(part.path for part in every(lists[path].parts))
    return frozenset(names), frozenset(drivers)
