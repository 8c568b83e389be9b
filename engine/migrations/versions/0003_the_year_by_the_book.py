"""The year by the book: slimmer rows for the engine, and the tables of the people and objectives around a case."""

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Each room adds its tables here."""
