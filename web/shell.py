"""The frame of every page: who is signed in, where one can go."""

from dataclasses import dataclass

from flask import Flask, request

from engine.cycle.access import POOLS, TEAM
from engine.cycle.dates.verbs import READERS as DATE_READERS
from engine.cycle.rulebook import READERS
from engine.mail.foresight import READERS as LETTER_READERS
from web.about import product_version
from web.addresses import address
from web.batches import ROLES as BULK_ROLES
from web.context import account, application, is_signed_in, waiting
from web.language import gettext, language, sentences


@dataclass(frozen=True)
class Item:
    """One entry of the service navigation."""

    text: str
    href: str
    active: bool
    exact: bool
    count: int = 0


SHOWN = 6  # entries side by side at 1280 px, beside the menu of the others


def register(app: Flask) -> None:
    app.context_processor(frame)


def frame() -> dict[str, object]:
    signed_in = is_signed_in()
    return {
        "_": sentences(language()),
        "agency_name": application().settings.agency_name,
        "locale": language(),
        "signed_in": signed_in,
        "account": account() if signed_in else None,
        **(places() if signed_in else {"navigation": [], "more": []}),
        "here": request.full_path.rstrip("?") if request.method == "GET" else "/",
        "version": product_version(),
    }


def places() -> dict[str, list[Item]]:
    """What stands side by side, and what the menu "Lainnya" holds: none that would hold one entry only."""
    items = navigation()
    shown = SHOWN if len(items) > SHOWN + 1 else len(items)
    return {"navigation": items[:shown], "more": items[shown:]}


def navigation() -> list[Item]:
    """The places that this account has something to do in."""
    by = account().actor
    entries = [
        ("inbox.index", gettext("Tugas"), ("inbox", "tasks", "sending", "ahead", "daily")),
        ("cases.index", gettext("Perkara"), ("cases",)),
    ]
    entries.append(("team.index", gettext("Tim"), ("team", "surveys", "ledger")))
    entries.append(("objectives.index", gettext("Sasaran"), ("objectives",)))
    if by.roles & {"personnel", "auditor"} or {group.split(":", 1)[0] for group in by.groups} & set(POOLS):
        entries.append(("reports.index", gettext("Laporan"), ("reports", "lapsed")))
    if account().leads or any(group.partition(":")[0] == TEAM for group in by.groups):
        entries.append(("calibration.index", gettext("Kalibrasi"), ("calibration", "unit_predicates")))
    if by.roles & {"personnel", "auditor"}:
        entries.append(("cycles.index", gettext("Siklus"), ("cycles",)))
        entries.append(("people.index", gettext("Pegawai"), ("people",)))
    if "auditor" in by.roles:
        entries.append(("readings.index", gettext("Pembacaan"), ("readings",)))
        entries.append(("integrity.index", gettext("Keutuhan"), ("integrity",)))
    if "personnel" in by.roles:
        entries.append(("imports.index", gettext("Impor"), ("imports",)))
    if by.roles & set(DATE_READERS):
        entries.append(("calendar.index", gettext("Kalender"), ("calendar", "windows")))
    if "process_owner" in by.roles:
        entries.append(("studio.index", gettext("Rancang"), ("studio",)))
    if by.roles & set(READERS):
        entries.append(("parameters.index", gettext("Parameter"), ("parameters",)))
    if by.roles & LETTER_READERS:
        entries.append(("foresight.index", gettext("Rencana surat"), ("foresight",)))
    if "operator" in by.roles:
        entries.append(("incidents.index", gettext("Gangguan"), ("incidents",)))
        entries.append(("operations.index", gettext("Kendali"), ("operations",)))
    if by.roles & BULK_ROLES:
        entries.append(("batches.index", gettext("Pekerjaan massal"), ("batches",)))
    return [
        Item(
            text,
            address(endpoint),
            request.blueprint in rooms,
            request.endpoint == endpoint,
            waiting() if endpoint == "inbox.index" else 0,
        )
        for endpoint, text, rooms in entries
    ]
