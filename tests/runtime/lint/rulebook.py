"""Every rule of the linter with its severity, words and mend, read off the code that says them.

Rules say a problem through `error`, `warning`, `report` or `Problem`, or through helpers of their own that hand `message`
and `mend` on; both are looked for in the source, so that no rule is forgotten.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[3]
ROOMS = ("engine/runtime/xml.py", "engine/runtime/documents.py", "engine/runtime/lint", "engine/feel", "engine/forms")
GAP = "…"
BLOCKS, WARNS = "error", "warning"


@dataclass(frozen=True)
class Said:
    """One sentence of a rule."""

    rule: str
    severity: str
    words: str
    mend: str
    file: str


@dataclass(frozen=True)
class Speaker:
    """How a function is told what to say: where its arguments stand; `rule` or `severity` when it always says the same."""

    places: Mapping[str, int]
    rule: str = ""
    severity: str = BLOCKS


BASE = {
    "error": Speaker({"rule": 2, "message": 3, "mend": 4}),
    "warning": Speaker({"rule": 2, "message": 3, "mend": 4}, severity=WARNS),
    "say": Speaker({"rule": 2, "message": 3, "mend": 4}, severity=f"{BLOCKS}, {WARNS}"),
    "Problem": Speaker({"message": 1, "mend": 2, "rule": 6, "severity": 7}),
}


def everything_said() -> list[Said]:
    """All sentences, sorted by rule."""
    paths = [
        path for room in ROOMS for path in ([ROOT / room] if room.endswith(".py") else (ROOT / room).rglob("*.py"))
    ]
    found = {said for path in paths for said in Source(path).said()}
    return sorted(found, key=lambda said: (said.rule, said.words, said.severity, said.mend, said.file))


@dataclass(frozen=True)
class Source:
    """One module, and what its functions say."""

    path: Path

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text())

    @cached_property
    def functions(self) -> list[ast.FunctionDef]:
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)]

    @cached_property
    def constants(self) -> Mapping[str, ast.expr]:
        return {
            target.id: node.value
            for node in self.tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }

    @cached_property
    def speakers(self) -> Mapping[str, Speaker]:
        """The module's own helpers that are told a message, and those that every module has."""
        known = dict(BASE)
        for function in self.functions:
            names = [argument.arg for argument in function.args.args if argument.arg != "self"]
            if "message" in names:
                known[function.name] = Speaker({name: names.index(name) for name in names}, self._always(function))
        for name in ("report", "wrong"):  # of the source of a decision file, and of a form
            known.setdefault(name, _METHODS[name])
        return known

    def _always(self, function: ast.FunctionDef) -> str:
        """The rule that a helper says whoever calls it."""
        for call in _calls(function):
            given = _argument(call, BASE.get(_called(call), Speaker({})), "rule")
            if given is not None:
                return self.text(given, function, call.lineno)
        return ""

    def said(self) -> Iterator[Said]:
        for function in self.functions:
            hands_on = {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}
            for call in _calls(function):
                speaker = self.speakers.get(_called(call))
                message = _argument(call, speaker, "message") if speaker else None
                if speaker is None or message is None or (isinstance(message, ast.Name) and message.id in hands_on):
                    continue
                yield self._one(call, speaker, message, function)

    def _one(self, call: ast.Call, speaker: Speaker, message: ast.expr, function: ast.FunctionDef) -> Said:
        rule, mend, severity = (_argument(call, speaker, name) for name in ("rule", "mend", "severity"))
        given = ast.unparse(severity) if severity is not None else ""
        level = {"": speaker.severity, "Severity.WARNING": WARNS, "Severity.ERROR": BLOCKS}
        if any(keyword.arg == "warning" for keyword in call.keywords):
            given = "Severity.WARNING"
        return Said(
            self.text(rule, function, call.lineno)
            if rule is not None
            else speaker.rule or _USUAL.get(self.path.name, GAP),
            level.get(given, f"{BLOCKS}, {WARNS}"),
            self.text(message, function, call.lineno),
            self.text(mend, function, call.lineno) if mend is not None else "",
            str(self.path.relative_to(ROOT)),
        )

    def text(self, node: ast.expr, function: ast.FunctionDef, line: int) -> str:
        """What an expression says, with a gap for what is only known when it is said."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        if isinstance(node, ast.JoinedStr):
            return "".join(str(part.value) if isinstance(part, ast.Constant) else GAP for part in node.values)
        if isinstance(node, ast.Name):
            value = _assigned(function, node.id, line) or self.constants.get(node.id)
            return self.text(value, function, line) if value is not None else GAP
        if isinstance(node, ast.Call) and _called(node) == "nearest":
            return f'Mungkin yang dimaksud "{GAP}". / {self.text(node.args[2], function, line)}'
        if isinstance(node, ast.BoolOp):
            return " / ".join(self.text(value, function, line) for value in node.values)
        if isinstance(node, ast.IfExp):
            return f"{self.text(node.body, function, line)} / {self.text(node.orelse, function, line)}"
        if isinstance(node, ast.BinOp):
            return self.text(node.left, function, line) + self.text(node.right, function, line)
        return GAP


_METHODS = {
    "report": Speaker({"rule": 1, "message": 2, "mend": 3}),
    "wrong": Speaker({"message": 0, "mend": 1}),
}
_USUAL = {"inference.py": "type"}  # what it finds, the rule on types says


def _calls(function: ast.FunctionDef) -> Iterator[ast.Call]:
    return (node for node in ast.walk(function) if isinstance(node, ast.Call))


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _argument(call: ast.Call, speaker: Speaker, name: str) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    place = speaker.places.get(name)
    return call.args[place] if place is not None and place < len(call.args) else None


def _assigned(function: ast.FunctionDef, name: str, line: int) -> ast.expr | None:
    """What a name was last given before a line."""
    found: ast.expr | None = None
    for node in sorted((n for n in ast.walk(function) if isinstance(n, ast.Assign)), key=lambda n: n.lineno):
        for target in node.targets:
            if isinstance(target, ast.Name) and target.id == name and node.lineno <= line:
                found = node.value
    return found
