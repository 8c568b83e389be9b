"""Plain YAML from outside: mappings, lists and simple values, each mapping's keys with their lines.

No tags, no anchors, no references, within limits of size and depth: what is read is never larger than what was sent.
"""

from collections.abc import Iterator
from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEEPEST = 20
MAX_BYTES = 64 * 1024


class PlainYamlError(ValueError):
    """What is wrong, in a sentence, and on which line."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class Lined(dict[str, Any]):
    """A mapping that knows the line of each key, and its own."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


def read_yaml(content: bytes) -> Any:
    """The value of a document; mappings are `Lined`, days and moments are dates and datetimes.

    Raises:
        PlainYamlError
    """
    if len(content) > MAX_BYTES:
        raise PlainYamlError(f"Berkas ini lebih besar dari {MAX_BYTES // 1024} KB.")
    try:
        text = content.decode("utf-8")
        return _Builder().build(yaml.parse(text, Loader=LOADER))
    except UnicodeDecodeError as error:
        raise PlainYamlError("Berkas ini bukan teks UTF-8.") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise PlainYamlError(f"Bukan YAML yang utuh: {error.problem}.", line) from error
    except yaml.YAMLError as error:
        raise PlainYamlError("Bukan YAML yang utuh.") from error


class _Builder:
    """Makes values of the parser's events, without recursion."""

    def __init__(self) -> None:
        self.scalars = yaml.SafeLoader("")
        self.root: Any = None
        self.documents = 0
        self.stack: list[tuple[Any, list[str]]] = []  # open containers; of a mapping the key that waits for its value

    def build(self, events: Iterator[Any]) -> Any:
        for event in events:
            line = event.start_mark.line + 1
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise PlainYamlError("Jangkar (&) dan rujukan (*) tidak dipakai di sini.", line)
            if isinstance(event, yaml.DocumentStartEvent):
                self.documents += 1
                if self.documents > 1:
                    raise PlainYamlError("Satu berkas memuat satu dokumen saja.", line)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._open(event, line)
            elif isinstance(event, yaml.CollectionEndEvent):
                self.stack.pop()
            elif isinstance(event, yaml.ScalarEvent):
                self._scalar(event, line)
        return self.root

    def _open(self, event: Any, line: int) -> None:
        if event.tag:
            raise PlainYamlError("Jenis khusus (!) tidak dipakai di sini.", line)
        if len(self.stack) >= DEEPEST:
            raise PlainYamlError(f"Isinya bersarang lebih dari {DEEPEST} tingkat.", line)
        container: Any = Lined(line) if isinstance(event, yaml.MappingStartEvent) else []
        self._put(container, line)
        self.stack.append((container, []))

    def _scalar(self, event: Any, line: int) -> None:
        if event.tag and event.tag != "!":
            raise PlainYamlError("Jenis khusus (!) tidak dipakai di sini.", line)
        container, waiting = self.stack[-1] if self.stack else (None, [])
        if isinstance(container, Lined) and not waiting:
            if event.value in container:
                raise PlainYamlError(f'Kunci "{event.value}" ada dua kali.', line)
            waiting.append(event.value)
            container.lines[event.value] = line
            return
        self._put(self._value(event, line), line)

    def _value(self, event: Any, line: int) -> Any:
        tag = self.scalars.resolve(yaml.ScalarNode, event.value, (event.implicit[0], event.implicit[1]))  # type: ignore[no-untyped-call]
        try:
            return self.scalars.construct_object(yaml.ScalarNode(tag, event.value))
        except (ValueError, OverflowError, yaml.YAMLError) as error:
            raise PlainYamlError(f'Nilai "{event.value[:40]}" tidak dapat dibaca.', line) from error

    def _put(self, value: Any, line: int) -> None:
        if not self.stack:
            self.root = value
            return
        container, waiting = self.stack[-1]
        if isinstance(container, list):
            container.append(value)
        elif waiting:
            container[waiting.pop()] = value
        else:
            raise PlainYamlError("Kunci harus berupa teks.", line)
