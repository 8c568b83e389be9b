"""How Alembic reaches the database: on the connection that `engine.migrations.upgrade` hands over."""

from alembic import context

from engine.cycle import models as _cycle_models  # noqa: F401  # puts its tables into the metadata
from engine.cycle.alignment import models as _alignment_models  # noqa: F401  # puts its tables into the metadata
from engine.cycle.daily import models as _daily_models  # noqa: F401  # puts its tables into the metadata
from engine.cycle.events import models as _event_models  # noqa: F401  # puts its tables into the metadata
from engine.cycle.objectives import models as _objective_models  # noqa: F401  # puts its tables into the metadata
from engine.cycle.papers import models as _paper_models  # noqa: F401  # puts its tables into the metadata
from engine.cycle.privacy import models as _privacy_models  # noqa: F401  # puts its tables into the metadata
from engine.cycle.surveys import models as _survey_models  # noqa: F401  # puts its tables into the metadata
from engine.db import Base
from engine.runtime import models as _runtime_models  # noqa: F401  # puts its tables into the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=False,
)
with context.begin_transaction():
    context.run_migrations()
