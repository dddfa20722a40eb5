"""A parsed expression: names, value, faults and readable form."""

import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from reporting.expressions import checker, wording
from reporting.expressions.checker import Kind, Symbol
from reporting.expressions.compiler import compiled
from reporting.expressions.parser import read
from reporting.expressions.syntax import ExpressionError, Value, names_in_order
from reporting.expressions.wording import ENGLISH, Choices, Piece, Words

_EXACT = 2**53  # integers up to here are exact as floats


class Expression:
    """An expression of the rule language, parsed and compiled once; immutable and shared freely."""

    __slots__ = ("_run", "_tree", "codes", "names", "source")

    source: str
    codes: tuple[str, ...]
    names: frozenset[str]

    def __init__(self, source: str) -> None:
        """Parse `source`; raises ExpressionError with the column of the first fault."""
        tree = read(source)
        misuse = checker.faults(tree, None)
        if misuse:
            raise misuse[0]
        self.source = source
        self._tree = tree
        self.codes = names_in_order(tree)
        self.names = frozenset(self.codes)
        self._run = compiled(tree)

    def evaluate(self, values: Mapping[str, Value]) -> Value:
        """The value for these values; None is empty. Never raises.

        A missing name counts as empty; a text where a number or a truth is needed makes the value empty.
        Numbers in `values` must be finite for comparisons to make sense; `finite` turns others into None.
        """
        try:
            result: Value = self._run(values)
        except (KeyError, TypeError, OverflowError):
            result = self._evaluate_unclean(values)
        return result

    def _evaluate_unclean(self, values: Mapping[str, Value]) -> Value:
        """The same for values that are missing, out of range or of the wrong kind."""
        try:
            result: Value = self._run({code: finite(values.get(code)) for code in self.codes})
        except (TypeError, OverflowError):
            return None
        return result

    def faults(self, symbols: Mapping[str, Symbol], result: Kind = Kind.ANY) -> tuple[ExpressionError, ...]:
        """Every unknown name and every misuse of a kind or choice, left to right; empty if sound."""
        return checker.faults(self._tree, symbols, result)

    def pieces(
        self, labels: Mapping[str, str], choices: Choices | None = None, words: Words = ENGLISH
    ) -> tuple[Piece, ...]:
        """The readable form in pieces (names apart from signs), for pages that link or style names."""
        return wording.pieces(self._tree, labels, choices or {}, words)

    def readable(
        self, labels: Mapping[str, str], choices: Choices | None = None, words: Words = ENGLISH
    ) -> str:
        """The formula with labels instead of codes, e.g. 100 × “Women borrowers” ÷ “Active borrowers”."""
        return wording.joined(self.pieces(labels, choices, words), words)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and self.source == other.source

    def __hash__(self) -> int:
        return hash(self.source)

    def __repr__(self) -> str:
        return f"Expression({self.source!r})"


@lru_cache(maxsize=2_000)  # a catalogue is read once in each language, with the same expressions
def parse(source: str) -> Expression:
    """The expression that `source` spells; raises ExpressionError with `.column` and `.message`."""
    return Expression(source)


def finite(value: Any) -> Any:
    """The value itself; None for a number beyond the range of a float, a float for a very long integer."""
    if not isinstance(value, int | float):
        return value
    if not -sys.float_info.max <= value <= sys.float_info.max:
        return None
    return value if isinstance(value, float) or -_EXACT <= value <= _EXACT else float(value)
