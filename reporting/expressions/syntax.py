"""The parts an expression is made of, its limits and its error."""

from dataclasses import dataclass, field
from typing import TypeAlias

Value: TypeAlias = int | float | bool | str | None

MAX_LENGTH = 2_000  # characters
MAX_NODES = 400  # names, literals, operators and calls
MAX_NESTING = 50  # open parentheses, calls and signs: bounds the recursion of the parser
MAX_DEPTH = 100  # levels of the finished tree: bounds the recursion of everything that walks it
MAX_ARGUMENTS = 60
MAX_NAME = 60  # characters of a name
MAX_TEXT = 100  # characters of a text
MAX_DIGITS = 18  # digits before the decimal point of a number, and after it

ARITHMETIC = frozenset("+-*/")
ORDERING = frozenset({"<", "<=", ">", ">="})
EQUALITY = frozenset({"==", "!="})
COMPARISON = ORDERING | EQUALITY
LOGIC = frozenset({"and", "or"})

ANY_NUMBER = (1, MAX_ARGUMENTS)
FUNCTIONS: dict[str, tuple[int, int]] = {  # fewest and most arguments
    "sum": ANY_NUMBER,
    "min": ANY_NUMBER,
    "max": ANY_NUMBER,
    "abs": (1, 1),
    "coalesce": ANY_NUMBER,
}
RESERVED = frozenset(FUNCTIONS) | {"true", "false", "and", "or", "not"}


class ExpressionError(ValueError):
    """An expression that cannot be used; `column` counts characters from 1."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(f"column {column}: {message}")
        self.message = message
        self.column = column


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text, true or false written in the expression."""

    value: int | float | bool | str
    column: int
    depth: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """The code of an indicator, a derived value or a context value."""

    code: str
    column: int
    depth: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Unary:
    """`-` or `not` before its operand."""

    operator: str
    operand: "Node"
    column: int
    depth: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """An operator between two operands; `column` is the operator's."""

    operator: str
    left: "Node"
    right: "Node"
    column: int
    depth: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    function: str
    arguments: tuple["Node", ...]
    column: int
    depth: int = field(compare=False)


Node: TypeAlias = Literal | Name | Unary | Binary | Call


def children(node: Node) -> tuple[Node, ...]:
    """The operands of a node, left to right."""
    match node:
        case Unary():
            return (node.operand,)
        case Binary():
            return (node.left, node.right)
        case Call():
            return node.arguments
    return ()


def names_in_order(node: Node) -> tuple[str, ...]:
    """Every name of the tree once, in the order of the text."""
    found: dict[str, None] = {}
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Name):
            found.setdefault(part.code)
        waiting.extend(reversed(children(part)))
    return tuple(found)
