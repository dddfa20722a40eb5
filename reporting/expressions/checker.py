"""What kind of value each part of an expression has, and every misuse of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from reporting.expressions.syntax import (
    ARITHMETIC,
    LOGIC,
    ORDERING,
    Binary,
    Call,
    ExpressionError,
    Literal,
    Name,
    Node,
    Unary,
)


class Kind(StrEnum):
    """What a value is, as far as it is known before there are values."""

    NUMBER = "a number"
    TEXT = "a text"
    TRUTH = "true or false"
    ANY = "a value"


@dataclass(frozen=True, slots=True)
class Symbol:
    """What a name stands for; `barred` says why it must not be used here (None: it may)."""

    kind: Kind
    choices: frozenset[str | int | float] | None = None
    barred: str | None = None


def faults(
    tree: Node, symbols: Mapping[str, Symbol] | None, result: Kind = Kind.ANY
) -> tuple[ExpressionError, ...]:
    """Every misuse in the tree; `symbols` None means that names are not known yet and may be anything."""
    checker = _Checker(symbols)
    kind = checker.kind_of(tree)
    if Kind.ANY not in (kind, result) and kind is not result:
        checker.report(f"the result is {kind}, but {result} is needed", tree.column)
    return tuple(sorted(checker.found, key=lambda fault: fault.column))


class _Checker:
    def __init__(self, symbols: Mapping[str, Symbol] | None) -> None:
        self._symbols = symbols
        self.found: list[ExpressionError] = []

    def report(self, message: str, column: int) -> None:
        self.found.append(ExpressionError(message, column))

    def kind_of(self, node: Node) -> Kind:
        match node:
            case Literal():
                return _kind_of_literal(node.value)
            case Name():
                return self._name(node)
            case Unary():
                return self._unary(node)
            case Binary():
                return self._binary(node)
            case Call():
                return self._call(node)

    def _name(self, node: Name) -> Kind:
        if self._symbols is None:
            return Kind.ANY
        symbol = self._symbols.get(node.code)
        if symbol is None:
            self.report(f"unknown name '{node.code}'", node.column)
            return Kind.ANY
        if symbol.barred:
            self.report(f"'{node.code}' {symbol.barred}", node.column)
            return Kind.ANY
        return symbol.kind

    def _unary(self, node: Unary) -> Kind:
        if node.operator == "-":
            self._number("-", node.operand)
            return Kind.NUMBER
        self._truth("not", node.operand)
        return Kind.TRUTH

    def _binary(self, node: Binary) -> Kind:
        if node.operator in ARITHMETIC or node.operator in ORDERING:
            self._number(node.operator, node.left)
            self._number(node.operator, node.right)
            return Kind.NUMBER if node.operator in ARITHMETIC else Kind.TRUTH
        if node.operator in LOGIC:
            self._truth(node.operator, node.left)
            self._truth(node.operator, node.right)
            return Kind.TRUTH
        left, right = self.kind_of(node.left), self.kind_of(node.right)
        if Kind.ANY not in (left, right) and left is not right:
            self.report(f"'{node.operator}' compares {left} with {right}", node.column)
        else:
            self._known_choice(node.left, node.right)
            self._known_choice(node.right, node.left)
        return Kind.TRUTH

    def _call(self, node: Call) -> Kind:
        if node.function != "coalesce":
            for argument in node.arguments:
                self._number(node.function, argument)
            return Kind.NUMBER
        kinds = [self.kind_of(argument) for argument in node.arguments]
        known = [kind for kind in kinds if kind is not Kind.ANY]
        if len(set(known)) > 1:
            self.report(f"coalesce mixes {' and '.join(sorted(set(known)))}", node.column)
            return Kind.ANY
        return known[0] if known else Kind.ANY

    def _number(self, operator: str, operand: Node) -> None:
        if self.kind_of(operand) is Kind.TEXT:  # true and false count 1 and 0
            self.report(f"'{operator}' needs numbers; only == and != apply to text", operand.column)

    def _truth(self, operator: str, operand: Node) -> None:
        kind = self.kind_of(operand)
        if kind in (Kind.TEXT, Kind.NUMBER):
            self.report(f"'{operator}' needs true or false, not {kind}; write a comparison", operand.column)

    def _known_choice(self, name: Node, literal: Node) -> None:
        if self._symbols is None or not (isinstance(name, Name) and isinstance(literal, Literal)):
            return
        symbol = self._symbols.get(name.code)
        if symbol is not None and symbol.choices is not None and literal.value not in symbol.choices:
            known = ", ".join(str(choice) for choice in sorted(symbol.choices, key=str))
            self.report(f"{literal.value!r} is not a choice of '{name.code}' ({known})", literal.column)


def _kind_of_literal(value: float | bool | str) -> Kind:
    if isinstance(value, bool):
        return Kind.TRUTH
    return Kind.TEXT if isinstance(value, str) else Kind.NUMBER
