"""Triggers that count every change of the data behind the directory, whoever makes it and however.

What a process remembers of people and posts is good for one number only; a reader in another process sees the new
number in the same moment as the new data.
"""

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
COUNT = "UPDATE directory_version SET number = number + 1"
SQLITE = [
    f"CREATE TRIGGER {table}_{event.lower()}_counts AFTER {event} ON {table} BEGIN {COUNT}; END"
    for table in TABLES
    for event in ("INSERT", "UPDATE", "DELETE")
]
POSTGRESQL = [
    f"""
    CREATE FUNCTION directory_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN {COUNT}; RETURN NULL; END $$
    """,
    *(
        f"""
        CREATE TRIGGER {table}_counts AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION directory_changed()
        """
        for table in TABLES
    ),
]
