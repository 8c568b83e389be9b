"""The year by the book: slimmer rows for the engine, and the tables of the people and objectives around a case."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Each room adds its tables here."""
    _what_is_done_with()
    _proposals()
    _halted_orders()
    _letters()


def _halted_orders() -> None:
    op.add_column("batches", sa.Column("halted", sa.Text(), nullable=True))


def _proposals() -> None:
    statuses = ("waiting", "accepted", "declined", "withdrawn")
    op.create_table(
        "parameter_proposals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("unit_id", sa.String(length=64), nullable=True),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("status", sa.Enum(*statuses, name="proposalstatus", native_enum=False, length=32), nullable=False),
        sa.Column("proposed_by", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_parameter_proposals_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parameter_proposals")),
    )
    op.create_index(op.f("ix_parameter_proposals_status"), "parameter_proposals", ["status"])


def _what_is_done_with() -> None:
    """Effects that were carried out and drafts that say nothing go; keys of submissions will, some days later."""
    op.execute("DELETE FROM outbox WHERE status = 'sent'")
    op.execute("UPDATE tasks SET draft = NULL WHERE CAST(draft AS TEXT) = 'null'")
    op.drop_index("ix_tasks_submit_key", "tasks")
    known = sa.text("submit_key IS NOT NULL")
    op.create_index(
        "ix_tasks_submit_key", "tasks", ["submit_key"], unique=True, sqlite_where=known, postgresql_where=known
    )


def _letters() -> None:
    op.add_column("outbox", sa.Column("person", sa.String(length=64), nullable=True))
    waiting = sa.text("status = 'new' AND kind = 'letter'")
    op.create_index(
        "ix_outbox_letters", "outbox", ["person", "next_at"], sqlite_where=waiting, postgresql_where=waiting
    )
