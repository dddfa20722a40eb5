"""Tree to closures: three-valued, nothing ever evaluated as Python.

The closures expect every name in the mapping and clean values; anything else raises, and `Expression`
then cleans and tries again, so that the common case pays for no checks. Every arithmetic result is
tested against the range of a float: what is not finite counts as empty, and a text raises TypeError.
Leaves are read inside their operator's closure wherever that saves a call: there the speed comes from.
"""

import operator
import sys
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from reporting.expressions import shapes
from reporting.expressions.syntax import (
    ARITHMETIC,
    COMPARISON,
    ORDERING,
    Binary,
    Call,
    Literal,
    Name,
    Node,
    Unary,
)

Run: TypeAlias = Callable[[Mapping[str, Any]], Any]

_HIGH = sys.float_info.max
_LOW = -_HIGH
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compiled(node: Node) -> Run:
    """A function from a mapping of names to the value of the tree."""
    match node:
        case Literal():
            return _constant(node.value)
        case Name():
            return operator.itemgetter(node.code)
        case Unary():
            return (_negated if node.operator == "-" else _inverted)(compiled(node.operand))
        case Binary():
            return _binary(node)
        case Call():
            return _call(node.function, [compiled(argument) for argument in node.arguments])


def _constant(value: Any) -> Run:
    return lambda values: value


def _negated(operand: Run) -> Run:
    def run(values: Mapping[str, Any]) -> Any:
        value = operand(values)
        return -value if value is not None and _LOW <= value <= _HIGH else None

    return run


def _inverted(operand: Run) -> Run:
    def run(values: Mapping[str, Any]) -> Any:
        value = operand(values)
        return None if value is None else not _truth(value)

    return run


def _truth(value: Any) -> bool:
    if isinstance(value, str):
        raise TypeError("a text is neither true nor false")
    return bool(value)


def _binary(node: Binary) -> Run:
    mark, left, right = node.operator, node.left, node.right
    special = shapes.special(node)
    if special is not None:
        return special
    if mark == "*" and isinstance(left, Literal) and shapes.is_number(left.value):
        return shapes.scaled_run(left.value, compiled(right))
    a, b = compiled(left), compiled(right)
    if mark in ARITHMETIC:
        if isinstance(right, Name):
            return shapes.RUN_AND_NAME[mark](a, right.code)
        if mark == "/" and isinstance(right, Literal) and shapes.is_number(right.value) and right.value != 0:
            return shapes.shared_run(a, right.value)
        return _ARITHMETIC[mark](a, b)
    if mark in COMPARISON:
        if isinstance(right, Literal):
            return _compared_with_literal(_COMPARE[mark], a, right.value)
        return (_ordered if mark in ORDERING else _compared)(_COMPARE[mark], a, b)
    return (_both if mark == "and" else _either)(a, b)


def _added(left: Run, right: Run) -> Run:
    def run(values: Mapping[str, Any]) -> Any:
        a = left(values)
        b = right(values)
        if a is None or b is None:
            return None
        result = a + b
        return result if _LOW <= result <= _HIGH else None

    return run


def _subtracted(left: Run, right: Run) -> Run:
    def run(values: Mapping[str, Any]) -> Any:
        a = left(values)
        b = right(values)
        if a is None or b is None:
            return None
        result = a - b
        return result if _LOW <= result <= _HIGH else None

    return run


def _multiplied(left: Run, right: Run) -> Run:
    def run(values: Mapping[str, Any]) -> Any:
        a = left(values)
        b = right(values)
        if a is None or b is None:
            return None
        result = 1.0 * a * b  # 1.0: never a repeated text, never an integer without end
        return result if _LOW <= result <= _HIGH else None

    return run


def _divided(left: Run, right: Run) -> Run:
    def run(values: Mapping[str, Any]) -> Any:
        a = left(values)
        b = right(values)
        if a is None or b is None or b == 0:
            return None
        result = a / b
        return result if _LOW <= result <= _HIGH else None

    return run


_ARITHMETIC: dict[str, Callable[[Run, Run], Run]] = {
    "+": _added,
    "-": _subtracted,
    "*": _multiplied,
    "/": _divided,
}


def _compared_with_literal(compare: Callable[[Any, Any], Any], left: Run, b: Any) -> Run:
    def run(values: Mapping[str, Any]) -> Any:
        a = left(values)
        return None if a is None else compare(a, b)

    return run


def _compared(compare: Callable[[Any, Any], Any], left: Run, right: Run) -> Run:
    def run(values: Mapping[str, Any]) -> Any:
        a = left(values)
        b = right(values)
        return None if a is None or b is None else compare(a, b)

    return run


def _ordered(compare: Callable[[Any, Any], Any], left: Run, right: Run) -> Run:
    def run(values: Mapping[str, Any]) -> Any:
        a = left(values)
        b = right(values)
        if a is None or b is None:
            return None
        if a.__class__ is str:
            raise TypeError("texts have no order")
        return compare(a, b)

    return run


def _both(left: Run, right: Run) -> Run:
    def run(values: Mapping[str, Any]) -> Any:
        a = left(values)
        if a is not True and a is not None and not _truth(a):
            return False
        b = right(values)
        if b is not True and b is not None and not _truth(b):
            return False
        return None if a is None or b is None else True

    return run


def _either(left: Run, right: Run) -> Run:
    def run(values: Mapping[str, Any]) -> Any:
        a = left(values)
        if a is not False and a is not None and _truth(a):
            return True
        b = right(values)
        if b is not False and b is not None and _truth(b):
            return True
        return None if a is None or b is None else False

    return run


def _call(function: str, arguments: list[Run]) -> Run:
    if function == "coalesce":
        return _first_given(arguments)
    if function == "abs":
        return _size(arguments[0])
    return _gathered(_GATHER[function], arguments)


def _first_given(arguments: list[Run]) -> Run:
    def run(values: Mapping[str, Any]) -> Any:
        for argument in arguments:
            value = argument(values)
            if value is not None:
                return value
        return None

    return run


def _size(operand: Run) -> Run:
    def run(values: Mapping[str, Any]) -> Any:
        value = operand(values)
        return abs(value) if value is not None and _LOW <= value <= _HIGH else None

    return run


_GATHER: dict[str, Callable[[list[Any]], Any]] = {"sum": sum, "min": min, "max": max}


def _gathered(gather: Callable[[list[Any]], Any], arguments: list[Run]) -> Run:
    def run(values: Mapping[str, Any]) -> Any:
        given = [value for argument in arguments if (value := argument(values)) is not None]
        if not given:
            return None
        result = gather(given) + 0  # true becomes 1; a text raises
        return result if _LOW <= result <= _HIGH else None

    return run
