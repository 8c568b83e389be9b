"""How rows of tasks came to point to their texts, in place of holding them (migration 0003)."""

DEFINED = ("element", "process", "name", "name_en", "form", "performer", "phase")
SAME = " AND ".join(f"d.{name} = tasks.{name}" for name in DEFINED)
POINT_TO_DEFINITIONS = (  # on PostgreSQL
    "ALTER TABLE tasks ADD COLUMN definition INTEGER",
    f"UPDATE tasks SET definition = d.id FROM task_definitions d WHERE {SAME}",  # noqa: S608  # our own names
    "ALTER TABLE tasks ALTER COLUMN definition SET NOT NULL",
    "ALTER TABLE tasks ADD CONSTRAINT fk_tasks_definition_task_definitions"
    " FOREIGN KEY (definition) REFERENCES task_definitions (id)",
    *[f"ALTER TABLE tasks DROP COLUMN {name}" for name in DEFINED],
)
KEPT = (
    *("id", "case_id", "number", "assignee", "pool", "status", "revision", "opened_at", "due_at", "closed_at"),
    *("closed_by", "draft", "draft_saved_at", "note", "submit_key", "submit_digest", "submit_seq", "on_behalf_of"),
    "release",
)
TASKS = """
    CREATE TABLE tasks_new (
        id CHAR(32) NOT NULL,
        case_id CHAR(32) NOT NULL,
        number INTEGER NOT NULL,
        definition INTEGER NOT NULL,
        assignee VARCHAR,
        pool VARCHAR,
        status VARCHAR NOT NULL,
        revision INTEGER NOT NULL,
        opened_at DATETIME NOT NULL,
        due_at DATETIME,
        closed_at DATETIME,
        closed_by VARCHAR,
        draft JSON,
        draft_saved_at DATETIME,
        note VARCHAR,
        submit_key VARCHAR,
        submit_digest VARCHAR,
        submit_seq INTEGER,
        on_behalf_of VARCHAR,
        "release" INTEGER,
        CONSTRAINT pk_tasks PRIMARY KEY (id),
        CONSTRAINT uq_tasks_case_id_number UNIQUE (case_id, number),
        CONSTRAINT fk_tasks_case_id FOREIGN KEY(case_id) REFERENCES cases (id),
        CONSTRAINT fk_tasks_definition_task_definitions FOREIGN KEY(definition) REFERENCES task_definitions (id)
    )
"""
_COLUMNS = ", ".join(KEPT)
REBUILD_TASKS = (  # on SQLite; files stand aside, because a table that is dropped takes along what points to its rows
    TASKS,
    f"INSERT INTO tasks_new ({_COLUMNS}, definition) SELECT {_COLUMNS},"  # noqa: S608  # our own names
    f" (SELECT d.id FROM task_definitions d WHERE {SAME}) FROM tasks ORDER BY rowid",
    "CREATE TABLE attachments_kept AS SELECT * FROM attachments",
    "DELETE FROM attachments",
    "DROP TABLE tasks",
    "ALTER TABLE tasks_new RENAME TO tasks",
    "INSERT INTO attachments SELECT * FROM attachments_kept",
    "DROP TABLE attachments_kept",
)
