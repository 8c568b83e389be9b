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
