"""Pages about published editions as a process wrote them last: an edition never changes, so its figures stay.

A key says everything that a page was made of: which editions, whose names, for a donor which consents there were. What
hangs on the person (navigation, messages) is outside of what is kept. Language and direction are added here.
"""

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import get_language

from spm_portal.common.kept import Kept

MOST = 8_000_000
"""Characters that a process keeps; a donor of seventy associations has a page of a million."""

Parts = Mapping[str, str]


def _size(parts: Parts) -> int:
    return sum(map(len, parts.values()))


_kept: Kept[Parts] = Kept(MOST, _size)


def kept_parts(
    templates: Mapping[str, str], key: Hashable, make: Callable[[], Mapping[str, Any]]
) -> Mapping[str, str]:
    """The parts of a page by name; `make` gives their context and is called only where nothing is kept."""
    whole = (tuple(templates.items()), key, get_language() or "en")
    if (found := _kept.get(whole)) is not None:
        return found
    context = dict(make())
    return _kept.put(
        whole, {name: render_to_string(template, context) for name, template in templates.items()}
    )


def forget() -> None:
    """Keep nothing any more, for tests and measurements."""
    _kept.clear()
