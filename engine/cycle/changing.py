"""Changes of an SKP that was set: who may ask, until when, and whose results rest on what changes (DOMAIN 2.5, F23)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from engine.cycle import skps
from engine.cycle.alignment.landscape import Landscape
from engine.cycle.alignment.reading import around
from engine.cycle.models import CycleRow
from engine.cycle.organisation import Organisation, Person
from engine.cycle.people import People
from engine.errors import FormInvalid, NotYours, Refused
from engine.runtime.definitions import defined
from engine.runtime.models import CaseRow, OutboxRow, TaskDefinitionRow, TaskRow
from engine.runtime.outbox import queued
from engine.runtime.values import LIVE, Actor, Json, TaskStatus

ASKED = "UBAH_SKP"
STEPS = ("draft_skp_change", "approve_skp_change")
REASONS: Mapping[str, str] = {
    "PEJABAT_BERUBAH": "Pergantian pejabat",
    "KEBIJAKAN_BERUBAH": "Perubahan strategi atau kebijakan",
    "ANGGARAN_BERUBAH": "Perubahan anggaran",
    "PENUGASAN_BARU": "Penugasan baru atau umpan balik",
    "KEADAAN_LAIN": "Keadaan lain yang membuat rencana tidak sesuai",
}
BY_LEADER, CLARIFIED = "PIMPINAN_BERUBAH", "KLARIFIKASI"  # reasons that nobody chooses
ALL_REASONS: Mapping[str, str] = {
    **REASONS,
    BY_LEADER: "Hasil pimpinan berubah",
    CLARIFIED: "Klarifikasi ulang setelah hasil pimpinan berubah",
}
SHORTEST, LONGEST = 20, 1000


@dataclass(frozen=True)
class Request:
    """A change that is asked for; `document` is the reference of what it rests on."""

    reason: str  # of REASONS
    text: str
    document: str
    effective: date | None


@dataclass(frozen=True)
class Requested:
    """What the diagram and the version of the SKP are told of a change (F23)."""

    alasan: str
    uraian: str
    dokumen: str
    berlaku: str
    diminta_oleh: str
    asal: str = "PERMINTAAN"  # or PIMPINAN: the leader's result has changed
    hasil: tuple[Mapping[str, Json], ...] = ()

    def to_json(self) -> dict[str, Json]:
        return {**asdict(self), "hasil": [dict(one) for one in self.hasil]}


def require_may_ask(organisation: Organisation, people: People, subject: Person, by: Actor) -> None:
    """Raises NotYours unless the actor is the employee, the appraiser or of the performance team."""
    appraiser = people.superiors(organisation, subject.id).appraiser.person
    team = people.team_of(organisation, subject.id, subject.unit or "")
    asks = by.person == subject.id or (appraiser is not None and by.person == appraiser.id) or team in by.groups
    if not asks:
        raise NotYours("Perubahan SKP diminta oleh pegawai, pejabat penilai, atau pengelola kinerja.")


def require_well_told(request: Request, cycle: CycleRow) -> None:
    """Raises FormInvalid by "reason", "text", "document", "effective"."""
    errors = {}
    if request.reason not in REASONS:
        errors["reason"] = "Pilih alasan perubahan."
    if not SHORTEST <= len(request.text.strip()) <= LONGEST:
        errors["text"] = f"Jelaskan perubahan dengan {SHORTEST} sampai {LONGEST} huruf."
    if not 3 <= len(request.document.strip()) <= 200:
        errors["document"] = "Tulis nomor atau nama dokumen dasarnya, paling banyak 200 huruf."
    if request.effective is None or not cycle.starts <= request.effective <= cycle.ends:
        errors["effective"] = "Tulis tanggal berlaku dalam tahun penilaian ini."
    if errors:
        raise FormInvalid(errors)


def require_time(organisation: Organisation, unit: str, cycle: CycleRow) -> None:
    """Raises Refused after the last day on which an SKP may change (`skp.ubah_terakhir`)."""
    last = organisation.parameters(unit).day("skp.ubah_terakhir", cycle.year)
    if organisation.on > min(last, cycle.ends):
        raise Refused(f"SKP tahun {cycle.year} hanya dapat diubah sampai {min(last, cycle.ends):%d-%m-%Y}.")


def require_none_open(connection: sa.Connection, case_id: UUID) -> None:
    """Raises Refused while another change is being drafted, decided or on its way."""
    open_step = sa.select(TaskRow.id).where(
        TaskRow.case_id == case_id, TaskRow.status == TaskStatus.OPEN, defined(TaskDefinitionRow.element.in_(STEPS))
    )
    underway = sa.select(OutboxRow.id).where(
        OutboxRow.key.startswith(f"{ASKED}/{case_id}/", autoescape=True), OutboxRow.status == "new"
    )
    if connection.scalar(open_step.limit(1)) is not None or connection.scalar(underway.limit(1)) is not None:
        raise Refused("Perubahan SKP yang lain masih berjalan. Selesaikan dulu, baru minta yang berikutnya.")


def ask(connection: sa.Connection, key: str, business_key: str, requested: Requested, now: datetime) -> None:
    """Queue the message to a case; it leaves after the commit, once for each `key`."""
    payload = {"name": ASKED, "key": business_key, "payload": requested.to_json()}
    connection.execute(sa.insert(OutboxRow), queued(f"{ASKED}/{key}", "message", payload, now))


def ask_children(
    connection: sa.Connection, leader: Person, cycle: str, version: str, change: Mapping[str, Json], now: datetime
) -> Sequence[str]:
    """Ask everyone whose results rest on what the leader's newest version changes to clarify again; gives who (AL-14)."""
    resting = _resting(connection, leader.id, cycle, around(connection, cycle, leader.id, now)[1])
    live = sa.select(CaseRow.subject, CaseRow.business_key).where(
        CaseRow.status.in_(LIVE), CaseRow.cycle == cycle, CaseRow.subject.in_(sorted(resting))
    )
    for person, business_key in connection.execute(live.order_by(CaseRow.subject, CaseRow.business_key)).all():
        uraian, dokumen = str(change.get("uraian") or ""), str(change.get("dokumen") or "")
        told = Requested(
            BY_LEADER,
            uraian,
            dokumen,
            str(change["berlaku"]),
            leader.name,
            asal="PIMPINAN",
            hasil=tuple(resting[person]),
        )
        ask(connection, f"dari/{version}/{business_key}", business_key, told, now)
    return sorted(resting)


def relinked(connection: sa.Connection, cycle: str, rows: Iterable[Mapping[str, Json]]) -> list[dict[str, Json]]:
    """The rows of an SKP, each supporting the newest form of what it has supported."""
    return [
        {**row, "rhk_pimpinan": skps.successor(connection, str(row["rhk_pimpinan"]), cycle) or row["rhk_pimpinan"]}
        if row.get("rhk_pimpinan")
        else dict(row)
        for row in rows
    ]


def _resting(connection: sa.Connection, leader: str, cycle: str, seen: Landscape) -> dict[str, list[dict[str, Json]]]:
    """By person, what of theirs rests on results of the leader that changed or were withdrawn."""
    found: dict[str, list[dict[str, Json]]] = {}
    for id in sorted(seen.replaced):
        owned = seen.results[id]
        if owned.person != leader:
            continue
        newest = seen.results.get(skps.successor(connection, id, cycle) or "")
        for child in seen.children.get(id, ()):
            becomes = newest.result.text if newest else None
            told = {"hasil": child.result.text, "semula": owned.result.text, "menjadi": becomes}
            found.setdefault(child.person, []).append(told)
    return found
