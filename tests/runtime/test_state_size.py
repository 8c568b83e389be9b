"""States are compressed with a dictionary that may never change, and those from before it are still read."""

import hashlib

import pytest
import sqlalchemy as sa
import zstandard

from engine.bench.stage import stage
from engine.runtime.models import CaseRow
from engine.runtime.workflow import codec
from engine.runtime.workflow.ahead import AHEAD, RESTING
from engine.settings import Settings

KNOWN = {
    1: "57ccd242000c62656f517ffa774ee52725b436a7ca4386f2caabd8e7ae48a1ff",
    2: "3e53713d53ff12b9634bbec572d79aead448e970cb93b0199cd54532e0aff3ae",
}


def test_the_dictionaries_are_those_that_states_were_written_with() -> None:
    found = {number: hashlib.sha256(one.as_bytes()).hexdigest() for number, one in codec.DICTIONARIES.items()}
    assert found == KNOWN
    assert {number: one.dict_id() for number, one in codec.DICTIONARIES.items()} == {1: 1, 2: 2}


def test_a_state_names_its_dictionary_and_those_of_before_are_read_too(settings: Settings) -> None:
    here = stage(settings, 16)
    here.open_year()
    with here.database.connect() as connection:
        states = connection.scalars(sa.select(CaseRow.state)).all()
    assert sum(map(len, states)) / len(states) < 3_000
    machine = here.engine.loaded().machine
    for state in states:
        assert zstandard.get_frame_parameters(state).dict_id == 2
        raw = codec.opened(state)
        for dictionary in (None, codec.DICTIONARIES[1]):
            before = zstandard.ZstdCompressor(level=1, dict_data=dictionary).compress(raw)
            assert codec.dumps(codec.loads(before, machine, None)) == state


def test_a_state_does_not_hold_what_lies_ahead_of_its_tokens(settings: Settings) -> None:
    here = stage(settings, 16)
    here.open_year()
    with here.database.connect() as connection:
        state = connection.scalars(sa.select(CaseRow.state)).first()
    run = codec.loads(state or b"", here.engine.loaded().machine, None)
    tasks = [task for level in run.levels() for task in level.tasks.values()]
    assert any(task._state & RESTING for task in tasks)
    assert not any(task._state & AHEAD for task in tasks)


def test_a_state_of_an_unknown_dictionary_is_refused(settings: Settings) -> None:
    here = stage(settings, 16)
    samples = [b'{"v":2,"p":"coaching","n":%d,"t":%d,"w":[]}' % (number, number * 7) for number in range(2000)]
    other = zstandard.train_dictionary(1024, samples, dict_id=77)
    state = zstandard.ZstdCompressor(dict_data=other).compress(samples[0])
    with pytest.raises(codec.UnknownState):
        codec.loads(state, here.engine.loaded().machine, None)
