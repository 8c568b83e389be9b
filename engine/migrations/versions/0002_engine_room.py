"""The engine room: bulk work that survives a crash, cases that move to another release, played drafts."""

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Each room adds its tables here."""
