"""Texts that look like formulas leave harmless and come back the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cycle.spreadsheets import bare, guarded

TRICKY = st.text(alphabet="'=+-@\t\ra1", max_size=6)


@pytest.mark.parametrize("text", ["=1+1", "+62", "-5", "@SUM(A1)", "\tx", "\rx", "'=1", "''=1"])
def test_what_may_calculate_goes_out_behind_an_apostrophe(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "-", "=", "'", "O'Neill", "'kutip'", "a=b", "199001012015011001"])
def test_other_texts_go_out_as_they_are(text: str) -> None:
    assert guarded(text) == text == bare(text)


@given(st.one_of(TRICKY, st.text()))
def test_every_text_comes_back_as_it_was(text: str) -> None:
    assert bare(guarded(text)) == text
