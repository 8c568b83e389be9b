"""The hook for an electronic signature service such as BSrE; without one, papers carry their verification code alone."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Signed:
    """A PDF with its signature, and the service's own id of it."""

    content: bytes
    id: str


class SignatureService(Protocol):
    """Signs a finished PDF in the name of a person."""

    @property
    def name(self) -> str: ...

    def sign(self, content: bytes, *, nip: str, reason: str) -> Signed:
        """The signed PDF; raises Refused when the service does not sign, and nothing is issued then."""
        ...
