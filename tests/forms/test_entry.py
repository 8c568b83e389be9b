"""Numbers, days and times as people type them and as pages show them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from engine.forms import entry
from tests.forms.build import ZONE


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234,5", "1234.5"),
        ("1234,5", "1234.5"),
        ("1.234.567", "1234567"),
        ("12.500", "12500"),
        ("0,25", "0.25"),
        ("-3", "-3"),
        ("\u22123,5", "-3.5"),
        (" 1 000 ", "1000"),
        ("007", "7"),
    ],
)
def test_numbers_are_read_the_indonesian_way(text: str, number: str) -> None:
    assert entry.read_number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,234.5",
        "1.5",
        "87.50",
        "1.23.456",
        "12,",
        ",5",
        "1_000",
        "1e3",
        "abc",
        "NaN",
        "Infinity",
        "٣",
        "1,2,3",
        "9" * 200,
    ],
)
def test_a_number_that_could_mean_two_things_is_not_guessed(text: str) -> None:
    assert entry.read_number(text) is None


@settings(deadline=None)
@given(some.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**11), max_value=10**11))
def test_a_number_that_is_written_is_read_again(number: Decimal) -> None:
    assert entry.read_number(entry.write_number(number)) == number
    assert entry.read_number(entry.write_number(number, grouped=False)) == number


@pytest.mark.parametrize(
    ("value", "indonesian", "english"),
    [
        (None, "", ""),
        (True, "Ya", "Yes"),
        (1234.5, "1.234,5", "1.234,5"),
        (2000, "2.000", "2.000"),
        ("2026-01-31", "31 Januari 2026", "31 January 2026"),
        ("2026-01-31T16:59:00+00:00", "31 Januari 2026 pukul 23.59", "31 January 2026 at 23:59"),
        ("bukan tanggal", "bukan tanggal", "bukan tanggal"),
        (["a", None, 2], "a, 2", "a, 2"),
        ({"id": "u1", "name": "Dinas Kesehatan"}, "Dinas Kesehatan", "Dinas Kesehatan"),
        ({}, "", ""),
    ],
)
def test_case_data_is_shown_as_people_read_it(value: object, indonesian: str, english: str) -> None:
    assert entry.show(value, "id", ZONE) == indonesian
    assert entry.show(value, "en", ZONE) == english


def test_a_moment_without_offset_is_local() -> None:
    assert entry.read_moment("2026-03-10T09:00", ZONE) == datetime(2026, 3, 10, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-02-30", "2026-3-1", "20260301", "2026-W10-1", "kemarin", ""])
def test_days_that_do_not_exist_are_not_read(text: str) -> None:
    assert entry.read_day(text) is None


def test_text_is_kept_without_what_no_database_holds() -> None:
    assert entry.clean("a\x00b\r\nc\rd\ud800e\t") == "ab\nc\nde\t"
    assert entry.clean("e\u0301") == "é"


@pytest.mark.parametrize(("size", "words"), [(10, "1 KB"), (340_000, "340 KB"), (5_242_880, "5,2 MB")])
def test_sizes_are_shown_in_round_figures(size: int, words: str) -> None:
    assert entry.show_size(size) == words
