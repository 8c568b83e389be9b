"""A PostgreSQL of the tests' own: started for them, on a socket in a folder of their own, gone after them."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SETTINGS = ("fsync=off", "full_page_writes=off", "listen_addresses=", "max_connections=60", "shared_buffers=32MB")


@contextmanager
def server() -> Iterator[str]:
    """Start a private server; gives an SQLAlchemy URL with `{database}` to be filled in."""
    folder = Path(tempfile.mkdtemp(prefix="siklus-pg-"))
    user = _unprivileged()
    if user is not None:
        shutil.chown(folder, user)
    data = folder / "data"
    try:
        _run(["initdb", "-D", data, "-U", "siklus", "--auth=trust", "--encoding=UTF8", "--no-sync"], user)
        options = " ".join(f"-c {setting}" for setting in SETTINGS) + f" -k {folder}"
        _run(["pg_ctl", "-D", data, "-o", options, "-w", "-l", folder / "log", "start"], user)
        yield f"postgresql+psycopg://siklus@/{{database}}?host={folder}"
    finally:
        _run(["pg_ctl", "-D", data, "-m", "immediate", "stop"], user)
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str | Path], user: str | None) -> None:
    program = _program(str(command[0]))
    subprocess.run([program, *map(str, command[1:])], check=True, user=user, stdout=subprocess.DEVNULL, cwd="/")


def _program(name: str) -> str:
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = str(newest[-1]) if newest else shutil.which(name)
    assert found, f"{name} of PostgreSQL is not installed: run tools/test-needs"
    return found


def _unprivileged() -> str | None:
    """The server refuses to run as root; then it runs as the system's own user for it."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
