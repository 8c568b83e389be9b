"""The shipped documents, loaded once."""

import pytest

from engine.bootstrap import shipped_documents
from engine.runtime.documents import load
from engine.runtime.resources import LoadedRelease, loaded_release
from tests.processes.staged import STAGING


@pytest.fixture(scope="session")
def release() -> LoadedRelease:
    return loaded_release(1, load(shipped_documents(), STAGING.registry))
