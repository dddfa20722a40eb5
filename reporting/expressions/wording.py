"""An expression as people read it: labels instead of codes, no superfluous parentheses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from reporting.expressions.syntax import EQUALITY, LOGIC, Binary, Call, Literal, Name, Node, Unary


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the readable form; `kind` is name, value, operator, function or mark."""

    kind: str
    text: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the readable form, so that a page can hand in translated ones."""

    yes: str = "yes"
    no: str = "no"
    is_: str = "is"
    is_not: str = "is not"
    and_: str = "and"
    or_: str = "or"
    not_: str = "not"
    functions: Mapping[str, str] = field(
        default_factory=lambda: {
            "sum": "sum of",
            "min": "smallest of",
            "max": "largest of",
            "abs": "size of",
            "coalesce": "first given of",
        }
    )
    name: str = "“{}”"


ENGLISH = Words()
Choices = Mapping[str, Mapping[str | int | float, str]]

_SIGNS = {"*": "×", "/": "÷", "-": "−", "<=": "≤", ">=": "≥", "!=": "≠", "==": "="}
_TIGHTNESS = {"or": 1, "and": 2, "+": 5, "-": 5, "*": 6, "/": 6}
_COMPARISON, _NOT, _SIGN, _VALUE = 4, 3, 7, 9


def pieces(tree: Node, labels: Mapping[str, str], choices: Choices, words: Words) -> tuple[Piece, ...]:
    """The readable form in pieces, for a page that sets names apart."""
    return tuple(_Writer(labels, choices, words).write(tree))


def joined(parts: tuple[Piece, ...], words: Words) -> str:
    """The pieces as one line of text; names in quotation marks."""
    text = ""
    for part in parts:
        if part.kind == "operator":
            text += f" {part.text} "
        elif part.kind == "name":
            text += words.name.format(part.text)
        else:
            text += part.text
    return text


def _tightness(node: Node) -> int:
    match node:
        case Unary():
            return _SIGN if node.operator == "-" else _NOT
        case Binary():
            return _TIGHTNESS.get(node.operator, _COMPARISON)
    return _VALUE


class _Writer:
    def __init__(self, labels: Mapping[str, str], choices: Choices, words: Words) -> None:
        self._labels = labels
        self._choices = choices
        self._words = words

    def write(self, node: Node) -> Iterator[Piece]:
        match node:
            case Literal():
                yield self._literal(node, None)
            case Name():
                yield Piece("name", self._labels.get(node.code, node.code), node.code)
            case Unary():
                sign = "−" if node.operator == "-" else f"{self._words.not_} "
                yield Piece("mark", sign)
                yield from self._inside(node.operand, _tightness(node))
            case Binary():
                yield from self._binary(node)
            case Call():
                yield Piece("function", self._words.functions.get(node.function, node.function))
                yield Piece("mark", " (")
                for position, argument in enumerate(node.arguments):
                    if position:
                        yield Piece("mark", "; ")
                    yield from self.write(argument)
                yield Piece("mark", ")")

    def _inside(self, node: Node, tightness: int) -> Iterator[Piece]:
        if _tightness(node) >= tightness:
            yield from self.write(node)
            return
        yield Piece("mark", "(")
        yield from self.write(node)
        yield Piece("mark", ")")

    def _binary(self, node: Binary) -> Iterator[Piece]:
        tightness = _tightness(node)
        comparing = tightness == _COMPARISON
        yield from self._operand(node.left, node.right, tightness + comparing, node.operator)
        yield Piece("operator", self._operator(node))
        right = tightness if node.operator in LOGIC or node.operator == "+" else tightness + 1
        yield from self._operand(node.right, node.left, right, node.operator)

    def _operand(self, node: Node, other: Node, tightness: int, operator: str) -> Iterator[Piece]:
        if isinstance(node, Literal) and operator in EQUALITY:
            yield self._literal(node, other.code if isinstance(other, Name) else None)
        else:
            yield from self._inside(node, tightness)

    def _operator(self, node: Binary) -> str:
        words = {"and": self._words.and_, "or": self._words.or_}
        if node.operator in EQUALITY and self._is_worded(node):
            return self._words.is_ if node.operator == "==" else self._words.is_not
        return words.get(node.operator) or _SIGNS.get(node.operator, node.operator)

    def _is_worded(self, node: Binary) -> bool:
        for side, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(side, Literal):
                if isinstance(side.value, bool | str):
                    return True
                if isinstance(other, Name) and side.value in self._choices.get(other.code, {}):
                    return True
        return False

    def _literal(self, node: Literal, compared_with: str | None) -> Piece:
        value = node.value
        if isinstance(value, bool):
            return Piece("value", self._words.yes if value else self._words.no)
        label = self._choices.get(compared_with or "", {}).get(value)
        if label is not None:
            return Piece("value", self._words.name.format(label))
        return Piece("value", str(value))
