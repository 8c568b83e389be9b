"""Takes the pictures of README.md from the running product: `make screenshots`, or `python docs/screenshots.py FOLDER`.

FOLDER is a data folder that holds the demo or will hold it (made in some minutes); without one a temporary folder is used.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from engine.cycle.demo import PASSWORD

IMAGES = Path(__file__).parent / "images"
SIKLUS = Path(sys.executable).parent / "siklus"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
LARGEST = 150_000  # bytes of one picture
DESK, PHONE = (1280, 800), (390, 780)
STARTS_WITHIN = 60  # seconds
ON_PHONES = frozenset({"inbox", "task"})
TASKS = ".siklus-row__title a"


def main(folder: Path) -> None:
    """Make the demo, serve it, and take every picture."""
    environment = {**os.environ, "SIKLUS_DATA": str(folder)}
    siklus("init", environment)
    employees = re.findall(r"\b\d{18}\b", siklus("demo", environment))
    IMAGES.mkdir(exist_ok=True)
    with served(environment) as address, browser() as chromium:
        visit = Visit(chromium, address)
        employee = max(employees, key=visit.open_tasks)
        for name, (login, go) in pictures(employee).items():
            for width, size in (("", DESK), ("-phone", PHONE)):
                if width and name not in ON_PHONES:
                    continue
                visit.take(IMAGES / f"{name}{width}.png", login, size, go)


def pictures(employee: str) -> Mapping[str, tuple[str, Callable[[Page], None]]]:
    """Picture name -> who looks, and how that person gets there from the inbox."""
    return {
        "inbox": (employee, lambda page: None),
        "task": (employee, open_last_task),
        "case": ("auditor", open_first_case),
        "progress": ("auditor", open_year),
        "studio": ("proses", open_diagram),
    }


def open_last_task(page: Page) -> None:
    page.locator(TASKS).last.click()
    page.evaluate("document.querySelector('#f').scrollIntoView()")


def open_first_case(page: Page) -> None:
    page.goto("/perkara")
    page.locator("main a[href^='/perkara/']").first.click()
    page.locator(".siklus-diagram .djs-shape").first.wait_for()
    page.evaluate("document.querySelector('.siklus-history').scrollIntoView()")


def open_year(page: Page) -> None:
    page.goto("/siklus")
    page.locator("main a[href^='/siklus/']").first.click()


def open_diagram(page: Page) -> None:
    page.goto("/rancang/proses/planning.bpmn")
    page.locator(".djs-shape").first.wait_for()


class Visit:
    """Windows of people on one installation."""

    def __init__(self, chromium: Browser, address: str) -> None:
        self.chromium, self.address = chromium, address

    def open_tasks(self, login: str) -> int:
        """How many tasks wait for this person."""
        with self.window(login, DESK) as page:
            return page.locator(TASKS).count()

    def take(self, path: Path, login: str, size: tuple[int, int], go: Callable[[Page], None]) -> None:
        """One picture of what a person sees; raises SystemExit for one that is too large."""
        with self.window(login, size) as page:
            go(page)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=path)
        if path.stat().st_size > LARGEST:
            raise SystemExit(f"{path.name} holds {path.stat().st_size} bytes, more than {LARGEST}")

    @contextmanager
    def window(self, login: str, size: tuple[int, int]) -> Iterator[Page]:
        """A window in which somebody has signed in."""
        context = self.chromium.new_context(
            base_url=self.address, viewport={"width": size[0], "height": size[1]}, locale="id-ID"
        )
        page = context.new_page()
        page.goto("/masuk")
        page.fill("#nip", login)
        page.fill("#password", PASSWORD)
        page.click("main button")
        page.wait_for_url(re.compile(r"/(tugas)?$"))
        yield page
        context.close()


def siklus(command: str, environment: Mapping[str, str]) -> str:
    """What a command prints."""
    done = subprocess.run(  # noqa: S603  # our own command line
        [SIKLUS, command], check=True, env=environment, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@contextmanager
def served(environment: Mapping[str, str]) -> Iterator[str]:
    """The product on a free port; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([SIKLUS, "run", "--port", str(port)], env=environment)  # noqa: S603  # our own command line
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int) -> None:
    """Return when something listens on the port; raises OSError when nothing does in time."""
    until = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.3)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]).absolute())
    else:
        with tempfile.TemporaryDirectory(prefix="siklus-") as temporary:
            main(Path(temporary))
