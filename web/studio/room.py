"""The blueprint, its door, and what its views share."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256

from flask import Blueprint, abort, request, url_for

from engine.errors import NotFound, Problem, Severity
from engine.runtime.values import Actor, Document
from web.context import account, cycle, engine, is_signed_in
from web.filters import local

ROLE = "process_owner"
PAGES = {"bpmn": ".process", "dmn": ".decision", "form": ".form", "scenario": ".scenario"}
bp = Blueprint("studio", __name__, url_prefix="/rancang")


@bp.app_template_filter("person_name")
def person_name(person: str | None) -> str:
    return name_of(person)


@bp.before_request
def open_to_process_owners() -> None:
    """The sign-in page is another room's; whoever is signed in and not a process owner sees no studio."""
    if is_signed_in() and ROLE not in account().roles:
        abort(404)


def owner() -> Actor:
    """The process owner who acts; 401 when nobody is signed in."""
    return account().actor


@dataclass(frozen=True)
class Shelf:
    """Documents of one kind, as the list shows them."""

    heading: str
    documents: Sequence[Document]


def document_of(name: str, kind: str | None = None) -> Document:
    """What the list says of one file.

    Raises:
        NotFound: there is no such file, or it is of another kind.
    """
    for document in engine().documents(by=owner()):
        if document.name == name and kind in (None, document.kind):
            return document
    raise NotFound(f"Tidak ada berkas {name}.")


def page_of(document: Document) -> str:
    return url_for(PAGES[document.kind], name=document.name)


def name_of(person: str | None) -> str:
    """What a person is called; an account that is nobody's goes by its own name."""
    return cycle().names([person]).get(person, person) if person else ""


def state_of(document: Document) -> str:
    """Where a document stands, in a short sentence."""
    if document.draft_revision is not None:
        who = f" oleh {name_of(document.draft_by)}" if document.draft_by else ""
        when = f", {local(document.draft_at):%d-%m-%Y %H.%M}" if document.draft_at else ""
        return f"Draf tersimpan{who}{when}"
    return f"Terbit, rilis {document.published}" if document.published else "Belum terbit"


def as_json(problems: Sequence[Problem]) -> list[dict[str, object]]:
    return [asdict(problem) for problem in problems]


def sorted_problems(problems: Sequence[Problem], first: str = "") -> list[Problem]:
    """Errors before suggestions, one file's before the others'."""
    return sorted(problems, key=lambda one: (one.file != first, one.severity is not Severity.ERROR))


def hash_of(content: bytes) -> str:
    """What a page remembers of the content it was made from, to know it again when it is saved."""
    return sha256(content).hexdigest()


def pressed_in_script() -> bool:
    """True for a request of the drawing table's script, which wants JSON."""
    return request.accept_mimetypes.best == "application/json"


def choices(pairs: Mapping[str, str]) -> list[dict[str, str]]:
    """What a picker offers, by title: [{"id": ..., "title": ...}]."""
    return [{"id": key, "title": title} for key, title in sorted(pairs.items(), key=lambda pair: pair[1].lower())]
