"""The ledger of evidence: which file was used where, known by the hash of its content (DOMAIN 2.6)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from engine.cycle.storage import Storage
from engine.errors import NotFound
from engine.runtime.access import readable
from engine.runtime.definitions import TASKS
from engine.runtime.models import CaseRow, FileRow, TaskDefinitionRow, TaskRow
from engine.runtime.values import Actor, HistoryEvent, Json

LABEL = "rhk"  # what a row of answers calls the result it belongs to


@dataclass(frozen=True)
class Use:
    """A file at one place; `result` is known where the reader may see the answers it came with."""

    file: UUID
    name: str
    case: UUID
    person: str
    person_name: str
    step: str
    result: str | None
    at: datetime


@dataclass(frozen=True)
class Evidence:
    """One content with every place where it was used, the first first."""

    sha256: str
    size: int
    uses: Sequence[Use]

    @property
    def is_repeated(self) -> bool:
        """Used for two results, in two cases or by two people; the same result's own log and report are one use."""
        return (
            len({(use.case, use.person, use.result) for use in self.uses if use.result or self._stands_alone(use)}) > 1
        )

    def _stands_alone(self, use: Use) -> bool:
        """Whether nothing is known of this use that could be the result of another use in the same case."""
        return not any(other.result and other.case == use.case for other in self.uses)


class EvidenceLedger:
    """What was handed in as evidence."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def of_case(self, case_id: UUID, events: Sequence[HistoryEvent], *, by: Actor) -> Sequence[Evidence]:
        """The files of a case and every other place of the same content; `events` as the actor may read them.

        Raises:
            NotFound: there is no such case, or it is not for this actor.
        """
        with self._storage.reading() as session:
            if session.scalar(sa.select(CaseRow.id).where(CaseRow.id == case_id, readable(by))) is None:
                raise NotFound("Perkara ini tidak ada, atau bukan untuk Anda.")
            results = _results(events)
            contents = sa.select(FileRow.sha256).where(FileRow.case_id == case_id)
            rows = session.execute(
                sa.select(
                    *FileRow.__table__.c, CaseRow.subject, CaseRow.subject_name, TaskDefinitionRow.name.label("step")
                )
                .join(CaseRow, CaseRow.id == FileRow.case_id)
                .outerjoin(TASKS, TaskRow.id == FileRow.task_id)
                .where(FileRow.sha256.in_(contents))
                .order_by(FileRow.uploaded_at, FileRow.id)
            )
            found: dict[str, list[Use]] = {}
            sizes: dict[str, int] = {}
            for row in rows:
                use = Use(
                    file=row.id,
                    name=row.name,
                    case=row.case_id,
                    person=row.subject,
                    person_name=row.subject_name,
                    step=row.step or "",
                    result=results.get(str(row.id)) if row.case_id == case_id else None,
                    at=row.uploaded_at,
                )
                found.setdefault(row.sha256, []).append(use)
                sizes[row.sha256] = row.size
            return [Evidence(sha256, sizes[sha256], uses) for sha256, uses in found.items()]

    def of_person(self, cycle: str, *, by: Actor) -> UUID | None:
        """The actor's own case of a year, whose ledger is the actor's."""
        with self._storage.reading() as session:
            query = sa.select(CaseRow.id).where(CaseRow.subject == by.person, CaseRow.cycle == cycle)
            return session.scalar(query.order_by(CaseRow.updated_at.desc()).limit(1))


def _results(events: Sequence[HistoryEvent]) -> Mapping[str, str]:
    """File id -> the result of the row that it was attached to, as far as the answers were readable."""
    return {file: label for event in events if event.answers for file, label in _files(event.answers, None)}


def _files(value: Json, label: str | None) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        named = value.get(LABEL)
        label = named if isinstance(named, str) else label
        if "sha256" in value and "id" in value and label:
            yield str(value["id"]), label
        for one in value.values():
            yield from _files(one, label)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _files(one, label)
