"""A variable that a template of ours names and no view passes fails the test instead of printing nothing.

Django asks the engine for `string_if_invalid` where it finds no variable, and only there; so that is where the test
looks. Wrapping every look-up instead would make each page of each test slower.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import Context, Engine
from django.template.base import FilterExpression

# With one of these filters the author said what to show where nothing was passed.
FORGIVING = {"default", "default_if_none", "yesno"}


class UndefinedVariable(AssertionError):
    """Not an AttributeError or KeyError, which templates swallow."""


def is_ours(context: Context) -> bool:
    """Whether the template being rendered is the project's own, not one of a library."""
    template = context.render_context.template
    origin = getattr(getattr(template, "origin", None), "name", "") or ""
    return str(origin).startswith(str(Path(settings.BASE_DIR) / "templates"))


class NothingPassed(str):
    """The empty text for a missing variable; Django asks whether it is empty, and then we ask who wants it."""

    __slots__ = ()

    def __bool__(self) -> bool:
        asking = sys._getframe(1)
        if asking.f_code is FilterExpression.resolve.__code__:
            self._judge(asking.f_locals["self"], asking.f_locals["context"])
        return False

    def _judge(self, expression: FilterExpression, context: Context) -> None:
        names = {function.__name__ for function, _arguments in expression.filters}
        if is_ours(context) and not names & FORGIVING:
            template: Any = context.render_context.template
            raise UndefinedVariable(f"{template.name}: nothing passes {{{{ {expression.token} }}}}")


@pytest.fixture(scope="session", autouse=True)
def _fail_on_undefined_variables() -> Iterator[None]:
    nothing = NothingPassed()
    # on the class, before whatever each engine got from its settings, and for every thread of the live server
    given = property(lambda engine: nothing, lambda engine, value: None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "string_if_invalid", given, raising=False)
        yield
