"""Papers: look at them, issue them, download them, check them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from markupsafe import Markup

from engine.clock import today
from engine.cycle.models import EmployeeRow, UnitRow
from engine.cycle.organisation import Organisation
from engine.cycle.papers import codes, of_person, of_unit, records, rendering, signing
from engine.cycle.papers.drafts import Composer, Desk, Draft, Source
from engine.cycle.papers.kinds import PaperKind
from engine.cycle.papers.models import PaperRow
from engine.cycle.papers.reading_rights import may_read
from engine.cycle.papers.signing import SignatureService
from engine.cycle.people import People
from engine.db import new_id
from engine.errors import NotFound
from engine.runtime import files
from engine.runtime.outbox import Effect
from engine.runtime.resources import Resources
from engine.runtime.values import Actor
from engine.settings import Settings

COMPOSERS: Mapping[PaperKind, Composer] = {
    PaperKind.SKP: of_person.skp,
    PaperKind.EVALUATION: of_person.evaluation,
    PaperKind.RESULT: of_person.result,
    PaperKind.OBJECTION: of_person.objection,
    PaperKind.CREDITS: of_person.conversion,
    PaperKind.MATRIX: of_unit.matrix,
    PaperKind.UNIT: of_unit.predicate,
}
NOTHING = "Dokumen ini tidak ada, atau bukan untuk Anda."


@dataclass(frozen=True)
class Paper:
    """One issued version."""

    id: UUID
    code: str
    kind: PaperKind
    about: str
    subject: str | None  # whom it is about; None: a unit
    version: int
    holder: str
    cycle: str
    size: int  # bytes of the PDF
    issued_at: datetime
    replaced: bool
    signed_by: str | None
    signature: str | None

    @property
    def shown_code(self) -> str:
        """The code in groups of four."""
        return codes.shown(self.code)

    @property
    def awaits_signature(self) -> bool:
        """Whether a service has still to sign it."""
        return self.signed_by is not None and self.signature is None and not self.replaced


@dataclass(frozen=True)
class Line:
    """A paper that an actor may read: what it would tell of, and its issued versions, the newest first."""

    source: Source
    papers: Sequence[Paper]

    @property
    def title(self) -> str:
        return self.source.kind.heading

    @property
    def current(self) -> Paper | None:
        """The newest version, while it tells of the record that counts."""
        return self.papers[0] if self.papers and not self.papers[0].replaced else None


@dataclass(frozen=True)
class Opened:
    """A paper to look at: its text as a part of a page, and its line."""

    line: Line
    body: Markup
    as_issued: bool  # the text is that of the current version, word for word


@dataclass(frozen=True)
class Verified:
    """What anybody may know of an issued paper; no grade, nothing that it says."""

    code: str
    kind: PaperKind
    holder: str
    year: str
    version: int
    issued_at: datetime
    current: bool
    replaced_at: datetime | None
    signed_by: str | None


@dataclass(frozen=True)
class Made:
    """A version that was composed and drawn, and is not issued yet; without a row, what was issued last says the same."""

    draft: Draft
    after: int  # the version that it follows; 0: none
    row: Mapping[str, Any] | None
    content: bytes


class Papers:
    """The papers of the year; every verb asks who wants it, but for the check of a code."""

    def __init__(
        self, resources: Resources, people: People, settings: Settings, signing: SignatureService | None = None
    ) -> None:
        self._resources, self._people, self._settings, self._signing = resources, people, settings, signing

    def of_case(self, case_id: UUID, *, by: Actor) -> Sequence[Line]:
        """The papers of a case that the actor may read, in the order of the year."""
        with self._resources.reading() as connection:
            return self._lines(connection, records.of_case(connection, case_id, self._resources.zone), by)

    def of_unit(self, unit: str, cycle: str, *, by: Actor) -> Sequence[Line]:
        """The papers of a unit's year that the actor may read."""
        with self._resources.reading() as connection:
            return self._lines(connection, records.of_unit(connection, unit, cycle, self._resources.zone), by)

    def open(self, kind: PaperKind, about: str, *, by: Actor) -> Opened:
        """A paper as it reads now.

        Raises:
            NotFound: there is nothing to tell of, or it is not for this actor.
            Refused: it cannot be composed; says why.
        """
        with self._resources.reading() as connection:
            line = self._line(connection, kind, about, by)
            draft = self._compose(connection, line.source)
            row = self._newest(connection, kind, about)
        same = line.current is not None and row is not None and row.facts == draft.digest
        return Opened(line, rendering.body(draft, self._stamp(row) if same and row is not None else None), same)

    def issue(self, kind: PaperKind, about: str, *, by: Actor) -> Paper:
        """Issue the next version; where nothing has changed, the current one again.

        Raises:
            NotFound: there is nothing to tell of, or it is not for this actor.
            Refused: it cannot be composed, or no PDF can be made here.
        """
        while True:
            made = self.make(kind, about, by=by)
            issued = self._resources.write(partial(self.register, made=made))
            if issued is not None:
                return issued

    def make(self, kind: PaperKind, about: str, *, by: Actor) -> Made:
        """Compose and draw what the next version would be: the slow part, which writes nothing and holds no lock.

        Raises: as `issue` does.
        """
        with self._resources.reading() as connection:
            source = self._line(connection, kind, about, by).source
            draft = self._compose(connection, source)
            last = self._newest(connection, kind, about)
        version = last.version if last is not None else 0
        if last is not None and last.replaced_at is None and (last.facts, last.source) == (draft.digest, source.id):
            return Made(draft, version, None, b"")
        row, content = self._made(draft, version + 1, self._resources.clock.now(), by)
        return Made(draft, version, row, content)

    def register(self, connection: sa.Connection, made: Made) -> Paper | None:
        """Issue what was made, inside a transaction; None: somebody has issued another version since, so make it anew."""
        source, row = made.draft.source, made.row
        self._lock(connection, source)
        last = self._newest(connection, source.kind, source.about)
        if (last.version if last is not None else 0) != made.after:
            return None
        if row is None:
            return _to_paper(last)
        files.keep(self._resources.data_dir, made.content)
        same = (PaperRow.kind == source.kind, PaperRow.about == source.about, PaperRow.replaced_at.is_(None))
        connection.execute(sa.update(PaperRow).where(*same).values(replaced_at=row["issued_at"]))
        connection.execute(sa.insert(PaperRow), row)
        if self._signing is not None:
            nip = (made.draft.facts.get("appraiser") or {}).get("nip") or ""
            signing.order(connection, row, nip=nip, reason=source.kind.heading)
        return self._paper(connection, row["id"])

    def sign(self, effect: Effect) -> None:
        """Have an issued paper signed, as the outbox asks; see `signing.carry_out`."""
        signing.carry_out(self._resources, self._signing, effect)

    def pdf(self, paper_id: UUID, *, by: Actor) -> tuple[Paper, bytes]:
        """An issued version and its PDF, byte for byte as it was issued; replaced ones too.

        Raises:
            NotFound: there is none, or it is not for this actor.
        """
        with self._resources.reading() as connection:
            row = connection.execute(sa.select(*PaperRow.__table__.c).where(PaperRow.id == paper_id)).one_or_none()
            if row is None or not may_read(self._organisation(connection), self._people, _to_source(row), by):
                raise NotFound(NOTHING)
            return _to_paper(row), files.stored(self._resources.data_dir, row.content)

    def verify(self, text: str) -> Verified | None:
        """What the register says of a code, for anybody; None for a code that was never given."""
        code = codes.read(text)
        with self._resources.reading() as connection:
            row = connection.execute(sa.select(*PaperRow.__table__.c).where(PaperRow.code == code)).one_or_none()
            if row is None:
                return None
            current = row.replaced_at is None and self._counts(connection, row)
        return Verified(
            codes.shown(row.code),
            PaperKind(row.kind),
            row.holder,
            row.cycle_id,
            row.version,
            row.issued_at,
            current,
            row.replaced_at,
            row.signed_by if row.signature is not None else None,
        )

    # how

    def _lines(self, connection: sa.Connection, sources: Sequence[Source], by: Actor) -> Sequence[Line]:
        organisation = self._organisation(connection)
        return [
            Line(source, self._versions(connection, source))
            for source in sources
            if may_read(organisation, self._people, source, by) and _applies(organisation, source)
        ]

    def _line(self, connection: sa.Connection, kind: PaperKind, about: str, by: Actor) -> Line:
        found = self._lines(connection, self._sources(connection, kind, about), by)
        line = next((one for one in found if (one.source.kind, one.source.about) == (kind, about)), None)
        if line is None:
            raise NotFound(NOTHING)
        return line

    def _sources(self, connection: sa.Connection, kind: PaperKind, about: str) -> Sequence[Source]:
        head, _, rest = about.partition("/")
        if kind.of_unit:
            return records.of_unit(connection, head, rest, self._resources.zone)
        try:
            return records.of_case(connection, UUID(head), self._resources.zone)
        except ValueError as wrong:
            raise NotFound(NOTHING) from wrong

    def _counts(self, connection: sa.Connection, row: Any) -> bool:
        """Whether a paper still tells of the record that counts: a reopened evaluation is no longer what it says."""
        sources = self._sources(connection, PaperKind(row.kind), row.about)
        return any((one.kind, one.about, one.id) == (row.kind, row.about, row.source) for one in sources)

    def _versions(self, connection: sa.Connection, source: Source) -> Sequence[Paper]:
        rows = connection.execute(
            sa.select(*PaperRow.__table__.c)
            .where(PaperRow.kind == source.kind, PaperRow.about == source.about)
            .order_by(PaperRow.version.desc())
        )
        return [
            replace(_to_paper(row), replaced=row.replaced_at is not None or row.source != source.id) for row in rows
        ]

    def _newest(self, connection: sa.Connection, kind: PaperKind, about: str) -> Any | None:
        return connection.execute(
            sa.select(*PaperRow.__table__.c)
            .where(PaperRow.kind == kind, PaperRow.about == about)
            .order_by(PaperRow.version.desc())
            .limit(1)
        ).one_or_none()

    def _paper(self, connection: sa.Connection, id: UUID) -> Paper:
        return _to_paper(connection.execute(sa.select(*PaperRow.__table__.c).where(PaperRow.id == id)).one())

    def _compose(self, connection: sa.Connection, source: Source) -> Draft:
        desk = Desk(connection, self._resources, self._people, self._settings.agency_name)
        return COMPOSERS[source.kind](desk, source)

    def _made(self, draft: Draft, version: int, now: datetime, by: Actor) -> tuple[dict[str, Any], bytes]:
        """The row of a new version, and its PDF."""
        code = codes.new_code()
        content = rendering.pdf(draft, self._stamp_of(code, version, now))
        source = draft.source
        row = {
            "id": new_id(),
            "code": code,
            "kind": source.kind,
            "about": source.about,
            "version": version,
            "case_id": source.case,
            "subject": source.subject,
            "unit_id": source.unit,
            "cycle_id": source.cycle,
            "holder": draft.holder,
            "source": source.id,
            "facts": draft.digest,
            "content": hashlib.sha256(content).hexdigest(),
            "size": len(content),
            "issued_at": now,
            "issued_by": by.person,
            "signed_by": self._signing.name if self._signing is not None else None,
            "signature": None,
        }
        return row, content

    def _stamp(self, row: Any) -> rendering.Stamp:
        return self._stamp_of(row.code, row.version, row.issued_at)

    def _stamp_of(self, code: str, version: int, at: datetime) -> rendering.Stamp:
        address = f"{self._settings.base_url}/verifikasi/{codes.shown(code)}"
        return rendering.Stamp(codes.shown(code), address, version, at.astimezone(self._resources.zone).date())

    def _lock(self, connection: sa.Connection, source: Source) -> None:
        """Let versions of one holder be issued one after the other."""
        holder: sa.Select[Any] = (
            sa.select(UnitRow.id).where(UnitRow.id == source.unit)
            if source.subject is None
            else sa.select(EmployeeRow.id).where(EmployeeRow.id == source.subject)
        )
        connection.execute(holder.with_for_update())

    def _organisation(self, connection: sa.Connection) -> Organisation:
        return Organisation(connection, today(self._resources.clock, self._resources.zone))


def _applies(organisation: Organisation, source: Source) -> bool:
    """Credits are for tiers that earn them."""
    if source.kind is not PaperKind.CREDITS:
        return True
    person = organisation.person(source.subject or "")
    return person is not None and person.tier is not None


def _to_paper(row: Any) -> Paper:
    return Paper(
        row.id,
        row.code,
        PaperKind(row.kind),
        row.about,
        row.subject,
        row.version,
        row.holder,
        row.cycle_id,
        row.size,
        row.issued_at,
        row.replaced_at is not None,
        row.signed_by,
        row.signature,
    )


def _to_source(row: Any) -> Source:
    return Source(PaperKind(row.kind), row.source, row.about, row.unit_id, row.cycle_id, row.case_id, row.subject)
