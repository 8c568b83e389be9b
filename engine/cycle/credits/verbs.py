"""Credits: the verbs. Each is one transaction and asks who wants it; nothing is stored, so a changed rule or a decided
objection shows at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from engine.cycle.access import demand_unit, scope, tree
from engine.cycle.credits.counting import Conversion, Rate, State, accumulated, conversions
from engine.cycle.credits.reading import annual_ratings, posts_held
from engine.cycle.models import EmployeeRow, PostRow
from engine.cycle.organisation import Organisation, Person, in_force, people_query
from engine.cycle.ratings import Predicate
from engine.cycle.storage import Storage
from engine.errors import NotFound, NotYours
from engine.runtime.services import Ask
from engine.runtime.values import Actor, Page


@dataclass(frozen=True)
class Need:
    """Credits to have in a tier for the next rank and the next tier; None: there is no tier above."""

    rank: Decimal
    tier: Decimal | None


@dataclass(frozen=True)
class Record:
    """A functional official's credits (F22): each year converted, what they add up to in the present tier, the need."""

    person: Person
    conversions: Sequence[Conversion]
    total: Decimal
    need: Need

    @property
    def withheld(self) -> Sequence[Conversion]:
        """Years that do not count yet."""
        return [one for one in self.conversions if one.state is not State.COUNTED]

    def of(self, cycle: str) -> Sequence[Conversion]:
        return [one for one in self.conversions if one.cycle == cycle]

    @property
    def missing_for_rank(self) -> Decimal:
        return max(Decimal(), self.need.rank - self.total)

    @property
    def missing_for_tier(self) -> Decimal | None:
        return None if self.need.tier is None else max(Decimal(), self.need.tier - self.total)


class Credits:
    """Credits of functional officials. Source: DOMAIN 4.9 (P9)."""

    def __init__(self, storage: Storage, decide: Ask) -> None:
        self._storage = storage
        self._decide = decide

    def of_person(self, person: str, *, by: Actor) -> Record | None:
        """One person's credits; None for who holds no functional post today.

        Raises:
            NotFound: no such person.  NotYours: somebody out of sight.  Refused: the release has no table for it.
        """
        with self._storage.reading() as session:
            organisation = self._organisation(session.connection())
            found = organisation.person(person)
            if by.person != person:
                if found is None:
                    raise NotFound("Pegawai tidak ada.")
                demand_unit(scope(organisation, by), found.unit)
            if found is None or found.tier is None:
                return None
            return self._records(session.connection(), [found])[0]

    def of_unit(self, unit: str | None, *, by: Actor, limit: int = 50, offset: int = 0) -> Page[Record]:
        """Functional officials in sight by name, of a unit's tree or of all; at most 500 at once.

        Raises:
            NotYours: the actor cares for no unit, or not for this one.
        """
        with self._storage.reading() as session:
            connection = session.connection()
            organisation = self._organisation(connection)
            sight = scope(organisation, by)
            if sight.units is not None and not sight.units:
                raise NotYours("Angka kredit unit hanya untuk pimpinan, pengelola kinerja, dan auditor.")
            if unit is not None:
                demand_unit(sight, unit)
            query = people_query(organisation.on).where(
                in_force(EmployeeRow, organisation.on), PostRow.tier.is_not(None), sight.of_unit(PostRow.unit_id)
            )
            if unit is not None:
                query = query.where(PostRow.unit_id.in_(tree(connection, [unit])))
            total = connection.scalar(sa.select(sa.func.count()).select_from(query.subquery("found"))) or 0
            limit = max(1, min(limit, 500))
            rows = connection.execute(query.order_by(EmployeeRow.name, EmployeeRow.id).limit(limit).offset(offset))
            return Page(self._records(connection, [Person(*row) for row in rows]), total, offset, limit)

    def _records(self, connection: sa.Connection, people: Sequence[Person]) -> list[Record]:
        ids = [person.id for person in people]
        posts, ratings = posts_held(connection, ids), annual_ratings(connection, ids)
        tables = Tables(self._decide)
        records = []
        for person in people:
            tier = person.tier or ""
            found = conversions(posts.get(person.id, ()), ratings.get(person.id, ()), tables.rate)
            records.append(Record(person, found, accumulated(found, tier), tables.need(tier)))
        return records

    def _organisation(self, connection: sa.Connection) -> Organisation:
        return Organisation(connection, self._storage.today())


class Tables:
    """Tables D5, each question asked once."""

    def __init__(self, decide: Ask) -> None:
        self._decide = decide
        self._rates: dict[tuple[str, Predicate, str], Rate] = {}
        self._needs: dict[str, Need] = {}

    def rate(self, tier: str, predicate: Predicate, regime: str) -> Rate:
        """What a year is worth."""
        key = (tier, predicate, regime)
        if key not in self._rates:
            inputs = {"jenjang": tier, "predikat": predicate.value, "rezim": regime}
            row = self._decide("D5_angka_kredit", inputs)
            self._rates[key] = Rate(Decimal(str(row["koefisien"])), Decimal(str(row["persen"])))
        return self._rates[key]

    def need(self, tier: str) -> Need:
        """What a tier needs."""
        if tier not in self._needs:
            row = self._decide("D5_kebutuhan", {"jenjang": tier})
            above = row["naik_jenjang"]
            self._needs[tier] = Need(Decimal(str(row["naik_pangkat"])), None if above is None else Decimal(str(above)))
        return self._needs[tier]
