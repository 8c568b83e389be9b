"""Facts become a page and a PDF by the same template."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import segno
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from engine.cycle.papers.drafts import Draft, day
from engine.errors import Refused

TEMPLATES = Environment(
    loader=PackageLoader("engine.cycle.papers"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
NO_PDF = (
    "Server ini belum dapat membuat PDF: pustaka Pango atau fon tidak ditemukan. "
    "Jalankan tools/pdf-needs, atau pasang paket libpango-1.0-0, libpangoft2-1.0-0, libharfbuzz-subset0 dan fonts-dejavu-core."
)


@dataclass(frozen=True)
class Stamp:
    """What an issued paper says of itself."""

    code: str  # as people read it: "K7QM-2RXT-..."
    address: str  # of the page that checks it
    version: int
    issued_on: date

    @property
    def issued(self) -> str:
        return day(self.issued_on)

    @property
    def image(self) -> str:
        """The address as a QR code: a data URL."""
        return segno.make(self.address, error="m").svg_data_uri(scale=3, border=2)


def body(draft: Draft, stamp: Stamp | None) -> Markup:
    """The paper as a part of a page; without a stamp it says that it is not issued."""
    kind = draft.source.kind
    template = TEMPLATES.get_template(f"{kind.value}.html")
    return Markup(template.render(title=kind.heading, facts=draft.facts, stamp=stamp))  # noqa: S704  # escaped by Jinja


def pdf(draft: Draft, stamp: Stamp) -> bytes:
    """The paper as a tagged PDF with its fonts inside.

    Raises:
        Refused: what makes PDFs is not installed on this server; says what is missing.
    """
    return _sheet(draft.source.kind.heading, draft.facts["agency"], body(draft, stamp), stamp)


def table_pdf(
    title: str, agency: str, lead: str, headings: Sequence[str], rows: Sequence[Sequence[str]], language: str
) -> bytes:
    """A table as a tagged PDF; the first column names each row. Raises Refused as `pdf` does."""
    template = TEMPLATES.get_template("table.html")
    text = template.render(title=title, agency=agency, lead=lead, headings=headings, rows=rows)
    return _sheet(title, agency, Markup(text), None, language)  # noqa: S704  # escaped by Jinja


def _sheet(title: str, author: str, body: Markup, stamp: Stamp | None, language: str = "id") -> bytes:
    template = TEMPLATES.get_template("sheet.html")
    text = template.render(title=title, author=author, body=body, stamp=stamp, language=language)
    try:
        from weasyprint import HTML
    except OSError as missing:  # its libraries are looked for when it is imported
        raise Refused(NO_PDF) from missing
    content: bytes = HTML(string=text).write_pdf(pdf_variant="pdf/ua-1")
    return content
