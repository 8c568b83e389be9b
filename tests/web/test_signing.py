"""Issued papers are signed by a service outside: asked after the transaction, and again while it does not answer."""

import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import unquote

import pytest

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.papers.kinds import PaperKind
from engine.cycle.papers.signing import CommandSignature, HttpSignature, SignatureService, service
from engine.cycle.papers.verbs import Paper
from engine.errors import Refused
from engine.runtime.values import Case
from tests.web.conftest import Visitor
from tests.web.test_papers import Visit
from tests.web.test_papers import case as case

MARK = b"\n%signed by the fake\n"


class Fake:
    """A signature service on this machine; `broken` it answers with an error."""

    def __init__(self) -> None:
        self.broken, self.asked = False, list[tuple[str, str]]()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                fake.asked.append((self.headers["X-NIP"], unquote(self.headers["X-Reason"])))
                self.send_response(503 if fake.broken else 200)
                self.send_header("X-Signature-Id", f"TTE-{len(fake.asked)}")
                self.end_headers()
                self.wfile.write(content + MARK)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/sign"


@pytest.fixture
def fake() -> Iterator[Fake]:
    fake = Fake()
    thread = threading.Thread(target=fake.server.serve_forever)
    thread.start()
    yield fake
    fake.server.shutdown()
    thread.join()
    fake.server.server_close()


def signs(application: Application, monkeypatch: pytest.MonkeyPatch, signing: SignatureService | None) -> None:
    monkeypatch.setattr(application.papers, "_signing", signing)


def issued(application: Application, visitor: Visitor, case: Case) -> Paper:
    return application.papers.issue(PaperKind.SKP, str(case.id), by=visitor.actor)


def test_a_paper_waits_for_its_signature_and_gets_it_when_the_service_answers(
    application: Application,
    clock: VirtualClock,
    visit: Visit,
    case: Case,
    fake: Fake,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    employee, nobody = visit("employee"), visit("nobody")
    signs(application, monkeypatch, HttpSignature(fake.address, "BSrE"))
    fake.broken = True

    paper = issued(application, employee, case)
    application.work()
    unsigned = application.papers.pdf(paper.id, by=employee.actor)[1]

    assert fake.asked[0][1] == "Sasaran Kinerja Pegawai"
    assert MARK not in unsigned
    assert "menunggu tanda tangan elektronik" in employee.opens(f"/dokumen/skp/{case.id}").text
    assert "BSrE" not in nobody.opens(f"/verifikasi/{paper.shown_code}").text

    fake.broken = False
    clock.advance(timedelta(minutes=5))
    application.work()
    signed, content = application.papers.pdf(paper.id, by=employee.actor)

    assert (signed.signed_by, signed.signature) == ("BSrE", "TTE-2")
    assert content == unsigned + MARK
    assert "TTE-2" in employee.opens(f"/dokumen/skp/{case.id}").text
    assert "BSrE" in nobody.opens(f"/verifikasi/{paper.shown_code}").text
    application.work()
    assert len(fake.asked) == 2


def test_a_signature_that_never_comes_is_shown_to_operators_who_ask_for_it_again(
    application: Application,
    clock: VirtualClock,
    visit: Visit,
    case: Case,
    fake: Fake,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signs(application, monkeypatch, HttpSignature(fake.address, "BSrE"))
    fake.broken = True
    paper = issued(application, visit("employee"), case)
    for _ in range(8):
        application.work()
        clock.advance(timedelta(hours=5))

    operator = visit("operator")
    page = operator.opens("/gangguan/kiriman").text
    assert "Tanda tangan elektronik" in page
    assert "Service Unavailable" in page

    fake.broken = False
    operator.sends("/gangguan/kiriman", {"semua": "ya"})
    application.work()
    assert application.papers.pdf(paper.id, by=visit("employee").actor)[0].signature


def test_a_command_may_sign_too() -> None:
    script = "import os, sys; sys.stdout.buffer.write(sys.stdin.buffer.read() + os.environ['SIKLUS_NIP'].encode())"
    signed = CommandSignature((sys.executable, "-c", script), "Lokal").sign(b"%PDF-1.7", nip="1985", reason="SKP")

    assert signed.content == b"%PDF-1.71985"
    assert len(signed.id) == 16
    with pytest.raises(Refused, match="bukan PDF"):
        CommandSignature((sys.executable, "-c", "print('x')"), "Lokal").sign(b"%PDF-1.7", nip="", reason="")
    with pytest.raises(Refused, match="gagal"):
        CommandSignature((sys.executable, "-c", "import sys; sys.exit(3)"), "Lokal").sign(b"%PDF", nip="", reason="")


def test_a_setting_names_an_address_or_a_command() -> None:
    assert service(None, "x") is None
    assert service("https://tte.example/sign", "x") == HttpSignature("https://tte.example/sign", "x")
    assert service("perintah:/opt/sign --key 'a b'", "x") == CommandSignature(("/opt/sign", "--key", "a b"), "x")
    for wrong in ("perintah:", "ftp://x", "sign"):
        with pytest.raises(Refused, match="tidak dapat dipakai"):
            service(wrong, "x")
