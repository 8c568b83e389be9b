"""Triggers that refuse any change of history, and a gap or (on PostgreSQL) a wrong hash at its end."""

STAYING = (  # on SQLite, since the first version
    """
    CREATE TRIGGER history_no_delete BEFORE DELETE ON history
    BEGIN SELECT RAISE(ABORT, 'history is append only'); END
    """,
    """
    CREATE TRIGGER history_no_gap BEFORE INSERT ON history
    WHEN NEW.seq <> 1 + COALESCE((SELECT MAX(seq) FROM history WHERE case_id = NEW.case_id), 0)
    BEGIN SELECT RAISE(ABORT, 'history has no gaps'); END
    """,
)
SQLITE = (  # of the first version
    """
    CREATE TRIGGER history_no_update BEFORE UPDATE ON history
    BEGIN SELECT RAISE(ABORT, 'history is append only'); END
    """,
    *STAYING,
    """
    CREATE TRIGGER history_sealed_no_update BEFORE UPDATE ON history_sealed
    BEGIN SELECT RAISE(ABORT, 'sealed values are append only'); END
    """,
    """
    CREATE TRIGGER history_sealed_no_delete BEFORE DELETE ON history_sealed
    BEGIN SELECT RAISE(ABORT, 'sealed values are append only'); END
    """,
)
POSTGRESQL = (
    """
    CREATE FUNCTION history_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '% is append only', TG_TABLE_NAME; END $$
    """,
    """
    CREATE FUNCTION history_chain() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE previous bytea;
    BEGIN
        IF NEW.seq = 1 THEN
            previous := sha256(convert_to('case:' || NEW.case_id::text, 'UTF8'));
        ELSE
            SELECT hash INTO previous FROM history WHERE case_id = NEW.case_id AND seq = NEW.seq - 1;
        END IF;
        IF previous IS NULL THEN RAISE EXCEPTION 'history has no gaps'; END IF;
        IF NEW.hash <> sha256('\\x00'::bytea || previous || convert_to(NEW.body, 'UTF8')) THEN
            RAISE EXCEPTION 'history does not chain';
        END IF;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER history_chain BEFORE INSERT ON history FOR EACH ROW EXECUTE FUNCTION history_chain()",
    """
    CREATE TRIGGER history_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON history
    FOR EACH STATEMENT EXECUTE FUNCTION history_refuse()
    """,
    """
    CREATE TRIGGER history_sealed_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON history_sealed
    FOR EACH STATEMENT EXECUTE FUNCTION history_refuse()
    """,
    "ALTER TABLE cases ALTER COLUMN state SET STORAGE EXTERNAL",
    "ALTER TABLE cases SET (fillfactor = 70)",
)

MOVE_BOXES = (  # sealed values come into the row of their event (migration 0003)
    "UPDATE history SET box = (SELECT s.box FROM history_sealed s WHERE s.case_id = history.case_id AND s.seq = history.seq)",
    "DROP TABLE history_sealed",
)
ERASABLE = """
    CREATE TRIGGER history_no_update BEFORE UPDATE ON history
    WHEN NEW.box IS NOT NULL
        OR NEW.case_id IS NOT OLD.case_id OR NEW.seq IS NOT OLD.seq
        OR NEW.body IS NOT OLD.body OR NEW.hash IS NOT OLD.hash
        OR NOT EXISTS (SELECT 1 FROM erased_values WHERE case_id = OLD.case_id AND seq = OLD.seq)
    BEGIN SELECT RAISE(ABORT, 'history is append only, but for sealed values whose erasure is recorded'); END
"""
ERASURE_SQLITE = ("DROP TRIGGER history_no_update", *MOVE_BOXES, ERASABLE)
SQLITE_NOW = (ERASABLE, *STAYING)
ERASURE_POSTGRESQL = (
    "DROP TRIGGER history_refuse ON history",
    *MOVE_BOXES,
    """
    CREATE TRIGGER history_refuse BEFORE DELETE OR TRUNCATE ON history
    FOR EACH STATEMENT EXECUTE FUNCTION history_refuse()
    """,
    """
    CREATE FUNCTION history_erased() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.box IS NOT NULL
            OR (NEW.case_id, NEW.seq, NEW.body, NEW.hash) IS DISTINCT FROM (OLD.case_id, OLD.seq, OLD.body, OLD.hash)
            OR NOT EXISTS (SELECT 1 FROM erased_values WHERE case_id = OLD.case_id AND seq = OLD.seq)
        THEN
            RAISE EXCEPTION 'history is append only, but for sealed values whose erasure is recorded';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER history_erased BEFORE UPDATE ON history
    FOR EACH ROW EXECUTE FUNCTION history_erased()
    """,
)


def append_only(table: str, dialect: str) -> tuple[str, ...]:
    """The triggers that refuse any change of a table's rows; on PostgreSQL their function is there."""
    if dialect == "postgresql":
        return (
            f"""
            CREATE TRIGGER {table}_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION history_refuse()
            """,
        )
    return tuple(
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append only'); END"
        for verb in ("UPDATE", "DELETE")
    )
