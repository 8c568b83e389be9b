"""The hook for an electronic signature service such as BSrE; without one, papers carry their verification code alone.

A paper is issued unsigned and waits in the outbox for its signature: a service that does not answer delays nobody, and
is asked again, ever more seldom, until an operator looks.
"""

import hashlib
import os
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen
from uuid import UUID

import sqlalchemy as sa

from engine.cycle.papers.models import PaperRow
from engine.db import insert_new, table_of
from engine.errors import Refused
from engine.runtime import files
from engine.runtime.models import OutboxRow
from engine.runtime.outbox import Effect, queued
from engine.runtime.resources import Resources
from engine.runtime.values import Json

KIND = "signature"  # of side effects; the payload names the paper, whose signature it wants, and why
COMMAND = "perintah:"  # begins a setting that names a command
TIMEOUT = 60  # seconds
SCHEMES = ("http://", "https://")


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
        """The signed PDF; raises Refused or OSError when it does not sign: the paper waits and is sent again."""
        ...


@dataclass(frozen=True)
class HttpSignature:
    """A service that answers a POST of the PDF with the signed PDF, and its id in the header X-Signature-Id.

    NIP and reason travel in the headers X-NIP and X-Reason; the latter is percent-encoded UTF-8.
    """

    address: str
    name: str

    def sign(self, content: bytes, *, nip: str, reason: str) -> Signed:
        headers = {"Content-Type": "application/pdf", "X-NIP": nip, "X-Reason": quote(reason)}
        request = Request(self.address, data=content, headers=headers, method="POST")  # noqa: S310  # checked by `service`
        try:
            with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
                return _checked(answer.read(), answer.headers.get("X-Signature-Id"))
        except URLError as error:
            raise Refused(f"Layanan tanda tangan tidak menandatangani: {error.reason}.") from error


@dataclass(frozen=True)
class CommandSignature:
    """A command that reads the PDF and writes the signed one; it finds NIP and reason in SIKLUS_NIP and SIKLUS_REASON."""

    command: tuple[str, ...]
    name: str

    def sign(self, content: bytes, *, nip: str, reason: str) -> Signed:
        environment = {**os.environ, "SIKLUS_NIP": nip, "SIKLUS_REASON": reason}
        try:
            done = subprocess.run(  # noqa: S603  # the operator's own setting, split without a shell
                self.command, input=content, env=environment, capture_output=True, timeout=TIMEOUT, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise Refused(f"Perintah tanda tangan tidak selesai dalam {TIMEOUT} detik.") from error
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace").strip()[-300:]
            raise Refused(f"Perintah tanda tangan gagal ({done.returncode}): {said or 'tanpa keterangan'}.")
        return _checked(done.stdout, None)


def service(setting: str | None, name: str) -> SignatureService | None:
    """The service that a setting names: an http(s) address, or "perintah:" and a command; None for no setting.

    Raises:
        Refused: it is neither.
    """
    if not setting:
        return None
    if setting.startswith(SCHEMES):
        return HttpSignature(setting, name)
    command = tuple(shlex.split(setting.removeprefix(COMMAND))) if setting.startswith(COMMAND) else ()
    if not command:
        raise Refused(f'Layanan tanda tangan "{setting}" tidak dapat dipakai; tulis https://... atau {COMMAND}/jalur.')
    return CommandSignature(command, name)


def order(connection: sa.Connection, paper: Mapping[str, Any], *, nip: str, reason: str) -> None:
    """Let a paper that was just issued be signed after the transaction."""
    payload: dict[str, Json] = {"paper": str(paper["id"]), "name": reason, "nip": nip}
    row = queued(f"{KIND}/{paper['id']}", KIND, payload, paper["issued_at"], paper["case_id"])
    connection.execute(insert_new(connection, table_of(OutboxRow)), [row])


def carry_out(resources: Resources, signing: SignatureService | None, effect: Effect) -> None:
    """Have a paper signed; one that was replaced meanwhile, or is signed already, stays as it is.

    Raises:
        Refused, OSError: it is not signed; the outbox tries again.
    """
    if signing is None:
        raise Refused("Layanan tanda tangan elektronik tidak lagi diatur; atur SIKLUS_SIGNATURE lalu coba lagi.")
    waiting = sa.and_(
        PaperRow.id == UUID(effect.payload["paper"]), PaperRow.signature.is_(None), PaperRow.replaced_at.is_(None)
    )
    with resources.reading() as connection:
        digest = connection.scalar(sa.select(PaperRow.content).where(waiting))
    if digest is None:
        return
    content = files.stored(resources.data_dir, digest)
    signed = signing.sign(content, nip=effect.payload["nip"], reason=effect.payload["name"])
    kept = files.keep(resources.data_dir, signed.content)
    values = {"content": kept, "size": len(signed.content), "signed_by": signing.name, "signature": signed.id}
    resources.write(lambda connection: connection.execute(sa.update(PaperRow).where(waiting).values(values)))


def _checked(content: bytes, id: str | None) -> Signed:
    if not content.startswith(b"%PDF-"):
        raise Refused("Jawaban layanan tanda tangan bukan PDF.")
    return Signed(content, (id or hashlib.sha256(content).hexdigest()[:16])[:200])
