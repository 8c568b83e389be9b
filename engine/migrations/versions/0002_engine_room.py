"""The engine room: bulk work that survives a crash, cases that move to another release, played drafts."""

import sqlalchemy as sa
from alembic import op

from engine.migrations.directory import POSTGRESQL, SQLITE

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Each room adds its tables here."""
    _batches()
    _submissions()
    _directory_version()
    _moves()
    _inboxes()
    _plays()
    _kept_signals()


def _batches() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("actor", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
    )
    op.create_index(op.f("ix_batches_created_at"), "batches", ["created_at"])
    running = sa.text("status = 'running'")
    op.create_index("ix_batches_running", "batches", ["created_at"], sqlite_where=running, postgresql_where=running)
    op.create_table(
        "batch_items",
        sa.Column("id", BIG, nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_batch_items_batch_id_batches")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_items")),
    )
    op.create_index("ix_batch_items_outcome", "batch_items", ["batch_id", "outcome", "id"])


def _kept_signals() -> None:
    op.add_column("pending_messages", sa.Column("kind", sa.String(), server_default="message", nullable=False))
    op.add_column("pending_messages", sa.Column("case_id", sa.Uuid(), nullable=True))


def _submissions() -> None:
    op.add_column("tasks", sa.Column("submit_key", sa.String(), nullable=True))
    op.add_column("tasks", sa.Column("submit_digest", sa.String(), nullable=True))
    op.add_column("tasks", sa.Column("submit_seq", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_tasks_submit_key"), "tasks", ["submit_key"], unique=True)


def _directory_version() -> None:
    table = op.create_table(
        "directory_version",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_version")),
    )
    op.bulk_insert(table, [{"id": 1, "number": 1}])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def _moves() -> None:
    op.add_column("tasks", sa.Column("release", sa.Integer(), nullable=True))
    op.create_table(
        "case_moves",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("from_release", sa.Integer(), nullable=False),
        sa.Column("to_release", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("saved", sa.JSON(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_moves_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["from_release"], ["releases.number"], name=op.f("fk_case_moves_from_release_releases")
        ),
        sa.ForeignKeyConstraint(["to_release"], ["releases.number"], name=op.f("fk_case_moves_to_release_releases")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_moves")),
    )
    op.create_table(
        "rehearsals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("release", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("move_id", sa.Uuid(), nullable=True),
        sa.Column("undo_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rehearsals")),
    )
    op.create_index(op.f("ix_rehearsals_started_at"), "rehearsals", ["started_at"])
    op.create_table(
        "rehearsed_cases",
        sa.Column("rehearsal_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fate", sa.String(), nullable=False),
        sa.Column("subject_name", sa.String(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_rehearsed_cases_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["rehearsal_id"], ["rehearsals.id"], name=op.f("fk_rehearsed_cases_rehearsal_id_rehearsals")
        ),
        sa.PrimaryKeyConstraint("rehearsal_id", "case_id", name=op.f("pk_rehearsed_cases")),
    )
    op.create_index("ix_rehearsed_cases_list", "rehearsed_cases", ["rehearsal_id", "fate", "subject_name", "case_id"])


def _plays() -> None:
    op.create_table(
        "plays",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("opening", sa.JSON(), nullable=False),
        sa.Column("actions", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plays")),
    )
    op.create_index(op.f("ix_plays_owner"), "plays", ["owner"])
    op.create_table(
        "scenario_runs",
        sa.Column("documents", sa.String(length=64), nullable=False),
        sa.Column("scenario", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("documents", "scenario", name=op.f("pk_scenario_runs")),
    )


def _inboxes() -> None:
    """An inbox reads the open tasks of one person or group, or the newest done ones; each its own small index."""
    op.drop_index("ix_tasks_assignee_inbox", "tasks")
    op.drop_index("ix_tasks_group_inbox", "tasks")
    for name, columns, condition in (
        ("ix_tasks_mine", ["assignee", "due_at"], "status = 'open' AND assignee IS NOT NULL"),
        ("ix_tasks_team", ["pool", "due_at"], "status = 'open' AND assignee IS NULL"),
        ("ix_tasks_done", ["closed_by", "closed_at"], "status = 'completed'"),
    ):
        where = sa.text(condition)
        op.create_index(name, "tasks", columns, sqlite_where=where, postgresql_where=where)
