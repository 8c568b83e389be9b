"""The unit of a reorganised person's case follows the person, on the day itself and before the case is told.

Reports, access by unit and the organisation predicate of what is rated from then on are the new unit's; a proposal that is
not signed yet goes along, what was delivered stays where it was given. Source: DOMAIN 1.4 (REORGANISASI); product default.
"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from engine.cycle.calibration import PROPOSED
from engine.cycle.events.models import YearPartRow
from engine.cycle.events.parts import open_cycle, running_case
from engine.cycle.models import RatingRow
from engine.cycle.people import People
from engine.cycle.starting import CaseStarter
from engine.cycle.storage import Storage
from engine.runtime.announcing import Announcements
from engine.runtime.batches import Batches, Skipped
from engine.runtime.beginnings import Message
from engine.runtime.regrouping import Regrouped
from engine.runtime.values import Actor, Json, OpenCase

FOLLOW = "follow_unit"  # kind of bulk work; the item is an employee, the payload "starts", "reason" and the message


class Regrouping:
    """Moves cases along with their people, and brings them the message, in one transaction."""

    def __init__(self, storage: Storage, batches: Batches, announcements: Announcements, people: People) -> None:
        self._storage, self._batches, self._people = storage, batches, people
        self._announcements = announcements
        batches.register(FOLLOW, self._handle, frozenset({"personnel"}))

    def order(
        self,
        connection: sa.Connection,
        employee: str,
        message: Message,
        starts: date,
        *,
        title: str,
        reason: str,
        by: Actor,
    ) -> UUID:
        """Order that somebody's case goes to the unit in which he works from a day on, and is told so."""
        begins = self._storage.morning(starts) if starts > self._storage.today() else None
        payload: dict[str, Json] = {"starts": starts.isoformat(), "reason": reason}
        payload |= {"name": message.name, "key": message.business_key, "payload": dict(message.payload)}
        return self._batches.note(connection, FOLLOW, title, [employee], payload, by=by, not_before=begins)

    def _handle(self, connection: sa.Connection, item: str, payload: Mapping[str, Json], by: Actor) -> str:
        cycle = open_cycle(connection, date.fromisoformat(payload["starts"]))
        case = running_case(connection, item, cycle.id) if cycle is not None else None
        if cycle is None or case is None:
            raise Skipped(f"Tidak ada perkara {item} yang berjalan pada {payload['starts']}.")
        starter = CaseStarter(connection, self._people, cycle, self._storage.now(), str(self._storage.zone))
        now = starter.request(item)
        if now.unit != case.unit:
            self._move(connection, case.id, now, payload["reason"], by)
        return self._announcements.tell(connection, payload["key"], payload["name"], payload["payload"], by=by)

    def _move(self, connection: sa.Connection, case: UUID, now: OpenCase, reason: str, by: Actor) -> None:
        part, rating = YearPartRow, RatingRow
        renew = {key: now.data[key] for key in ("employee", "appraiser")}
        group = Regrouped(now.unit, renew["employee"]["unit"]["name"], renew, frozenset(now.parties))
        self._announcements.regroup(connection, case, group, reason=reason, by=by)
        connection.execute(sa.update(part).where(part.case_id == case, part.ends.is_(None)).values(unit_id=now.unit))
        proposed = (rating.case_id == case, rating.status == PROPOSED, rating.superseded.is_(False))
        connection.execute(sa.update(rating).where(*proposed).values(unit_id=now.unit))
