"""Where the parser stands in the tokens, and what it says when they are not what it needs."""

from engine.feel.budget import NESTING
from engine.feel.errors import FeelError, error_at
from engine.feel.lexer import Token, tokens


class Cursor:
    """Walks over the tokens of one text and counts how deep it stands in brackets."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.position = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def take(self) -> Token:
        token = self.tokens[self.position]
        if token.kind != "end":
            self.position += 1
        return token

    def at_symbol(self, *symbols: str) -> bool:
        token = self.tokens[self.position]
        return token.kind == "symbol" and token.value in symbols

    def at_word(self, word: str) -> bool:
        token = self.tokens[self.position]
        return token.kind == "name" and token.value == word

    def expect_symbol(self, symbol: str, mend: str = "") -> None:
        if not self.at_symbol(symbol):
            raise self.unexpected(f'Di sini seharusnya "{symbol}"', mend)
        self.take()

    def expect_word(self, word: str, mend: str) -> None:
        if not self.at_word(word):
            raise self.unexpected(f'Di sini seharusnya kata "{word}"', mend)
        self.take()

    def unexpected(self, wanted: str, mend: str = "") -> FeelError:
        token = self.token
        found = "akhir ekspresi" if token.kind == "end" else f'"{self.text[token.at : token.end]}"'
        return error_at(self.text, token.at, f"{wanted}, yang ada {found}.", mend)

    def fault(self, at: int, message: str, mend: str = "") -> FeelError:
        return error_at(self.text, at, message, mend)

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > NESTING:
            raise self.fault(
                self.token.at, f"Ekspresi ini bersarang lebih dari {NESTING} tingkat.", "Bagi menjadi beberapa langkah."
            )

    def run_of_names(self) -> list[str]:
        """The names that follow one another from here."""
        found: list[str] = []
        while self.tokens[self.position + len(found)].kind == "name":
            found.append(self.tokens[self.position + len(found)].value)
        return found
