"""Runs: plays the scenarios of a set, remembers how they ended, and judges the set by them."""

from collections.abc import Callable, Mapping, Sequence

from engine.errors import DefinitionError, Problem
from engine.runtime.documents import Documents
from engine.runtime.resources import Resources
from engine.runtime.sandbox import results
from engine.runtime.sandbox.coverage import Coverage, coverage
from engine.runtime.sandbox.drafts import Draft, Key
from engine.runtime.sandbox.play import MakeEngine
from engine.runtime.sandbox.running import Outcome, run
from engine.runtime.sandbox.staging import Staging

Told = Callable[[int, int], None]  # how many scenarios of how many have been played


class Runs:
    """What is known of scenarios; what cannot have changed is not played again."""

    def __init__(self, resources: Resources, make: MakeEngine, staging: Staging) -> None:
        self._resources, self._make, self._staging = resources, make, staging

    def known(self, draft: Draft) -> Mapping[Key, Outcome]:
        """How scenarios ended on these documents."""
        with self._resources.reading() as connection:
            return results.known(connection, draft.scenarios.keys())

    def waiting(self, draft: Draft) -> Sequence[Key]:
        """The scenarios that were not played on these documents yet."""
        known = self.known(draft)
        return [key for key in draft.scenarios if key not in known]

    def play(self, draft: Draft, keys: Sequence[Key], told: Told | None = None) -> None:
        """Play these and remember how they end."""
        for number, key in enumerate(keys, 1):
            self._keep(key, run(self._make, draft.release, self._staging, draft.scenarios[key]))
            if told is not None:
                told(number, len(keys))

    def require_green(self, draft: Draft, told: Told | None) -> None:
        """Play what was not played yet; refuse a set with a red scenario, or one whose scenarios pass too few flows.

        Raises:
            DefinitionError: lists the red scenarios, each with its step, or the flows that are missing.
        """
        self.play(draft, self.waiting(draft), told)
        outcomes = [*self.known(draft).values(), *draft.unreadable]
        red = [outcome.problem for outcome in outcomes if outcome.problem is not None]
        if red:
            raise DefinitionError(sorted(red, key=lambda problem: problem.file))
        if outcomes:
            documents = draft.release.documents
            _require_coverage(documents, coverage(documents, outcomes), self._resources.coverage)

    def _keep(self, key: Key, outcome: Outcome) -> None:
        now = self._resources.clock.now()
        self._resources.write(lambda connection: results.keep(connection, key, outcome, now))


def _require_coverage(documents: Documents, found: Coverage, wanted: float) -> None:
    share = found.of_flows()
    if share.value >= wanted:
        return
    missing = {process: sorted(never) for process, (_, never) in found.flows.items() if never}
    words = f"Skenario melewati {share.value:.1%} alur; untuk terbit paling sedikit {wanted:.0%}."
    raise DefinitionError(
        [
            Problem(
                documents.processes[process].file,
                f"{words} Di sini belum pernah dilewati: {', '.join(flows)}.",
                "Mainkan jalannya di ruang coba dan simpan sebagai skenario.",
                flows[0],
                rule="coverage",
            )
            for process, flows in sorted(missing.items())
        ]
    )
