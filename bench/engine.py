"""The rule engine against the very same formulas written as plain Python."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from bench.timing import medians, ratio
from reporting.catalogue import Catalogue
from reporting.demo.cast import INSTITUTIONS
from reporting.demo.figures import returns_of
from reporting.validation import compute

WORDS = {"true": "True", "false": "False", "and": "and", "or": "or", "not": "not"}
TOKEN = re.compile(r"'[^']*'|[A-Za-z_][A-Za-z0-9_]*")
FUNCTIONS: dict[str, Any] = {
    "sum": lambda *values: sum(values),
    "min": min,
    "max": max,
    "abs": abs,
    "coalesce": lambda first, *_rest: first,
}
CONTEXT = {"reporting_year": 2025, "exchange_rate_usd": 129.15, "gni_per_capita": 281_000.0}
TIMES = 20


def engine_ratio(catalogue: Catalogue) -> dict[str, float]:
    """All derived values, checks and conditions of a full return by our engine, as a multiple of plain Python.

    Plain Python has no care for empty values, so only formulas whose values are all there are compared.
    """
    institution = next(each for each in INSTITUTIONS if each.saves)
    names = compute(catalogue, returns_of(institution, range(2025, 2026))[2025], CONTEXT).names
    expressions = [
        expression
        for expression in (
            *(item.formula for item in catalogue.derived),
            *(rule.check for rule in catalogue.rules),
            *(rule.when for rule in catalogue.rules if rule.when is not None),
        )
        if all(names.get(name) is not None for name in expression.names)
    ]
    plain = [_plain(expression.source) for expression in expressions]
    for ours, theirs in zip(expressions, plain, strict=True):
        if not _same(ours.evaluate(names), theirs(names)):
            raise AssertionError(f"The two disagree on: {ours.source}")

    def by_engine() -> None:
        for _ in range(TIMES):
            for expression in expressions:
                expression.evaluate(names)

    def by_python() -> None:
        for _ in range(TIMES):
            for function in plain:
                function(names)

    taken = medians({"engine": by_engine, "python": by_python}, rounds=15)
    return {"ratio": ratio(taken["engine"], taken["python"]), "formulas": len(expressions), "limit": 3}


def _plain(source: str) -> Callable[[Mapping[str, Any]], Any]:
    def spelled(match: re.Match[str]) -> str:
        word = match.group()
        if word.startswith("'") or word in WORDS or word in FUNCTIONS:
            return WORDS.get(word, word)
        return f"v[{word!r}]"

    code = f"lambda v: {TOKEN.sub(spelled, source)}"
    function: Callable[[Mapping[str, Any]], Any] = eval(code, dict(FUNCTIONS))  # noqa: S307 - our own catalogue
    return function


def _same(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return bool(ours) is bool(theirs)
    return abs(float(ours) - float(theirs)) <= 1e-9 * max(1.0, abs(float(theirs)))
