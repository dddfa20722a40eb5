"""A small reader of Excel formulas, as many of them as the workbook's live checks use, for tests."""

import math
import re
from collections.abc import Mapping
from typing import Any

_TOKEN = re.compile(r'\s*("(?:[^"]|"")*"|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Za-z_]\w*|<=|>=|<>|[-+*/&()=<>,])')
EMPTY = None


class ExcelError(Exception):
    """#N/A, #DIV/0! and their like: spreads until IFERROR catches it."""


def evaluate(formula: str, cells: Mapping[str, Any]) -> Any:
    """The value of a formula; `cells` are named cells, None for an empty one; raises ExcelError."""
    tokens = _TOKEN.findall(formula.removeprefix("="))
    assert "".join(tokens) == re.sub(r"\s+(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", "", formula.removeprefix("="))
    parser = _Parser(tokens, cells)
    tree = parser.comparison()
    assert parser.place == len(tokens), tokens[parser.place :]
    return tree()


class _Parser:
    """Recursive descent; every part becomes a function, so that IF and IFERROR look at what they need."""

    def __init__(self, tokens: list[str], cells: Mapping[str, Any]) -> None:
        self.tokens, self.cells, self.place = tokens, cells, 0

    def peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self) -> str:
        self.place += 1
        return self.tokens[self.place - 1]

    def comparison(self) -> Any:
        left = self.sum()
        while self.peek() in {"=", "<>", "<", "<=", ">", ">="}:
            mark, a, b = self.take(), left, self.sum()
            left = lambda mark=mark, a=a, b=b: _compared(mark, a(), b())  # noqa: E731
        return left

    def sum(self) -> Any:
        left = self.product()
        while self.peek() in {"+", "-"}:
            mark, a, b = self.take(), left, self.product()
            left = lambda mark=mark, a=a, b=b: _number(a()) + (1 if mark == "+" else -1) * _number(b())  # noqa: E731
        return left

    def product(self) -> Any:
        left = self.factor()
        while self.peek() in {"*", "/"}:
            mark, a, b = self.take(), left, self.factor()
            left = lambda mark=mark, a=a, b=b: _scaled(mark, _number(a()), _number(b()))  # noqa: E731
        return left

    def factor(self) -> Any:
        token = self.take()
        if token == "(":
            inner = self.comparison()
            assert self.take() == ")"
            return inner
        if token == "-":
            operand = self.factor()
            return lambda: -_number(operand())
        if token.startswith('"'):
            return lambda: token[1:-1].replace('""', '"')
        if token[0].isdigit():
            return lambda: float(token)
        if self.peek() != "(":
            if token in {"TRUE", "FALSE"}:
                return lambda: token == "TRUE"
            return lambda: self.cells[token]
        self.take()
        arguments = []
        while self.peek() != ")":
            arguments.append(self.comparison())
            if self.peek() == ",":
                self.take()
        self.take()
        return lambda: _call(token, arguments)


def _call(name: str, given: list[Any]) -> Any:
    if name == "IF":
        return given[1]() if _truth(given[0]()) else given[2]()
    if name in {"IFERROR", "ISERROR"}:
        try:
            value = given[0]()
        except ExcelError:
            return True if name == "ISERROR" else given[1]()
        return value if name == "IFERROR" else False
    if name == "NA":
        raise ExcelError("#N/A")
    values = [one() for one in given]
    if name == "COUNTA":
        return float(sum(value is not EMPTY for value in values))
    if name == "ISNUMBER":
        return isinstance(values[0], int | float) and not isinstance(values[0], bool)
    one_of = {
        "AND": lambda: all(_truth(value) for value in values),
        "OR": lambda: any(_truth(value) for value in values),
        "NOT": lambda: not _truth(values[0]),
        "N": lambda: _number(values[0]),
        "ABS": lambda: abs(_number(values[0])),
        "INT": lambda: math.floor(_number(values[0])),
    }
    return one_of[name]()


def _number(value: Any) -> float:
    if isinstance(value, str):
        raise ExcelError("#VALUE!")
    return float(value or 0)


def _truth(value: Any) -> bool:
    if isinstance(value, str):
        raise ExcelError("#VALUE!")
    return bool(value)


def _scaled(mark: str, a: float, b: float) -> float:
    if mark == "/" and b == 0:
        raise ExcelError("#DIV/0!")
    return a * b if mark == "*" else a / b


def _compared(mark: str, a: Any, b: Any) -> bool:
    """Excel's order: numbers before texts before truths, texts without case; an empty cell is 0 or an empty text."""
    a, b = (("" if isinstance(other, str) else 0) if one is EMPTY else one for one, other in ((a, b), (b, a)))
    rank = [2 if isinstance(one, bool) else isinstance(one, str) for one in (a, b)]
    x, y = ((k, one.casefold() if isinstance(one, str) else one) for k, one in zip(rank, (a, b), strict=True))
    return {"=": x == y, "<>": x != y, "<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[mark]
