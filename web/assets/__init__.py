"""Scripts and styles: `python -m web.assets` builds them, pages ask here for the names of what was built.

Pages work without built assets; they only look bare.
"""

import json
import logging
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import cast

from flask import Blueprint, Flask, request, send_from_directory, url_for
from flask.typing import ResponseReturnValue

from web.assets.building import BUILD, AssetsError, build

__all__ = ["AssetsError", "asset_url", "bp", "build", "manifest", "register"]
log = logging.getLogger(__name__)
bp = Blueprint("assets", __name__)


def register(app: Flask) -> None:
    """Serve the built files, and let templates ask for their addresses by `asset_url("app.css")`."""
    app.register_blueprint(bp)
    app.jinja_env.globals["asset_url"] = asset_url
    if not manifest():
        log.warning("Skrip dan gaya belum dibangun, halaman tampil polos. Jalankan: python -m web.assets")


def asset_url(name: str) -> str | None:
    """The address of a built file, or None while nothing is built."""
    file = manifest().get(name)
    return _address(request.script_root, file) if file else None


@lru_cache(maxsize=64)
def _address(_root: str, file: str) -> str:
    """The address of a file, which is the same below one root."""
    return url_for("assets.file", name=file)


@bp.get("/aset/<path:name>")
def file(name: str) -> ResponseReturnValue:
    """A built file: its name holds its hash, so that browsers may keep it for good."""
    answer = send_from_directory(BUILD, name, max_age=31_536_000)
    answer.cache_control.public = True
    answer.cache_control.immutable = True
    return answer


def manifest(folder: Path = BUILD) -> Mapping[str, str]:
    """Plain names to hashed names, {"app.js": "app-3F2A.js"}; empty while nothing is built."""
    path = f"{folder}/manifest.json"
    try:
        return read_manifest(path, os.stat(path).st_mtime_ns)  # noqa: PTH116  # every page asks
    except FileNotFoundError:
        return {}


@lru_cache(maxsize=4)
def read_manifest(path: str, changed: int) -> Mapping[str, str]:
    return cast(Mapping[str, str], json.loads(Path(path).read_text("utf-8")))
