"""Reads the XML that people upload: refuses what is dangerous, and says all that breaks the standard's schema.

The schemas (XSD) of BPMN and DMN are those that come with SpiffWorkflow; only the files are used, not its code.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import cast

from lxml import etree

from engine.errors import DefinitionError, Problem

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
MAX_BYTES = 4 * 1024 * 1024
MAX_ELEMENTS = 5_000
MAX_DEPTH = 100
ENCODINGS = frozenset({"utf-8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be"})
SCHEMAS = {
    BPMN: "bpmn/parser/schema/BPMN20.xsd",
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "dmn/parser/schema/DMN.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "dmn/parser/schema/DMN12.xsd",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "dmn/parser/schema/DMN13.xsd",
}
_validating = Lock()  # a schema keeps the errors of its last validation


def parse(content: bytes, file: str) -> etree._Element:
    """The root of a harmless document, without comments and processing instructions.

    Raises:
        DefinitionError: too large, too many or too deeply nested elements, a DOCTYPE or entities, or no XML.
    """
    if len(content) > MAX_BYTES:
        raise _refused(
            file, f"Berkas lebih besar dari {MAX_BYTES // 1024 // 1024} MB.", "Bagi menjadi beberapa berkas."
        )
    if content.count(b"<") > 4 * MAX_ELEMENTS:  # before memory is spent on a tree; an element has two at most
        raise _too_many(file)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise _refused(file, f"Berkas ini bukan XML yang utuh: {error.msg}.", _SAVE_AGAIN, error.lineno) from None
    _check_document(root, file)
    return root


def schema_problems(root: etree._Element, file: str) -> Iterator[Problem]:
    """Everything that breaks the schema of the root's namespace, with lines; a root that has none is one problem."""
    namespace = etree.QName(root).namespace or ""
    if namespace not in SCHEMAS:
        tag = etree.QName(root).localname
        yield Problem(
            file,
            f"Berkas ini bukan BPMN 2.0 atau DMN 1.1-1.3: unsur akarnya <{tag}>.",
            "Unggah berkas yang disimpan dari editor diagram atau editor tabel keputusan.",
            line=line_of(root),
            rule="schema",
        )
        return
    with _validating:
        schema = _schema(namespace)
        valid = schema.validate(root)
        log = cast("Iterable[etree._LogEntry]", schema.error_log)  # the stubs do not know that it is iterable
        found = [] if valid else [(entry.line, entry.path, entry.message) for entry in log]
    for line, path, message in found:
        holder = _holder(root, path)
        yield Problem(
            file,
            _in_words(message),
            _SAVE_AGAIN,
            element=None if holder is None else holder.get("id"),
            label=None if holder is None else holder.get("name"),
            line=line,
            rule="schema",
        )


def line_of(element: etree._Element) -> int | None:
    """Where the element begins in its file."""
    return cast("int | None", element.sourceline)  # the stubs say `...`


@cache
def _schema(namespace: str) -> etree.XMLSchema:
    package = find_spec("SpiffWorkflow")
    if package is None or not package.submodule_search_locations:
        raise RuntimeError("SpiffWorkflow is not installed")
    path = Path(package.submodule_search_locations[0], SCHEMAS[namespace])
    return etree.XMLSchema(etree.parse(str(path)))


def _check_document(root: etree._Element, file: str) -> None:
    about = root.getroottree().docinfo
    if about.internalDTD is not None:
        raise _refused(file, "DOCTYPE dan entitas XML tidak diizinkan.", "Hapus bagian <!DOCTYPE ...> dari berkas.")
    if (about.encoding or "utf-8").lower() not in ENCODINGS:
        raise _refused(file, f"Pengodean {about.encoding} tidak diizinkan.", "Simpan berkas sebagai UTF-8.")
    elements, depth = 0, 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        elements += event == "start"
        if elements > MAX_ELEMENTS:
            raise _too_many(file)
        if depth > MAX_DEPTH:
            raise _refused(file, f"Unsur XML bersarang lebih dari {MAX_DEPTH} tingkat.", _SAVE_AGAIN)


_SAVE_AGAIN = "Perbaiki di editor, lalu simpan lagi."


def _refused(file: str, message: str, mend: str, line: int | None = None) -> DefinitionError:
    return DefinitionError([Problem(file, message, mend, line=line, rule="xml")])


def _too_many(file: str) -> DefinitionError:
    return _refused(file, f"Berkas berisi lebih dari {MAX_ELEMENTS} unsur XML.", "Bagi menjadi beberapa berkas.")


def _holder(root: etree._Element, path: str | None) -> etree._Element | None:
    """The element at an XPath that libxml2 gave, or the innermost around it that has an id."""
    spaces = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
    try:
        found = root.xpath(path or "", namespaces=spaces)
    except etree.XPathError:  # a prefix that is declared further inside
        return None
    element = found[0] if isinstance(found, list) and found else None
    while isinstance(element, etree._Element):
        if element.get("id"):
            return element
        element = element.getparent()
    return None


_PHRASES = (  # libxml2's sentences in the reader's language
    (r"Element '(.+?)': This element is not expected\. Expected is (?:one of )?\( (.+) \)\.",
     r"<\1> tidak boleh berada di tempat ini; yang diharapkan: \2."),
    (r"Element '(.+?)': This element is not expected\.", r"<\1> tidak boleh berada di tempat ini."),
    (r"Element '(.+?)': Missing child element\(s\)\. Expected is (?:one of )?\( (.+) \)\.",
     r"Di dalam <\1> masih kurang: \2."),
    (r"Element '(.+?)': The attribute '(.+?)' is required but missing\.", r"<\1> harus memiliki atribut \2."),
    (r"Element '(.+?)', attribute '(.+?)': The attribute '.+?' is not allowed\.", r"<\1> tidak mengenal atribut \2."),
    (r"Element '(.+?)', attribute '(.+?)': '(.*)' is not a valid value of the atomic type 'xs:ID'\.",
     r"Id \3 pada <\1> sudah dipakai di berkas ini, atau memuat tanda yang tidak diizinkan."),
    (r"Element '(.+?)', attribute '(.+?)': '(.*)' is not a valid value of .*",
     r"Nilai \3 pada atribut \2 dari <\1> tidak berlaku."),
    (r"Element '(.+?)': Character content is not allowed.*", r"<\1> tidak boleh berisi teks."),
    (r"Element '(.+?)': '(.*)' is not a valid value of .*", r"Nilai \2 di dalam <\1> tidak berlaku."),
    (r"Element '(.+?)': The element content is not allowed.*", r"<\1> tidak boleh berisi unsur."),
)  # fmt: skip


def _in_words(message: str) -> str:
    plain = re.sub(r"\{[^}]*\}", "", message)[:300]
    for pattern, sentence in _PHRASES:
        if match := re.fullmatch(pattern, plain, re.DOTALL):
            return match.expand(sentence)
    return f"Tidak sesuai dengan skema standar: {plain}"
