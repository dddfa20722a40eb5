"""The rule language of the catalogue: read once, three-valued, safe by construction."""

from reporting.expressions.checker import Kind, Symbol
from reporting.expressions.expression import Expression, parse
from reporting.expressions.syntax import ExpressionError, Value
from reporting.expressions.wording import ENGLISH, Piece, Words

__all__ = ["ENGLISH", "Expression", "ExpressionError", "Kind", "Piece", "Symbol", "Value", "Words", "parse"]
