"""Shared by the tests of the pure modules: the default catalogue, the sample cases and a naive evaluator."""

import copy
import json
import math
from functools import cache
from pathlib import Path
from typing import Any

from reporting.catalogue import DEFAULT_CATALOGUE, Catalogue, load_catalogue

_SAMPLE = Path(__file__).parent / "data" / "sample_submission.json"


@cache
def default_catalogue() -> Catalogue:
    return load_catalogue(default_document())


def default_document() -> dict[str, Any]:
    """A fresh copy, for tests that break it."""
    return json.loads(DEFAULT_CATALOGUE.read_text(encoding="utf-8"))


@cache
def _sample() -> dict[str, Any]:
    return json.loads(_SAMPLE.read_text(encoding="utf-8"))


def sample() -> dict[str, Any]:
    return copy.deepcopy(_sample())


# --- A naive reference: nested tuples instead of a parser, one plain function instead of closures --------------------
# ("lit", value) ("name", code) ("neg", x) ("not", x) ("call", function, [x...]) (operator, x, y)


def spelled(tree: tuple) -> str:
    """The tree as source text, every operand in parentheses."""
    kind = tree[0]
    if kind == "lit":
        value = tree[1]
        if isinstance(value, bool):
            return "true" if value else "false"
        return f"'{value}'" if isinstance(value, str) else str(value)
    if kind == "name":
        return tree[1]
    if kind == "neg":
        return f"-({spelled(tree[1])})"
    if kind == "not":
        return f"not ({spelled(tree[1])})"
    if kind == "call":
        return f"{tree[1]}({', '.join(spelled(part) for part in tree[2])})"
    return f"({spelled(tree[1])}) {kind} ({spelled(tree[2])})"


def reference(tree: tuple, values: dict[str, Any]) -> Any:
    """The value by the words of the language's definition."""
    kind = tree[0]
    if kind == "lit":
        return tree[1]
    if kind == "name":
        return values.get(tree[1])
    if kind == "neg":
        value = reference(tree[1], values)
        return None if value is None else -value
    if kind == "not":
        value = reference(tree[1], values)
        return None if value is None else not value
    if kind == "call":
        return _reference_call(tree[1], [reference(part, values) for part in tree[2]])
    left, right = reference(tree[1], values), reference(tree[2], values)
    if kind == "and":
        if left is False or right is False:
            return False
        return None if left is None or right is None else True
    if kind == "or":
        if left is True or right is True:
            return True
        return None if left is None or right is None else False
    if left is None or right is None:
        return None
    return _reference_operation(kind, left, right)


def _reference_call(function: str, arguments: list[Any]) -> Any:
    given = [argument for argument in arguments if argument is not None]
    if not given:
        return None
    if function == "coalesce":
        return given[0]
    if function == "sum":
        return finite_or_empty(sum(given))
    return {"min": min, "max": max, "abs": lambda parts: abs(parts[0])}[function](given)


def _reference_operation(kind: str, left: Any, right: Any) -> Any:
    if kind == "+":
        return finite_or_empty(left + right)
    if kind == "-":
        return finite_or_empty(left - right)
    if kind == "*":
        return finite_or_empty(float(left) * float(right))
    if kind == "/":
        return None if right == 0 else finite_or_empty(left / right)
    if kind == "==":
        return left == right
    if kind == "!=":
        return left != right
    if kind == "<":
        return left < right
    if kind == "<=":
        return left <= right
    if kind == ">":
        return left > right
    return left >= right


def finite_or_empty(value: Any) -> Any:
    return value if math.isfinite(value) else None
