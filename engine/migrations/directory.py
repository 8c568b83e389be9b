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
DRAW_ACCOUNTS = "UPDATE directory_version SET accounts = "
ACCOUNTS = ("accounts",)  # have a number of their own: a changed password leaves the organisation as it is


def on_sqlite(tables: Sequence[str], draw: str = DRAW) -> list[str]:
    """The triggers of these tables."""
    return [
        f"CREATE TRIGGER {table}_{event.lower()}_noted AFTER {event} ON {table} BEGIN {draw} random(); END"
        for table in tables
        for event in ("INSERT", "UPDATE", "DELETE")
    ]


def on_postgresql(tables: Sequence[str], function: str = "directory_changed") -> list[str]:
    """The triggers of these tables; their function is there."""
    return [
        f"""
        CREATE TRIGGER {table}_noted AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION {function}()
        """
        for table in tables
    ]


def drawing(function: str, draw: str) -> str:
    """The function of such triggers on PostgreSQL."""
    return f"""
    CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN {draw} (random() * 9007199254740991)::bigint; RETURN NULL; END $$
    """


SQLITE = on_sqlite(TABLES)
POSTGRESQL = [drawing("directory_changed", DRAW), *on_postgresql(TABLES)]
SQLITE_ACCOUNTS = on_sqlite(ACCOUNTS, DRAW_ACCOUNTS)
POSTGRESQL_ACCOUNTS = [drawing("accounts_changed", DRAW_ACCOUNTS), *on_postgresql(ACCOUNTS, "accounts_changed")]
