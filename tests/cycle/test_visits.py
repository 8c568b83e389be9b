"""Who asks for a page: remembered, and never longer than it is true."""

from datetime import date
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine.bench.measure import StatementCounter
from engine.clock import VirtualClock
from engine.cycle.accounts import Account
from engine.cycle.models import AccountRow, EmployeeRow, GroupMemberRow
from engine.cycle.visits import Visit
from engine.cycle.year import PerformanceCycle
from engine.migrations.directory import ACCOUNTS
from engine.runtime.models import DirectoryVersionRow
from engine.runtime.values import SYSTEM
from tests.cycle.agency import LONG_AGO

NUMBERS = sa.select(DirectoryVersionRow.number, DirectoryVersionRow.accounts)


@pytest.fixture
def alice(populated: sa.Engine, cycle: PerformanceCycle) -> UUID:
    """Her account, which the cycle remembers."""
    account = cycle.create_account("alice", "perahu-layar-biru-2026", by=SYSTEM, roles=["auditor"])
    cycle.visit(account.id)
    return account.id


def seen(cycle: PerformanceCycle, account_id: UUID) -> Account:
    visit = cycle.visit(account_id)
    assert visit is not None
    return visit.account


def test_an_account_that_nobody_changes_is_asked_for_by_its_numbers_alone(
    alice: UUID, cycle: PerformanceCycle, populated: sa.Engine
) -> None:
    counter = StatementCounter(populated)

    assert seen(cycle, alice) == cycle.account(alice)
    assert counter.count == 2, "the numbers; and the account, for which the test has asked"


def test_a_change_by_another_process_counts_for_the_next_page(
    alice: UUID, cycle: PerformanceCycle, populated: sa.Engine, clock: VirtualClock
) -> None:
    epoch = seen(cycle, alice).session_epoch
    with populated.begin() as other:
        other.execute(sa.update(AccountRow).values(session_epoch=epoch + 1, roles=["personnel"], must_change=True))
    changed = seen(cycle, alice)
    assert (changed.session_epoch, changed.roles, changed.must_change) == (epoch + 1, frozenset({"personnel"}), True)

    with populated.begin() as other:
        other.execute(sa.update(EmployeeRow).where(EmployeeRow.id == "alice").values(name="Alice Baru"))
        other.execute(sa.insert(GroupMemberRow).values(group="counsellor", person="alice", starts=LONG_AGO))
    changed = seen(cycle, alice)
    assert changed.name == "Alice Baru"
    assert "counsellor" in changed.groups

    with populated.begin() as other:
        other.execute(sa.update(GroupMemberRow).where(GroupMemberRow.person == "alice").values(ends=date(2026, 1, 31)))
    assert "counsellor" in seen(cycle, alice).groups
    clock.go_to(clock.now().replace(month=2, day=3))
    assert "counsellor" not in seen(cycle, alice).groups, "a day ends what nobody changes"

    with populated.begin() as other:
        other.execute(sa.update(AccountRow).values(active=False))
    assert cycle.visit(alice) is None


def test_a_change_that_is_taken_back_is_never_seen(alice: UUID, cycle: PerformanceCycle, populated: sa.Engine) -> None:
    before = seen(cycle, alice)
    with populated.connect() as other:
        other.execute(sa.update(AccountRow).values(active=False))
        other.rollback()

    assert cycle.visit(alice) == Visit(before, 0)


@pytest.mark.parametrize("table", ACCOUNTS)
def test_accounts_have_a_number_of_their_own(table: str, alice: UUID, populated: sa.Engine) -> None:
    with populated.begin() as connection:
        number, accounts = connection.execute(NUMBERS).one()
        connection.exec_driver_sql(f"UPDATE {table} SET id = id")
        same, other = connection.execute(NUMBERS).one()
        connection.exec_driver_sql(f"DELETE FROM {table}")
        assert connection.execute(NUMBERS).one() not in {(number, accounts), (same, other)}

    assert same == number, "the organisation is as it was"
    assert other != accounts
