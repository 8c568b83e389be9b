"""Tokens -> syntax tree."""

import difflib
from collections.abc import Callable
from decimal import Decimal

from engine.feel import nodes
from engine.feel.cursor import Cursor
from engine.feel.errors import FeelError
from engine.feel.lexer import Token
from engine.feel.nodes import Node
from engine.feel.numbers import from_text
from engine.feel.type_parser import read_type

_RESERVED = frozenset(
    {"if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "and", "or", "between", "function"}
)
_CONSTANTS: dict[str, object] = {"true": True, "false": False, "null": None}
_PYTHON = {"True": "true", "False": "false", "None": "null"}
_COMPARING = ("=", "!=", "<", "<=", ">", ">=")
_TWO_WORDS = frozenset({"time offset", "start included", "end included"})
_INFIX = "Di antara dua nilai harus ada tanda, misalnya =, +, and atau koma."


class Parser(Cursor):
    """Reads one text; `functions` are the names that may be called."""

    def __init__(self, text: str, functions: frozenset[str]) -> None:
        super().__init__(text)
        self.functions = functions
        self.in_tests = False  # `?` means something

    # -------------------------------------------------------------------------------------------- whole texts

    def whole_expression(self) -> Node:
        if self.token.kind == "end":
            raise self.fault(0, "Ekspresi ini kosong.", "Tulis sebuah nilai, misalnya true.")
        node = self.expression()
        self.at_end()
        return node

    def at_end(self) -> None:
        if self.token.kind == "end":
            return
        if self.at_symbol(*_COMPARING):
            raise self.unexpected("Perbandingan tidak dapat dirangkai", "Tulis a < b and b < c, atau b in (a..c).")
        if self.at_symbol(")", "]", "}"):
            raise self.unexpected("Kurung ini tidak punya pembuka", "Hapus kurung tutup ini.")
        if self.token.value.startswith("."):
            raise self.unexpected("Ekspresi seharusnya sudah selesai", "Untuk sebuah butir tulis daftar[1].")
        raise self.unexpected("Ekspresi seharusnya sudah selesai", _INFIX)

    def whole_tests(self) -> nodes.Tests:
        """A decision table's cell: `-`, tests by commas, or `not(tests)`."""
        self.in_tests = True
        if self.token.kind == "end" or (self.at_symbol("-") and self.tokens[self.position + 1].kind == "end"):
            return nodes.Tests(0, False, ())
        negated = self.negated_tests()
        if negated is not None:
            return negated
        tests = self.several_tests()
        self.at_end()
        return nodes.Tests(0, False, tests)

    def negated_tests(self) -> nodes.Tests | None:
        start = self.position
        if not self.at_word("not") or not self.followed_by("("):
            return None
        self.position += 2
        tests = self.several_tests()
        if self.at_symbol(")") and self.tokens[self.position + 1].kind == "end":
            return nodes.Tests(0, True, tests)
        self.position = start  # not(...) is only the beginning of an expression
        return None

    def followed_by(self, symbol: str) -> bool:
        token = self.tokens[min(self.position + 1, len(self.tokens) - 1)]
        return token.kind == "symbol" and token.value == symbol

    def several_tests(self) -> tuple[nodes.Test, ...]:
        found = [self.test(self.expression)]
        while self.at_symbol(","):
            self.take()
            found.append(self.test(self.expression))
        return tuple(found)

    def test(self, operand: Callable[[], Node]) -> nodes.Test:
        at = self.token.at
        if self.at_symbol(*_COMPARING):
            return nodes.Test(at, self.take().value, self.additive())
        return nodes.Test(at, "", operand())

    # -------------------------------------------------------------------------------------------- expressions

    def expression(self) -> Node:
        self.deeper()
        word = self.token.value if self.token.kind == "name" else ""
        if word == "if":
            node = self.conditional()
        elif word == "for":
            node = self.loop()
        elif word in ("some", "every"):
            node = self.quantified()
        else:
            node = self.disjunction()
        self.depth -= 1
        return node

    def conditional(self) -> Node:
        at = self.take().at
        mend = "Bentuknya: if syarat then nilai else nilai."
        condition = self.expression()
        self.expect_word("then", mend)
        then = self.expression()
        self.expect_word("else", mend)
        return nodes.Conditional(at, condition, then, self.expression())

    def loop(self) -> Node:
        at = self.take().at
        rounds = self.rounds()
        self.expect_word("return", "Bentuknya: for x in daftar return nilai.")
        return nodes.For(at, rounds, self.expression())

    def quantified(self) -> Node:
        token = self.take()
        rounds = self.rounds()
        self.expect_word("satisfies", f"Bentuknya: {token.value} x in daftar satisfies syarat.")
        return nodes.Quantified(token.at, token.value == "every", rounds, self.expression())

    def rounds(self) -> tuple[nodes.Round, ...]:
        found = [self.round()]
        while self.at_symbol(","):
            self.take()
            found.append(self.round())
        return tuple(found)

    def round(self) -> nodes.Round:
        token = self.take()
        if token.kind != "name" or token.value in _RESERVED or token.value in _CONSTANTS:
            raise self.fault(
                token.at, "Di sini seharusnya nama peubah pengulangan.", "Tulis misalnya: for x in daftar."
            )
        self.expect_word("in", "Tulis misalnya: for x in daftar.")
        domain = self.expression()
        until = None
        if self.at_symbol(".."):
            self.take()
            until = self.additive()
        return nodes.Round(token.at, token.value, domain, until)

    def disjunction(self) -> Node:
        return self.logic("or", lambda: self.logic("and", self.comparison))

    def logic(self, word: str, operand: Callable[[], Node]) -> Node:
        first = operand()
        if not self.at_word(word):
            return first
        operands = [first]
        while self.at_word(word):
            self.take()
            operands.append(operand())
        return nodes.Logic(first.at, word, tuple(operands))

    def comparison(self) -> Node:
        left = self.additive()
        if self.at_symbol(*_COMPARING):
            operator = self.take().value
            node: Node = nodes.Comparison(left.at, operator, left, self.additive())
            if self.at_symbol(*_COMPARING):
                self.at_end()
            return node
        if self.at_word("between"):
            return self.between(left)
        if self.at_word("in"):
            self.take()
            return nodes.Membership(left.at, left, self.members())
        if self.at_word("instance"):
            self.take()
            self.expect_word("of", "Bentuknya: nilai instance of number.")
            return nodes.InstanceOf(left.at, left, read_type(self))
        return left

    def between(self, value: Node) -> Node:
        self.take()
        low = self.additive()
        self.expect_word("and", "Bentuknya: x between a and b.")
        return nodes.Between(value.at, value, low, self.additive())

    def members(self) -> tuple[nodes.Test, ...]:
        if not self.at_symbol("("):
            return (self.test(self.additive),)
        at = self.take().at
        self.deeper()
        first = self.test(self.expression)
        if self.at_symbol("..") and first.operator == "":
            self.depth -= 1
            return (nodes.Test(at, "", self.range(at, first.operand, included=False)),)
        found = [first]
        while self.at_symbol(","):
            self.take()
            found.append(self.test(self.expression))
        self.expect_symbol(")", "Bentuknya: x in (1, 2) atau x in [1..5].")
        self.depth -= 1
        return tuple(found)

    def additive(self) -> Node:
        return self.chain(("+", "-"), self.multiplicative)

    def multiplicative(self) -> Node:
        return self.chain(("*", "/"), self.power)

    def power(self) -> Node:
        return self.chain(("**",), self.unary)

    def chain(self, operators: tuple[str, ...], operand: Callable[[], Node]) -> Node:
        first = operand()
        if not self.at_symbol(*operators):
            return first
        rest = []
        while self.at_symbol(*operators):
            operator = self.take().value
            rest.append((operator, operand()))
        return nodes.Arithmetic(first.at, first, tuple(rest))

    def unary(self) -> Node:
        if not self.at_symbol("-"):
            return self.postfix()
        at = self.take().at
        self.deeper()
        operand = self.unary()
        self.depth -= 1
        if isinstance(operand, nodes.Literal) and isinstance(operand.value, Decimal):
            return nodes.Literal(at, operand.value.copy_negate())
        return nodes.Negation(at, operand)

    def postfix(self) -> Node:
        node, outer = self.primary(), self.depth
        while self.at_symbol(".", "["):
            self.deeper()
            if self.at_symbol("."):
                self.take()
                node = nodes.Path(node.at, node, self.key())
            elif self.closes_a_range():
                break
            else:
                self.take()
                node = nodes.Filter(node.at, node, self.expression())
                self.expect_symbol("]", "Bentuknya: daftar[syarat].")
        self.depth = outer
        return node

    def key(self) -> str:
        token = self.take()
        if token.kind != "name":
            self.position -= token.kind != "end"
            raise self.unexpected(
                "Setelah titik seharusnya sebuah nama", 'Untuk nama lain pakai get value(konteks, "nama").'
            )
        if self.token.kind == "name" and f"{token.value} {self.token.value}" in _TWO_WORDS:
            return f"{token.value} {self.take().value}"
        return token.value

    def closes_a_range(self) -> bool:
        """Whether a `[` here ends a range like ]1..5[: nothing follows that a filter could begin with."""
        token = self.tokens[self.position + 1]
        if token.kind == "name":
            return token.value in _RESERVED and token.value not in ("if", "for", "some", "every")
        return token.kind == "end" or (token.kind == "symbol" and token.value not in ("(", "[", "]", "{", "-", "?"))

    # -------------------------------------------------------------------------------------------- primaries

    def primary(self) -> Node:
        token = self.token
        if token.kind == "name":
            return self.named()
        if token.kind == "symbol" and token.value in _OPENERS:
            return _OPENERS[token.value](self)
        self.take()
        if token.kind == "number":
            return nodes.Literal(token.at, self.number(token))
        if token.kind == "text":
            return nodes.Literal(token.at, token.value)
        if token.kind == "moment":
            return nodes.Moment(token.at, token.value)
        self.position -= token.kind != "end"
        raise self.unexpected("Di sini seharusnya sebuah nilai", "Lengkapi atau hapus tanda di depannya.")

    def number(self, token: Token) -> Decimal:
        value = from_text(token.value)
        if value is None:
            raise self.fault(token.at, "Bilangan ini terlalu besar.", "Pakai bilangan sampai 34 angka.")
        return value

    def named(self) -> Node:
        run = self.run_of_names()
        after = self.tokens[self.position + len(run)]
        called = after.kind == "symbol" and after.value == "("
        if called and " ".join(run) in self.functions:
            return self.call(" ".join(run))
        token = self.take()
        if token.value in _CONSTANTS:
            return nodes.Literal(token.at, _CONSTANTS[token.value])
        if called and not _RESERVED.intersection(run):
            raise self.unknown_function(token, " ".join(run))
        if token.value == "function":
            raise self.fault(token.at, "Fungsi tidak dapat dibuat di dalam ekspresi.", "Pakai fungsi yang tersedia.")
        if token.value in _RESERVED:
            self.position -= 1
            raise self.unexpected("Di sini seharusnya sebuah nilai", f'Kata "{token.value}" tidak dapat menjadi nama.')
        if token.value in _PYTHON:
            raise self.fault(token.at, f"{token.value} tidak dikenal.", f"Tulis {_PYTHON[token.value]}.")
        return nodes.Name(token.at, token.value)

    def unknown_function(self, token: Token, name: str) -> FeelError:
        near = difflib.get_close_matches(name[:60], self.functions, 1, 0.6)
        mend = f"Mungkin maksudnya {near[0]}(...)?" if near else "Pakai fungsi yang tersedia."
        return self.fault(token.at, f'Fungsi "{name}" tidak dikenal.', mend)

    def call(self, name: str) -> Node:
        at = self.token.at
        self.position += len(name.split()) + 1
        self.deeper()
        arguments: list[Node] = []
        named: list[str] = []
        while not self.at_symbol(")"):
            parameter = self.parameter()
            if parameter is not None:
                named.append(parameter)
            arguments.append(self.expression())
            if not self.at_symbol(","):
                break
            self.take()
        self.expect_symbol(")", f"Tutup kurung fungsi {name}(...).")
        self.depth -= 1
        if named and len(named) != len(arguments):
            raise self.fault(
                at, "Argumen bernama dan tidak bernama bercampur.", "Beri nama semua argumen, atau tidak satu pun."
            )
        if len(set(named)) != len(named):
            raise self.fault(at, "Sebuah argumen ditulis dua kali.", "Hapus salah satunya.")
        return nodes.Call(at, name, tuple(arguments), tuple(named) if named else None)

    def parameter(self) -> str | None:
        run = self.run_of_names()
        after = self.tokens[self.position + len(run)]
        if not run or after.kind != "symbol" or after.value != ":":
            return None
        self.position += len(run) + 1
        return " ".join(run)

    def parenthesised(self) -> Node:
        at = self.take().at
        node = self.expression()
        if self.at_symbol(".."):
            return self.range(at, node, included=False)
        self.expect_symbol(")", "Tutup kurung yang dibuka.")
        return node

    def bracketed(self) -> Node:
        at = self.take().at
        items: list[Node] = []
        while not self.at_symbol("]"):
            items.append(self.expression())
            if len(items) == 1 and self.at_symbol(".."):
                return self.range(at, items[0], included=True)
            if not self.at_symbol(","):
                break
            self.take()
        self.expect_symbol("]", "Bentuknya: [1, 2, 3] atau [1..5].")
        return nodes.ListOf(at, tuple(items))

    def open_range(self) -> Node:
        at = self.take().at
        return self.range(at, self.additive(), included=False)

    def range(self, at: int, start: Node, *, included: bool) -> Node:
        mend = "Bentuk rentang: [1..5], (1..5], ]1..5[."
        self.expect_symbol("..", mend)
        end = self.additive()
        if not self.at_symbol("]", ")", "["):
            raise self.unexpected("Rentang ini belum ditutup", mend)
        return nodes.RangeOf(at, start, end, included, self.take().value == "]")

    def context(self) -> Node:
        at = self.take().at
        entries: list[tuple[str, Node]] = []
        while not self.at_symbol("}"):
            key = self.context_key({key for key, _ in entries})
            entries.append((key, self.expression()))
            if not self.at_symbol(","):
                break
            self.take()
        self.expect_symbol("}", "Bentuknya: { a: 1, b: 2 }.")
        return nodes.ContextOf(at, tuple(entries))

    def context_key(self, known: set[str]) -> str:
        token = self.token
        if token.kind == "text":
            self.take()
            key = token.value
        else:
            run = self.run_of_names()
            self.position += len(run)
            key = " ".join(run)
        if (not key and token.kind != "text") or not self.at_symbol(":"):
            raise self.unexpected("Di sini seharusnya nama dan titik dua", "Bentuknya: { nama: nilai }.")
        if key in known:
            raise self.fault(token.at, f'Nama "{key}" ditulis dua kali.', "Hapus salah satunya.")
        self.take()
        return key

    def input(self) -> Node:
        at = self.take().at
        if not self.in_tests:
            raise self.fault(at, "Tanda ? hanya berlaku di sel tabel keputusan.", "Tulis nama datanya.")
        return nodes.Input(at)


_OPENERS: dict[str, Callable[[Parser], Node]] = {
    "(": Parser.parenthesised,
    "[": Parser.bracketed,
    "]": Parser.open_range,
    "{": Parser.context,
    "?": Parser.input,
}
