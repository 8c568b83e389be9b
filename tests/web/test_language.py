"""Two languages: Indonesian in the sources, English complete in its catalogue."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import web
from tests.web.conftest import Visitor
from web.language import CATALOGUE

Visit = Callable[[str], Visitor]
ROOM = Path(web.__file__).parent
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS = {"**/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
PLACE = re.compile(r"%\((\w+)\)")


def source_texts() -> Iterator[tuple[str, str]]:
    """Every text of the pages, and the file that says it."""
    for file, _line, message, _comments, _context in extract_from_dir(
        ROOM,
        METHODS,
        OPTIONS,
        KEYWORDS,
        directory_filter=lambda path: "node_modules" not in path and "static" not in path,
    ):
        yield (message if isinstance(message, str) else message[0]), file


def test_every_text_has_an_english_one() -> None:
    with CATALOGUE.open("rb") as file:
        known = {
            (message.id if isinstance(message.id, str) else message.id[0]): message.string
            for message in read_po(file, locale="en")
            if message.id
        }

    missing = {text: file for text, file in source_texts() if not known.get(text)}

    assert missing == {}


def test_every_english_text_keeps_the_places_that_are_filled_in() -> None:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en")
    broken = []
    for message in catalogue:
        source = message.id if isinstance(message.id, str) else message.id[0]
        texts = [message.string] if isinstance(message.string, str) else list(message.string)
        broken += [source for text in texts if source and set(PLACE.findall(text)) != set(PLACE.findall(source))]

    assert broken == []


def test_no_text_stands_in_a_template_untranslated() -> None:
    words = re.compile(r">\s*([A-Z][a-z]+(?: [a-z]+)+)[^<{]*<")
    found = {}
    for path in (ROOM / "templates").rglob("*.html"):
        if "studio" in path.parts:
            continue
        bare = re.sub(r"{[%#{].*?[%#}]}", "", path.read_text("utf-8"), flags=re.S)
        texts = [text for text in words.findall(bare) if text != "Bahasa Indonesia"]
        if texts:
            found[path.name] = texts

    assert found == {}


def test_a_visitor_is_spoken_to_as_the_browser_asks(visit: Visit) -> None:
    nobody = visit("nobody")

    assert "Sign in" in nobody.opens("/masuk", **{"Accept-Language": "en-GB,en;q=0.9"}).get_data(as_text=True)
    assert "Kata sandi" in nobody.opens("/masuk", **{"Accept-Language": "de"}).get_data(as_text=True)


def test_the_choice_of_a_visitor_lasts(visit: Visit) -> None:
    nobody = visit("nobody")
    nobody.opens("/masuk")
    answer = nobody.sends("/bahasa", {"language": "en", "next": "/masuk"})

    assert answer.location == "/masuk"
    assert "Sign in" in nobody.opens("/masuk").get_data(as_text=True)


def test_the_choice_of_an_account_follows_it_to_another_browser(visit: Visit) -> None:
    here = visit("employee")
    here.sends("/bahasa", {"language": "en", "next": "/"})

    page = visit("employee").opens("/").get_data(as_text=True)

    assert '<html lang="en"' in page
    assert "For me" in page
    assert "in 9 days" in page


def test_errors_speak_the_readers_language(visit: Visit) -> None:
    employee = visit("employee")
    employee.sends("/bahasa", {"language": "en", "next": "https://evil.example"})

    assert "Page not found" in employee.opens("/tidak-ada").get_data(as_text=True)
