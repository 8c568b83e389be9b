"""A wrong expression is refused with the place and the mend."""

import pytest

from engine.errors import EngineError
from engine.feel import Environment, FeelError, FeelFunction, compile_expression, compile_script, compile_unary, to_json
from tests.feel.evaluation import ENVIRONMENT, value

FAULTS = [
    ("", "kosong", "true", 1),
    ("a == 1", "==", "satu tanda =", 3),
    ("a && b", "&&", "and", 3),
    ("a || b", "||", "or", 3),
    ("!a", "!", "not(", 1),
    ("a % 2", "%", "modulo", 3),
    ("a = 'x'", "kutip ganda", '"teks"', 5),
    ('a = "x', "tidak ditutup", "kutip", 5),
    ('"\\q"', "\\q", "\\\\", 1),
    ("a = True", "True", "true", 5),
    ("None", "None", "null", 1),
    ("1 +", "sebuah nilai", "Lengkapi", 4),
    ("(1", '")"', "Tutup", 3),
    ("1)", "pembuka", "Hapus", 2),
    ("[1, 2", '"]"', "[1, 2, 3]", 6),
    ("{a: 1", '"}"', "{ a: 1", 6),
    ("{a 1}", "titik dua", "{ nama", 4),
    ("{a: 1, a: 2}", "dua kali", "Hapus", 8),
    ("1 < x < 3", "dirangkai", "and", 7),
    ("a b", "selesai", "tanda", 3),
    ("if a then b", "else", "if syarat", 12),
    ("for x in y", "return", "for x", 11),
    ("for in in y return 1", "nama peubah", "for x", 5),
    ("some x in y", "satisfies", "some x", 12),
    ("x between 1", "and", "between", 12),
    ("x instance number", "of", "instance of", 12),
    ("x instance of thing", "tipe", "number", 15),
    ("[1..", "sebuah nilai", "", 5),
    ("[1..5", "ditutup", "[1..5]", 6),
    ("foo(1)", "foo", "", 1),
    ("upper cas(x)", "upper cas", "upper case", 1),
    ("cont(x)", "cont", "count", 1),
    ("substring(x)", "substring", "start position", 1),
    ("substring(x, length: 2)", "bercampur", "nama", 1),
    ("abs(a: 1)", "abs", "abs(n)", 1),
    ("abs(n: 1, n: 2)", "dua kali", "Hapus", 1),
    ("function(x) x", "Fungsi tidak dapat dibuat", "tersedia", 1),
    ("? > 5", "?", "nama datanya", 1),
    ("a.1", "selesai", "daftar[1]", 2),
    ("a.+", "nama", "get value", 3),
    ("a. ", "nama", "get value", 4),
    ("@2027", "@", '@"2027-01-31"', 1),
    ('@"2027-02-30"', "2027-02-30", "@", 1),
    ("a ~ b", "'~'", "kutip", 3),
    ("/* x", "Komentar", "*/", 1),
    ('matches(a, "(b")', "Pola", "kurung", 12),
    ('matches(a, "a**")', "ulangan", "Hapus", 12),
    ("1e9999", "terlalu besar", "34", 1),
    ("and", "sebuah nilai", "nama", 1),
]


@pytest.mark.parametrize(("text", "message", "mend", "column"), FAULTS)
def test_a_wrong_expression_is_refused_with_place_and_mend(text: str, message: str, mend: str, column: int) -> None:
    with pytest.raises(FeelError) as caught:
        compile_expression(text)

    error = caught.value
    assert message in error.message and mend in error.mend
    assert (error.line, error.column) in {(1, column), (1, column - 1), (1, column + 1)}
    assert error.text == text


def test_the_caret_stands_under_the_fault() -> None:
    with pytest.raises(FeelError) as caught:
        compile_expression("1 +\n  2 == 3")

    assert (caught.value.line, caught.value.column) == (2, 5)
    assert caught.value.caret == "  2 == 3\n    ^"
    assert "baris 2, kolom 5" in str(caught.value)
    assert isinstance(caught.value, EngineError)


def test_a_cell_and_a_script_are_refused_alike() -> None:
    with pytest.raises(FeelError):
        compile_unary("> ")
    with pytest.raises(FeelError):
        compile_unary("not(1")
    with pytest.raises(FeelError):
        compile_script("{a: }")


def test_a_product_function_that_fails_tells_its_form() -> None:
    with pytest.raises(FeelError, match=r"working days after\(date, n\)"):
        value('working days after("bukan tanggal", 3)')
    with pytest.raises(FeelError, match="terlalu banyak argumen"):
        value("raw(1)")
    with pytest.raises(FeelError, match="tidak memiliki argumen"):
        value('working days after(day: "2027-01-01", n: 3)')


def test_a_function_that_the_environment_lacks_is_named() -> None:
    expression = compile_expression("far away()", {"far away"})

    with pytest.raises(FeelError, match="far away") as caught:
        expression.evaluate({}, ENVIRONMENT)
    assert caught.value.text == "far away()"


def test_a_product_function_cannot_hand_back_more_than_a_list_may_hold() -> None:
    environment = Environment(
        ENVIRONMENT.now, ENVIRONMENT.zone, {"many": FeelFunction("many", (), lambda: [0] * 20_000)}
    )

    with pytest.raises(FeelError, match="butir"):
        compile_expression("many()", {"many"}).evaluate({}, environment)


def test_json_has_no_room_for_ranges_and_boundless_numbers() -> None:
    for unfit in (value("[1..2]"), value("10 ** 400"), float("nan"), object(), {1, 2}):
        with pytest.raises(FeelError):
            to_json(unfit)
