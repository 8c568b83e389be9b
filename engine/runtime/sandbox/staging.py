"""What a sandbox asks of the room above: the usual world around a case."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Protocol

from engine.feel import Environment
from engine.forms import Form
from engine.runtime.lint.model import Registry
from engine.runtime.services import Service
from engine.runtime.values import Json, OpenCase

Note = Callable[[str, Mapping[str, Json]], None]  # told the name and the arguments of each call of a service


class Staging(Protocol):
    """The usual start data, the usual answers of people and of services."""

    registry: Registry
    zone: tzinfo
    first_moment: datetime  # when a case opens unless a scenario says otherwise

    def opening(self, process: str, title: str, opens: datetime, data: Mapping[str, Json]) -> OpenCase:
        """A case that opens at a moment, with `data` laid over what each case starts with.

        Raises:
            ValueError: the data name something that the usual data do not have; a sentence says what.
        """

    def usual(self, opens: datetime) -> Mapping[str, Json]:
        """What a case starts with that opens at a moment."""

    def words(self, opens: datetime) -> Mapping[str, Sequence[Json]]:
        """Names that stand for more in start data, by where they may be written."""

    def services(self, given: Mapping[str, Json], note: Note) -> Mapping[str, Service]:
        """Stand-ins for every service; `given` are answers in place of the usual ones."""

    def answers(
        self,
        form: Form,
        started: Mapping[str, Json],
        context: Mapping[str, Json],
        environment: Environment,
        decided: Mapping[str, Json],
    ) -> dict[str, Json]:
        """Answers that a form accepts; `decided` gives the values of fields by their key.

        Raises:
            ValueError: the form still refuses; a sentence names the fields.
        """
