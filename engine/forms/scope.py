"""What the expressions of a form see: the row first, then the rows around it, then the form, then the case data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from engine.feel import Environment, Expression

Json = Any  # a JSON value: null, boolean, number, text, list, object
Answers = dict[str, Json]  # a tree along the form: lists of rows are lists of such trees, each with its "_id"


@dataclass(frozen=True)
class Scope:
    """Names and their values, and the environment in which expressions are asked."""

    data: Mapping[str, Json]
    environment: Environment

    @property
    def zone(self) -> tzinfo:
        return self.environment.zone

    def inner(self, answers: Mapping[str, Json]) -> "Scope":
        """The scope inside a row (or the form): its answers hide outer names."""
        return Scope({**self.data, **answers}, self.environment)

    def ask(self, expression: Expression) -> object:
        return expression.evaluate(self.data, self.environment)

    def holds(self, expression: Expression | None) -> bool:
        """Whether a condition is true; null and anything else is not."""
        return expression is not None and self.ask(expression) is True

    def find(self, path: tuple[str, ...]) -> Json:
        """The value at a plain path such as ("skp", "rhk"); None where it leads nowhere."""
        value: Json = self.data
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value
