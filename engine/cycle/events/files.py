"""Events of many people from a file: each row is rehearsed in its turn, and all that are right are carried out at once.

What comes twice has the effect of once: a file is confirmed once, and a row that the record already has is a fault.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.cycle.access import demand
from engine.cycle.events.absences import LEAVES, LongLeave, StudyBegins, StudyEnds, StudyResult
from engine.cycle.events.changes import Reorganised, Transfer
from engine.cycle.events.contracts import Contract
from engine.cycle.events.leaving import LEAVING, Leaving
from engine.cycle.events.models import PersonEventRow
from engine.cycle.imports.batches import kept, read_again
from engine.cycle.imports.columns import (
    BadCell,
    Column,
    Fault,
    Parsed,
    day,
    nip,
    one_of,
    parse_sheet,
    unit_code,
    words,
    yes_or_no,
)
from engine.cycle.imports.reading import ImportRefused, read_sheet
from engine.cycle.imports.template import sheet_of
from engine.cycle.line_changes import Change, NewSuperior
from engine.cycle.lines import Lines
from engine.cycle.models import EmployeeRow, ImportRow, ImportStatus, PostKind
from engine.cycle.ratings import TIERS
from engine.cycle.storage import Storage
from engine.db import new_id
from engine.errors import EngineError, FormInvalid, NotFound, Refused
from engine.runtime.values import Actor, Json

KIND = "events"
MOST = 500  # rows: each is rehearsed
STUDY, RETURN, MOVE, LEAVE = "TUGAS_BELAJAR_MULAI", "TUGAS_BELAJAR_SELESAI", "MUTASI", "CUTI"
LINE, CONTRACT, REORGANISED = "GANTI_PENILAI", "KONTRAK_PPPK", "REORGANISASI"
EVENTS = (MOVE, REORGANISED, LINE, STUDY, RETURN, LEAVE, CONTRACT, *LEAVING)
FIELDS = {  # what the engine calls a field -> the column
    "starts": "tanggal",
    "last_day": "tanggal",
    "ends": "sampai",
    "until": "sampai",
    "letter": "nomor_surat",
    "position": "jabatan",
    "tier": "jenjang",
    "heads": "kepala_unit",
    "superior": "nip_atasan",
    "kind": "jenis_cuti",
    "text": "hasil_studi",
    "unit": "unit",
}


def amount(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError as error:
        raise BadCell("Tulis angka, misalnya 3,5.") from error


COLUMNS = (
    Column("nip", nip, "18 angka, sebagai teks.", required=True, example="198501012010011001", text_only=True),
    Column("peristiwa", one_of(EVENTS), "Apa yang terjadi.", required=True, example=MOVE, choices=EVENTS),
    Column(
        "tanggal",
        day,
        "Hari pertama berlaku; untuk yang berhenti: hari terakhir bekerja.",
        required=True,
        example="2026-08-01",
    ),
    Column("sampai", day, "Hari terakhir: tugas belajar, cuti, kontrak."),
    Column("nomor_surat", words(), "Nomor surat atau keputusan.", example="SK-12/2026"),
    Column("alasan", words(1000), "Paling sedikit 10 huruf.", required=True, example="Keputusan bupati nomor 12."),
    Column("unit", unit_code, "Mutasi atau reorganisasi: kode unit baru.", example="DINKES-KESMAS", text_only=True),
    Column("jabatan", words(), "Mutasi atau reorganisasi: nama jabatan baru."),
    Column("jenis_jabatan", one_of([kind.value for kind in PostKind]), "Mutasi atau reorganisasi: jenis jabatan baru."),
    Column("jenjang", one_of(TIERS), "Mutasi atau reorganisasi: jenjang jabatan fungsional.", choices=TIERS),
    Column("kepala_unit", yes_or_no, "Mutasi atau reorganisasi: memimpin unit itu.", choices=("ya", "tidak")),
    Column("nip_atasan", nip, "Ganti penilai: atasan yang benar.", text_only=True),
    Column("jenis_cuti", one_of(tuple(LEAVES)), "Cuti: jenisnya.", choices=tuple(LEAVES)),
    Column("hasil_studi", words(300), "Tugas belajar: hasil yang diharapkan."),
    Column("indikator", words(), "Tugas belajar: indikatornya."),
    Column("target", amount, "Tugas belajar: target."),
    Column("satuan", words(40), "Tugas belajar: satuan target."),
)


@dataclass(frozen=True)
class Line:
    """What a row would do."""

    row: int
    name: str
    text: str
    moves: int  # open tasks that go to somebody else
    closes: int  # open tasks that end
    sentences: Sequence[str]


@dataclass(frozen=True)
class EventsPreview:
    """What a file of events would do; faulty rows are left out when it is confirmed."""

    id: UUID
    filename: str
    lines: Sequence[Line]
    faulty: Sequence[Fault]
    ignored_columns: tuple[str, ...]


class EventFiles:
    """Files of events: looked at, then carried out. For personnel; each row asks what the actor may."""

    def __init__(self, storage: Storage, lines: Lines, max_bytes: int) -> None:
        self._storage, self._lines, self._max_bytes = storage, lines, max_bytes

    def preview(self, content: bytes, filename: str, *, by: Actor) -> EventsPreview:
        """Read a file and say what each row would do; nothing happens yet.

        Raises:
            NotYours
            ImportRefused: it cannot be read, or has too many rows.
        """
        demand(by, "personnel")
        sheet = read_sheet(content, max_bytes=self._max_bytes)
        if len(sheet.rows) > MOST:
            raise ImportRefused(f"Paling banyak {MOST} peristiwa dalam satu berkas.")
        rows, ignored = parse_sheet(sheet, COLUMNS)
        with self._storage.writing() as session:
            lines, faults = self._rehearsed(session, rows, by)
            batch = new_id()
            row = {"id": batch, "kind": KIND, "filename": filename.replace("\\", "/").rsplit("/", 1)[-1][:200]}
            seen = {"sha256": hashlib.sha256(content).hexdigest(), "rows": kept(sheet), "plan": _digest(lines)}
            when = {"status": ImportStatus.PREVIEWED, "created_at": self._storage.now(), "created_by": by.person}
            session.execute(sa.insert(ImportRow), row | seen | when)
        return EventsPreview(batch, filename, lines, faults, ignored)

    def confirm(self, batch: UUID, *, by: Actor) -> int:
        """Carry out what was seen, all in one transaction; gives how many events there were.

        Raises:
            NotFound: no such file of this actor.
            Refused: it was confirmed before, does nothing, or would do something else by now.
        """
        demand(by, "personnel")
        with self._storage.writing() as session:
            row = session.get(ImportRow, batch, with_for_update=True)
            if row is None or row.kind != KIND or row.created_by != by.person:
                raise NotFound("Unggahan ini tidak ada.")
            if row.status is ImportStatus.CONFIRMED:
                raise Refused("Berkas ini sudah diimpor.")
            rows, _ = parse_sheet(read_again(row.rows), COLUMNS)
            lines, _faults = self._rehearsed(session, rows, by)
            if not lines:
                raise Refused("Tidak ada peristiwa yang dapat dicatat dari berkas ini.")
            if _digest(lines) != row.plan:
                raise Refused("Data sudah berubah sejak pratinjau ini dibuat. Unggah berkasnya lagi.")
            right = {line.row for line in lines}
            for number, change, reason in _changes(session.connection(), rows, self._storage.today()):
                if number in right and not isinstance(change, Fault):
                    self._lines.carry_out_within(session, change, reason=reason, by=by)
            row.status, row.rows = ImportStatus.CONFIRMED, []
            row.confirmed_at, row.confirmed_by = self._storage.now(), by.person
        return len(lines)

    def _rehearsed(self, session: Session, rows: Sequence[Parsed], by: Actor) -> tuple[list[Line], list[Fault]]:
        """Every row as it would be after those above it; all is taken back."""
        lines, faults = [], [fault for row in rows for fault in row.faults]
        around = session.begin_nested()
        for number, change, reason in _changes(session.connection(), rows, self._storage.today()):
            if isinstance(change, Fault):
                faults.append(change)
                continue
            each = session.begin_nested()
            try:
                lines.append(self._line(session, number, change, reason, by))
                each.commit()
            except FormInvalid as invalid:
                each.rollback()
                faults += [Fault(number, FIELDS.get(name, name), text) for name, text in invalid.errors.items()]
            except EngineError as refused:
                each.rollback()
                faults.append(Fault(number, "peristiwa", str(refused)))
        around.rollback()
        return lines, sorted(faults, key=lambda fault: fault.row)

    def _line(self, session: Session, number: int, change: Change, reason: str, by: Actor) -> Line:
        found, title, name = self._lines.rehearse_within(session, change, reason=reason, by=by)
        sentences = found.consequences.sentences
        return Line(number, name, title, len(found.handovers), len(found.consequences.closes), sentences)


def _changes(
    connection: sa.Connection, rows: Sequence[Parsed], today: date
) -> Iterator[tuple[int, Change | Fault, str]]:
    """What each readable row asks for, with its reason."""
    people = {one.nip: one.id for one in connection.execute(sa.select(EmployeeRow.nip, EmployeeRow.id))}
    recorded = {
        (one.employee_id, one.kind, one.starts)
        for one in connection.execute(sa.select(PersonEventRow.employee_id, PersonEventRow.kind, PersonEventRow.starts))
    }
    for row in rows:
        if row.faults:
            continue
        values, number = row.values, row.row
        employee = people.get(str(values["nip"]))
        if employee is None:
            yield number, Fault(number, "nip", f"Pegawai dengan NIP {values['nip']} tidak ada."), ""
            continue
        missing = [name for name in NEEDED.get(str(values["peristiwa"]), ()) if values.get(name) is None]
        if missing:
            yield number, Fault(number, missing[0], f"Wajib diisi untuk {values['peristiwa']}."), ""
            continue
        change = MAKE[str(values["peristiwa"])](employee, values, people, today)
        if isinstance(change, str):
            yield number, Fault(number, "nip_atasan", change), ""
        elif (employee, change.event, change.starts) in recorded:
            yield number, Fault(number, "peristiwa", "Peristiwa ini sudah dicatat."), ""
        else:
            recorded.add((employee, change.event, change.starts))
            yield number, change, str(values["alasan"])


Values = Mapping[str, Json]
Made = Change | str  # a change, or what is wrong with the superior


def _day(values: Values, name: str) -> date | None:
    return date.fromisoformat(values[name]) if values.get(name) else None


def _text(values: Values, name: str) -> str:
    return str(values.get(name) or "")


def _transfer(employee: str, values: Values, people: Mapping[str, str], today: date) -> Made:
    starts = date.fromisoformat(values["tanggal"])
    kind, tier = PostKind(values["jenis_jabatan"]), values.get("jenjang")
    heads = bool(values.get("kepala_unit"))
    what = Reorganised if values["peristiwa"] == REORGANISED else Transfer
    return what(employee, values["unit"], values["jabatan"], kind, tier, heads, _text(values, "nomor_surat"), starts)


def _superior(employee: str, values: Values, people: Mapping[str, str], today: date) -> Made:
    superior = people.get(str(values["nip_atasan"]))
    if superior is None:
        return f"Pegawai dengan NIP {values['nip_atasan']} tidak ada."
    return NewSuperior(employee, superior, date.fromisoformat(values["tanggal"]))


def _study(employee: str, values: Values, people: Mapping[str, str], today: date) -> Made:
    result = StudyResult(
        _text(values, "hasil_studi"), _text(values, "indikator"), float(values["target"]), _text(values, "satuan")
    )
    starts = date.fromisoformat(values["tanggal"])
    return StudyBegins(employee, starts, _day(values, "sampai"), _text(values, "nomor_surat"), (result,))


def _return(employee: str, values: Values, people: Mapping[str, str], today: date) -> Made:
    return StudyEnds(employee, date.fromisoformat(values["tanggal"]), _text(values, "nomor_surat"))


def _leave(employee: str, values: Values, people: Mapping[str, str], today: date) -> Made:
    starts = date.fromisoformat(values["tanggal"])
    return LongLeave(employee, values["jenis_cuti"], starts, _day(values, "sampai"), _text(values, "nomor_surat"))


def _contract(employee: str, values: Values, people: Mapping[str, str], today: date) -> Made:
    starts = date.fromisoformat(values["tanggal"])
    return Contract(employee, date.fromisoformat(values["sampai"]), _text(values, "nomor_surat"), starts)


def _leaving(employee: str, values: Values, people: Mapping[str, str], today: date) -> Made:
    return Leaving(employee, values["peristiwa"], date.fromisoformat(values["tanggal"]))


MAKE: Mapping[str, Callable[[str, Values, Mapping[str, str], date], Made]] = {
    MOVE: _transfer,
    REORGANISED: _transfer,
    LINE: _superior,
    STUDY: _study,
    RETURN: _return,
    LEAVE: _leave,
    CONTRACT: _contract,
    **dict.fromkeys(LEAVING, _leaving),
}
NEEDED: Mapping[str, Sequence[str]] = {
    MOVE: ("unit", "jabatan", "jenis_jabatan", "nomor_surat"),
    REORGANISED: ("unit", "jabatan", "jenis_jabatan", "nomor_surat"),
    LINE: ("nip_atasan",),
    STUDY: ("sampai", "hasil_studi", "indikator", "target", "satuan", "nomor_surat"),
    RETURN: ("nomor_surat",),
    LEAVE: ("jenis_cuti", "sampai", "nomor_surat"),
    CONTRACT: ("sampai", "nomor_surat"),
}


def _digest(lines: Sequence[Line]) -> str:
    """The same for the same effect, in numbers of tasks and in words."""
    effect = [[line.row, line.text, line.moves, line.closes, list(line.sentences)] for line in lines]
    return hashlib.sha256(orjson.dumps(effect)).hexdigest()


def template() -> bytes:
    """An empty XLSX with the headings that a file of events has."""
    return sheet_of(COLUMNS)
