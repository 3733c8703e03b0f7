"""The part of PromQL that people write for request rates, error shares and latencies: from text to a tree.

Selectors with matchers and ranges, `rate`, `increase`, `histogram_quantile`, `vector`, aggregations with `by` and
`without`, arithmetic, comparisons and `or`. Anything else is refused as Prometheus refuses what it cannot parse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
AGGREGATIONS = ("sum", "avg", "min", "max", "count")
FUNCTIONS = ("rate", "increase", "histogram_quantile", "vector", "scalar")
BINDING = {"or": 1, "==": 2, "!=": 2, ">": 2, "<": 2, ">=": 2, "<=": 2, "+": 3, "-": 3, "*": 4, "/": 4}
TOKEN = re.compile(
    r"\s*(?:(?P<duration>\[(?:\d+(?:ms|[smhd]))+\])|(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)"
    r"|(?P<name>[A-Za-z_:][\w:]*)|(?P<text>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
    r"|(?P<sign>=~|!~|==|!=|>=|<=|[-+*/(){},=<>]))"
)


class BadQuery(Exception):
    """A query that is no PromQL, or more of it than is known here."""


@dataclass(frozen=True, slots=True)
class Number:
    value: float


@dataclass(frozen=True, slots=True)
class Selector:
    """A metric by name and label matchers (label, operator, text); `seconds` is 0 for an instant."""

    name: str
    matchers: tuple[tuple[str, str, str], ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Aggregation:
    """`labels` are kept, or with `without` dropped."""

    operator: str
    argument: Expression
    labels: tuple[str, ...]
    without: bool


@dataclass(frozen=True, slots=True)
class Binary:
    operator: str
    left: Expression
    right: Expression


Expression = Number | Selector | Call | Aggregation | Binary


def parse(text: str) -> Expression:
    """The tree of a query. Raises BadQuery."""
    parser = _Parser(_tokens(text))
    tree = parser.expression(0)
    parser.expect("")
    return tree


def _tokens(text: str) -> list[tuple[str, str]]:
    found, position = [], 0
    text = text.rstrip()
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise BadQuery(f"parse error: unexpected character: {text[position:].strip()[0]!r}")
        found.append((match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return [*found, ("end", "")]


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._position = 0

    def expression(self, minimum: int) -> Expression:
        left = self._unary()
        while BINDING.get(self._peek(), -1) > minimum:
            operator = self._next()[1]
            left = Binary(operator, left, self.expression(BINDING[operator]))
        return left

    def expect(self, text: str) -> None:
        if (found := self._next()[1]) != text:
            raise BadQuery(f"parse error: unexpected {found or 'end of input'!r}, expected {text or 'end of input'!r}")

    def _peek(self) -> str:
        return self._tokens[self._position][1]

    def _next(self) -> tuple[str, str]:
        token = self._tokens[self._position]
        self._position = min(self._position + 1, len(self._tokens) - 1)
        return token

    def _unary(self) -> Expression:
        if self._peek() == "-":
            self._next()
            return Binary("-", Number(0.0), self._unary())
        kind, text = self._next()
        match kind:
            case "number":
                return Number(float(text))
            case "name" if text in AGGREGATIONS:
                return self._aggregation(text)
            case "name" if text in FUNCTIONS and self._peek() == "(":
                return Call(text, self._arguments())
            case "name":
                return self._selector(text)
            case "sign" if text == "(":
                inner = self.expression(0)
                self.expect(")")
                return inner
            case _:
                raise BadQuery(f"parse error: unexpected {text or 'end of input'!r}")

    def _arguments(self) -> tuple[Expression, ...]:
        self.expect("(")
        found = [self.expression(0)]
        while self._peek() == ",":
            self._next()
            found.append(self.expression(0))
        self.expect(")")
        return tuple(found)

    def _aggregation(self, operator: str) -> Expression:
        grouping = self._grouping()
        arguments = self._arguments()
        labels, without = grouping or self._grouping() or ((), False)
        return Aggregation(operator, arguments[0], labels, without)

    def _grouping(self) -> tuple[tuple[str, ...], bool] | None:
        if self._peek() not in {"by", "without"}:
            return None
        without = self._next()[1] == "without"
        self.expect("(")
        labels = []
        while self._peek() != ")":
            labels.append(self._next()[1])
            if self._peek() == ",":
                self._next()
        self.expect(")")
        return tuple(labels), without

    def _selector(self, name: str) -> Selector:
        matchers = []
        if self._peek() == "{":
            self._next()
            while self._peek() != "}":
                label, operator, (kind, text) = self._next()[1], self._next()[1], self._next()
                if kind != "text" or operator not in {"=", "!=", "=~", "!~"}:
                    raise BadQuery(f"parse error: unexpected {text or 'end of input'!r} in label matching")
                matchers.append((label, operator, re.sub(r"\\(.)", r"\1", text[1:-1])))
                if self._peek() == ",":
                    self._next()
            self.expect("}")
        seconds = 0.0
        if self._tokens[self._position][0] == "duration":
            units = re.findall(r"(\d+)(ms|[smhd])", self._next()[1])
            seconds = sum(int(number) * UNITS[unit] for number, unit in units)
        return Selector(name, tuple(matchers), seconds)
