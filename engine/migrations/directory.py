"""Triggers that note every change of the data behind the directory, whoever makes it and however.

What a process remembers of people, posts and agreements is good for one number only; a reader in another process sees the new
number in the same moment as the new data. The number is drawn at random: one that was rolled back never comes again.
"""

from collections.abc import Sequence

TABLES = (
    "units",
    "posts",
    "employees",
    "holdings",
    "acting_assignments",
    "reporting_lines",
    "delegations",
    "conflicts_of_interest",
    "teams",
    "team_members",
    "group_members",
    "parameters",
)
LATER = (
    "proxies",
    "person_events",
)  # tables that came after the first triggers; each migration gives its own their triggers
OBJECTIVES = ("cycles", "indicators", "strategies", "agreements", "agreed_targets", "matrix_roles")
DRAW = "UPDATE directory_version SET number = "
DRAW_SQLITE = f"{DRAW} random()"
DRAW_POSTGRESQL = f"{DRAW} (random() * 9007199254740991)::bigint"


def on_sqlite(tables: Sequence[str]) -> list[str]:
    """The triggers of these tables."""
    return [
        f"CREATE TRIGGER {table}_{event.lower()}_noted AFTER {event} ON {table} BEGIN {DRAW_SQLITE}; END"
        for table in tables
        for event in ("INSERT", "UPDATE", "DELETE")
    ]


def on_postgresql(tables: Sequence[str]) -> list[str]:
    """The triggers of these tables; their function is there."""
    return [
        f"""
        CREATE TRIGGER {table}_noted AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION directory_changed()
        """
        for table in tables
    ]


SQLITE = on_sqlite(TABLES)
POSTGRESQL = [
    f"""
    CREATE FUNCTION directory_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN {DRAW_POSTGRESQL}; RETURN NULL; END $$
    """,
    *on_postgresql(TABLES),
]
