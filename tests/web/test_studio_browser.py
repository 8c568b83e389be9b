"""The drawing table in a real browser: change, save, be told, jump, publish; and the case's picture."""

import re
from collections.abc import Iterator, Mapping, Sequence

import pytest
from lxml import etree
from playwright.sync_api import Browser, expect

from engine.bootstrap import Application
from engine.runtime.bpmn_reader import read
from engine.runtime.values import SYSTEM, Actor
from tests.runtime.diagrams import (
    catch,
    conditional,
    diagram,
    end,
    exclusive,
    flow,
    message,
    message_named,
    parallel,
    process,
    script_task,
    send_task,
    start,
)
from tests.runtime.diagrams import path as flows_along
from tests.web.browser import DESK, PHONE, Screen
from tests.web.conftest import PASSWORD
from web.studio.facts import facts_of

PLANNING = "planning.bpmn"
OWNER = Actor("process_owner", roles=frozenset({"process_owner"}))


@pytest.fixture
def screen(browser: Browser, address: str) -> Iterator[Screen]:
    """The process owner's window; whatever goes wrong in it, or leaves this host, fails the test."""
    made = Screen(browser, address)
    elsewhere: list[str] = []
    made.page.on("request", lambda request: elsewhere.append(request.url) if address not in request.url else None)
    made.signs_in("process_owner", PASSWORD)
    yield made
    made.closes()
    assert made.troubles == []
    assert [url for url in elsewhere if not url.startswith(("data:", "blob:"))] == []


def drawn_deadlock() -> bytes:
    """A choice whose two flows a parallel gateway waits for, with its picture."""
    nodes = [start(), exclusive("fork", "fork_to_join"), parallel("join"), script_task("note", "{ n: 1 }"), end()]
    flows = [
        *flows_along("begun", "fork", "join", "finished"),
        flow("fork", "note", "true"),
        *flows_along("note", "join"),
    ]
    places = {"begun": (100, 100), "fork": (200, 93), "join": (450, 93), "note": (300, 200), "finished": (600, 100)}
    return drawn("deadlock", nodes, flows, places)


def drawn_conversation() -> bytes:
    """A message that begins, one that is waited for, a condition, and a message task, with their picture."""
    nodes = [
        start("begun", message("asked")),
        catch("hear", message("asked")),
        catch("watch", conditional("false")),
        send_task("note", "asked"),
        end(),
    ]
    places = {"begun": (50, 100), "hear": (250, 100), "watch": (450, 100), "note": (650, 90), "finished": (850, 100)}
    flows = flows_along("begun", "hear", "watch", "note", "finished")
    return drawn("conversation", nodes, flows, places, message_named("asked", "DITANYA"))


def drawn(
    name: str, nodes: Sequence[str], flows: Sequence[str], places: Mapping[str, tuple[int, int]], *named: str
) -> bytes:
    """A process with a picture of its nodes, each at its place; "note" is as large as a task."""
    shapes = "".join(
        f'<di:BPMNShape id="{id}_shape" bpmnElement="{id}"><dc:Bounds x="{x}" y="{y}" '
        f'width="{100 if id == "note" else 50}" height="{80 if id == "note" else 50}"/></di:BPMNShape>'
        for id, (x, y) in places.items()
    )
    ends = [re.search('id="(.+?)" sourceRef="(.+?)" targetRef="(.+?)"', each) for each in flows]
    lines = "".join(
        f'<di:BPMNEdge id="{each[1]}_edge" bpmnElement="{each[1]}">'
        + "".join(f'<xy:waypoint x="{places[id][0] + 25}" y="{places[id][1] + 25}"/>' for id in (each[2], each[3]))
        + "</di:BPMNEdge>"
        for each in ends
        if each
    )
    spaces = (
        'xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
        'xmlns:xy="http://www.omg.org/spec/DD/20100524/DI"'
    )
    picture = (
        f'<di:BPMNDiagram {spaces} id="picture"><di:BPMNPlane id="plane" bpmnElement="{name}">{shapes}{lines}'
        "</di:BPMNPlane></di:BPMNDiagram>"
    )
    return diagram(*named, process(name, *nodes, *flows), picture)


def opens_table(screen: Screen, name: str = PLANNING) -> None:
    screen.opens(f"/rancang/proses/{name}")
    screen.page.wait_for_selector(".djs-shape")


def selects(screen: Screen, element: str) -> None:
    screen.page.locator(f'.djs-shape[data-element-id="{element}"]').click(position={"x": 8, "y": 8})


def field(name: str) -> str:
    return f"#bio-properties-panel-setting-{name}"


def stored(application: Application, name: str = PLANNING) -> bytes:
    return application.engine.document(name, by=OWNER)[0]


def texts_of(content: bytes) -> list[tuple[str, str, str]]:
    """Every element with its attributes and text, as a set that does not mind order, layout or prefixes."""
    root = etree.fromstring(content)
    return sorted(
        (
            str(node.tag),
            repr(sorted((str(key), str(value)) for key, value in node.attrib.items())),
            (node.text or "").strip(),
        )
        for node in root.iter(etree.Element)
        if "/DI" not in str(node.tag) and "/DC" not in str(node.tag)
    )


def test_a_task_changed_in_the_panel_is_saved_and_nothing_else_is_lost(
    screen: Screen, application: Application
) -> None:
    before = stored(application)
    opens_table(screen)

    selects(screen, "draft_skp")
    screen.page.select_option(field("performer"), "performance_team")
    screen.page.fill(field("due"), "P5D")
    screen.page.click('[data-do="save"]')
    expect(screen.page.locator("[data-status]")).to_contain_text("Draf tersimpan")

    old, new = facts_of(before, "bpmn", PLANNING), facts_of(stored(application), "bpmn", PLANNING)
    assert {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)} == {"draft_skp"}
    assert (new["draft_skp"].facts["performer"], new["draft_skp"].facts["due"]) == ("performance_team", "P5D")
    assert {name for name, value in old["draft_skp"].facts.items() if new["draft_skp"].facts.get(name) != value} == {
        "performer",
        "due",
    }


def test_what_messages_carry_and_whom_they_are_for_is_set_in_the_panel(
    screen: Screen, application: Application
) -> None:
    application.engine.save_document("conversation.bpmn", drawn_conversation(), revision=0, by=OWNER)
    opens_table(screen, "conversation.bpmn")
    panel = "#bio-properties-panel-"

    selects(screen, "begun")
    screen.page.fill(field("unit"), "message.unit")
    screen.page.fill(f"{panel}MessageVariable", "asked")
    selects(screen, "hear")
    screen.page.fill(field("correlation"), "message.periode = 3")
    selects(screen, "watch")
    screen.page.fill(f"{panel}waitedFor", "count(asked) > 2")
    selects(screen, "note")
    screen.page.fill(f"{panel}reference", "DIJAWAB")
    screen.page.fill(f"{panel}MessagePayload", "{ ya: true }")
    screen.page.click('[data-do="save"]')
    expect(screen.page.locator("[data-status]")).to_contain_text("Draf tersimpan")

    (read_again,) = read(etree.fromstring(stored(application, "conversation.bpmn")), "conversation.bpmn").processes
    told = {id: element.triggers[0] for id, element in read_again.elements.items() if element.triggers}
    assert read_again.elements["begun"].properties["unit"] == "message.unit"
    assert told["begun"].variable == "asked"
    assert read_again.elements["hear"].properties["correlation"] == "message.periode = 3"
    assert told["watch"].text is not None and told["watch"].text.value == "count(asked) > 2"
    assert told["note"].payload is not None and told["note"].payload.value == "{ ya: true }"
    assert told["note"].ref == "message_dijawab"
    assert screen.violations() == []


@pytest.mark.parametrize(
    "name", ["performance_cycle.bpmn", "coaching.bpmn", "improvement.bpmn", "periodic_evaluation.bpmn"]
)
def test_a_file_that_is_only_touched_keeps_all_that_it_says(
    screen: Screen, application: Application, name: str
) -> None:
    before = stored(application, name)
    opens_table(screen, name)
    root = facts_of(before, "bpmn", name)
    task = next(
        key for key, element in root.items() if element.facts.get("jenis elemen") in ("userTask", "callActivity")
    )

    selects(screen, task)
    screen.page.fill("#bio-properties-panel-documentation", "Dasar yang baru.")
    screen.page.click('[data-do="save"]')
    expect(screen.page.locator("[data-status]")).to_contain_text("Draf tersimpan")

    old, new = dict.fromkeys(texts_of(before)), dict.fromkeys(texts_of(stored(application, name)))
    assert [text for *_, text in new if (text) == "Dasar yang baru."] == ["Dasar yang baru."]
    assert len([line for line in old if line not in new]) <= 1


def test_a_broken_condition_is_listed_and_leads_to_its_flow(screen: Screen, application: Application) -> None:
    opens_table(screen)
    conditions = [
        key
        for key, element in facts_of(stored(application), "bpmn", PLANNING).items()
        if "dialogue.sepakat" in str(element.facts.get("conditionExpression"))
    ]
    screen.page.locator(f'.djs-connection[data-element-id="{conditions[0]}"] .djs-hit').first.dispatch_event("click")

    screen.page.fill("#bio-properties-panel-condition", "dialogue.sepakat = (")
    screen.page.click('[data-do="save"]')
    problem = screen.page.locator(".studio__problem--error").first
    expect(problem).to_be_visible()
    selects(screen, "draft_skp")
    problem.locator("button").click()

    expect(screen.page.locator(f'.djs-connection[data-element-id="{conditions[0]}"]')).to_have_class(
        re.compile("selected")
    )
    expect(screen.page.locator("#bio-properties-panel-condition")).to_have_value("dialogue.sepakat = (")
    expect(screen.page.locator("[data-problems-heading]")).to_contain_text("kesalahan")


def test_the_way_into_a_deadlock_is_told_and_shown_on_the_drawing(screen: Screen, application: Application) -> None:
    name = "deadlock.bpmn"
    application.engine.save_document(name, drawn_deadlock(), revision=0, by=OWNER)
    opens_table(screen, name)

    problem = screen.page.locator(".studio__problem--error", has_text="menunggu selamanya")
    expect(problem).to_contain_text("Contoh jalan: begun → fork → join")
    problem.get_by_role("button", name="Tunjukkan jalannya").click()
    for element in ("begun", "fork", "begun_to_fork", "join"):
        expect(screen.page.locator(f'.djs-element[data-element-id="{element}"]')).to_have_class(re.compile("on-way"))
    expect(screen.page.locator(".studio__way-number")).to_have_text(["1", "2", "3"])

    problem.get_by_role("button", name="Tunjukkan jalannya").click()
    expect(screen.page.locator(".on-way, .studio__way-number")).to_have_count(0)


def test_publishing_with_a_note_makes_a_release(screen: Screen, application: Application) -> None:
    opens_table(screen)
    selects(screen, "hold_dialogue")
    screen.page.fill(field("due"), "P5D")

    screen.page.click('[data-do="publish"]')
    screen.page.wait_for_url("**/rancang/terbit")
    expect(screen.page.locator("main")).to_contain_text("menjadi “P5D”")
    assert screen.violations() == []
    screen.page.fill("#note", "Dialog dalam lima hari")
    publish = screen.page.locator("form:has(#note) button.govuk-button")
    publish.click()
    expect(screen.page.locator("#note")).to_have_value("Dialog dalam lima hari")
    while application.engine.batches.run():  # the changed documents' scenarios are played first
        pass
    screen.page.wait_for_load_state("networkidle")
    publish.click()
    screen.page.wait_for_url("**/rancang/rilis")

    assert [release.number for release in application.engine.releases(by=OWNER)] == [2, 1]
    assert screen.violations() == []


def test_of_two_windows_the_second_is_asked_and_can_keep_its_drawing(
    screen: Screen, browser: Browser, application: Application
) -> None:
    opens_table(screen)
    other = Screen(browser, screen.address)
    other.signs_in("process_owner", PASSWORD)
    opens_table(other)
    for window, due in ((other, "P5D"), (screen, "P9D")):
        selects(window, "draft_skp")
        window.page.fill(field("due"), due)
        window.page.click('[data-do="save"]')
        if window is other:
            expect(window.page.locator("[data-status]")).to_contain_text("Draf tersimpan")
            other.closes()

    expect(screen.page.locator("dialog")).to_contain_text("Orang lain telah menyimpan")
    with screen.page.expect_download() as download:
        screen.page.get_by_role("button", name="Unduh gambar saya").click()
    assert b'value="P9D"' in download.value.path().read_bytes()
    assert b'value="P5D"' in stored(application)
    expect(screen.page.locator("[data-status]")).to_contain_text("Belum tersimpan")


def test_undo_takes_one_change_back(screen: Screen) -> None:
    opens_table(screen)
    selects(screen, "draft_skp")
    before = screen.page.input_value(field("performer"))
    screen.page.select_option(field("performer"), "performance_team")

    screen.page.click('[data-do="undo"]')

    expect(screen.page.locator(field("performer"))).to_have_value(before)
    expect(screen.page.locator("[data-status]")).to_contain_text("Terbit")


def test_the_tools_speak_indonesian_and_offer_only_what_runs(screen: Screen) -> None:
    opens_table(screen)
    titles = screen.page.locator(".djs-palette [aria-label]").evaluate_all("all => all.map(one => one.ariaLabel)")
    selects(screen, "draft_skp")
    screen.page.locator('.djs-context-pad .entry[data-action="replace"]').click()
    offers = screen.page.locator(".djs-popup .djs-popup-label").all_inner_texts()

    assert "Percabangan" in titles
    assert not [title for title in titles if re.search(r"[Cc]reate|reference", title)]
    assert "Tugas keputusan" in offers
    assert not [offer for offer in offers if re.search(r"task|[Aa]d-hoc|[Tt]ransaction", offer)]


def test_on_a_phone_a_process_is_looked_at(browser: Browser, address: str) -> None:
    phone = Screen(browser, address, width=PHONE)
    phone.signs_in("process_owner", PASSWORD)
    opens_table(phone)

    expect(phone.page.locator(".studio__narrow-note").last).to_be_visible()
    expect(phone.page.locator(".djs-palette")).to_have_count(0)
    expect(phone.page.locator('[data-do="save"]')).to_be_hidden()
    for path in (
        "/rancang",
        "/rancang/keputusan/predicates.dmn",
        "/rancang/formulir/skp.form.json",
        f"/rancang/proses/{PLANNING}/teks",
    ):
        phone.opens(path)
        assert (path, phone.violations()) == (path, [])
    phone.closes()
    assert phone.troubles == []


def test_on_a_phone_a_problem_leads_to_its_element(browser: Browser, address: str, application: Application) -> None:
    application.engine.save_document(PLANNING, wrong_in_many_ways(stored(application)), revision=0, by=OWNER)
    phone = Screen(browser, address, width=PHONE)
    phone.signs_in("process_owner", PASSWORD)
    opens_table(phone)
    heading, found = phone.page.locator("[data-problems-heading]"), phone.page.locator(".studio__problem--error")

    expect(heading).to_contain_text(re.compile(r"\d+ kesalahan"))
    expect(found.first).to_be_hidden()
    heading.click()
    expect(found.first).to_be_visible()
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert phone.violations() == []
    found.locator("button.studio__jump").first.click()
    expect(found.first).to_be_hidden()
    expect(phone.page.locator(".djs-element.selected").first).to_be_in_viewport()
    phone.closes()
    assert phone.troubles == []


def test_without_scripts_a_process_is_still_downloaded_replaced_and_published(
    browser: Browser, address: str, application: Application
) -> None:
    plain = Screen(browser, address, scripts=False)
    plain.signs_in("process_owner", PASSWORD)
    plain.opens(f"/rancang/proses/{PLANNING}")

    plain.page.get_by_role("link", name="tanpa JavaScript").click()
    with plain.page.expect_download() as download:
        plain.page.get_by_role("link", name=f"Unduh {PLANNING}").click()
    content = download.value.path().read_bytes()
    changed = content.replace(b"Susun SKP", b"Menyusun SKP")
    plain.page.set_input_files("#file", {"name": PLANNING, "mimeType": "application/xml", "buffer": changed})
    plain.page.get_by_role("button", name="Unggah").click()
    application.engine.sandbox.run_scenarios(by=SYSTEM)
    plain.opens("/rancang/terbit")
    expect(plain.page.locator("main")).to_contain_text("menjadi “Menyusun SKP”")
    plain.page.fill("#note", "Nama tugas diperjelas")
    plain.page.get_by_role("button", name="Terbitkan").click()

    expect(plain.page.locator("main")).to_contain_text("Nama tugas diperjelas")
    plain.closes()


def test_the_pictures_mark_of_its_makers_stays_in_sight(screen: Screen) -> None:
    opens_table(screen)
    mark = screen.page.locator(".bjs-powered-by")
    box = mark.bounding_box()

    assert box is not None
    top = screen.page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y).closest('.bjs-powered-by') !== null",
        [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2],
    )
    assert top


def wrong_in_many_ways(content: bytes) -> bytes:
    """A process in which all performers, forms and periods are mistyped."""
    wrong = content.replace(b'name="performer" value="', b'name="performer" value="x').replace(
        b'name="form" value="', b'name="form" value="x'
    )
    return wrong.replace(b'name="due" value="', b'name="due" value="R3/')


@pytest.mark.parametrize(
    ("width", "path", "problem"),
    [
        (DESK, "/rancang/periksa", ".studio-problem"),
        (PHONE, "/rancang/periksa", ".studio-problem"),
        (DESK, f"/rancang/proses/{PLANNING}", ".studio__problem"),
    ],
)
def test_many_errors_can_be_read_with_line_and_mend(
    browser: Browser, address: str, application: Application, width: int, path: str, problem: str
) -> None:
    application.engine.save_document(PLANNING, wrong_in_many_ways(stored(application)), revision=0, by=OWNER)
    screen = Screen(browser, address, width=width)
    screen.signs_in("process_owner", PASSWORD)
    screen.opens(path)
    found = screen.page.locator(f"{problem}--error")

    expect(found.first).to_contain_text(re.compile(r"baris \d+"))
    expect(found.first.locator('[class$="mend"]')).not_to_be_empty()
    assert found.count() > 20
    assert screen.page.evaluate("document.documentElement.scrollWidth") <= width
    assert screen.violations() == []
    screen.closes()
    assert screen.troubles == []
