"""An office that runs one diagram, on both databases."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.runtime.services import Service
from tests.runtime import diagrams as d
from tests.runtime.office import Office

ANSWERS = d.form(
    "answers", {"type": "textfield", "id": "t", "key": "text", "label": "Teks", "validate": {"required": True}}
)


@pytest.fixture
def office_of(database: sa.Engine, tmp_path: Path) -> Callable[..., Office]:
    """Makes an office from the parts of `work.bpmn`, services, and other files (`grade__dmn`)."""

    def make(*parts: str, services: dict[str, Service] | None = None, **files: bytes) -> Office:
        documents = {"work.bpmn": d.diagram(*parts), "answers.form.json": ANSWERS}
        documents |= {name.replace("__", "."): content for name, content in files.items()}
        return Office(database, documents, tmp_path, services)

    return make
