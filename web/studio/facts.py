"""What a document says, element by element, as flat facts in words: the ground on which two versions are compared."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from engine.runtime.values import Json
from engine.runtime.xml import BPMN, parse

SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
KINDS = {
    "process": "Proses",
    "userTask": "Tugas",
    "manualTask": "Tugas manual",
    "task": "Tugas",
    "serviceTask": "Layanan",
    "scriptTask": "Naskah",
    "businessRuleTask": "Keputusan",
    "sendTask": "Kirim pesan",
    "receiveTask": "Terima pesan",
    "callActivity": "Panggilan proses",
    "subProcess": "Subproses",
    "transaction": "Transaksi",
    "exclusiveGateway": "Percabangan",
    "inclusiveGateway": "Percabangan",
    "parallelGateway": "Percabangan paralel",
    "eventBasedGateway": "Percabangan kejadian",
    "startEvent": "Awal",
    "endEvent": "Akhir",
    "boundaryEvent": "Kejadian tepi",
    "intermediateCatchEvent": "Kejadian tunggu",
    "intermediateThrowEvent": "Kejadian kirim",
    "sequenceFlow": "Alur",
    "lane": "Jalur",
    "participant": "Kolam",
    "textAnnotation": "Catatan",
    "message": "Pesan",
    "signal": "Sinyal",
    "error": "Kesalahan",
    "escalation": "Eskalasi",
    "decision": "Keputusan",
    "inputData": "Data masukan",
    "input": "Kolom masukan",
    "output": "Kolom hasil",
    "rule": "Aturan",
}
WORDS = {
    "name": "nama",
    "name:en": "nama Inggris",
    "form": "formulir",
    "performer": "pelaksana",
    "due": "batas waktu",
    "remind": "pengingat",
    "escalate": "eskalasi",
    "result": "nama hasil",
    "prefill": "isian awal",
    "note": "catatan di atas formulir",
    "secret": "rahasia",
    "share": "isian yang dipakai proses",
    "disclose": "dibuka setelah",
    "readers": "pembaca selain peserta",
    "guest": "hanya membaca tugas ini",
    "phase": "tahap",
    "inputs": "masukan tambahan",
    "calledDecisionId": "tabel keputusan",
    "serviceTaskOperator": "layanan",
    "resultVariable": "nama hasil",
    "documentation": "petunjuk dan dasar hukum",
    "conditionExpression": "syarat",
    "timeDate": "waktu",
    "timeDuration": "jangka waktu",
    "timeCycle": "waktu berulang",
    "script": "naskah",
    "calledElement": "proses yang dipanggil",
    "loopDataInputRef": "daftar yang diulang",
    "loopDataOutputRef": "daftar hasil",
    "inputDataItem": "nama butir",
    "outputDataItem": "nama butir hasil",
    "completionCondition": "syarat berhenti",
    "loopCondition": "syarat mengulang",
    "isSequential": "satu per satu",
    "multiInstanceLoopCharacteristics": "pengulangan",
    "standardLoopCharacteristics": "pengulangan",
    "sourceRef": "dari",
    "targetRef": "ke",
    "default": "jalan bawaan",
    "attachedToRef": "menempel pada",
    "cancelActivity": "menghentikan tugas",
    "isExecutable": "dapat dijalankan",
    "hitPolicy": "cara memilih aturan",
    "aggregation": "cara menghimpun",
    "typeRef": "jenis",
    "inputExpression": "ungkapan",
    "inputValues": "nilai yang mungkin",
    "outputValues": "nilai yang mungkin",
    "label": "label",
    "type": "jenis",
    "text": "isi",
}
DRAWN = frozenset(
    {"incoming", "outgoing", "flowNodeRef", "extensionElements"}
)  # said by flows, lanes and settings already
LOOPS = frozenset({"multiInstanceLoopCharacteristics", "standardLoopCharacteristics"})
NO_FACT = frozenset({"id", "targetNamespace", "exporter", "exporterVersion"})


@dataclass(frozen=True)
class Element:
    """One element of a document: what people call it, what kind it is, and its facts by name."""

    id: str
    label: str
    kind: str
    facts: Mapping[str, str] = field(default_factory=dict)


def facts_of(content: bytes, kind: str, file: str) -> dict[str, Element]:
    """Every element of a document by id.

    Raises:
        DefinitionError: the XML is unreadable or unsafe.
        ValueError: a form is no JSON.
    """
    if kind == "form":
        return {element.id: element for element in form_elements(json.loads(content))}
    if kind == "scenario":
        return {element.id: element for element in scenario_lines(content.decode("utf-8", "replace"))}
    root = parse(content, file)
    found = bpmn_elements(root) if kind == "bpmn" else dmn_elements(root)
    return {element.id: element for element in found}


def word(name: str) -> str:
    """A fact's name as people say it."""
    head, _, rest = name.partition(" ")
    return f"{WORDS.get(head, head)}{f' {rest}' if rest else ''}"


def scenario_lines(text: str) -> Iterator[Element]:
    """A scenario is compared by its lines."""
    for line in dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()):
        yield Element(line, line, "Baris")


# BPMN


def bpmn_elements(root: etree._Element) -> Iterator[Element]:
    for node in root.iter(f"{{{BPMN}}}*"):
        tag, key = local_name(node), node.get("id")
        if tag in KINDS and key:
            yield Element(key, node.get("name") or key, KINDS[tag], {"jenis elemen": tag, **bpmn_facts(node)})


def process_ids(content: bytes, file: str) -> list[tuple[str, str]]:
    """The processes of a file: id and name, the name being the pool's where the process itself has none."""
    root = parse(content, file)
    pools = {node.get("processRef"): node.get("name") for node in root.iter(f"{{{BPMN}}}participant")}
    processes = ((node.get("id") or "", node.get("name")) for node in root.iter(f"{{{BPMN}}}process"))
    return [(key, name or pools.get(key) or key) for key, name in processes if key]


def bpmn_facts(node: etree._Element) -> dict[str, str]:
    """The attributes and children of one element that say what it does."""
    facts = attributes(node)
    for child in node:
        tag = local_name(child)
        if tag == "extensionElements":
            facts.update(settings(child))
        elif tag in LOOPS:
            facts.update({tag: "ya", **loop_facts(child)})
        elif tag.endswith("EventDefinition"):
            facts.update({f"{tag}": "ya", **attributes(child), **texts(child)})
        elif tag not in DRAWN and tag not in KINDS and (child.text or "").strip():
            facts[tag] = (child.text or "").strip()
    return facts


def settings(holder: etree._Element) -> dict[str, str]:
    """The spiffworkflow: settings of an element; a service's parameters as "parameter <name>"."""
    facts: dict[str, str] = {}
    for node in holder.iter(f"{{{SPIFF}}}*"):
        tag = local_name(node)
        if tag == "property":
            facts[node.get("name", "")] = node.get("value", "")
        elif tag == "parameter":
            facts[f"parameter {node.get('id', '')}"] = node.get("value", "")
        elif tag == "serviceTaskOperator":
            facts[tag] = node.get("id", "")
            facts.update({"resultVariable": node.get("resultVariable", "")} if node.get("resultVariable") else {})
        elif (node.text or "").strip():
            facts[tag] = (node.text or "").strip()
    return facts


def loop_facts(loop: etree._Element) -> dict[str, str]:
    items = {
        local_name(node): node.get("id", "") for node in loop if node.get("id") and local_name(node).endswith("Item")
    }
    return {**attributes(loop), **texts(loop), **items}


def texts(node: etree._Element) -> dict[str, str]:
    return {local_name(child): child.text.strip() for child in node if child.text and child.text.strip()}


def attributes(node: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in node.attrib.items() if name not in NO_FACT}


def local_name(node: etree._Element) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


# DMN


def dmn_elements(root: etree._Element) -> Iterator[Element]:
    for decision in (node for node in root.iter() if local_name(node) == "decision"):
        title = decision.get("name") or decision.get("id") or ""
        yield Element(
            decision.get("id", ""), title, KINDS["decision"], {**attributes(decision), **table_facts(decision)}
        )
        for table in (node for node in decision if local_name(node) == "decisionTable"):
            yield from table_elements(table, title)


def table_facts(decision: etree._Element) -> dict[str, str]:
    """How its table chooses, or its expression, and what it asks of other decisions."""
    facts: dict[str, str] = {}
    for child in decision:
        if local_name(child) == "decisionTable":
            facts.update(attributes(child))
        elif local_name(child) == "literalExpression":
            facts["text"] = all_text(child)
        elif local_name(child) == "informationRequirement":
            wanted = ", ".join(node.get("href", "").lstrip("#") for node in child)
            facts[f"memerlukan {wanted}"] = "ya"
    return facts


def table_elements(table: etree._Element, title: str) -> Iterator[Element]:
    number = 0
    for child in table:
        tag, key = local_name(child), child.get("id", "")
        if tag in ("input", "output"):
            yield Element(key, child.get("label") or child.get("name") or key, KINDS[tag], column_facts(child))
        elif tag == "rule":
            number += 1
            yield Element(key, f"{title}, aturan {number}", KINDS["rule"], rule_facts(child))


def column_facts(column: etree._Element) -> dict[str, str]:
    facts = attributes(column)
    for child in column:
        facts.update({name: value for name, value in attributes(child).items() if name != "id"})
        facts[local_name(child)] = all_text(child)
    return facts


def rule_facts(rule: etree._Element) -> dict[str, str]:
    """Cells by their place: "masukan 1", "hasil 1", "dasar 1"."""
    places = {"inputEntry": "masukan", "outputEntry": "hasil", "annotationEntry": "dasar", "description": "keterangan"}
    counts: dict[str, int] = {}
    facts: dict[str, str] = {}
    for child in rule:
        place = places.get(local_name(child))
        if place:
            counts[place] = counts.get(place, 0) + 1
            facts[f"{place} {counts[place]}"] = all_text(child)
    return facts


def all_text(node: etree._Element) -> str:
    return " ".join("".join(str(part) for part in node.itertext()).split())


# Forms


def form_elements(form: Mapping[str, Json]) -> Iterator[Element]:
    own = {name: value for name, value in form.items() if name not in ("components", "translations", "exporter")}
    yield Element("", str(form.get("title") or form.get("id") or ""), "Formulir", flat(own))
    for language, words in (form.get("translations") or {}).items():
        yield Element(f"translations/{language}", f"Terjemahan {language}", "Formulir", flat(words))
    yield from field_elements(form.get("components") or [], "")


def field_elements(components: list[Json], above: str) -> Iterator[Element]:
    for component in components:
        key = str(component.get("key") or component.get("path") or component.get("id") or component.get("type"))
        path = f"{above}{key}"
        own = {name: value for name, value in component.items() if name not in ("components", "id")}
        yield Element(path, str(component.get("label") or key), "Isian", flat(own))
        yield from field_elements(component.get("components") or [], f"{path}.")


def flat(value: Json, above: str = "") -> dict[str, str]:
    """Nested JSON as one level: {"validate required": "true"}."""
    if isinstance(value, Mapping) and value:
        return {
            name: text for key, inner in value.items() for name, text in flat(inner, f"{above} {key}".strip()).items()
        }
    return {above: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}
