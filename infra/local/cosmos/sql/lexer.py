"""Query text -> tokens."""

import re
from enum import Enum, auto
from typing import NamedTuple

from infra.local.cosmos.errors import QueryError, not_implemented
from infra.local.cosmos.values import parse_number


class Kind(Enum):
    """What a token is."""

    NUMBER = auto()
    STRING = auto()
    PARAMETER = auto()
    NAME = auto()
    OPERATOR = auto()
    END = auto()


class Token(NamedTuple):
    """A token with its offsets in the query text; `value` is decoded for numbers and strings."""

    kind: Kind
    value: str | int | float
    start: int
    end: int

    @property
    def word(self) -> str:
        """The upper-case form by which keywords are recognised; empty when the token is not a name."""
        return str(self.value).upper() if self.kind is Kind.NAME else ""


TOKEN = re.compile(
    r"""(?P<NUMBER>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<STRING>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
      | (?P<PARAMETER>@\w+)
      | (?P<NAME>[A-Za-z_][A-Za-z_0-9]*)
      | (?P<OPERATOR>\?\?|<=|>=|!=|<>|\|\||>>>|>>|<<|[-+*/%=<>(),.\[\]{}:?&|^~])""",
    re.VERBOSE | re.DOTALL,
)
BLANK = re.compile(r"(?:\s+|--[^\n]*(?:\n|$))*")
ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
BITWISE = frozenset({"&", "|", "^", "~", "<<", ">>", ">>>"})


def _unescape(match: re.Match[str]) -> str:
    escape = match[1]
    return chr(int(escape[1:], 16)) if len(escape) == 5 else ESCAPED.get(escape, escape)


def _decode(kind: Kind, text: str) -> str | int | float:
    if kind is Kind.STRING:
        # An escaped character beyond the basic plane comes as two halves, which UTF-16 joins.
        halves = ESCAPE.sub(_unescape, text[1:-1])
        return halves.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    if kind is Kind.NUMBER:
        return parse_number(text)
    return text


def tokenize(text: str) -> tuple[Token, ...]:
    """Split a query into tokens; the last one is END. QueryError (400) at the first foreign character."""
    tokens = []
    position = _skip_blank(text, 0)
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            near = text[position : position + 10]
            raise QueryError(f"Syntax error, incorrect syntax near '{near}'.", position, position + len(near))
        kind = Kind[str(match.lastgroup)]
        if kind is Kind.OPERATOR and match[0] in BITWISE:
            raise not_implemented(f"the bitwise operator {match[0]}")
        try:
            value = _decode(kind, match[0])
        except ValueError as error:
            raise QueryError(f"Syntax error, {error}.", match.start(), match.end()) from error
        tokens.append(Token(kind, value, match.start(), match.end()))
        position = _skip_blank(text, match.end())
    tokens.append(Token(Kind.END, "end of query", len(text), len(text)))
    return tuple(tokens)


def _skip_blank(text: str, position: int) -> int:
    match = BLANK.match(text, position)
    return match.end() if match else position


class TokenStream:
    """A cursor over the tokens of one query."""

    def __init__(self, text: str) -> None:
        self._tokens = tokenize(text)
        self._at = 0

    @property
    def current(self) -> Token:
        """The token under the cursor."""
        return self._tokens[self._at]

    def advance(self) -> Token:
        """Step over the current token and return it."""
        token = self.current
        self._at += 1
        return token

    def followed_by(self, operator: str) -> bool:
        """Tell whether the token after the current one is this operator."""
        following = self._tokens[min(self._at + 1, len(self._tokens) - 1)]
        return following.kind is Kind.OPERATOR and following.value == operator

    def accept(self, operator: str) -> bool:
        """Step over the operator if it is next."""
        if self.current.kind is Kind.OPERATOR and self.current.value == operator:
            self._at += 1
            return True
        return False

    def accept_word(self, *words: str) -> str:
        """Step over one of the keywords if it is next, and return it; else return an empty text."""
        word = self.current.word
        if word and word in words:
            self._at += 1
            return word
        return ""

    def expect(self, operator: str) -> None:
        """Step over the operator or fail."""
        if not self.accept(operator):
            raise self.failure()

    def expect_word(self, word: str) -> None:
        """Step over the keyword or fail."""
        if not self.accept_word(word):
            raise self.failure()

    def failure(self) -> QueryError:
        """Return the syntax error at the cursor."""
        token = self.current
        return QueryError(f"Syntax error, incorrect syntax near '{token.value}'.", token.start, token.end)
