"""Moves: the verbs about running cases and another release."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa

from engine.db import new_id
from engine.errors import Refused
from engine.runtime import access, releases
from engine.runtime.batches import Batch, Batches, Skipped
from engine.runtime.models import CaseRow, RehearsalRow
from engine.runtime.moves import applying, orders, rehearsing
from engine.runtime.moves.orders import KeptRehearsal, Replacement
from engine.runtime.moves.values import Choices, Fate, Group, Plan, Rehearsal
from engine.runtime.resources import LoadedRelease, Resources
from engine.runtime.values import Actor, Json, Page

OWNERS = frozenset({"process_owner"})


class Moves:
    """What another release would do to running cases, doing it, and taking it back."""

    def __init__(self, resources: Resources, batches: Batches) -> None:
        self._resources, self._batches = resources, batches
        batches.register(orders.REHEARSAL, self._rehearse_some, OWNERS)
        batches.register(orders.MIGRATION, self._move_one, OWNERS)
        batches.register(orders.UNDOING, self._undo_one, OWNERS)

    def rehearse(
        self,
        release: int | None = None,
        choices: Choices | None = None,
        *,
        by: Actor,
        progress: rehearsing.Progress | None = None,
    ) -> Rehearsal:
        """Play a move of all live cases to a release (None: the drafts as they stand), and write nothing.

        Raises:
            NotYours: the actor is no process owner.
            NotFound: there is no such release.
            DefinitionError: the drafts could not be published.
            Refused: the mapping names what the release still has, or has not.
        """
        access.require_role(by, *OWNERS)
        choices = choices or Choices()
        with self._resources.reading() as connection:
            candidate = self._candidate(connection, release)
            require_sensible(candidate, choices.mapping)
            cases = rehearsing.live_cases(connection, release)
            plans: list[Plan] = []
            for plan in rehearsing.plans(self._resources, connection, cases, candidate, choices):
                plans.append(plan)
                if progress is not None:
                    progress(len(plans), len(cases))
            known = self._releases_of(connection, plans)
        found = rehearsing.groups(plans, known)
        return Rehearsal(candidate.documents.sha256, release, choices, tuple(plans), found)

    def migrate_case(self, case_id: UUID, to: int, choices: Choices | None = None, *, by: Actor) -> Plan:
        """Move one case to a published release; gives what was done, as a rehearsal would have said it.

        Raises:
            NotYours: the actor is no process owner.
            NotFound: there is no such case or release.
            Refused: the case is blocked, has ended, or lives there already; the sentence says why.
            StepFailed: the case could go on after the move, and failed; it stays where it was.
        """
        access.require_role(by, *OWNERS)
        choices = choices or Choices()

        def work(connection: sa.Connection) -> Plan:
            release = self._resources.release(connection, to)
            require_sensible(release, choices.mapping)
            return applying.move(self._resources, connection, case_id, release, choices, by=by)

        return self._resources.write(work)

    def undo_case(self, case_id: UUID, *, by: Actor) -> None:
        """Put a case back where it was before its last move, as long as it stands still.

        Raises:
            NotYours: the actor is no process owner.
            NotFound: there is no such case.
            Refused: it was not moved, or has gone on since.
        """
        access.require_role(by, *OWNERS)
        self._resources.write(lambda connection: applying.undo(self._resources, connection, case_id, by=by))

    # rehearsals that are kept, and bulk work

    def start_rehearsal(self, release: int | None = None, choices: Choices | None = None, *, by: Actor) -> UUID:
        """Let workers rehearse a move of all live cases and keep what they find; gives the rehearsal's id.

        Raises:
            NotYours, NotFound, DefinitionError: as `rehearse`.
            Refused: no case lives on another release, or the mapping is not sensible.
        """
        access.require_role(by, *OWNERS)
        choices = choices or Choices()
        with self._resources.reading() as connection:
            candidate = self._candidate(connection, release)
            require_sensible(candidate, choices.mapping)
            cases = [str(id) for id in rehearsing.live_cases(connection, release)]
        if not cases:
            raise Refused("Tidak ada perkara berjalan yang dapat dipindahkan.")
        id = new_id()
        row = {
            "id": id,
            "release": release,
            "sha256": candidate.documents.sha256,
            "choices": choices.to_json(),
            "started_by": by.person,
            "started_at": self._resources.clock.now(),
        }
        self._resources.write(lambda connection: connection.execute(sa.insert(RehearsalRow), row))
        items = [",".join(cases[first : first + orders.AT_ONCE]) for first in range(0, len(cases), orders.AT_ONCE)]
        title = "Gladi draf" if release is None else f"Gladi rilis {release}"
        order = self._batches.start(orders.REHEARSAL, title, items, {"rehearsal": str(id)}, by=by)
        self._resources.write(lambda connection: _note(connection, id, batch_id=order))
        return id

    def rehearsals(self, *, by: Actor, limit: int = 10) -> Sequence[KeptRehearsal]:
        """The newest rehearsals."""
        access.require_role(by, *OWNERS)
        with self._resources.reading() as connection:
            ids = connection.scalars(
                sa.select(RehearsalRow.id).order_by(RehearsalRow.started_at.desc(), RehearsalRow.id).limit(limit)
            ).all()
        return [self.rehearsal(id, by=by) for id in ids]

    def rehearsal(self, id: UUID, *, by: Actor) -> KeptRehearsal:
        """One rehearsal, how far it has come, and what has become of it; raises NotFound."""
        access.require_role(by, *OWNERS)
        with self._resources.reading() as connection:
            row = orders.row_of(connection, id)
            release = orders.published_as(connection, row["sha256"])
            counts = orders.counts(connection, id)

        def order(name: str) -> Batch | None:
            return self._batches.view(row[name], by=by) if row[name] else None

        return KeptRehearsal(
            id,
            release,
            Choices.of(row["choices"]),
            row["started_by"],
            row["started_at"],
            counts,
            order("batch_id"),
            order("move_id"),
            order("undo_id"),
        )

    def rehearsed(
        self, id: UUID, *, by: Actor, fate: str | None = None, search: str = "", limit: int = 50, offset: int = 0
    ) -> Page[Plan]:
        """What a kept rehearsal says of each case, by the subject's name."""
        access.require_role(by, *OWNERS)
        wanted = Fate(fate) if fate in set(Fate) else None
        with self._resources.reading() as connection:
            return orders.kept_plans(connection, id, fate=wanted, search=search, limit=limit, offset=offset)

    def report(self, id: UUID, *, by: Actor) -> tuple[Sequence[Group], Sequence[Replacement]]:
        """A kept rehearsal by where cases stand, and what a mapping could mend."""
        access.require_role(by, *OWNERS)
        with self._resources.reading() as connection:
            row = orders.row_of(connection, id)
            plans = orders.kept_plans(connection, id).items
            known = self._releases_of(connection, plans)
            to = self._as_rehearsed(connection, row)
        return rehearsing.groups(plans, known), orders.replacements(plans, known, to)

    def migrate(self, rehearsal: UUID, *, by: Actor) -> UUID:
        """Order the move of all cases that a rehearsal found no obstacle for; gives the order's id.

        Each case does what was rehearsed, or stays where it is: one that has gone on since is skipped.

        Raises:
            NotYours, NotFound
            Refused: the rehearsal is not over, its documents are not published, or it was carried out already.
        """
        kept = self.rehearsal(rehearsal, by=by)
        if kept.release is None:
            raise Refused("Dokumen gladi ini belum terbit; terbitkan dahulu, lalu pindahkan perkara.")
        if kept.played is None or kept.played.waiting or kept.moved is not None:
            raise Refused("Gladi ini belum selesai, atau sudah dijalankan.")
        with self._resources.reading() as connection:
            plans = orders.kept_plans(connection, rehearsal).items
        cases = [str(plan.case_id) for plan in plans if plan.fate is not Fate.BLOCKED]
        payload = {"rehearsal": str(rehearsal), "release": kept.release}
        order = self._batches.start(orders.MIGRATION, f"Pemindahan ke rilis {kept.release}", cases, payload, by=by)
        self._resources.write(lambda connection: _note(connection, rehearsal, move_id=order))
        return order

    def undo(self, rehearsal: UUID, *, by: Actor) -> UUID:
        """Order that all cases which a rehearsal's order has moved go back; those that have gone on are not.

        Raises:
            NotYours, NotFound
            Refused: nothing was moved, or it was taken back already.
        """
        kept = self.rehearsal(rehearsal, by=by)
        if kept.moved is None or kept.moved.waiting or kept.undone is not None:
            raise Refused("Belum ada pemindahan yang selesai, atau pembatalannya sudah dijalankan.")
        with self._resources.reading() as connection:
            cases = orders.moved_cases(connection, kept.moved.id)
        title = f"Pembatalan pemindahan ke rilis {kept.release}"
        order = self._batches.start(orders.UNDOING, title, cases, {}, by=by)
        self._resources.write(lambda connection: _note(connection, rehearsal, undo_id=order))
        return order

    # what workers do

    def _rehearse_some(self, connection: sa.Connection, item: str, payload: Mapping[str, Json], by: Actor) -> str:
        row = orders.row_of(connection, UUID(payload["rehearsal"]))
        to, choices = self._as_rehearsed(connection, row), Choices.of(row["choices"])
        cases = [UUID(id) for id in item.split(",")]
        plans = list(rehearsing.plans(self._resources, connection, cases, to, choices))
        orders.keep(connection, row["id"], plans)
        return f"{len(plans)} perkara"

    def _move_one(self, connection: sa.Connection, item: str, payload: Mapping[str, Json], by: Actor) -> str:
        row = orders.row_of(connection, UUID(payload["rehearsal"]))
        rehearsed, choices = orders.kept_plan(connection, row["id"], UUID(item)), Choices.of(row["choices"])
        version = connection.scalar(sa.select(CaseRow.version).where(CaseRow.id == rehearsed.case_id))
        if version != rehearsed.version:
            raise Skipped("Perkara ini berjalan lagi sejak gladi; jalankan gladi sekali lagi.")
        to = self._resources.release(connection, payload["release"])
        plan = applying.move(self._resources, connection, rehearsed.case_id, to, choices, by=by)
        orders.require_as_rehearsed(plan, rehearsed, choices)
        return f"{rehearsed.subject_name}: rilis {plan.from_release} ke {to.number}"

    def _undo_one(self, connection: sa.Connection, item: str, payload: Mapping[str, Json], by: Actor) -> str:
        applying.undo(self._resources, connection, UUID(item), by=by)
        return "kembali"

    # how

    def _as_rehearsed(self, connection: sa.Connection, row: Mapping[str, Json]) -> LoadedRelease:
        """The documents of a kept rehearsal; raises Refused when they were drafts that have changed since."""
        number = row["release"] or orders.published_as(connection, row["sha256"])
        candidate = self._candidate(connection, number)
        if candidate.documents.sha256 != row["sha256"]:
            raise Refused("Draf berubah sejak gladi dimulai; jalankan gladi sekali lagi.")
        return candidate

    def _candidate(self, connection: sa.Connection, release: int | None) -> LoadedRelease:
        if release is not None:
            return self._resources.release(connection, release)
        return self._resources.candidate(releases.with_drafts(connection))

    def _releases_of(self, connection: sa.Connection, plans: Sequence[Plan]) -> Mapping[int, LoadedRelease]:
        return {number: self._resources.release(connection, number) for number in {plan.from_release for plan in plans}}


def _note(connection: sa.Connection, rehearsal: UUID, **order: UUID) -> None:
    connection.execute(sa.update(RehearsalRow).where(RehearsalRow.id == rehearsal).values(**order))


def require_sensible(release: LoadedRelease, mapping: Mapping[str, str]) -> None:
    """Raises Refused for a mapping of what was not removed, or to what does not exist."""
    for old, new in mapping.items():
        if old in release.elements:
            raise Refused(f"Langkah {old} masih ada pada rilis tujuan; hanya langkah yang hilang dapat diganti.")
        if new not in release.elements:
            raise Refused(f"Langkah pengganti {new} tidak ada pada rilis tujuan.")
