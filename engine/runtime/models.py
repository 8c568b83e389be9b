"""The tables behind the runtime's values. Rows stay inside; what goes out is in values.py."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Big

ONE_TREE = {"sqlite_with_rowid": False}  # small rows that are found by their key: one tree in place of two


def _where(condition: str) -> dict[str, Any]:
    """An index of these rows only, on both databases; a query must say the same in the same words."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


class ReleaseRow(Base):
    """A closed, immutable set of documents."""

    __tablename__ = "releases"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[str] = mapped_column(sa.String(64), unique=True)
    note: Mapped[str]
    published_at: Mapped[datetime]
    published_by: Mapped[str]


class ReleaseFileRow(Base):
    """One document of a release, as it was published."""

    __tablename__ = "release_files"

    release: Mapped[int] = mapped_column(sa.ForeignKey("releases.number"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]


class DraftDocumentRow(Base):
    """A document that the process owner is changing; `revision` refuses a second author's older page."""

    __tablename__ = "draft_documents"

    name: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]
    revision: Mapped[int]
    saved_at: Mapped[datetime]
    saved_by: Mapped[str]


class CaseRow(Base):
    """One run of a process: pinned to a release, its state compressed, the head of its history beside it."""

    __tablename__ = "cases"
    __table_args__ = (
        sa.UniqueConstraint("process", "business_key"),
        sa.Index("ix_cases_list", "cycle", "unit", "status"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    process: Mapped[str]
    business_key: Mapped[str]
    title: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    subject_name: Mapped[str]
    unit: Mapped[str]
    cycle: Mapped[str]
    zone: Mapped[str | None]  # IANA name of the clock on its people's wall; None: the installation's
    phase: Mapped[str]
    status: Mapped[str]
    release: Mapped[int] = mapped_column(sa.ForeignKey("releases.number"))
    version: Mapped[int]
    state: Mapped[bytes]
    seq: Mapped[int]
    head: Mapped[bytes]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]


class PartyRow(Base):
    """Who may read a case: its subject and everyone who had a task in it ("p:<person>", "g:<group>")."""

    __tablename__ = "case_parties"
    __table_args__ = (ONE_TREE,)

    identity: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"), primary_key=True, index=True)


class TaskDefinitionRow(Base):
    """What many tasks say alike: their texts as a release has them, each kept once. Never changed."""

    __tablename__ = "task_definitions"
    __table_args__ = (
        sa.Index(
            "ix_task_definitions_texts",
            *("element", "process", "name", "name_en", "form", "performer", "phase"),
            unique=True,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    element: Mapped[str]
    process: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str]
    form: Mapped[str]
    performer: Mapped[str]
    phase: Mapped[str]


class TaskRow(Base):
    """A user task that someone has, or had, to do; `number` finds it in the case's state."""

    __tablename__ = "tasks"
    __table_args__ = (
        sa.UniqueConstraint("case_id", "number"),
        sa.Index("ix_tasks_mine", "assignee", "due_at", **_where("status = 'open' AND assignee IS NOT NULL")),
        sa.Index("ix_tasks_team", "pool", "due_at", **_where("status = 'open' AND assignee IS NULL")),
        sa.Index("ix_tasks_done", "closed_by", "closed_at", **_where("status = 'completed'")),
        sa.Index("ix_tasks_submit_key", "submit_key", unique=True, **_where("submit_key IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"))
    number: Mapped[int]
    definition: Mapped[int] = mapped_column(sa.ForeignKey("task_definitions.id"))
    assignee: Mapped[str | None]
    pool: Mapped[str | None]  # the group of which one takes the task
    status: Mapped[str]
    revision: Mapped[int]
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    draft: Mapped[dict[str, Any] | None]
    draft_saved_at: Mapped[datetime | None]
    note: Mapped[str | None]  # why it came back
    submit_key: Mapped[str | None]  # under which it was completed; forgotten after a while, with the digest
    submit_digest: Mapped[str | None]  # of what was sent under that key
    submit_seq: Mapped[int | None]  # the history event of the completion
    on_behalf_of: Mapped[str | None]  # in whose place the assignee acts
    release: Mapped[int | None]  # of a closed task whose case has moved since: the release that it was done on


class UrgedTaskRow(Base):
    """When somebody last sent a reminder of a task by hand."""

    __tablename__ = "urged_tasks"

    task_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tasks.id"), primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column("sent_by", sa.String(64))


class TimerRow(Base):
    """What waits for its hour; a claim moves `next_at`, the only column that the sweep's index reads."""

    __tablename__ = "timers"
    __table_args__ = (sa.Index("ix_timers_case", "case_id", "number"),)

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"))
    number: Mapped[int]  # of the task in the case's state
    kind: Mapped[str]  # "event": a timer of the diagram; "reminder": of an open task
    element: Mapped[str]
    due_at: Mapped[datetime]
    next_at: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int]


class SubscriptionRow(Base):
    """A message or signal that a case waits for."""

    __tablename__ = "subscriptions"
    __table_args__ = (sa.Index("ix_subscriptions_name", "kind", "name", "case_id"), ONE_TREE)

    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)  # "message" | "signal"
    name: Mapped[str] = mapped_column(primary_key=True)


class PendingMessageRow(Base):
    """A message that came before its catcher waits, or a signal whose catcher is held; kept until it can be taken."""

    __tablename__ = "pending_messages"
    __table_args__ = (sa.Index("ix_pending_messages_key", "business_key", "name"),)

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    business_key: Mapped[str]
    name: Mapped[str]
    payload: Mapped[dict[str, Any]]
    sent_by: Mapped[str]
    expires_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(server_default="message")  # "message" | "signal"
    case_id: Mapped[UUID | None]  # of a signal; a message finds its case by the key


class HistoryRow(Base):
    """What has happened: append only, chained by hash. `body` is read with `event_texts.text_of`.

    `box` holds its personal values, for which `body` has salted commitments, encrypted under the case's key. A box may be
    emptied when `erased_values` names its event.
    """

    __tablename__ = "history"
    __table_args__ = (ONE_TREE,)

    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[Any] = mapped_column(sa.Text, nullable=False)  # packed on SQLite
    hash: Mapped[bytes]
    box: Mapped[bytes | None]


class CheckpointRow(Base):
    """A root over the heads of all cases, signed; the file with the heads is in the auditor's hands. Never changed."""

    __tablename__ = "checkpoints"

    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    signed_at: Mapped[datetime]
    cases: Mapped[int]
    events: Mapped[int] = mapped_column(Big)
    root: Mapped[str] = mapped_column(sa.String(64))
    prev: Mapped[str] = mapped_column(sa.String(64))  # SHA-256 of the signature before; empty for the first
    public_key: Mapped[str] = mapped_column(sa.String(64))  # base64
    signature: Mapped[bytes]


class CheckpointFileRow(Base):
    """The file of a checkpoint as it is handed over; only the newest few are kept here."""

    __tablename__ = "checkpoint_files"

    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes]


class ErasedRow(Base):
    """An event whose sealed values were erased; without this row the database lets no box go. Never changed."""

    __tablename__ = "erased_values"
    __table_args__ = (ONE_TREE,)

    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(sa.String(16))  # why it went: a line of the retention schedule
    erased_at: Mapped[datetime]


class CaseKeyRow(Base):
    """The key of one person's one cycle, wrapped; destroying it erases the values and leaves the proof."""

    __tablename__ = "case_keys"
    __table_args__ = (ONE_TREE,)

    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"), primary_key=True)
    wrapped: Mapped[bytes]


class SecretKeyRow(Base):
    """The key of a case's secret answers, wrapped with a key that lies outside the database; destroying it erases them."""

    __tablename__ = "secret_keys"
    __table_args__ = (ONE_TREE,)

    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"), primary_key=True)
    wrapped: Mapped[bytes]
    wrapped_by: Mapped[str] = mapped_column(sa.String(16))  # the name of the wrapping key


class CommandRow(Base):
    """An accepted submission of the first versions: the same key gets the same answer. New ones are in their task."""

    __tablename__ = "commands"

    key: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    answer: Mapped[dict[str, Any] | None]
    at: Mapped[datetime] = mapped_column(index=True)


class DirectoryVersionRow(Base):
    """One row of numbers that triggers draw anew at every change of the data behind them."""

    __tablename__ = "directory_version"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Big)  # of the directory: people, posts, agreements
    accounts: Mapped[int] = mapped_column(Big, server_default="1")


class OutboxRow(Base):
    """A side effect that a step has decided; a worker carries it out, at least once, under a stable key, and drops it."""

    __tablename__ = "outbox"
    __table_args__ = (
        sa.Index(
            "ix_outbox_due",
            "next_at",
            sqlite_where=sa.text("status = 'new'"),
            postgresql_where=sa.text("status = 'new'"),
        ),
        sa.Index(
            "ix_outbox_letters",
            "person",
            "next_at",
            sqlite_where=sa.text("status = 'new' AND kind = 'letter'"),
            postgresql_where=sa.text("status = 'new' AND kind = 'letter'"),
        ),
    )

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)  # "<case>/<seq>/<n>"
    case_id: Mapped[UUID | None]
    kind: Mapped[str]  # "mail" | "letter" | "message" | "signal"
    person: Mapped[str | None] = mapped_column(sa.String(64))  # whose letter
    payload: Mapped[dict[str, Any]]
    status: Mapped[str]  # "new" | "dead"
    attempts: Mapped[int]
    next_at: Mapped[datetime]
    error: Mapped[str | None]


class ForeseenLetterRow(Base):
    """A letter that will leave if nobody does anything until then; made anew by each order."""

    __tablename__ = "foreseen_letters"
    __table_args__ = (sa.Index("ix_foreseen_letters_person", "person", "leaves_at"),)

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    leaves_at: Mapped[datetime]
    person: Mapped[str] = mapped_column(sa.String(64))
    name: Mapped[str]
    case_id: Mapped[UUID | None]
    subject: Mapped[str]
    sentence: Mapped[str]


class IncidentRow(Base):
    """A case parked because something failed; the others go on."""

    __tablename__ = "incidents"
    __table_args__ = (sa.Index("ix_incidents_open", "status", "at"),)

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"), index=True)
    element: Mapped[str]
    label: Mapped[str]
    cause: Mapped[str] = mapped_column(sa.Text)
    work: Mapped[dict[str, Any]]  # what was being done, so that it can be done again
    status: Mapped[str]
    attempts: Mapped[int]
    at: Mapped[datetime]


class FileRow(Base):
    """A stored file's name in one task; its content lies in the data folder under its hash."""

    __tablename__ = "attachments"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"), index=True)
    task_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("tasks.id"))
    name: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    media_type: Mapped[str]
    uploaded_by: Mapped[str]
    uploaded_at: Mapped[datetime]


class BatchRow(Base):
    """An order of bulk work; its progress is counted from its items."""

    __tablename__ = "batches"
    __table_args__ = (
        sa.Index(
            "ix_batches_running",
            "created_at",
            sqlite_where=sa.text("status = 'running'"),
            postgresql_where=sa.text("status = 'running'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    title: Mapped[str]
    payload: Mapped[dict[str, Any]]
    status: Mapped[str]
    total: Mapped[int]
    actor: Mapped[dict[str, Any]]  # in whose name it is done, with the capabilities of that moment
    halted: Mapped[str | None] = mapped_column(sa.Text)  # why it was paused by itself
    created_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime | None]


class BatchItemRow(Base):
    """One item of an order; the index serves claims, lists and counts alike."""

    __tablename__ = "batch_items"
    __table_args__ = (sa.Index("ix_batch_items_outcome", "batch_id", "outcome", "id"),)

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(sa.ForeignKey("batches.id"))
    item: Mapped[str]
    outcome: Mapped[str]
    said: Mapped[str | None] = mapped_column(sa.Text)  # what came of it, in words
    attempts: Mapped[int]
    next_at: Mapped[datetime]  # until then a worker has it
    handled_at: Mapped[datetime | None]


class MoveRow(Base):
    """A case's last move to another release, with what it takes to undo it as long as the case stands still."""

    __tablename__ = "case_moves"

    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"), primary_key=True)
    from_release: Mapped[int] = mapped_column(sa.ForeignKey("releases.number"))
    to_release: Mapped[int] = mapped_column(sa.ForeignKey("releases.number"))
    version: Mapped[int]  # of the case, after the move
    state: Mapped[bytes]  # before it
    saved: Mapped[dict[str, Any]]  # the other rows before it
    moved_at: Mapped[datetime]


class RehearsalRow(Base):
    """A rehearsal of a move: which documents, under which choices, and the orders that carry it out."""

    __tablename__ = "rehearsals"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    release: Mapped[int | None]  # None: the drafts as they stood
    sha256: Mapped[str] = mapped_column(sa.String(64))
    choices: Mapped[dict[str, Any]]
    started_by: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(index=True)
    batch_id: Mapped[UUID | None]  # that plays it
    move_id: Mapped[UUID | None]  # that moves the cases
    undo_id: Mapped[UUID | None]  # that takes the moves back


class RehearsedCaseRow(Base):
    """What a rehearsal says of one case."""

    __tablename__ = "rehearsed_cases"
    __table_args__ = (sa.Index("ix_rehearsed_cases_list", "rehearsal_id", "fate", "subject_name", "case_id"),)

    rehearsal_id: Mapped[UUID] = mapped_column(sa.ForeignKey("rehearsals.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"), primary_key=True)
    version: Mapped[int]
    fate: Mapped[str]
    subject_name: Mapped[str]
    plan: Mapped[dict[str, Any]]


class PlayRow(Base):
    """A case that a process owner plays in memory: its opening and its actions; everything else follows from them."""

    __tablename__ = "plays"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(index=True)
    sha256: Mapped[str] = mapped_column(sa.String(64))  # of the documents on which it was played last
    opening: Mapped[dict[str, Any]]
    actions: Mapped[list[Any]]
    revision: Mapped[int]  # grows with each action; an older page is refused
    updated_at: Mapped[datetime]


class ScenarioRunRow(Base):
    """How a scenario ended on the documents that it can reach: the same two always end in the same way."""

    __tablename__ = "scenario_runs"

    documents: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    scenario: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    outcome: Mapped[dict[str, Any]]
    at: Mapped[datetime]
