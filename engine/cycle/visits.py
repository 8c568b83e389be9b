"""Who asks for a page: read anew only when an account, the organisation or the day has changed.

Triggers draw a new number in the transaction that changes an account, and another for people, posts and work pools
(migrations/directory.py). Both are read for each page, with the tasks that its menu counts, before what is remembered
is believed: so a closed account, a taken role or an ended session is seen by the next page of every process.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from engine.cycle.accounts import Account, Accounts
from engine.cycle.storage import Storage
from engine.runtime.inbox import OPEN_OF
from engine.runtime.models import DirectoryVersionRow

ASKED = sa.select(
    sa.select(DirectoryVersionRow.number).scalar_subquery(),
    sa.select(DirectoryVersionRow.accounts).scalar_subquery(),
    OPEN_OF.scalar_subquery(),
)
MOST = 5_000  # accounts that a process remembers


@dataclass(frozen=True)
class Visit:
    """An account, and how many open tasks waited for it when the page was asked for."""

    account: Account
    waiting: int


@dataclass(frozen=True)
class _AsOf:
    number: int
    accounts: int
    day: date


class Visits:
    """The accounts that a process remembers, each as of the numbers at which it was read."""

    def __init__(self, storage: Storage, accounts: Accounts) -> None:
        self._storage = storage
        self._accounts = accounts
        self._known: dict[UUID, tuple[_AsOf, Account]] = {}

    def of(self, account_id: UUID) -> Visit | None:
        """An open account as it is now; None when it is closed or gone."""
        with self._storage.connected() as connection:
            then, account = self._known.get(account_id, (None, None))
            now, waiting = self._asked(connection, account)
            if account is not None and then == now:
                return Visit(account, waiting)
            account = self._accounts.read(connection, account_id)
            if account is None:
                return None
            self._keep(account, now)  # what changed since then has drawn another number
            return Visit(account, self._asked(connection, account)[1])

    def _asked(self, connection: sa.Connection, account: Account | None) -> tuple[_AsOf, int]:
        number, accounts, waiting = connection.execute(ASKED, {"person": account.person if account else None}).one()
        return _AsOf(number, accounts, self._storage.today()), waiting

    def _keep(self, account: Account, as_of: _AsOf) -> None:
        if len(self._known) >= MOST:
            self._known = {}
        self._known[account.id] = (as_of, account)
