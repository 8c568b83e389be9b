"""What is hashed is the same, however it is written."""

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from engine.runtime import canonical

LEAVES = (
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
)
JSON = st.recursive(
    LEAVES | st.text(st.characters(codec="utf-8")),
    lambda one: st.lists(one) | st.dictionaries(st.text(st.characters(codec="utf-8")), one),
)


@given(JSON)
def test_the_fast_writer_gives_the_bytes_of_the_reference(value: object) -> None:
    assert canonical.dumps(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value", [{"\ue000": 1, "\U00010000": 2}, '\x00\x1f\x7f"\\/\u2028é', {"b": 1, "a": {"2": 0, "10": 1}}, 100.0, -0.0]
)
def test_where_writers_differ_the_reference_writes(value: object) -> None:
    assert canonical.dumps(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [2**53, -(2**53), "\ud800", {"a": ["\udfff"]}, float("nan")])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises((rfc8785.CanonicalizationError, UnicodeEncodeError)):
        canonical.dumps(value)
