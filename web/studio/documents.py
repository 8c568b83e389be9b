"""Looking at documents: the list, a process on the drawing table, tables and forms as they will be."""

from io import BytesIO

from flask import redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import generate_csrf

from engine.errors import DefinitionError
from engine.forms import FieldView, load_form
from engine.runtime.values import Document, Json
from web.context import engine
from web.filters import PERFORMERS
from web.language import language
from web.studio.compare import Comparison, compare
from web.studio.facts import process_ids
from web.studio.room import (
    Shelf,
    as_json,
    bp,
    choices,
    document_of,
    hash_of,
    owner,
    page_of,
    pressed_in_script,
    sorted_problems,
    state_of,
)
from web.studio.tables import Table, file_title, tables_of

SUFFIXES = {"bpmn": ".bpmn", "dmn": ".dmn", "form": ".form.json", "scenario": ".scenario.yaml"}
MEDIA = {
    "bpmn": "application/xml",
    "dmn": "application/xml",
    "form": "application/json",
    "scenario": "application/yaml",
}


@bp.get("")
def index() -> ResponseReturnValue:
    """All documents by kind, with their state and how many cases run on them."""
    return list_page()


def list_page(refusal: str = "", typed: dict[str, str] | None = None) -> str:
    documents = engine().documents(by=owner())
    headings = {"bpmn": gettext("Proses"), "dmn": gettext("Tabel keputusan"), "form": gettext("Formulir")}
    headings["scenario"] = gettext("Skenario")
    return render_template(
        "studio/index.html",
        shelves=[Shelf(text, [one for one in documents if one.kind == kind]) for kind, text in headings.items()],
        drafts=sum(one.draft_revision is not None for one in documents),
        refusal=refusal,
        typed=typed or {},
        titles={one.name: title_of(one) for one in documents},
        page_of=page_of,
        state_of=state_of,
    )


def title_of(document: Document) -> str:
    """What people call a document; a decision file says it itself."""
    if document.kind != "dmn":
        return document.title
    content, _, _ = engine().document(document.name, by=owner())
    try:
        return file_title(content, document.name) or document.title
    except DefinitionError:
        return document.title


@bp.get("/berkas/<name>")
def show(name: str) -> ResponseReturnValue:
    """Leads to the page of a file of any kind; an element in the address goes along."""
    return redirect(page_of(document_of(name)) + (f"?{request.query_string.decode()}" if request.query_string else ""))


@bp.get("/berkas/<name>/unduh")
def download(name: str) -> ResponseReturnValue:
    """The draft, or with ?versi=terbit the published file."""
    document = document_of(name)
    published = request.args.get("versi") == "terbit"
    content = engine().published_document(name, by=owner()) if published else engine().document(name, by=owner())[0]
    return send_file(BytesIO(content), mimetype=MEDIA[document.kind], as_attachment=True, download_name=name)


@bp.get("/proses/<name>")
def process(name: str) -> ResponseReturnValue:
    """The drawing table; without scripts, the file's facts and the way to replace it."""
    document = document_of(name, "bpmn")
    content, revision, _ = engine().document(name, by=owner())
    problems = sorted_problems(engine().check_documents(by=owner()).problems, first=name)
    page = {
        "name": name,
        "xml": content.decode("utf-8", "replace"),
        "revision": revision,
        "base": hash_of(content),
        "state": state_of(document),
        "csrf": generate_csrf(),
        "element": request.args.get("elemen"),
        "urls": {
            "save": url_for(".save", name=name),
            "check": url_for(".check"),
            "publish": url_for(".publish"),
            "show": url_for(".index") + "/berkas/",
        },
        "pickers": pickers(),
        "problems": as_json(problems),
    }
    return render_template("studio/process.html", document=document, page=page, state=state_of(document))


def pickers() -> dict[str, list[dict[str, str]]]:
    """What the panel offers to choose from: forms, performers, decisions, services, processes."""
    documents = engine().documents(by=owner())
    known = engine().registry
    performers = {name: str(PERFORMERS.get(name, title)) for name, title in known.performers.items()}
    return {
        "forms": choices({one.key: one.title for one in documents if one.kind == "form"}),
        "performers": choices(performers),
        "decisions": choices(
            {table.id: table.name for one in documents if one.kind == "dmn" for table in readable_tables(one)}
        ),
        "services": choices({name: name for name in known.services}),
        "processes": choices(
            {key: title for one in documents if one.kind == "bpmn" for key, title in readable_processes(one)}
        ),
    }


def readable_tables(document: Document) -> tuple[Table, ...]:
    """The tables of a file; none while its draft is no XML, which the check says."""
    content, _, _ = engine().document(document.name, by=owner())
    try:
        return tables_of(content, document.name)
    except DefinitionError:
        return ()


def readable_processes(document: Document) -> list[tuple[str, str]]:
    """Process ids of a file with their titles; the file's own key while its draft is no XML."""
    content, _, _ = engine().document(document.name, by=owner())
    try:
        return process_ids(content, document.name)
    except DefinitionError:
        return [(document.key, document.title)]


@bp.get("/keputusan/<name>")
def decision(name: str) -> ResponseReturnValue:
    """A decision file as tables to read."""
    return replaceable_page(document_of(name, "dmn"))


@bp.get("/formulir/<name>")
def form(name: str) -> ResponseReturnValue:
    """A form as people will see it."""
    return replaceable_page(document_of(name, "form"))


@bp.get("/skenario/<name>")
def scenario(name: str) -> ResponseReturnValue:
    """A played path as text that can be changed in place."""
    return replaceable_page(document_of(name, "scenario"))


def replaceable_page(document: Document, refusal: str = "", lost: tuple[str, ...] = (), typed: str = "") -> str:
    """A file that is changed by uploading another; `refusal` says why an upload was not taken."""
    content, revision, is_draft = engine().document(document.name, by=owner())
    check = engine().check_documents(by=owner())
    return render_template(
        f"studio/{document.kind}.html",
        document=document,
        title=title_of(document),
        revision=revision,
        base=hash_of(content),
        state=state_of(document),
        problems=[one for one in sorted_problems(check.problems) if one.file == document.name],
        comparison=comparison_of(document) if is_draft else None,
        tables=readable_tables(document) if document.kind == "dmn" else (),
        fields=form_fields_of(content, document.name) if document.kind == "form" else None,
        text=typed or content.decode("utf-8", "replace"),
        refusal=refusal,
        lost=lost,
        suffix=SUFFIXES[document.kind],
    )


def form_fields_of(content: bytes, name: str) -> tuple[FieldView, ...] | None:
    """The fields of a blank form; None when it cannot be drawn, for reasons that the check lists."""
    known = engine().registry
    context: dict[str, Json] = {}
    try:
        form = load_form(content, name, known.functions)
    except DefinitionError:
        return None
    environment = engine().environment()
    return form.view(form.blank(context, environment), context, environment, language())


def comparison_of(document: Document) -> Comparison:
    """What the draft changes against the published file."""
    draft, _, _ = engine().document(document.name, by=owner())
    before = engine().published_document(document.name, by=owner()) if document.published else None
    return compare(before, draft, document.kind, document.name)


@bp.get("/periksa")
def check() -> ResponseReturnValue:
    """What is wrong with the documents as they would be published."""
    problems = sorted_problems(engine().check_documents(by=owner()).problems)
    if pressed_in_script():
        return {"problems": as_json(problems)}
    return render_template("studio/check.html", problems=problems)


@bp.get("/proses/<name>/teks")
def process_text(name: str) -> ResponseReturnValue:
    """A process without the drawing table: its changes, its problems, download and upload. Works on any screen."""
    return replaceable_page(document_of(name, "bpmn"))
