"""What an evaluation reads from outside, and what it may spend."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from engine.feel.errors import FeelError

STEPS = 20_000  # operators, calls and rounds of one evaluation
ITEMS = 10_000  # of one list
TEXT = 100_000  # characters of one text
NESTING = 40  # brackets within brackets
SOURCE = 4_000  # characters of one expression
RESULT_NODES = 100_000  # values in a result, nested ones counted each time they appear
RESULT_TEXT = 1_000_000  # characters in a result
DEPTH = 100  # levels of a value that is compared, printed or handed out


@dataclass(frozen=True)
class FeelFunction:
    """A function of the product that documents may call; its name may hold spaces.

    `call` takes FEEL values by position (numbers are Decimal, dates may be ISO text as case data keeps them) and
    returns a FEEL or JSON value. A `local` one makes days of moments: it is given the environment's `zone` too.
    """

    name: str
    parameters: tuple[str, ...]
    call: Callable[..., object]
    local: bool = False

    def beside(self, zone: tzinfo | None) -> dict[str, object]:
        """What a call is given by name beside its arguments."""
        return {"zone": zone} if self.local else {}


@dataclass(frozen=True)
class Environment:
    """What today(), now() and the product's functions read; `now` is aware, `zone` makes days out of moments."""

    now: datetime
    zone: tzinfo
    functions: Mapping[str, FeelFunction] = field(default_factory=dict)


class Budget:
    """Counts down while one expression is evaluated; also hands its environment and the input `?` to the closures."""

    __slots__ = ("environment", "input", "left")

    def __init__(self, environment: Environment, value: object = None, steps: int = STEPS) -> None:
        self.left = steps
        self.environment = environment
        self.input = value

    def spend(self, steps: int = 1) -> None:
        self.left -= steps
        if self.left < 0:
            raise exhausted()


def exhausted() -> FeelError:
    return FeelError(
        f"Ekspresi ini terlalu berat: lebih dari {STEPS} langkah.",
        "Kurangi pengulangan, atau saring daftarnya lebih dulu.",
    )


def fitting_text(text: str, budget: Budget) -> str:
    """The text, paid for by its length; raises FeelError when it is too long."""
    size = len(text)
    if size > TEXT:
        raise too_long_text()
    budget.spend(size >> 8)
    return text


def too_long_text() -> FeelError:
    return FeelError(f"Teks yang dihasilkan lebih dari {TEXT} karakter.", "Potong teksnya dengan substring().")


def fitting_list(items: list[object], budget: Budget) -> list[object]:
    """The list, paid for by its length; raises FeelError when it is too long."""
    if len(items) > ITEMS:
        raise too_long_list()
    budget.spend(len(items) >> 3)
    return items


def too_long_list() -> FeelError:
    return FeelError(f"Daftar yang dihasilkan lebih dari {ITEMS} butir.", "Saring daftarnya, atau bagi menjadi bagian.")


def too_deep() -> FeelError:
    return FeelError(f"Nilai ini bersarang lebih dari {DEPTH} tingkat.", "Sederhanakan susunan datanya.")
