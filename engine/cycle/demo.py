"""The demo agency: last year lived to its end, this year lived until today, by people who do not exist."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.clock import VirtualClock
from engine.cycle.models import AccountRow, EmployeeRow, HoldingRow, PostKind, PostRow, UnitRow
from engine.cycle.simulation.agency import Agency, build_agency
from engine.cycle.simulation.counting import Summary
from engine.cycle.simulation.year import Office, Progress, simulate
from engine.errors import Refused
from engine.runtime.definitions import TASKS
from engine.runtime.models import TaskDefinitionRow, TaskRow
from engine.runtime.values import SYSTEM, TaskStatus

PEOPLE = 64
SEED = 8
PASSWORD = "perahu-layar-biru-2026"  # noqa: S105  # of accounts that exist in the demo only

KINDS = (
    "Pegawai",
    "Pejabat penilai",
    "Kepala dinas",
    "Tim pengelola kinerja",
    "Pemilik proses",
    "Auditor",
    "Operator",
)


@dataclass(frozen=True)
class DemoAccount:
    """One way into the demo."""

    who: str
    login: str
    name: str


def is_empty(database: sa.Engine) -> bool:
    """Whether no agency is in the database yet."""
    with database.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(UnitRow)) == 0


def build_demo(
    office: Office, clock: VirtualClock, now: datetime, *, people: int = PEOPLE, progress: Progress | None = None
) -> Summary:
    """Fill an empty database by really running last year's and this year's cycle on the virtual clock, until `now`.

    Raises:
        Refused: an agency is there already.
    """
    if not is_empty(office.engine.database):
        raise Refused("Basis data ini sudah berisi instansi; demo hanya mengisi basis data kosong.")
    with Session(office.engine.database) as session, session.begin():
        agency = build_agency(session, people, SEED, clock.now().date())
    summary = simulate(office, clock, [now.year - 1, now.year], SEED, until=now, progress=progress)
    _make_accounts(office, agency)
    return summary


def first_moment(now: datetime) -> datetime:
    """When the demo's clock starts: the first day of last year."""
    return datetime(now.year - 1, 1, 1, 1, tzinfo=UTC)


def demo_accounts(database: sa.Engine) -> Sequence[DemoAccount]:
    """All accounts with what each is good for in a demo."""
    leads = (
        sa.select(HoldingRow.employee_id, PostRow.kind)
        .join(PostRow, PostRow.id == HoldingRow.post_id)
        .where(PostRow.heads_unit, HoldingRow.ends.is_(None))
    )
    with database.connect() as connection:
        posts = dict(connection.execute(leads).all())
        rows = connection.execute(
            sa.select(AccountRow.person, AccountRow.login, AccountRow.name, AccountRow.roles)
        ).all()
    found = [DemoAccount(_kind(row.roles, posts.get(row.person)), row.login, row.name) for row in rows]
    return sorted(found, key=lambda account: KINDS.index(account.who))


def _kind(roles: Sequence[str], leads: PostKind | None) -> str:
    for role, kind in (
        ("process_owner", "Pemilik proses"),
        ("auditor", "Auditor"),
        ("operator", "Operator"),
        ("personnel", "Tim pengelola kinerja"),
    ):
        if role in roles:
            return kind
    if leads is PostKind.JPT_PRATAMA:
        return "Kepala dinas"
    return "Pejabat penilai" if leads is not None else "Pegawai"


def _make_accounts(office: Office, agency: Agency) -> None:
    """Accounts for one person of each kind; those who have something to do just now are taken first."""
    employee, appraiser = _busy_pair(office, agency)
    people = (employee, appraiser, agency.heads[agency.root], agency.team[0])
    for person, roles in zip(people, ((), (), (), ("personnel",)), strict=True):
        office.cycle.create_account(person, PASSWORD, by=SYSTEM, roles=roles)
    for login, name, roles in (
        ("proses", "Pemilik Proses", ("process_owner",)),
        ("auditor", "Auditor Inspektorat", ("auditor",)),
        ("operator", "Operator Sistem", ("operator", "personnel")),
    ):
        office.cycle.create_account(login, PASSWORD, by=SYSTEM, login=login, name=name, roles=roles)


def _busy_pair(office: Office, agency: Agency) -> tuple[str, str]:
    """An employee with an open task of her own, and an appraiser with one."""
    with office.engine.database.connect().execution_options(reads_only=True) as connection:
        rows = connection.execute(
            sa.select(TaskDefinitionRow.performer, TaskRow.assignee)
            .select_from(TASKS)
            .join(EmployeeRow, EmployeeRow.id == TaskRow.assignee)
            .where(TaskRow.status == TaskStatus.OPEN, TaskDefinitionRow.performer.in_(["employee", "appraiser"]))
            .order_by(TaskRow.due_at)
        ).all()
    heads = set(agency.heads.values())
    employees = [row.assignee for row in rows if row.performer == "employee" and row.assignee not in heads]
    appraisers = [
        row.assignee for row in rows if row.performer == "appraiser" and row.assignee != agency.heads[agency.root]
    ]
    staff = [person for person in agency.staff if person not in heads]
    used = set(agency.team)
    employee = next((person for person in [*employees, *staff] if person and person not in used), staff[-1])
    appraiser = next((person for person in appraisers if person and person not in used), agency.heads["unit-11"])
    return employee, appraiser
