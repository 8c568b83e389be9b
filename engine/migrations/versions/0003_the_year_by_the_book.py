"""The year by the book: slimmer rows for the engine, and the tables of the people and objectives around a case."""

import sqlalchemy as sa
from alembic import op

from engine.migrations.compact import compact
from engine.migrations.definitions import DEFINED, POINT_TO_DEFINITIONS
from engine.migrations.directory import OBJECTIVES, POSTGRESQL_ACCOUNTS, SQLITE_ACCOUNTS, on_postgresql, on_sqlite
from engine.migrations.guards import ERASURE_POSTGRESQL, ERASURE_SQLITE, append_only

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Each room adds its tables here."""
    _what_is_done_with()
    _proposals()
    _halted_orders()
    _letters()
    _objectives()
    _noted_objectives()
    _alignment()
    _foreseen_letters()
    _papers()
    _dates()
    _urged_tasks()
    _proxies()
    _surveys()
    _feedback()
    _reasons_of_ratings()
    _zones()
    _daily_log()
    _readings()
    _changed_skps()
    _attainments()
    _copies_of_data()
    _data_requests()
    _person_events()
    _secret_keys()
    _erasure()
    _checkpoints()
    _unit_ratings()
    _ratings_in_numbers()
    _task_definitions()
    _noted_accounts()
    _small_rows()  # the last one: it converts what the others have written too


def _papers() -> None:
    op.create_table(
        "papers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("about", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.String(length=64), nullable=True),
        sa.Column("unit_id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=32), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("facts", sa.String(length=64), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.String(length=64), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.String(length=64), nullable=True),
        sa.Column("signature", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_papers")),
        sa.UniqueConstraint("code", name=op.f("uq_papers_code")),
        sa.UniqueConstraint("kind", "about", "version", name=op.f("uq_papers_kind_about_version")),
    )
    op.create_index(op.f("ix_papers_case_id"), "papers", ["case_id"])
    op.create_index("ix_papers_unit", "papers", ["unit_id", "cycle_id", "kind"])


def _proxies() -> None:
    op.add_column("tasks", sa.Column("on_behalf_of", sa.String(), nullable=True))
    op.create_table(
        "proxies",
        sa.Column("id", BIG, nullable=False),
        sa.Column("employee_id", sa.String(length=64), nullable=False),
        sa.Column("proxy_id", sa.String(length=64), nullable=False),
        sa.Column("process", sa.String(length=64), nullable=False),
        sa.Column("authority", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("named_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["employee_id"], ["employees.id"], name=op.f("fk_proxies_employee_id_employees")),
        sa.ForeignKeyConstraint(["proxy_id"], ["employees.id"], name=op.f("fk_proxies_proxy_id_employees")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proxies")),
    )
    op.create_index(op.f("ix_proxies_employee_id"), "proxies", ["employee_id"])
    op.create_index(op.f("ix_proxies_proxy_id"), "proxies", ["proxy_id"])
    triggers = on_sqlite if op.get_bind().dialect.name == "sqlite" else on_postgresql
    for statement in triggers(("proxies",)):
        op.execute(statement)


def _person_events() -> None:
    op.add_column("employees", sa.Column("contract_ends", sa.Date(), nullable=True))
    op.create_table(
        "person_events",
        sa.Column("id", BIG, nullable=False),
        sa.Column("employee_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.String(length=32), nullable=True),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["employee_id"], ["employees.id"], name=op.f("fk_person_events_employee_id_employees")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_events")),
    )
    op.create_index(op.f("ix_person_events_employee_id"), "person_events", ["employee_id"])
    triggers = on_sqlite if op.get_bind().dialect.name == "sqlite" else on_postgresql
    for statement in triggers(("person_events",)):
        op.execute(statement)
    op.create_table(
        "year_parts",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("unit_id", sa.String(length=64), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_year_parts")),
    )
    op.create_index("ix_year_parts_subject", "year_parts", ["subject", "cycle_id"])


def _urged_tasks() -> None:
    op.create_table(
        "urged_tasks",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_urged_tasks_task_id")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_urged_tasks")),
    )


def _halted_orders() -> None:
    op.add_column("batches", sa.Column("halted", sa.Text(), nullable=True))


def _reasons_of_ratings() -> None:
    op.add_column("ratings", sa.Column("reason", sa.Text(), nullable=True))


def _ratings_in_numbers() -> None:
    op.add_column("ratings", sa.Column("numbers", sa.JSON(), nullable=True))
    op.add_column("skp_versions", sa.Column("regime", sa.String(length=32), nullable=True))
    op.execute("UPDATE skp_versions SET regime = (SELECT regime FROM cycles WHERE cycles.id = skp_versions.cycle_id)")


def _daily_log() -> None:
    op.create_table(
        "daily_lines",
        sa.Column("id", BIG, nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("volume", sa.Double(), nullable=True),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("files", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["employees.id"], name=op.f("fk_daily_lines_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_daily_lines")),
    )
    op.create_index("ix_daily_lines_person", "daily_lines", ["person", "cycle_id", "day"])
    op.create_table(
        "daily_nudges",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "since", name=op.f("pk_daily_nudges")),
    )
    op.create_table(
        "daily_closings",
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=32), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["employees.id"], name=op.f("fk_daily_closings_person")),
        sa.PrimaryKeyConstraint("person", "cycle_id", "starts", name=op.f("pk_daily_closings")),
    )


def _zones() -> None:
    op.add_column("cases", sa.Column("zone", sa.String(), nullable=True))


def _unit_ratings() -> None:
    op.add_column("unit_ratings", sa.Column("pk_rating", sa.String(length=32), nullable=True))
    op.add_column("unit_ratings", sa.Column("expectation_rating", sa.String(length=32), nullable=True))
    op.add_column("unit_ratings", sa.Column("attained", sa.Double(), nullable=True))


def _proposals() -> None:
    statuses = ("waiting", "accepted", "declined", "withdrawn")
    op.create_table(
        "parameter_proposals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("unit_id", sa.String(length=64), nullable=True),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("status", sa.Enum(*statuses, name="proposalstatus", native_enum=False, length=32), nullable=False),
        sa.Column("proposed_by", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_parameter_proposals_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parameter_proposals")),
    )
    op.create_index(op.f("ix_parameter_proposals_status"), "parameter_proposals", ["status"])


def _what_is_done_with() -> None:
    """Effects that were carried out and drafts that say nothing go; keys of submissions will, some days later."""
    op.execute("DELETE FROM outbox WHERE status = 'sent'")
    op.execute("UPDATE tasks SET draft = NULL WHERE CAST(draft AS TEXT) = 'null'")
    op.drop_index("ix_tasks_submit_key", "tasks")
    known = sa.text("submit_key IS NOT NULL")
    op.create_index(
        "ix_tasks_submit_key", "tasks", ["submit_key"], unique=True, sqlite_where=known, postgresql_where=known
    )


def _foreseen_letters() -> None:
    op.create_table(
        "foreseen_letters",
        sa.Column("id", BIG, nullable=False),
        sa.Column("leaves_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_foreseen_letters")),
    )
    op.create_index("ix_foreseen_letters_person", "foreseen_letters", ["person", "leaves_at"])


def _letters() -> None:
    op.add_column("outbox", sa.Column("person", sa.String(length=64), nullable=True))
    waiting = sa.text("status = 'new' AND kind = 'letter'")
    op.create_index(
        "ix_outbox_letters", "outbox", ["person", "next_at"], sqlite_where=waiting, postgresql_where=waiting
    )


def _alignment() -> None:
    op.create_table(
        "alignment_checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.String(length=32), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by", sa.String(length=64), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("results", sa.Integer(), nullable=False),
        sa.Column("verdicts", sa.JSON(), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alignment_checks")),
        sa.UniqueConstraint("cycle_id", name=op.f("uq_alignment_checks_cycle_id")),
    )
    op.create_table(
        "alignment_findings",
        sa.Column("id", BIG, nullable=False),
        sa.Column("check_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("unit_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("mend", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["check_id"], ["alignment_checks.id"], name=op.f("fk_alignment_findings_check_id")),
        sa.ForeignKeyConstraint(["person"], ["employees.id"], name=op.f("fk_alignment_findings_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_alignment_findings_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alignment_findings")),
    )
    op.create_index("ix_alignment_findings_code", "alignment_findings", ["check_id", "code"])
    op.create_index("ix_alignment_findings_unit", "alignment_findings", ["check_id", "unit_id"])


def _objectives() -> None:
    op.create_table(
        "agreements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("mode", sa.String(length=16), nullable=True),
        sa.Column(
            "status",
            sa.Enum("draft", "published", name="agreementstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_agreements_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
        sa.UniqueConstraint("unit_id", "cycle_id", "version", name=op.f("uq_agreements_unit_id_cycle_id_version")),
    )
    op.create_table(
        "indicators",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("objective_code", sa.String(length=64), nullable=True),
        sa.Column("unit_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("definition", sa.String(), nullable=True),
        sa.Column("formula", sa.String(), nullable=True),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("polarity", sa.String(length=8), nullable=False),
        sa.Column("frequency", sa.String(length=16), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("owner_id", sa.String(length=64), nullable=True),
        sa.Column("baseline", sa.Double(), nullable=True),
        sa.Column(
            "validity",
            sa.Enum("EKSAK", "PROKSI", "AKTIVITAS", name="validity", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["employees.id"], name=op.f("fk_indicators_owner_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_indicators_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicators")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_indicators_code_version")),
    )
    op.create_index(op.f("ix_indicators_unit_id"), "indicators", ["unit_id"])
    op.create_table(
        "objectives",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "kind", sa.Enum("TUJUAN", "SASARAN", name="objectivekind", native_enum=False, length=32), nullable=False
        ),
        sa.Column("parent_code", sa.String(length=64), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(length=64), nullable=True),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_objectives_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objectives")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_objectives_code_version")),
    )
    op.create_index(op.f("ix_objectives_unit_id"), "objectives", ["unit_id"])
    op.create_table(
        "strategies",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("indicator_code", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(length=64), nullable=True),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["employees.id"], name=op.f("fk_strategies_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strategies")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_strategies_code_version")),
    )
    op.create_index(op.f("ix_strategies_indicator_code"), "strategies", ["indicator_code"])
    op.create_table(
        "agreed_targets",
        sa.Column("id", BIG, nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("indicator_code", sa.String(length=64), nullable=False),
        sa.Column("target", sa.Double(), nullable=False),
        sa.Column("target_upper", sa.Double(), nullable=True),
        sa.Column("realised", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_agreed_targets_agreement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreed_targets")),
        sa.UniqueConstraint(
            "agreement_id", "indicator_code", name=op.f("uq_agreed_targets_agreement_id_indicator_code")
        ),
    )
    op.create_table(
        "matrix_roles",
        sa.Column("id", BIG, nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("indicator_code", sa.String(length=64), nullable=False),
        sa.Column("employee_id", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("team_id", sa.String(length=64), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=True),
        sa.Column("portion", sa.Double(), nullable=True),
        sa.Column("measure", sa.String(length=40), nullable=True),
        sa.Column("letter", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_matrix_roles_agreement_id")),
        sa.ForeignKeyConstraint(["employee_id"], ["employees.id"], name=op.f("fk_matrix_roles_employee_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_matrix_roles_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matrix_roles")),
        sa.UniqueConstraint(
            "agreement_id",
            "indicator_code",
            "employee_id",
            name=op.f("uq_matrix_roles_agreement_id_indicator_code_employee_id"),
        ),
    )
    op.create_index(op.f("ix_matrix_roles_employee_id"), "matrix_roles", ["employee_id"])


def _dates() -> None:
    statuses = ("previewed", "carried_out", "dropped")
    op.create_table(
        "date_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("status", sa.Enum(*statuses, name="changestatus", native_enum=False, length=32), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.String(length=64), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("previewed_in", sa.Uuid(), nullable=True),
        sa.Column("carried_out_in", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_changes")),
    )
    op.create_index(op.f("ix_date_changes_made_at"), "date_changes", ["made_at"])
    op.create_table(
        "date_moves",
        sa.Column("id", BIG, nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.String(length=64), nullable=False),
        sa.Column("subject_name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("due_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["date_changes.id"], name=op.f("fk_date_moves_change_id_date_changes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_moves")),
    )
    op.create_index("ix_date_moves_list", "date_moves", ["change_id", "unit_id", "subject_name"])


def _surveys() -> None:
    op.create_table(
        "surveys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("behaviours", sa.JSON(), nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=True),
        sa.Column("means", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["subject"], ["employees.id"], name=op.f("fk_surveys_subject")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys")),
        sa.UniqueConstraint("subject", "cycle_id", "period", name=op.f("uq_surveys_subject_cycle_id_period")),
    )
    open_ones = sa.text("NOT closed")
    op.create_index("ix_surveys_due", "surveys", ["closes_at"], sqlite_where=open_ones, postgresql_where=open_ones)
    op.create_table(
        "survey_keys",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_survey_keys_survey_id")),
        sa.PrimaryKeyConstraint("survey_id", name=op.f("pk_survey_keys")),
    )
    op.create_table(
        "survey_invitations",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_survey_invitations_survey_id")),
        sa.PrimaryKeyConstraint("survey_id", "person", name=op.f("pk_survey_invitations")),
    )
    op.create_index(op.f("ix_survey_invitations_person"), "survey_invitations", ["person"])
    op.create_table(
        "survey_ballots",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_survey_ballots_survey_id")),
        sa.PrimaryKeyConstraint("survey_id", "token", name=op.f("pk_survey_ballots")),
        sqlite_with_rowid=False,
    )


def _feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", BIG, nullable=False),
        sa.Column("cycle_id", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("giver", sa.String(length=64), nullable=False),
        sa.Column("giver_role", sa.String(length=16), nullable=False),
        sa.Column("target", sa.String(length=16), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["giver"], ["employees.id"], name=op.f("fk_feedback_giver")),
        sa.ForeignKeyConstraint(["subject"], ["employees.id"], name=op.f("fk_feedback_subject")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
    )
    op.create_index(op.f("ix_feedback_giver"), "feedback", ["giver"])
    op.create_index("ix_feedback_subject", "feedback", ["subject", "cycle_id", "given_at"])


def _attainments() -> None:
    op.create_table(
        "attainments",
        sa.Column("id", BIG, nullable=False),
        sa.Column("unit_id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=32), nullable=False),
        sa.Column("indicator_code", sa.String(length=64), nullable=False),
        sa.Column("quarter", sa.String(length=8), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_attainments_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attainments")),
        sa.UniqueConstraint(
            "unit_id",
            "cycle_id",
            "indicator_code",
            "quarter",
            name=op.f("uq_attainments_unit_id_cycle_id_indicator_code_quarter"),
        ),
    )


def _changed_skps() -> None:
    op.add_column("skp_versions", sa.Column("effective", sa.Date(), nullable=True))
    op.add_column("skp_versions", sa.Column("change", sa.JSON(), nullable=True))


def _readings() -> None:
    op.create_table(
        "readings",
        sa.Column("id", BIG, nullable=False),
        sa.Column("reader", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("thing", sa.String(length=160), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
        sa.UniqueConstraint(
            "reader", "hour", "kind", "thing", "subject", name=op.f("uq_readings_reader_hour_kind_thing_subject")
        ),
    )
    op.create_index(op.f("ix_readings_read_at"), "readings", ["read_at"])
    op.create_index("ix_readings_subject", "readings", ["subject", "read_at"])
    for statement in append_only("readings", op.get_bind().dialect.name):
        op.execute(statement)


def _copies_of_data() -> None:
    op.create_table(
        "data_copies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_copies")),
    )
    op.create_index(op.f("ix_data_copies_person"), "data_copies", ["person"])
    op.create_index(op.f("ix_data_copies_lapses_at"), "data_copies", ["lapses_at"])
    op.create_table(
        "data_copy_parts",
        sa.Column("copy_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["copy_id"], ["data_copies.id"], name=op.f("fk_data_copy_parts_copy_id_data_copies")),
        sa.PrimaryKeyConstraint("copy_id", "name", name=op.f("pk_data_copy_parts")),
    )


def _data_requests() -> None:
    statuses = ("waiting", "granted", "declined")
    op.create_table(
        "data_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("unit_id", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Enum(*statuses, name="requeststatus", native_enum=False, length=32), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_requests")),
    )
    op.create_index(op.f("ix_data_requests_person"), "data_requests", ["person"])
    op.create_index("ix_data_requests_waiting", "data_requests", ["status", "due_at"])


def _secret_keys() -> None:
    op.create_table(
        "secret_keys",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped_by", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_secret_keys_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_secret_keys")),
        sqlite_with_rowid=False,
    )


def _erasure() -> None:
    op.create_table(
        "erased_values",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_erased_values_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "seq", name=op.f("pk_erased_values")),
        sqlite_with_rowid=False,
    )
    statuses = ("waiting", "accepted", "declined", "withdrawn")
    op.create_table(
        "erasures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("status", sa.Enum(*statuses, name="proposalstatus", native_enum=False, length=32), nullable=False),
        sa.Column("proposed_by", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_table(
        "left_contents",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_left_contents")),
    )
    op.add_column("history", sa.Column("box", sa.LargeBinary(), nullable=True))
    dialect = op.get_bind().dialect.name
    guards = ERASURE_POSTGRESQL if dialect == "postgresql" else ERASURE_SQLITE
    for statement in (*guards, *append_only("erased_values", dialect)):
        op.execute(statement)


def _checkpoints() -> None:
    op.create_table(
        "checkpoints",
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("events", BIG, nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_checkpoints")),
    )
    for statement in append_only("checkpoints", op.get_bind().dialect.name):
        op.execute(statement)
    op.create_table(
        "checkpoint_files",
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_checkpoint_files")),
    )
    op.add_column("cycles", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))


def _noted_objectives() -> None:
    noted = on_sqlite if op.get_bind().dialect.name == "sqlite" else on_postgresql
    for statement in noted(OBJECTIVES):
        op.execute(statement)


def _task_definitions() -> None:
    """The texts of tasks, each combination once; SQLite's tasks learn to point to them in `_small_rows`."""
    op.create_table(
        "task_definitions",
        sa.Column("id", sa.Integer(), nullable=False),
        *[sa.Column(name, sa.String(), nullable=False) for name in DEFINED],
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_definitions")),
    )
    op.create_index("ix_task_definitions_texts", "task_definitions", list(DEFINED), unique=True)
    texts = ", ".join(DEFINED)
    op.execute(f"INSERT INTO task_definitions ({texts}) SELECT DISTINCT {texts} FROM tasks ORDER BY {texts}")  # noqa: S608  # names of our own columns
    if op.get_bind().dialect.name == "postgresql":
        for statement in POINT_TO_DEFINITIONS:
            op.execute(statement)


def _noted_accounts() -> None:
    op.add_column("directory_version", sa.Column("accounts", BIG, server_default="1", nullable=False))
    noted = SQLITE_ACCOUNTS if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_ACCOUNTS
    for statement in noted:
        op.execute(statement)


def _small_rows() -> None:
    if op.get_bind().dialect.name == "sqlite":
        compact(op.get_bind())
