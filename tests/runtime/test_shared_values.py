"""What a task inherits is shared with the task above, and nobody's values are changed by it (ADR 11)."""

from copy import deepcopy
from types import SimpleNamespace
from typing import Any

from SpiffWorkflow.task import Task

from engine.runtime.workflow import patches

patches.apply()
ABOVE = {"skp": {"rhk": [{"teks": "Gizi"}]}, "periode": ["TW1", "TW2"], "nilai": None}


def inherit(own: dict[str, Any], inherited: dict[str, Any]) -> dict[str, Any]:
    task = SimpleNamespace(data=own, parent=SimpleNamespace(data=inherited))
    Task._inherit_data(task)
    return task.data


def test_a_task_shares_every_value_of_the_one_above_in_a_dictionary_of_its_own() -> None:
    found = inherit({}, ABOVE)

    assert found is not ABOVE
    assert list(found) == list(ABOVE)
    assert all(found[name] is value for name, value in ABOVE.items())


def test_what_differs_is_taken_whole_and_changes_nobody_s_values() -> None:
    own = {"skp": {"rhk": [None, None], "catatan": "lama"}, "periode": ["TW4", "TW1", "TW3"], "milik": [1]}
    before, above = deepcopy(own), deepcopy(ABOVE)

    found = inherit(own, ABOVE)

    assert found == {**above, "milik": [1]}
    assert (own, ABOVE) == (before, above)
