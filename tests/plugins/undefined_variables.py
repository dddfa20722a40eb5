"""A variable that a template of ours names and no view passes fails the test instead of printing nothing."""

import threading
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import Context, Variable
from django.template.base import FilterExpression, VariableDoesNotExist

# With one of these filters the author said what to show where nothing was passed.
FORGIVING = {"default", "default_if_none", "yesno"}


class UndefinedVariable(AssertionError):
    """Not an AttributeError or KeyError, which templates swallow."""


def is_ours(context: Context) -> bool:
    """Whether the template being rendered is the project's own, not one of a library."""
    template = context.render_context.template
    origin = getattr(getattr(template, "origin", None), "name", "") or ""
    return str(origin).startswith(str(Path(settings.BASE_DIR) / "templates"))


@pytest.fixture(autouse=True)
def _fail_on_undefined_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = threading.local()  # the live server renders in threads of its own
    lookup, resolve = Variable.resolve, FilterExpression.resolve

    def remembering_lookup(self: Variable, context: Context) -> Any:
        try:
            return lookup(self, context)
        except VariableDoesNotExist:
            failed.variable = self
            raise

    def strict_resolve(self: FilterExpression, context: Context, ignore_failures: bool = False) -> Any:
        failed.variable = None
        value = resolve(self, context, ignore_failures)
        if (
            failed.variable is not None
            and failed.variable is self.var
            and not ignore_failures
            and is_ours(context)
        ):
            names = {function.__name__ for function, _arguments in self.filters}
            if not names & FORGIVING:
                template = context.render_context.template
                raise UndefinedVariable(f"{template.name}: nothing passes {{{{ {self.token} }}}}")
        return value

    monkeypatch.setattr(Variable, "resolve", remembering_lookup)
    monkeypatch.setattr(FilterExpression, "resolve", strict_resolve)
