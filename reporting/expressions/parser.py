"""Text to tree: a tokenizer and a precedence-climbing parser whose limits hold before any recursion."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reporting.expressions.syntax import (
    COMPARISON,
    FUNCTIONS,
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_LENGTH,
    MAX_NAME,
    MAX_NESTING,
    MAX_NODES,
    MAX_TEXT,
    Binary,
    Call,
    ExpressionError,
    Literal,
    Name,
    Node,
    Unary,
)

_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?)"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<text>'[^'\n]*')"
    r"|(?P<mark>\*\*|==|!=|<=|>=|[-+*/<>(),])"
)
_HINTS = {
    "=": "write == to compare",
    '"': "write text in single quotes",
    "'": "the closing single quote is missing",
    ".": "a name has no parts and a number needs a digit before the point",
    "!": "write != for 'is not', or the word not",
    "&": "write the word and",
    "|": "write the word or",
    "%": "write the percentage as 100 * part / whole",
}
_POWER = {"or": 1, "and": 2, "+": 5, "-": 5, "*": 6, "/": 6} | dict.fromkeys(COMPARISON, 4)
_NOT, _SIGN = 3, 7
_NO_POWERS = "powers (**) are not part of the rule language"


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # number, word, text, mark or end
    text: str
    column: int

    def __str__(self) -> str:
        if self.kind == "end":
            return "the end"
        return f"'{self.text}'" if len(self.text) <= 40 else f"'{self.text[:40]}…'"


def read(source: str) -> Node:
    """The tree of `source`; raises ExpressionError naming the column of the first fault."""
    if len(source) > MAX_LENGTH:
        raise ExpressionError(
            f"{len(source)} characters, more than {MAX_LENGTH}; split the expression up", MAX_LENGTH + 1
        )
    return _Parser(_tokens(source)).whole()


def _tokens(source: str) -> Iterator[_Token]:
    position = 0
    while position < len(source):
        found = _TOKEN.match(source, position)
        column = position + 1
        if found is None:
            character = source[position]
            hint = _HINTS.get(character, "it is not part of the rule language; remove it")
            raise ExpressionError(f"unexpected character {character!r}: {hint}", column)
        position = found.end()
        if found.lastgroup != "space":
            yield _Token(found.lastgroup or "", found.group(), column)
    yield _Token("end", "", len(source) + 1)


class _Parser:
    def __init__(self, tokens: Iterator[_Token]) -> None:
        self._tokens = tokens
        self._token = next(tokens)
        self._nodes = 0
        self._nesting = 0

    def whole(self) -> Node:
        if self._token.kind == "end":
            raise ExpressionError("the expression is empty", 1)
        node = self._expression(0)
        if self._token.text == "**":
            raise ExpressionError(_NO_POWERS, self._token.column)
        if self._token.kind != "end":
            raise ExpressionError(f"expected an operator or the end, found {self._token}", self._token.column)
        return node

    def _next(self) -> _Token:
        token, self._token = self._token, next(self._tokens, self._token)
        return token

    def _expect(self, mark: str) -> None:
        if self._token.text != mark:
            raise ExpressionError(f"expected '{mark}', found {self._token}", self._token.column)
        self._next()

    def _counted(self, node: Node) -> Node:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise ExpressionError(f"more than {MAX_NODES} parts; split the expression up", node.column)
        if node.depth > MAX_DEPTH:
            raise ExpressionError(f"more than {MAX_DEPTH} steps inside one another; split it up", node.column)
        return node

    def _expression(self, floor: int) -> Node:
        """An operand and every operator after it that binds more tightly than `floor`."""
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise ExpressionError(f"nested more than {MAX_NESTING} deep", self._token.column)
        left = self._operand(floor)
        compared = False
        while (power := _POWER.get(self._token.text, 0)) > floor and self._token.kind in ("mark", "word"):
            token = self._next()
            if token.text in COMPARISON:
                if compared:
                    raise ExpressionError("two comparisons in a row; join them with and", token.column)
                compared = True
            right = self._expression(power)
            depth = 1 + max(left.depth, right.depth)
            left = self._counted(Binary(token.text, left, right, token.column, depth))
        self._nesting -= 1
        return left

    def _operand(self, floor: int) -> Node:
        token = self._next()
        if token.kind == "number":
            return self._counted(Literal(_number(token), token.column))
        if token.kind == "text":
            if len(token.text) - 2 > MAX_TEXT:
                raise ExpressionError(f"a text of more than {MAX_TEXT} characters", token.column)
            return self._counted(Literal(token.text[1:-1], token.column))
        if token.text == "not":
            if floor >= _NOT:
                raise ExpressionError("put not and what follows it in parentheses", token.column)
            return self._unary(token, _NOT - 1)
        if token.text == "-":
            return self._unary(token, _SIGN)
        if token.text == "(":
            node = self._expression(0)
            self._expect(")")
            return node
        if token.kind == "word" and token.text not in _POWER:
            return self._word(token)
        if token.text == "**":
            raise ExpressionError(_NO_POWERS, token.column)
        raise ExpressionError(f"expected a value, found {token}", token.column)

    def _unary(self, token: _Token, floor: int) -> Node:
        operand = self._expression(floor)
        return self._counted(Unary(token.text, operand, token.column, operand.depth + 1))

    def _word(self, token: _Token) -> Node:
        word = token.text
        if word in ("true", "false"):
            return self._counted(Literal(word == "true", token.column))
        if self._token.text == "(":
            return self._call(token)
        if word in FUNCTIONS:
            raise ExpressionError(f"{word} is a function: its arguments go in parentheses", token.column)
        if len(word) > MAX_NAME:
            raise ExpressionError(f"a name of more than {MAX_NAME} characters", token.column)
        if word != word.lower():
            raise ExpressionError(f"names are written in small letters: '{word.lower()[:40]}'", token.column)
        return self._counted(Name(word, token.column))

    def _call(self, token: _Token) -> Node:
        limits = FUNCTIONS.get(token.text)
        if limits is None:
            known = ", ".join(sorted(FUNCTIONS))
            raise ExpressionError(f"unknown function {token}; there are {known}", token.column)
        self._expect("(")
        arguments: list[Node] = []
        while self._token.text != ")":
            if arguments:
                self._expect(",")
            arguments.append(self._expression(0))
        self._expect(")")
        fewest, most = limits
        if not fewest <= len(arguments) <= most:
            wanted = "one argument" if most == 1 else f"{fewest} to {most} arguments"
            raise ExpressionError(f"{token.text} takes {wanted}, not {len(arguments)}", token.column)
        depth = 1 + max(argument.depth for argument in arguments)
        return self._counted(Call(token.text, tuple(arguments), token.column, depth))


def _number(token: _Token) -> int | float:
    whole, _, fraction = token.text.partition(".")
    if len(whole) > MAX_DIGITS or len(fraction) > MAX_DIGITS:
        raise ExpressionError(f"a number of more than {MAX_DIGITS} digits", token.column)
    return float(token.text) if fraction else int(whole)
