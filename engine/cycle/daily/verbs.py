"""A person's own log: add a line, change it, take it away, look at a month; nobody writes in somebody else's."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.cycle import skps
from engine.cycle.daily.models import DailyClosingRow, DailyLineRow
from engine.cycle.models import CycleRow, ParameterRow
from engine.cycle.organisation import Organisation
from engine.cycle.storage import Storage
from engine.errors import FormInvalid, NotFound, Refused
from engine.runtime.files import CaseFiles
from engine.runtime.models import CaseRow
from engine.runtime.values import LIVE, Actor, Json

DAILY = "HARIAN"
MOST_FILES = 5  # of one line
LONGEST = {"text": 1000, "measure": 40, "link": 500}  # letters, as in the form of the period's log
SHORTEST = 5
MINUTES = 24 * 60
CLOSED = "Laporan periode ini sudah dikirim; catatannya tidak dapat diubah lagi."


@dataclass(frozen=True)
class Line:
    """One line; `closed`: the report has taken it up."""

    id: int
    day: date
    result: str
    text: str
    volume: float | None
    measure: str
    minutes: int | None
    link: str
    closed: bool
    files: Sequence[Mapping[str, Json]] = ()  # of evidence: id, name, size, sha256


@dataclass(frozen=True)
class Note:
    """What is written into a line; `result` is a code of `Month.results`."""

    day: date | None
    result: str
    text: str
    volume: float | None = None
    measure: str = ""
    minutes: int | None = None
    link: str = ""


@dataclass(frozen=True)
class Month:
    """A month of a person's log."""

    first: date
    cycle: str
    results: Mapping[str, str]  # what lines are for, by code
    lines: Sequence[Line]  # the newest day first
    today: date


class DailyLog:
    """Daily logs, where the agency has chosen them (parameter `log.frekuensi`)."""

    def __init__(self, storage: Storage, files: CaseFiles) -> None:
        self._storage, self._files = storage, files

    def is_kept(self, *, by: Actor) -> bool:
        """Whether the actor has a running case and is asked to note every day."""
        chosen = sa.select(ParameterRow.value).where(ParameterRow.key == "log.frekuensi")
        with self._storage.reading() as session:
            return DAILY in session.scalars(chosen).all() and self._case(session, by) is not None

    def month(self, year: int, month: int, *, by: Actor) -> Month:
        """The actor's lines of a month. Raises NotFound for who keeps no daily log, or an impossible month."""
        if not 1 <= month <= 12 or not 2000 <= year <= 2100:
            raise NotFound("Bulan ini tidak ada.")
        first, last = date(year, month, 1), date(year, month, monthrange(year, month)[1])
        with self._storage.reading() as session:
            cycle = self._require(session, by)
            rows = session.scalars(
                sa.select(DailyLineRow)
                .where(DailyLineRow.person == by.person, DailyLineRow.day.between(first, last))
                .order_by(DailyLineRow.day.desc(), DailyLineRow.id.desc())
            ).all()
            closings = self._closings(session, by)
            results = _results(session, by, cycle)
            return Month(first, cycle, results, [_to_line(row, closings) for row in rows], self._storage.today())

    def line(self, id: int, *, by: Actor) -> Line:
        """One of the actor's lines. Raises NotFound."""
        with self._storage.reading() as session:
            return _to_line(self._own(session, id, by), self._closings(session, by))

    def add(self, note: Note, *, by: Actor) -> int:
        """A new line; gives its number.

        Raises:
            NotFound: the actor keeps no daily log.
            FormInvalid: by "day", "result", "text" ..., what is to be mended.
            Refused: the day's report was sent.
        """
        with self._storage.writing() as session:
            values = self._judged(session, note, by)
            row = DailyLineRow(person=by.person, noted_at=self._storage.now(), **values)
            session.add(row)
            session.flush()
            return row.id

    def change(self, id: int, note: Note, *, by: Actor) -> None:
        """Other words in a line. Raises as `add` does."""
        with self._storage.writing() as session:
            row = self._own(session, id, by)
            self._require_open(session, by, row.day)
            for name, value in self._judged(session, note, by, kept=row.result).items():
                setattr(row, name, value)

    def remove(self, id: int, *, by: Actor) -> None:
        """Raises NotFound; Refused when the day's report was sent."""
        with self._storage.writing() as session:
            row = self._own(session, id, by)
            self._require_open(session, by, row.day)
            session.delete(row)

    def attach(self, id: int, *, filename: str, content: bytes, by: Actor) -> None:
        """Hang a file of evidence to a line; it is kept in the case, whose readers see it with the report.

        Raises:
            NotFound
            UploadRefused: too large, or of a kind that is not taken.
            Refused: the day's report was sent, or the line has as many files as it may have.
        """
        with self._storage.writing() as session:
            row = self._own(session, id, by)
            self._require_open(session, by, row.day)
            kept = list(row.files or ())
            if len(kept) >= MOST_FILES:
                raise Refused(f"Satu catatan paling banyak {MOST_FILES} berkas.")
            case = session.scalar(self._cases(by).where(CaseRow.cycle == row.cycle_id))
            if case is None:
                raise NotFound("Perkara tahun ini sudah berakhir.")
            added = self._files.add(
                session.connection(), case, filename=filename, content=content, place="Catatan harian", by=by
            )
            told = {"id": str(added.id), "name": added.name, "size": added.size, "sha256": added.sha256}
            row.files = [*kept, told]

    def detach(self, id: int, file: str, *, by: Actor) -> None:
        """Take a file off a line; the ledger of the case still knows it. Raises NotFound; Refused as `change`."""
        with self._storage.writing() as session:
            row = self._own(session, id, by)
            self._require_open(session, by, row.day)
            left = [one for one in row.files or () if one["id"] != file]
            if len(left) == len(row.files or ()):
                raise NotFound("Berkas ini tidak ada pada catatan itu.")
            row.files = left

    def _cases(self, by: Actor) -> sa.Select[UUID]:
        mine = sa.select(CaseRow.id).where(CaseRow.subject == by.person, CaseRow.status.in_(LIVE))
        return mine.order_by(CaseRow.opened_at.desc()).limit(1)

    def _judged(self, session: Session, note: Note, by: Actor, *, kept: str | None = None) -> dict[str, object]:
        cycle = self._require(session, by)
        results = _results(session, by, cycle)
        result = kept if kept is not None and note.result == kept else results.get(note.result)
        errors = _errors(note, result, self._storage.today(), cycle)
        if errors or note.day is None or result is None:
            raise FormInvalid(errors)
        self._require_open(session, by, note.day)
        return {
            "cycle_id": cycle,
            "day": note.day,
            "result": result,
            "text": note.text.strip(),
            "volume": note.volume,
            "measure": note.measure.strip(),
            "minutes": note.minutes,
            "link": note.link.strip(),
        }

    def _require(self, session: Session, by: Actor) -> str:
        """The year of the actor's running case; raises NotFound when no daily log is kept."""
        cycle = self._case(session, by)
        if cycle is None:
            raise NotFound("Anda tidak diminta membuat catatan harian.")
        return cycle

    def _case(self, session: Session, by: Actor) -> str | None:
        row = session.execute(
            sa.select(CaseRow.unit, CaseRow.opened_at, CycleRow.id)
            .join(CycleRow, CycleRow.id == CaseRow.cycle)
            .where(CaseRow.subject == by.person, CaseRow.status.in_(LIVE))
            .order_by(CycleRow.year.desc(), CaseRow.opened_at.desc())
            .limit(1)
        ).first()
        if row is None:
            return None
        opened = row.opened_at.astimezone(self._storage.zone).date()
        return row.id if keeps_daily(session.connection(), row.unit, opened) else None

    def _own(self, session: Session, id: int, by: Actor) -> DailyLineRow:
        row = session.get(DailyLineRow, id)
        if row is None or row.person != by.person:
            raise NotFound("Catatan ini tidak ada, atau bukan milik Anda.")
        return row

    def _closings(self, session: Session, by: Actor) -> Sequence[tuple[date, date]]:
        query = sa.select(DailyClosingRow.starts, DailyClosingRow.ends).where(DailyClosingRow.person == by.person)
        return [(row.starts, row.ends) for row in session.execute(query)]

    def _require_open(self, session: Session, by: Actor, day: date) -> None:
        if _is_closed(day, self._closings(session, by)):
            raise Refused(CLOSED)


def keeps_daily(connection: sa.Connection, unit: str, opened: date) -> bool:
    """Whether a unit's cases that opened on a day go by the daily log: what held then holds for the whole case."""
    return Organisation(connection, opened).parameters(unit).text("log.frekuensi") == DAILY


def _results(session: Session, by: Actor, cycle: str) -> Mapping[str, str]:
    return skps.all_results(session.connection(), by.person, cycle)


def _errors(note: Note, result: str | None, today: date, cycle: str) -> dict[str, str]:
    errors = {}
    if note.day is None or note.day > today or str(note.day.year) != cycle:
        errors["day"] = f"Tulis tanggal pada tahun {cycle}, paling lambat hari ini."
    if result is None:
        errors["result"] = "Pilih rencana hasil kerja; SKP harus sudah ditetapkan."
    if not SHORTEST <= len(note.text.strip()) <= LONGEST["text"]:
        errors["text"] = f"Tulis {SHORTEST} sampai {LONGEST['text']} huruf: apa yang dikerjakan dan hasilnya."
    if note.volume is not None and note.volume < 0:
        errors["volume"] = "Tulis angka 0 atau lebih."
    if len(note.measure.strip()) > LONGEST["measure"]:
        errors["measure"] = f"Paling panjang {LONGEST['measure']} huruf."
    if note.minutes is not None and not 0 <= note.minutes <= MINUTES:
        errors["minutes"] = f"Tulis menit antara 0 dan {MINUTES}."
    link = note.link.strip()
    if link and (not link.startswith(("http://", "https://")) or " " in link or len(link) > LONGEST["link"]):
        errors["link"] = "Tulis alamat yang diawali https://"
    return errors


def _is_closed(day: date, closings: Sequence[tuple[date, date]]) -> bool:
    return any(starts <= day <= ends for starts, ends in closings)


def _to_line(row: DailyLineRow, closings: Sequence[tuple[date, date]]) -> Line:
    closed = _is_closed(row.day, closings)
    files = tuple(row.files or ())
    return Line(row.id, row.day, row.result, row.text, row.volume, row.measure, row.minutes, row.link, closed, files)
