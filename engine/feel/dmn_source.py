"""A decision file while it is read: its name, the functions it may call, the problems found so far."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from lxml import etree

from engine.errors import Problem, Severity
from engine.feel.errors import FeelError

NAMESPACES = frozenset(
    {
        "https://www.omg.org/spec/DMN/20191111/MODEL/",  # 1.3
        "http://www.omg.org/spec/DMN/20180521/MODEL/",  # 1.2
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",  # 1.1
    }
)
LARGEST = 4_000_000  # bytes
T = TypeVar("T")


@dataclass
class Source:
    """Collects problems; `functions` are the product functions that cells may call."""

    file: str
    functions: frozenset[str]
    problems: list[Problem] = field(default_factory=list)

    def report(
        self,
        element: etree._Element | None,
        rule: str,
        message: str,
        mend: str,
        *,
        id: str | None = None,
        label: str | None = None,
        line: int | None = None,
        severity: Severity = Severity.ERROR,
    ) -> None:
        line = line if element is None else line_of(element)
        self.problems.append(Problem(self.file, message, mend, id, label or None, line, rule, severity))

    def compiled(
        self, compiler: Callable[[str, frozenset[str]], T], text: str, element: etree._Element, *, id: str, label: str
    ) -> T | None:
        """The compiled text of a cell; None and a problem when it cannot be read."""
        try:
            return compiler(text, self.functions)
        except FeelError as error:
            shown = f"{error.message} (kolom {error.column} dari: {' '.join(text.split())[:80]})"
            self.report(element, "feel", shown, error.mend, id=id, label=label)
            return None


def line_of(element: etree._Element) -> int | None:
    return element.sourceline if isinstance(element.sourceline, int) else None


def local(element: etree._Element) -> str:
    """The name without namespace; empty for comments and for elements of other vocabularies."""
    if not isinstance(element.tag, str):
        return ""
    name = etree.QName(element.tag)
    return name.localname if name.namespace in NAMESPACES else ""


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    return (child for child in element if local(child) in names)


def child(element: etree._Element, name: str) -> etree._Element | None:
    return next(children(element, name), None)


def text_of(element: etree._Element | None) -> str:
    """The content of an element's <text>, or nothing."""
    inner = None if element is None else child(element, "text")
    return "" if inner is None else inner.text or ""


def parsed(content: bytes, source: Source) -> etree._Element | None:
    """The root of an XML file without document type; None and a problem when it is not one."""
    if len(content) > LARGEST:
        source.report(None, "xml", "Berkas ini terlalu besar.", f"Batasnya {LARGEST // 1_000_000} MB.")
        return None
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        message = f"Berkas ini bukan XML yang benar: {error.msg}."
        source.problems.append(Problem(source.file, message, "Perbaiki di baris itu.", line=error.lineno, rule="xml"))
        return None
    if getattr(root.getroottree().docinfo, "doctype", ""):
        source.report(root, "xml", "Berkas ini memuat DOCTYPE.", "Hapus baris <!DOCTYPE ...>.")
        return None
    return root
