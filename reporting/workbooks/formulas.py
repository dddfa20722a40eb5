"""The rule language as Excel formulas, for the colours that a workbook shows while somebody types.

An empty value is an error in Excel (#N/A), which spreads through a formula as emptiness spreads through a rule, so
that the three-valued meaning is kept. No formula is ever written into a cell: these stand in conditional formats.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from reporting.catalogue import Catalogue, Indicator, IndicatorType, Rule
from reporting.expressions.parser import read as parsed
from reporting.expressions.syntax import ARITHMETIC, EQUALITY, LOGIC, Binary, Call, Literal, Name, Node, Unary

LONGEST = 4_000  # characters; Excel takes 8,192
MOST_CHOICES = 30  # nested conditions; Excel takes 64
_SIGNS = {"==": "=", "!=": "<>"}

Words = Callable[[Indicator], Mapping[Any, str]]


class NotInExcel(ValueError):
    """A rule that a workbook cannot check by itself; it is told after the upload."""


class Formulas:
    """Formulas over one workbook: `names` are the names of its answer cells by code, `words` the words of choices."""

    def __init__(
        self, catalogue: Catalogue, names: Mapping[str, str], context: Mapping[str, object], words: Words
    ) -> None:
        self._catalogue, self._names, self._context, self._words = catalogue, names, context, words
        self._known: dict[str, str] = {}
        self._relevant: dict[str, str] = {}

    def fires(self, rule: Rule) -> str:
        """True where the rule fires on what stands in the workbook; raises NotInExcel."""
        check = f"NOT({self._of(_tree(rule.check.source))})"
        when = f"{self._of(_tree(rule.when.source))}" if rule.when is not None else ""
        return _fitting(f"IFERROR(AND({when},{check}),FALSE)" if when else f"IFERROR({check},FALSE)")

    def is_relevant(self, indicator: Indicator) -> str:
        """True where the question is to be answered; raises NotInExcel. "TRUE" for a question that always is."""
        if indicator.relevance is None:
            return "TRUE"
        source = indicator.relevance.source
        if source not in self._relevant:
            self._relevant[source] = _fitting(f"IFERROR(AND({self._of(_tree(source))}),FALSE)")
        return self._relevant[source]

    def _of(self, node: Node) -> str:
        match node:
            case Literal():
                return _literal(node.value)
            case Name():
                return self._value(node.code)
            case Unary():
                operand = self._of(node.operand)
                return f"(-{operand})" if node.operator == "-" else f"N(NOT({operand}))"
            case Binary():
                return self._binary(node)
            case Call():
                return self._call(node.function, [self._of(argument) for argument in node.arguments])

    def _binary(self, node: Binary) -> str:
        mark = node.operator
        if mark in LOGIC:
            return _joined(mark, [self._of(part) for part in _chain(mark, node)])
        if mark in EQUALITY and (short := self._choice_compared(node)):
            return short
        a, b = self._of(node.left), self._of(node.right)
        return f"({a}{mark}{b})" if mark in ARITHMETIC else f"N({a}{_SIGNS.get(mark, mark)}{b})"

    def _choice_compared(self, node: Binary) -> str:
        """A choice against one entry of its list, shorter than by the values of the whole list; "" for others."""
        if not (isinstance(node.left, Name) and isinstance(node.right, Literal)):
            return ""
        code, name = node.left.code, self._names.get(node.left.code)
        found = self._catalogue.find(code)
        if name is None or not isinstance(found, Indicator) or found.type is not IndicatorType.SINGLE_CHOICE:
            return ""
        word = next((word for value, word in self._words(found).items() if value == node.right.value), None)
        if word is None:
            return ""
        text = f'IF({name}="",NA(),N({name}{_SIGNS[node.operator]}{_literal(word)}))'
        return text if found.relevance is None else f"IF({self.is_relevant(found)},{text},NA())"

    def _call(self, function: str, arguments: list[str]) -> str:
        if function == "abs":
            return f"ABS({arguments[0]})"
        if function == "coalesce":
            text = arguments[-1]
            for argument in reversed(arguments[:-1]):
                text = f"IFERROR({argument},{text})"
            return text
        if function == "sum":
            given = "+".join(f"IFERROR({argument},0)" for argument in arguments)
            empty = ",".join(f"ISERROR({argument})" for argument in arguments)
            return f"IF(AND({empty}),NA(),{given})"
        raise NotInExcel(function)

    def _value(self, code: str) -> str:
        if code not in self._known:
            self._known[code] = _fitting(self._worked_out(code))
        return self._known[code]

    def _worked_out(self, code: str) -> str:
        if code in self._names:
            indicator = self._catalogue.indicator(code)
            value = self._read(indicator, self._names[code])
            if indicator.relevance is None:
                return value
            return f"IF({self.is_relevant(indicator)},{value},NA())"
        part = self._catalogue.find(code)
        if part is None:
            fixed = self._context.get(code)
            return _literal(fixed) if isinstance(fixed, int | float) else "NA()"
        if isinstance(part, Indicator):
            return "NA()"  # not asked in this round
        if part.relevance is not None:
            relevant = self._of(_tree(part.relevance.source))
            return f"IF(IFERROR({relevant},0),{self._of(_tree(part.formula.source))},NA())"
        return self._of(_tree(part.formula.source))

    def _read(self, indicator: Indicator, name: str) -> str:
        """What stands in an answer's cell as the rules see it: numbers, 1 and 0 for yes and no, values of choices."""
        if indicator.type.is_number:
            return f"IF(ISNUMBER({name}),{name},NA())"
        if indicator.type is IndicatorType.BOOLEAN:
            words = self._words(indicator)
            pairs = [(words["yes"], "1"), (words["no"], "0")]
        elif indicator.type is IndicatorType.SINGLE_CHOICE:
            pairs = [(word, _literal(value)) for value, word in self._words(indicator).items()]
        else:
            raise NotInExcel(indicator.code)
        if len(pairs) > MOST_CHOICES:
            raise NotInExcel(indicator.code)
        text = "NA()"
        for word, value in reversed(pairs):
            text = f"IF({name}={_literal(word)},{value},{text})"
        return text


def _chain(mark: str, node: Node) -> list[Node]:
    """The operands of `a or b or c`, or of `a and b and c`."""
    if isinstance(node, Binary) and node.operator == mark:
        return _chain(mark, node.left) + _chain(mark, node.right)
    return [node]


def _joined(mark: str, parts: Sequence[str]) -> str:
    """One true among `or` is enough, one false among `and`, whatever is empty beside it."""
    known = ",".join(f"IFERROR({part},{0 if mark == 'or' else 1})" for part in parts)
    every = ",".join(parts)
    if mark == "or":
        return f"IF(OR({known}),1,N(OR({every})))"
    return f"IF(NOT(AND({known})),0,N(AND({every})))"


@cache
def _tree(source: str) -> Node:
    return parsed(source)


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        return f"{value:.15g}"
    doubled = str(value).replace('"', '""')
    if len(doubled) > 255:
        raise NotInExcel(doubled)
    return f'"{doubled}"'


def _fitting(formula: str) -> str:
    if len(formula) > LONGEST:
        raise NotInExcel(formula[:40])
    return formula
