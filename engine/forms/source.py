"""One component of a form document while it is read: its settings, typed, each fault noted instead of raised."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine.errors import Problem, Severity
from engine.feel import Expression, FeelError, compile_expression
from engine.forms.entry import as_decimal
from engine.forms.messages import SOURCE
from engine.forms.texts import EMPTY, Prose, Template, Text, read_prose, read_template

MAX_TEXT = 10_000


@dataclass(frozen=True)
class Level:
    """The keys of the form or of one list, and the levels around it; `keys` fills up while the level is read."""

    keys: dict[str, str] = field(default_factory=dict)  # key -> path of its part
    outer: "Level | None" = None

    def __iter__(self) -> Iterator["Level"]:
        level: Level | None = self
        while level is not None:
            yield level
            level = level.outer


@dataclass(frozen=True)
class Use:
    """Names that an expression reads at a level; `drives`: what it gives shows on the page at once."""

    names: frozenset[str]
    level: Level
    drives: bool


@dataclass(frozen=True)
class Asked:
    """An expression of a document: the part and the setting that it stands in, and whose keys it sees.

    `kind` is the type of the component, as form-js calls it.
    """

    path: str
    label: str | None
    kind: str
    setting: str
    expression: Expression
    level: Level


@dataclass
class Reading:
    """What is gathered while one document is read."""

    file: str
    functions: tuple[str, ...]
    translations: Mapping[str, Mapping[str, str]]
    problems: list[Problem] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    texts: dict[str, None] = field(default_factory=dict)  # every text that can be translated, in order
    parts: int = 0

    def wrong(
        self, path: str, message: str, mend: str = "", *, rule: str, label: str | None = None, warning: bool = False
    ) -> None:
        severity = Severity.WARNING if warning else Severity.ERROR
        self.problems.append(
            Problem(self.file, message, mend, element=path or None, label=label, rule=rule, severity=severity)
        )


@dataclass(frozen=True)
class Source:
    """A component's settings. Own settings stand in "properties" (as the editor writes them) or beside the others."""

    reading: Reading
    component: Mapping[str, Any]
    path: str
    level: Level

    @property
    def kind(self) -> str:
        kind = self.component.get("type")
        return kind if isinstance(kind, str) else ""

    @property
    def name(self) -> str | None:
        label = self.component.get("label")
        return label if isinstance(label, str) and label else None

    def wrong(self, message: str, mend: str = "", *, rule: str = "form", warning: bool = False) -> None:
        self.reading.wrong(self.path, message, mend, rule=rule, label=self.name, warning=warning)

    def at(self, path: str) -> "Source":
        return Source(self.reading, self.component, path, self.level)

    def setting(self, name: str, *, inside: str = "") -> Any:
        """A setting from where it may stand; null, "" and absent are the same."""
        for home in (self.component.get(inside) if inside else None, self.component.get("properties"), self.component):
            if isinstance(home, Mapping) and home.get(name) not in (None, ""):
                return home[name]
        return None

    def flag(self, name: str, *, inside: str = "") -> bool:
        value = self.setting(name, inside=inside)
        if isinstance(value, bool) or value is None:
            return bool(value)
        if value in ("true", "false"):
            return bool(value == "true")
        self.not_an_expression(name, value)
        return False

    def not_an_expression(self, name: str, value: object) -> None:
        if isinstance(value, str) and value.startswith("="):
            self.wrong(
                f'"{name}" tidak boleh berupa ekspresi FEEL.',
                "Pakai nilai tetap; untuk menampilkan atau menyembunyikan isian pakai syarat (Condition).",
                rule="form-expression",
            )
        else:
            self.wrong(f'"{name}" harus true atau false.', rule="form-setting")

    def whole(self, name: str, default: int, most: int, *, inside: str = "") -> int:
        """A whole number from 0 to `most`."""
        value = self.setting(name, inside=inside)
        if value is None:
            return default
        number = self.decimal(value)
        if number is None or number != number.to_integral_value() or not 0 <= number <= most:
            self.wrong(f'"{name}" harus bilangan bulat dari 0 sampai {most}.', rule="form-setting")
            return default
        return int(number)

    @staticmethod
    def decimal(value: object) -> Decimal | None:
        """A number, or the text of one as the editor may write it."""
        if isinstance(value, str) and re.fullmatch(r"-?\d{1,15}(\.\d{1,10})?", value, re.ASCII):
            return Decimal(value)
        return as_decimal(value)

    def string(self, name: str, *, inside: str = "") -> str:
        value = self.setting(name, inside=inside)
        if value is None or isinstance(value, str):
            return value or ""
        self.wrong(f'"{name}" harus berupa teks.', rule="form-setting")
        return ""

    def text(self, name: str, *, inside: str = "", drives: bool = True) -> Text:
        """A text for people, with its translations; {{ FEEL }} may stand in it."""
        source = self.string(name, inside=inside)
        if source.startswith("="):
            self.not_an_expression(name, source)
            return EMPTY
        return self.translated(source, drives=drives)

    def translated(self, source: str, *, drives: bool = True) -> Text:
        if not source:
            return EMPTY
        self.reading.texts[source] = None
        versions = {SOURCE: source}
        for locale, texts in self.reading.translations.items():
            if texts.get(source):
                versions[locale] = texts[source]
        templates = {locale: self.template(text, drives=drives) for locale, text in versions.items()}
        return Text(source, templates)

    def template(self, text: str, *, drives: bool = True) -> Template:
        if len(text) > MAX_TEXT:
            self.wrong(f"Teks lebih panjang dari {MAX_TEXT} karakter.", rule="form-setting")
            return Template()
        if re.search(r"\{\{\s*[#/]", text):
            self.wrong(
                "Perulangan dan cabang {{#...}} di dalam teks tidak didukung.",
                "Pakai beberapa teks dengan syarat (Condition), atau sebuah tabel.",
                rule="form-template",
            )
            return Template()
        try:
            return read_template(text, lambda source: self.compiled("{{ }}", source, drives=drives))
        except FeelError as error:
            self.wrong(f"Ekspresi di dalam teks tidak dapat dibaca: {error}", rule="feel")
            return Template()

    def prose(self, name: str) -> Mapping[str, Prose]:
        text = self.text(name)
        return {locale: read_prose(template) for locale, template in text.templates.items()}

    def expression(self, name: str, *, inside: str = "", drives: bool = True) -> Expression | None:
        """A FEEL setting, with or without the leading "="."""
        source = self.string(name, inside=inside)
        if not source:
            return None
        try:
            return self.compiled(name, source.removeprefix("=").strip(), drives=drives)
        except FeelError as error:
            self.wrong(f'Ekspresi "{name}" tidak dapat dibaca: {error}', rule="feel")
            return None

    def compiled(self, setting: str, source: str, *, drives: bool) -> Expression:
        expression = compile_expression(source, self.reading.functions)
        asked = Asked(self.path, self.name, self.kind, setting, expression, self.level)
        self.reading.asked.append(asked)
        self.uses(expression.names, drives=drives)
        return expression

    def uses(self, names: Iterable[str], *, drives: bool) -> None:
        self.reading.uses.append(Use(frozenset(names), self.level, drives))
