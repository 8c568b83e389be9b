"""The set of documents that publishing now would make, ready to be played."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version

from engine.errors import DefinitionError, Problem
from engine.runtime.documents import DECISIONS, FORM, SCENARIO, Documents, digest, load
from engine.runtime.resources import LoadedRelease, Resources, loaded_release
from engine.runtime.sandbox.checks import misfits
from engine.runtime.sandbox.reading import read_scenario
from engine.runtime.sandbox.running import Outcome
from engine.runtime.sandbox.scenario import Scenario
from engine.runtime.sandbox.staging import Staging

KEPT = 4  # sets in memory
Key = tuple[str, str]  # digests of the documents that a scenario can reach, and of the scenario itself


@dataclass(frozen=True)
class Draft:
    """Documents to play on, and the scenarios beside them: those that can be read, and what is wrong with the others.

    `sha256` is of the documents alone, with the product's version: what it stays equal for, plays alike.
    """

    release: LoadedRelease
    sha256: str
    scenarios: Mapping[Key, Scenario]
    unreadable: tuple[Outcome, ...]


class Drafts:
    """Loads sets, each once in a while."""

    def __init__(self, resources: Resources, staging: Staging) -> None:
        self._resources, self._staging = resources, staging
        self._loaded: dict[str, LoadedRelease] = {}
        self._drafts: dict[str, Draft] = {}
        self._lock = threading.Lock()

    def of(self, files: Mapping[str, bytes]) -> Draft:
        """A set of files; raises DefinitionError when its diagrams, tables or forms cannot run."""
        whole = _digest(files)
        with self._lock:
            known = self._drafts.get(whole)
        if known is None:
            known = self._draft(files)
            with self._lock:
                self._drafts = {**dict(list(self._drafts.items())[1 - KEPT :]), whole: known}
        return known

    def _draft(self, files: Mapping[str, bytes]) -> Draft:
        documents = {name: content for name, content in files.items() if not name.endswith(SCENARIO)}
        sha256 = _digest(documents)
        release = self._release(sha256, documents)
        scenarios: dict[Key, Scenario] = {}
        unreadable: list[Outcome] = []
        for name in sorted(files.keys() - documents.keys()):
            found = self._scenario(name, files[name], release)
            if isinstance(found, Problem):
                unreadable.append(Outcome(name, found, frozenset(), frozenset()))
            else:
                reached = reach(release.documents, found.process)
                scenarios[(_digest(reached), digest({name: files[name]}))] = found
        return Draft(release, sha256, scenarios, tuple(unreadable))

    def _scenario(self, name: str, content: bytes, release: LoadedRelease) -> Scenario | Problem:
        try:
            scenario = read_scenario(content, name, self._staging.registry.performers)
        except DefinitionError as refused:
            return refused.problems[0]
        return next(iter(misfits([scenario], release.documents.processes)), scenario)

    def _release(self, sha256: str, documents: Mapping[str, bytes]) -> LoadedRelease:
        with self._lock:
            if sha256 not in self._loaded:
                loaded = loaded_release(1, load(documents, self._staging.registry))
                self._loaded = {**dict(list(self._loaded.items())[1 - KEPT :]), sha256: loaded}
            return self._loaded[sha256]


def reach(documents: Documents, process: str) -> Mapping[str, bytes]:
    """The files that can make a difference to a case of a process: its own, what it calls, their forms, all tables."""
    names = {name for name in documents.files if name.endswith(DECISIONS)}
    waiting, seen = [process], set[str]()
    while waiting:
        found = documents.processes.get(waiting.pop())
        if found is not None and found.id not in seen:
            seen.add(found.id)
            names.add(found.file)
            forms = {element.properties.get("form") for element in found.elements.values()}
            names |= {f"{form}{FORM}" for form in forms if form}
            waiting += found.called
    return {name: documents.files[name] for name in names if name in documents.files}


def _digest(files: Mapping[str, bytes]) -> str:
    return digest({**files, "": version("siklus").encode()})
