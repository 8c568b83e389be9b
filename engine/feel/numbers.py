"""Decimal numbers: 34 digits, exponents up to 6144, so that no number is ever large in memory."""

from decimal import ROUND_HALF_EVEN, Context, Decimal

from engine.feel.errors import FeelError

# No traps: a result that is not finite is looked at, never raised. Flags are set by all threads and read by none.
NUMBERS = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, capitals=1, clamp=0, flags=[], traps=[])
SAFE_INTEGER = 2**53
_SMALL = 10**18
_LARGEST_BITS = 20_500  # more than 10**6144 has


def finite(number: Decimal) -> Decimal | None:
    """The number; null for what is not a number (0 / 0); raises FeelError for one beyond all bounds."""
    if number.is_finite():
        return number
    if number.is_infinite():
        raise FeelError("Bilangan yang dihasilkan terlalu besar.", "Periksa perkalian atau pangkatnya.")
    return None


def from_int(value: int) -> Decimal | None:
    if -_SMALL < value < _SMALL:
        return Decimal(value)  # exact, and fast
    if value.bit_length() > _LARGEST_BITS:
        raise FeelError("Bilangan ini memiliki terlalu banyak angka.", "Simpan nilai sepanjang ini sebagai teks.")
    return finite(NUMBERS.create_decimal(value))


def from_float(value: float) -> Decimal | None:
    """The shortest decimal that reads back as this float; null for NaN and infinities."""
    number = NUMBERS.create_decimal(repr(value))
    return number if number.is_finite() else None


def from_text(text: str) -> Decimal | None:
    """The number that plain ASCII digits, a point and an exponent write; None when they write none."""
    if len(text) > 6200:
        return None
    number = NUMBERS.create_decimal(text)
    return number if number.is_finite() else None


def plain(number: Decimal) -> str:
    """The number in digits without exponent and without idle zeros: 2.50 -> "2.5", 1E+3 -> "1000"."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def whole(number: object) -> int | None:
    """The int of a whole number of at most 18 digits, else None."""
    if type(number) is not Decimal or number.adjusted() > 18 or number != number.to_integral_value():
        return None
    return int(number)
