"""Moves: the verbs about running cases and another release."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from uuid import UUID

import sqlalchemy as sa

from engine.db import transact
from engine.errors import Refused
from engine.runtime import access, releases
from engine.runtime.documents import load
from engine.runtime.moves import applying, rehearsing
from engine.runtime.moves.values import Choices, Plan, Rehearsal
from engine.runtime.resources import LoadedRelease, Resources, loaded_release
from engine.runtime.values import Actor

DRAFTS = 0  # the number of a release that is not published yet


class Moves:
    """What another release would do to running cases, doing it, and taking it back."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

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
        access.require_role(by, "process_owner")
        choices = choices or Choices()
        with self._reading() as connection:
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
        access.require_role(by, "process_owner")
        choices = choices or Choices()

        def work(connection: sa.Connection) -> Plan:
            release = self._resources.release(connection, to)
            require_sensible(release, choices.mapping)
            return applying.move(self._resources, connection, case_id, release, choices, by=by)

        return transact(self._resources.database, work)

    def undo_case(self, case_id: UUID, *, by: Actor) -> None:
        """Put a case back where it was before its last move, as long as it stands still.

        Raises:
            NotYours: the actor is no process owner.
            NotFound: there is no such case.
            Refused: it was not moved, or has gone on since.
        """
        access.require_role(by, "process_owner")
        transact(
            self._resources.database,
            lambda connection: applying.undo(self._resources, connection, case_id, by=by),
        )

    # how

    def _candidate(self, connection: sa.Connection, release: int | None) -> LoadedRelease:
        if release is not None:
            return self._resources.release(connection, release)
        files = releases.with_drafts(connection)
        return loaded_release(DRAFTS, load(files, self._resources.registry))

    def _releases_of(self, connection: sa.Connection, plans: Sequence[Plan]) -> Mapping[int, LoadedRelease]:
        return {number: self._resources.release(connection, number) for number in {plan.from_release for plan in plans}}

    def _reading(self) -> AbstractContextManager[sa.Connection]:
        return self._resources.database.connect().execution_options(reads_only=True)


def require_sensible(release: LoadedRelease, mapping: Mapping[str, str]) -> None:
    """Raises Refused for a mapping of what was not removed, or to what does not exist."""
    for old, new in mapping.items():
        if old in release.elements:
            raise Refused(f"Langkah {old} masih ada pada rilis tujuan; hanya langkah yang hilang dapat diganti.")
        if new not in release.elements:
            raise Refused(f"Langkah pengganti {new} tidak ada pada rilis tujuan.")
