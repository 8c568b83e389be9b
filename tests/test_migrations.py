"""The migrations build what the models say, and history refuses to be changed from the first of them."""

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from engine.cycle import models as _cycle_models  # noqa: F401  # puts its tables into the metadata
from engine.cycle.alignment import models as _alignment_models  # noqa: F401  # puts its tables into the metadata
from engine.cycle.daily import models as _daily_models  # noqa: F401  # puts its tables into the metadata
from engine.cycle.events import models as _event_models  # noqa: F401  # puts its tables into the metadata
from engine.cycle.objectives import models as _objective_models  # noqa: F401  # puts its tables into the metadata
from engine.cycle.papers import models as _paper_models  # noqa: F401  # puts its tables into the metadata
from engine.cycle.privacy import models as _privacy_models  # noqa: F401  # puts its tables into the metadata
from engine.cycle.surveys import models as _survey_models  # noqa: F401  # puts its tables into the metadata
from engine.db import Base
from engine.migrations import head, is_current
from engine.runtime import models as _runtime_models  # noqa: F401  # puts its tables into the metadata


def test_the_migrations_build_what_the_models_say(database: sa.Engine) -> None:
    assert is_current(database), head()
    with database.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert differences == []
