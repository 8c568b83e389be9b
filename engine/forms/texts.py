"""Texts of a form: translated, with {{ FEEL }} in them, and the little Markdown that text components may use."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from engine.feel import Expression
from engine.forms.entry import show
from engine.forms.messages import SOURCE
from engine.forms.scope import Scope

_TEMPLATE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_FIRST_SLOT = 0xE000  # private-use letters stand for the expressions while Markdown is read


@dataclass(frozen=True)
class Template:
    """Text in pieces: plain strings, and expressions whose values are shown in between."""

    parts: tuple[str | Expression, ...] = ()

    @property
    def expressions(self) -> Iterator[Expression]:
        return (part for part in self.parts if not isinstance(part, str))

    @cached_property
    def plain(self) -> str | None:
        """The whole text, where it has no expressions."""
        return "".join(map(str, self.parts)) if all(isinstance(part, str) for part in self.parts) else None

    def show(self, scope: Scope, locale: str) -> str:
        if self.plain is not None:
            return self.plain
        return "".join(
            part if isinstance(part, str) else show(scope.ask(part), locale, scope.zone) for part in self.parts
        )


@dataclass(frozen=True)
class Text:
    """A text in each language it has; Indonesian where the reader's is missing."""

    source: str = ""
    templates: Mapping[str, Template] = field(default_factory=dict)

    def show(self, scope: Scope, locale: str) -> str:
        template = self.templates.get(locale) or self.templates.get(SOURCE)
        return template.show(scope, locale) if template else ""

    @property
    def expressions(self) -> Iterator[Expression]:
        return (expression for template in self.templates.values() for expression in template.expressions)


EMPTY = Text()


def read_template(source: str, compile: Callable[[str], Expression]) -> Template:
    """Split "Halo {{employee.name}}" into its pieces; `compile` raises for an expression that is wrong."""
    pieces = _TEMPLATE.split(source)
    parts = [piece if number % 2 == 0 else compile(piece.strip()) for number, piece in enumerate(pieces)]
    return Template(tuple(part for part in parts if part != ""))


@dataclass(frozen=True)
class Span:
    """A run of text of one look."""

    text: str
    strong: bool = False
    em: bool = False
    code: bool = False
    href: str = ""


@dataclass(frozen=True)
class Block:
    """A paragraph ("p"), heading ("h2", "h3") or list ("ul", "ol"); a list has a line for each item."""

    kind: str
    lines: tuple[tuple[Span, ...], ...]


@dataclass(frozen=True)
class Prose:
    """Markdown that was read; what its expressions give is always shown literally, never read as Markdown."""

    blocks: tuple[Block, ...] = ()
    slots: tuple[Expression, ...] = ()

    def show(self, scope: Scope, locale: str) -> tuple[Block, ...]:
        if not self.slots:
            return self.blocks
        values = {
            _FIRST_SLOT + number: show(scope.ask(slot), locale, scope.zone) for number, slot in enumerate(self.slots)
        }
        return tuple(
            Block(block.kind, tuple(tuple(_filled(span, values) for span in line) for line in block.lines))
            for block in self.blocks
        )


def _filled(span: Span, values: Mapping[int, str]) -> Span:
    return Span(span.text.translate(values), span.strong, span.em, span.code, span.href)


def read_prose(template: Template) -> Prose:
    """Read headings, lists, paragraphs, bold, italics, code and links; anything else stays as it is written."""
    slots: list[Expression] = []
    written = []
    for part in template.parts:
        if isinstance(part, str):
            written.append(re.sub("[\ue000-\uf8ff]", "", part))
        else:
            written.append(chr(_FIRST_SLOT + len(slots)))
            slots.append(part)
    return Prose(tuple(_blocks("".join(written))), tuple(slots))


_LINE = re.compile(r"(?P<heading>#{1,6})\s+(?P<title>.*)|(?P<bullet>[-*])\s+(?P<point>.*)|\d{1,3}[.)]\s+(?P<step>.*)")


def _blocks(source: str) -> Iterator[Block]:
    """The blocks of a Markdown source; lines of one paragraph are joined by blanks."""
    kind, lines = "p", list[str]()
    for raw in [*source.splitlines(), ""]:
        line = raw.strip()
        found = _LINE.fullmatch(line)
        if found is None and line and kind == "p":
            lines.append(line)
            continue
        next_kind = _kind(found)
        if lines and (next_kind != kind or not line or kind in ("h2", "h3")):
            yield _block(kind, lines)
            lines = []
        kind = next_kind
        if line:
            lines.append(found[found.lastgroup or 0] if found else line)
    if lines:
        yield _block(kind, lines)


def _kind(found: "re.Match[str] | None") -> str:
    if found is None:
        return "p"
    if found["heading"]:
        return "h2" if len(found["heading"]) == 1 else "h3"
    return "ul" if found["bullet"] else "ol"


def _block(kind: str, lines: list[str]) -> Block:
    texts = [" ".join(lines)] if kind == "p" else lines
    return Block(kind, tuple(tuple(_spans(text)) for text in texts))


_INLINE = re.compile(
    r"\*\*(?P<strong>[^*]+)\*\*|\*(?P<em>[^*\s][^*]*)\*|(?<!\w)_(?P<under>[^_\s][^_]*)_(?!\w)|`(?P<code>[^`]+)`"
    r"|\[(?P<text>[^\]\[]+)\]\((?P<href>(?:https?://|mailto:|/(?!/))[^\s()\ue000-\uf8ff]*)\)"
)


def _spans(text: str) -> Iterator[Span]:
    at = 0
    for found in _INLINE.finditer(text):
        if found.start() > at:
            yield Span(text[at : found.start()])
        yield Span(
            text=found["strong"] or found["em"] or found["under"] or found["code"] or found["text"],
            strong=bool(found["strong"]),
            em=bool(found["em"] or found["under"]),
            code=bool(found["code"]),
            href=found["href"] or "",
        )
        at = found.end()
    if at < len(text):
        yield Span(text[at:])
