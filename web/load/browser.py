"""A browser that knows no scripts and draws nothing: light, because it shares the cores with what it measures."""

import re
from collections.abc import Mapping
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
TIMEOUT = 60  # seconds
REDIRECTS = frozenset({302, 303})


class Failed(Exception):
    """A page that should not have come: its status, and the address."""

    def __init__(self, status: int, path: str) -> None:
        super().__init__(f"{status} {path}")
        self.status = status


class Browser:
    """One person's connection: keeps the cookie, follows redirects, counts bytes."""

    def __init__(self, address: str) -> None:
        self._connection = HTTPConnection(urlsplit(address).netloc, timeout=TIMEOUT)
        self._cookie = ""
        self.sent = 0  # bytes of forms
        self.received = 0  # bytes of pages
        self.requests = 0

    def opens(self, path: str) -> str:
        return self._asks("GET", path, "")

    def sends(self, path: str, fields: Mapping[str, str]) -> str:
        """Post a form; gives the page that the redirect leads to."""
        return self._asks("POST", path, urlencode(fields))

    def signs_in(self, login: str, password: str) -> str:
        """Sign in; gives the token of the session's forms."""
        token = hidden(self.opens("/masuk"))["csrf_token"]
        page = self.sends("/masuk", {"csrf_token": token, "nip": login, "password": password})
        return hidden(page)["csrf_token"]

    def closes(self) -> None:
        """Let the connection go; the next page opens another."""
        self._connection.close()

    def _asks(self, method: str, path: str, body: str) -> str:
        headers = {"Cookie": self._cookie} if self._cookie else {}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body or None, headers)
        answer = self._connection.getresponse()
        page = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            self._cookie = cookie.partition(";")[0]
        self.requests, self.sent, self.received = self.requests + 1, self.sent + len(body), self.received + len(page)
        if answer.status in REDIRECTS:
            return self._asks("GET", answer.headers["Location"], "")
        if answer.status != 200:
            raise Failed(answer.status, path)
        return page.decode()


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page, the last of each name."""
    return dict(HIDDEN.findall(page))
