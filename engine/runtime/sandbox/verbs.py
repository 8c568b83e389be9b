"""Sandbox: what a process owner does with drafts before they are published."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from engine.errors import Refused
from engine.runtime import access, releases
from engine.runtime.batches import Batch, Batches
from engine.runtime.documents import Documents, digest
from engine.runtime.resources import Resources
from engine.runtime.sandbox import proposals, storage
from engine.runtime.sandbox.coverage import Coverage, coverage
from engine.runtime.sandbox.drafts import Draft, Drafts
from engine.runtime.sandbox.ordering import Orders
from engine.runtime.sandbox.play import CannotPlay, MakeEngine, Play, begin
from engine.runtime.sandbox.proposing import Path
from engine.runtime.sandbox.running import Outcome, take
from engine.runtime.sandbox.runs import Runs, Told
from engine.runtime.sandbox.scenario import Action, End, Opening, Scenario, in_local_time
from engine.runtime.sandbox.staging import Staging
from engine.runtime.sandbox.starting import StartField, start_fields
from engine.runtime.sandbox.storage import KeptPlay
from engine.runtime.sandbox.writing import write_scenario
from engine.runtime.values import Actor

ROLE = "process_owner"
LIVE = 8  # plays that stay in memory; any other is played again from its actions
MOST_ACTIONS = 400


@dataclass(frozen=True)
class Stand:
    """A play where it stands. `stopped` says which action no longer fits the documents, which are others than then."""

    kept: KeptPlay
    play: Play
    documents: Documents
    stopped: str | None = None


@dataclass(frozen=True)
class Played:
    """A scenario of the drafts; `outcome` None: not played yet on these documents."""

    file: str
    scenario: Scenario | None  # None: it cannot be read
    outcome: Outcome | None


class Sandbox:
    """Plays and scenarios on the drafts. Nothing of a play touches a table but its own row of `plays`."""

    def __init__(self, resources: Resources, make: MakeEngine, batches: Batches) -> None:
        self._resources, self._make = resources, make
        self._live: dict[tuple[UUID, int, str], Play] = {}
        self._lock = threading.Lock()
        self._room = _Room(resources, make, resources.staging, batches) if resources.staging is not None else None

    # plays

    def begin(self, opening: Opening, *, by: Actor) -> UUID:
        """Open a case to play with; raises CannotPlay when its process or data do not allow it, DefinitionError."""
        access.require_role(by, ROLE)
        draft = self._draft()
        begin(self._make, draft.release, self._staging, opening)
        now = self._resources.clock.now()
        return self._resources.write(
            lambda connection: storage.begin(connection, by.person, draft.sha256, opening, now),
        )

    def plays(self, *, by: Actor) -> Sequence[KeptPlay]:
        """One's own plays, the newest first."""
        access.require_role(by, ROLE)
        with self._resources.reading() as connection:
            return storage.of_owner(connection, by.person, self._staging.registry.performers)

    def stand(self, play_id: UUID, *, by: Actor) -> Stand:
        """Where a play stands now, on the drafts as they are now.

        Raises:
            NotFound: it is no play of this actor's.
            DefinitionError: the drafts cannot run.
            CannotPlay: the case can no longer be opened.
        """
        access.require_role(by, ROLE)
        kept, draft = self._kept(play_id, by), self._draft()
        with self._lock:
            return self._standing(kept, draft)

    def act(self, play_id: UUID, action: Action, *, revision: int, by: Actor) -> None:
        """Do one action; raises CannotPlay or FormInvalid, and then nothing has happened. StaleDocument: an older page."""
        access.require_role(by, ROLE)
        kept, draft = self._kept(play_id, by), self._draft()
        if kept.revision != revision:
            raise storage.stale()
        if len(kept.actions) >= MOST_ACTIONS:
            raise CannotPlay(f"Satu percobaan paling banyak {MOST_ACTIONS} langkah.")
        with self._lock:
            stand = self._standing(kept, draft)
            if stand.play.incident:
                raise CannotPlay("Perkara terhenti karena gangguan. Mundurkan percobaan ini lebih dahulu.")
            if stand.stopped:
                raise CannotPlay(f"{stand.stopped} Mundurkan percobaan ini lebih dahulu.")
            self._live.pop((kept.id, kept.revision, draft.sha256), None)
            stand.play.take(action)
            self._change(kept, (*kept.actions, action), draft)
            self._keep_live((kept.id, kept.revision + 1, draft.sha256), stand.play)

    def step_back(self, play_id: UUID, *, to: int, revision: int, by: Actor) -> None:
        """Keep only the first `to` actions; 0 starts over."""
        access.require_role(by, ROLE)
        kept, draft = self._kept(play_id, by), self._draft()
        if kept.revision != revision:
            raise storage.stale()
        self._change(kept, kept.actions[: max(to, 0)], draft)

    def drop(self, play_id: UUID, *, by: Actor) -> None:
        """Forget a play."""
        access.require_role(by, ROLE)
        kept = self._kept(play_id, by)
        self._resources.write(lambda connection: storage.drop(connection, kept.id))

    def save(self, play_id: UUID, file: str, *, name: str, source: str, by: Actor) -> None:
        """Keep what was played as a scenario, in a draft of that file name.

        Raises:
            Refused: the name is taken, the case has failed, or name or source are missing.
        """
        stand = self.stand(play_id, by=by)
        if stand.stopped or stand.play.incident:
            raise Refused("Percobaan yang terhenti tidak dapat disimpan sebagai skenario; mundurkan dahulu.")
        if not name.strip() or not source.strip():
            raise Refused("Isi nama skenario dan sumber aturannya.")
        opening = stand.kept.opening
        titled = Opening(opening.process, name.strip(), opening.opens, opening.data, opening.given)
        end = End(stand.play.status, tuple(stand.play.open))
        scenario = Scenario(file, source.strip(), titled, stand.kept.actions, end)
        self._save(file, in_local_time(scenario, self._staging.zone), by)

    def start_fields(self, process: str, *, by: Actor) -> Sequence[StartField]:
        """The data with which a case of a process of the drafts usually starts; raises DefinitionError."""
        access.require_role(by, ROLE)
        documents, staging = self._draft().release.documents, self._staging
        usual, words = staging.usual(staging.first_moment), staging.words(staging.first_moment)
        return start_fields(documents, process, usual, words, staging.registry)

    # scenarios

    def scenarios(self, *, by: Actor) -> Sequence[Played]:
        """Every scenario of the drafts, by file, with how it ended on them; raises DefinitionError."""
        access.require_role(by, ROLE)
        draft = self._draft()
        known = self._open_room.runs.known(draft)
        found = [Played(scenario.file, scenario, known.get(key)) for key, scenario in draft.scenarios.items()]
        found += [Played(outcome.file, None, outcome) for outcome in draft.unreadable]
        return sorted(found, key=lambda one: one.file)

    def run_scenarios(self, *, by: Actor) -> None:
        """Play what was not played on the drafts yet; with many scenarios rather order it."""
        access.require_role(by, ROLE)
        draft = self._draft()
        self._open_room.runs.play(draft, self._open_room.runs.waiting(draft))

    def order_scenarios(self, *, by: Actor) -> UUID:
        """Let workers play them; gives the order, whose progress `engine.batches` knows.

        Raises:
            Refused: everything was played.
        """
        access.require_role(by, ROLE)
        return self._open_room.orders.start(by=by)

    def order_under_way(self, *, by: Actor) -> Batch | None:
        """The order that plays them, while it runs or is paused."""
        access.require_role(by, ROLE)
        return self._open_room.orders.under_way(by=by)

    def coverage(self, *, by: Actor) -> tuple[Documents, Coverage]:
        """The drafts, and what their scenarios pass as far as they were played; raises DefinitionError."""
        access.require_role(by, ROLE)
        draft = self._draft()
        return draft.release.documents, coverage(draft.release.documents, self._open_room.runs.known(draft).values())

    def propose(self, process: str, flow: str, *, by: Actor) -> UUID | None:
        """Look for a path through a flow of a process; gives a new play that has taken it, None where none was found.

        Raises:
            NotFound: there is no such flow.
        """
        access.require_role(by, ROLE)
        draft = self._draft()
        return self._kept_path(proposals.through_flow(self._make, draft, self._staging, process, flow), draft, by)

    def propose_rule(self, table: str, rule: str, *, by: Actor) -> UUID | None:
        """Look for a path on which a rule of a table hits; gives a new play as `propose` does.

        Raises:
            NotFound: there is no such rule.
        """
        access.require_role(by, ROLE)
        draft = self._draft()
        return self._kept_path(proposals.to_rule(self._make, draft, self._staging, table, rule), draft, by)

    def _kept_path(self, path: Path | None, draft: Draft, by: Actor) -> UUID | None:
        if path is None:
            return None
        opening, actions = path
        now = self._resources.clock.now()

        def work(connection: sa.Connection) -> UUID:
            play_id = storage.begin(connection, by.person, draft.sha256, opening, now)
            kept = storage.find(connection, play_id, by.person, self._staging.registry.performers)
            storage.change(connection, kept, actions, draft.sha256, now)
            return play_id

        return self._resources.write(work)

    # publishing

    def require_green_drafts(self) -> str:
        """Play what was not played yet, if there are drafts at all; gives the digest of the set. Raises as `require_green`."""
        with self._resources.reading() as connection:
            drafts, files = releases.has_drafts(connection), releases.with_drafts(connection)
        if drafts:
            self.require_green(files)
        return digest(files)

    def require_green(self, files: Mapping[str, bytes], told: Told | None = None) -> None:
        """Refuse a set with a red scenario, or with scenarios that pass too few flows. A set without scenarios is let
        through: releases had none before there were scenarios. `told` hears how many of how many were played.

        Raises:
            DefinitionError: lists the red scenarios, each with its step, or the flows that are missing.
        """
        if self._room is not None:
            self._room.runs.require_green(self._room.drafts.of(files), told)

    # how

    @property
    def _open_room(self) -> "_Room":
        if self._room is None:
            raise Refused("Ruang coba tidak tersedia di sini.")
        return self._room

    @property
    def _staging(self) -> Staging:
        return self._open_room.staging

    def _draft(self) -> Draft:
        return self._open_room.draft()

    def _kept(self, play_id: UUID, by: Actor) -> KeptPlay:
        with self._resources.reading() as connection:
            return storage.find(connection, play_id, by.person, self._staging.registry.performers)

    def _change(self, kept: KeptPlay, actions: Sequence[Action], draft: Draft) -> None:
        now = self._resources.clock.now()
        self._resources.write(
            lambda connection: storage.change(connection, kept, actions, draft.sha256, now),
        )

    def _standing(self, kept: KeptPlay, draft: Draft) -> Stand:
        """The live play, or a new one brought to where the kept one stands."""
        key = (kept.id, kept.revision, draft.sha256)
        if key in self._live:
            return Stand(kept, self._live[key], draft.release.documents)
        play = begin(self._make, draft.release, self._staging, kept.opening)
        for number, action in enumerate(kept.actions, 1):
            said = take(play, action)
            if said is not None and (number < len(kept.actions) or not play.incident):
                return Stand(
                    kept, play, draft.release.documents, f"Langkah {number} tidak lagi dapat dilakukan: {said}"
                )
        self._keep_live(key, play)
        return Stand(kept, play, draft.release.documents)

    def _keep_live(self, key: tuple[UUID, int, str], play: Play) -> None:
        self._live = {**dict(list(self._live.items())[1 - LIVE :]), key: play}

    def _save(self, file: str, scenario: Scenario, by: Actor) -> None:
        content, resources = write_scenario(scenario), self._resources

        def work(connection: sa.Connection) -> None:
            if file in releases.with_drafts(connection):
                raise Refused(f"Berkas {file} sudah ada. Pilih nama lain.")
            releases.save(resources, connection, file, content, revision=0, by=by)

        resources.write(work)


class _Room:
    """What is there only when a staging is."""

    def __init__(self, resources: Resources, make: MakeEngine, staging: Staging, batches: Batches) -> None:
        self._resources, self.staging = resources, staging
        self.drafts = Drafts(resources, staging)
        self.runs = Runs(resources, make, staging)
        self.orders = Orders(batches, self.runs, self.draft)

    def draft(self) -> Draft:
        """The set that publishing now would make."""
        with self._resources.reading() as connection:
            files = releases.with_drafts(connection)
        return self.drafts.of(files)
