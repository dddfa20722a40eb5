"""The operator shapes that make up nearly all formulas and rules, each as one closure without inner calls."""

import sys
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from reporting.expressions.syntax import Binary, Literal, Name, Node

Run: TypeAlias = Callable[[Mapping[str, Any]], Any]

_HIGH = sys.float_info.max
_LOW = -_HIGH


def special(node: Binary) -> Run | None:
    """The closure of a node whose operands are leaves of a common shape; None for every other node."""
    match node:
        case Binary("/", Binary("*", Literal(factor), Name(above)), Name(below)) if is_number(factor):
            return _scaled_ratio(factor, above, below)
        case Binary("*", Literal(factor), Name(code)) if is_number(factor):
            return _scaled(factor, code)
        case Binary("/", Name(above), Name(below)):
            return _scaled_ratio(1, above, below)
        case Binary("-", Name(left), Name(right)):
            return _difference(left, right)
        case Binary("+", Name(left), Name(right)):
            return _pair(left, right)
        case Binary("<=", Name(left), Name(right)):
            return _at_most(left, right)
        case Binary(mark, Name(code), Literal(value)) if mark in _NAME_AND_LITERAL:
            return _NAME_AND_LITERAL[mark](code, value)
        case Binary("+", _, Name(_)):
            codes = _added_names(node)
            return None if codes is None else _total(codes)
    return None


def is_number(value: object) -> bool:
    """Whether a literal is a number (true and false count as 1 and 0)."""
    return isinstance(value, int | float)


def _added_names(node: Node) -> tuple[str, ...] | None:
    """The codes of a + b + c; None if anything else is added too."""
    codes: list[str] = []
    while isinstance(node, Binary) and node.operator == "+" and isinstance(node.right, Name):
        codes.append(node.right.code)
        node = node.left
    if not isinstance(node, Name):
        return None
    return (node.code, *reversed(codes))


def _total(codes: tuple[str, ...]) -> Run:
    first, rest = codes[0], codes[1:]

    def run(values: Mapping[str, Any]) -> Any:
        result = values[first]
        if result is None:
            return None
        for code in rest:
            value = values[code]
            if value is None:
                return None
            result = result + value
        return result if _LOW <= result <= _HIGH else None

    return run


def _scaled_ratio(factor: Any, above: str, below: str) -> Run:
    scale = float(factor)

    def run(values: Mapping[str, Any]) -> Any:
        a = values[above]
        b = values[below]
        if a is None or b is None or b == 0:
            return None
        result = scale * a / b
        return result if _LOW <= result <= _HIGH else None

    return run


def _scaled(factor: Any, code: str) -> Run:
    scale = float(factor)

    def run(values: Mapping[str, Any]) -> Any:
        value = values[code]
        if value is None:
            return None
        result = scale * value
        return result if _LOW <= result <= _HIGH else None

    return run


def scaled_run(factor: Any, right: Run) -> Run:
    """A number times whatever follows."""
    scale = float(factor)

    def run(values: Mapping[str, Any]) -> Any:
        value = right(values)
        if value is None:
            return None
        result = scale * value
        return result if _LOW <= result <= _HIGH else None

    return run


def shared_run(left: Run, parts: Any) -> Run:
    """Whatever precedes, divided by a number that is not 0."""

    def run(values: Mapping[str, Any]) -> Any:
        value = left(values)
        if value is None:
            return None
        result = value / parts
        return result if _LOW <= result <= _HIGH else None

    return run


def _pair(left: str, right: str) -> Run:
    def run(values: Mapping[str, Any]) -> Any:
        a = values[left]
        b = values[right]
        if a is None or b is None:
            return None
        result = a + b
        return result if _LOW <= result <= _HIGH else None

    return run


def _difference(left: str, right: str) -> Run:
    def run(values: Mapping[str, Any]) -> Any:
        a = values[left]
        b = values[right]
        if a is None or b is None:
            return None
        result = a - b
        return result if _LOW <= result <= _HIGH else None

    return run


def _at_most(left: str, right: str) -> Run:
    def run(values: Mapping[str, Any]) -> Any:
        a = values[left]
        b = values[right]
        if a is None or b is None:
            return None
        if a.__class__ is str:
            raise TypeError("texts have no order")
        return a <= b

    return run


def _name_equal(code: str, b: Any) -> Run:
    def run(values: Mapping[str, Any]) -> Any:
        a = values[code]
        return None if a is None else a == b

    return run


def _name_unequal(code: str, b: Any) -> Run:
    def run(values: Mapping[str, Any]) -> Any:
        a = values[code]
        return None if a is None else a != b

    return run


def _name_above(code: str, b: Any) -> Run:
    def run(values: Mapping[str, Any]) -> Any:
        a = values[code]
        return None if a is None else a > b

    return run


def _name_at_least(code: str, b: Any) -> Run:
    def run(values: Mapping[str, Any]) -> Any:
        a = values[code]
        return None if a is None else a >= b

    return run


def _name_at_most(code: str, b: Any) -> Run:
    def run(values: Mapping[str, Any]) -> Any:
        a = values[code]
        return None if a is None else a <= b

    return run


_NAME_AND_LITERAL: dict[str, Callable[[str, Any], Run]] = {
    "==": _name_equal,
    "!=": _name_unequal,
    ">": _name_above,
    ">=": _name_at_least,
    "<=": _name_at_most,
}


def _run_plus(left: Run, code: str) -> Run:
    def run(values: Mapping[str, Any]) -> Any:
        a = left(values)
        b = values[code]
        if a is None or b is None:
            return None
        result = a + b
        return result if _LOW <= result <= _HIGH else None

    return run


def _run_minus(left: Run, code: str) -> Run:
    def run(values: Mapping[str, Any]) -> Any:
        a = left(values)
        b = values[code]
        if a is None or b is None:
            return None
        result = a - b
        return result if _LOW <= result <= _HIGH else None

    return run


def _run_times(left: Run, code: str) -> Run:
    def run(values: Mapping[str, Any]) -> Any:
        a = left(values)
        b = values[code]
        if a is None or b is None:
            return None
        result = 1.0 * a * b
        return result if _LOW <= result <= _HIGH else None

    return run


def _run_by(left: Run, code: str) -> Run:
    def run(values: Mapping[str, Any]) -> Any:
        a = left(values)
        b = values[code]
        if a is None or b is None or b == 0:
            return None
        result = a / b
        return result if _LOW <= result <= _HIGH else None

    return run


RUN_AND_NAME: dict[str, Callable[[Run, str], Run]] = {
    "+": _run_plus,
    "-": _run_minus,
    "*": _run_times,
    "/": _run_by,
}
