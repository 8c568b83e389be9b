"""What came of a simulated year, counted from what the database holds."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson
import sqlalchemy as sa

from engine.runtime.definitions import TASKS
from engine.runtime.event_texts import text_of
from engine.runtime.models import CaseRow, HistoryRow, IncidentRow, TaskDefinitionRow, TaskRow
from engine.runtime.values import CaseStatus

# What a year may bring -> the task that is asked for, or the end that is reached, when it does; any of several.
KINDS: Mapping[str, str | tuple[str, ...]] = {
    "team_drafts": "team_draft_skp",
    "team_settings": "team_set_skp",
    "disputes": "resolve_dispute",
    "new_appraisers": "clarify_again",
    "coaching": "hold_coaching",
    "counselling": "hold_counselling",
    "objections": ("decide_objection", "panel_decide_objection"),
    "development_plans": "plan_development",
    "improvement_paths": "plan_improvement",
    "improved": "improvement_succeeded",
    "placements_decided": "decide_placement",
    "dismissals_proposed": "propose_dismissal",
}
MOSTLY = 0.5  # a unit is late that does more than this share of its dated work late


@dataclass
class Summary:
    """What came of it, in numbers; `seconds` wall, `cpu_seconds` of this process."""

    cases: int = 0
    completed: int = 0
    open: int = 0
    incidents: int = 0
    steps: int = 0
    timers_fired: int = 0
    reminders_sent: int = 0
    late_units: int = 0
    kinds: dict[str, int] = field(default_factory=dict)  # by the names of KINDS
    lapses: dict[str, int] = field(default_factory=dict)  # drawn deadline -> how often somebody has let it pass
    happenings: dict[str, int] = field(default_factory=dict)  # what personnel have entered: "PLT" ...
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    db_bytes: int = 0

    def to_json(self) -> dict[str, Any]:
        return {name: round(value, 2) if isinstance(value, float) else value for name, value in asdict(self).items()}


def count(database: sa.Engine, lapses: frozenset[str] = frozenset()) -> Summary:
    """Count what a database holds; `lapses`: the drawn deadlines to look for."""
    summary = Summary()
    with database.connect().execution_options(reads_only=True) as connection:
        states = dict(connection.execute(sa.select(CaseRow.status, sa.func.count()).group_by(CaseRow.status)).all())
        summary.cases, summary.completed = sum(states.values()), states.get(CaseStatus.COMPLETED, 0)
        summary.open = states.get(CaseStatus.ACTIVE, 0)
        summary.incidents = connection.scalar(sa.select(sa.func.count()).select_from(IncidentRow)) or 0
        types, elements = _told(connection)
        summary.timers_fired, summary.reminders_sent = types["timer_fired"], types["reminder_sent"]
        summary.steps = (
            types["case_opened"] + types["task_completed"] + types["timer_fired"] + types["message_received"]
        )
        element = TaskDefinitionRow.element
        opened = sa.select(element, sa.func.count()).select_from(TASKS).group_by(element)
        asked = dict(connection.execute(opened).all())
        summary.kinds = {
            kind: sum(asked.get(one, elements[one]) for one in ((names,) if isinstance(names, str) else names))
            for kind, names in KINDS.items()
        }
        summary.lapses = {element: elements[element] for element in sorted(lapses)}
        summary.late_units = _late_units(connection)
        summary.db_bytes = _size(connection)
    return summary


def _told(connection: sa.Connection) -> tuple[Counter[str], Counter[str]]:
    """How often events of each type, and elements, stand in the histories."""
    types: Counter[str] = Counter()
    elements: Counter[str] = Counter()
    for case_id, body in connection.execute(sa.select(HistoryRow.case_id, HistoryRow.body)):
        event = orjson.loads(text_of(body, case_id))
        types[event["type"]] += 1
        elements.update(event["data"].get("elements", ()))
    return types, elements


def _late_units(connection: sa.Connection) -> int:
    late = sa.case((TaskRow.closed_at >= TaskRow.due_at, 1.0), else_=0.0)
    shares = sa.select(sa.func.avg(late).label("late")).join(CaseRow, CaseRow.id == TaskRow.case_id)
    of_units = shares.where(TaskRow.due_at.is_not(None), TaskRow.closed_at.is_not(None)).group_by(CaseRow.unit)
    found = of_units.subquery()
    return connection.scalar(sa.select(sa.func.count()).select_from(found).where(found.c.late > MOSTLY)) or 0


def _size(connection: sa.Connection) -> int:
    """Bytes of the whole database."""
    if connection.dialect.name == "sqlite":
        pages = connection.exec_driver_sql("pragma page_count").scalar_one()
        return int(pages) * int(connection.exec_driver_sql("pragma page_size").scalar_one())
    return int(connection.scalar(sa.select(sa.func.pg_database_size(sa.func.current_database()))) or 0)
