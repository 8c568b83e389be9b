"""Many papers at once: issued as bulk work with its progress, downloaded as ZIP files of a bearable size."""

import io
import threading
import zipfile
from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa

from engine.cycle.access import demand_unit, scope, tree
from engine.cycle.organisation import Organisation
from engine.cycle.papers import records
from engine.cycle.papers.kinds import PaperKind
from engine.cycle.papers.models import PaperRow
from engine.cycle.papers.verbs import Made, Papers
from engine.errors import NotFound, Refused
from engine.runtime import files
from engine.runtime.access import require_role
from engine.runtime.batches import Batch, Batches
from engine.runtime.models import BatchItemRow, CaseRow
from engine.runtime.resources import Resources
from engine.runtime.values import Actor, CaseStatus, Json

KIND = "issue_papers"  # of bulk work; items say what a paper is about, the payload its kind and year
ROLES = frozenset({"personnel"})
PER_PART = 250  # papers in one ZIP: some ten megabytes


class BulkPapers:
    """Orders of papers for a unit's tree or the agency."""

    def __init__(self, resources: Resources, batches: Batches, papers: Papers) -> None:
        self._resources, self._batches, self._papers = resources, batches, papers
        self._ready = _Ready()
        batches.register(KIND, self._issue, ROLES, before=self._make)

    def start(self, kind: PaperKind, cycle: str, unit: str | None, *, by: Actor) -> UUID:
        """Order a paper of one kind for everyone of a unit's tree who has what it tells of; gives the order's id.

        Raises:
            NotYours: the actor is not personnel, or the unit is out of sight.
            Refused: there is nothing to issue.
        """
        require_role(by, *ROLES)
        with self._resources.reading() as connection:
            day = self._resources.clock.now().astimezone(self._resources.zone).date()
            demand_unit(scope(Organisation(connection, day), by), unit)
            items = self._items(connection, kind, cycle, unit)
        if not items:
            raise Refused("Belum ada yang dapat diterbitkan untuk pilihan ini.")
        title = f"{kind.heading} {cycle}: {len(items)} dokumen"
        return self._batches.start(KIND, title, items, {"kind": kind.value, "cycle": cycle}, by=by)

    def all(self, *, by: Actor) -> Sequence[Batch]:
        """The newest orders."""
        require_role(by, *ROLES)
        return [batch for batch in self._batches.list(by=by, limit=200).items if batch.kind == KIND]

    def parts(self, batch: Batch) -> int:
        """Into how many ZIP files the papers of an order go."""
        return -(-batch.done // PER_PART)

    def part(self, batch_id: UUID, number: int, *, by: Actor) -> tuple[bytes, Sequence[str]]:
        """One ZIP, numbered from 1, of the papers that were issued so far, and whom they are about.

        Raises:
            NotFound: there is no such order or part.
        """
        require_role(by, *ROLES)
        batch = self._batches.view(batch_id, by=by)
        if batch.kind != KIND or not 1 <= number <= self.parts(batch):
            raise NotFound("Bagian ini tidak ada; muat ulang halaman.")
        kind = batch.payload["kind"]
        with self._resources.reading() as connection:
            about = connection.scalars(
                sa.select(BatchItemRow.item)
                .where(BatchItemRow.batch_id == batch_id, BatchItemRow.outcome == "done")
                .order_by(BatchItemRow.id)
                .limit(PER_PART)
                .offset((number - 1) * PER_PART)
            ).all()
            rows = connection.execute(
                sa.select(PaperRow.holder, PaperRow.subject, PaperRow.version, PaperRow.code, PaperRow.content)
                .where(PaperRow.kind == kind, PaperRow.about.in_(about), PaperRow.replaced_at.is_(None))
                .order_by(PaperRow.holder, PaperRow.code)
            ).all()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:  # PDFs are packed inside
            for row in rows:
                name = f"{_plain(row.holder)}-{kind}-v{row.version}-{row.code}.pdf"
                archive.writestr(name, files.stored(self._resources.data_dir, row.content))
        return packed.getvalue(), [row.subject for row in rows if row.subject is not None]

    def _make(self, item: str, payload: Mapping[str, Json], by: Actor) -> None:
        self._ready.made = self._papers.make(PaperKind(payload["kind"]), item, by=by)
        self._ready.item = (item, payload["kind"])

    def _issue(self, connection: sa.Connection, item: str, payload: Mapping[str, Json], by: Actor) -> str:
        """Register what was drawn before the transaction: drawing takes long, and would hold SQLite's only write lock."""
        made = self._ready.made if self._ready.item == (item, payload["kind"]) else None
        paper = self._papers.register(connection, made) if made is not None else None
        if paper is None:
            raise Refused("Dokumen ini diterbitkan orang lain pada saat yang sama; terbitkan lagi bila perlu.")
        return f"{paper.holder}: versi {paper.version}, kode {paper.shown_code}"

    def _items(self, connection: sa.Connection, kind: PaperKind, cycle: str, unit: str | None) -> list[str]:
        units = tree(connection, [unit]) if unit is not None else None
        where = [CaseRow.cycle == cycle, CaseRow.status != CaseStatus.CANCELLED]
        if units is not None:
            where.append(CaseRow.unit.in_(units))
        cases = connection.execute(
            sa.select(CaseRow.id, CaseRow.unit).where(*where).order_by(CaseRow.subject_name)
        ).all()
        zone = self._resources.zone
        found = (
            [
                source
                for one in sorted({case.unit for case in cases})
                for source in records.of_unit(connection, one, cycle, zone)
            ]
            if kind.of_unit
            else [source for case in cases for source in records.of_case(connection, case.id, zone)]
        )
        wanted = [source for source in found if source.kind is kind]
        return [source.about for source in wanted if source.period in (None, records.ANNUAL)]


class _Ready(threading.local):
    """What this thread has drawn last, for the transaction that comes next."""

    item: tuple[str, str] | None = None
    made: Made | None = None


def _plain(text: str) -> str:
    """A file name that every system takes."""
    return "".join(sign if sign.isalnum() else "-" for sign in text)[:60].strip("-")
