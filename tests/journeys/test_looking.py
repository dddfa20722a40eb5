"""What looks like a page without faults is not asked about again, and everything else is."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys import looking
from tests.plugins.browser import CONTRAST, PHONE, Pages

pytestmark = pytest.mark.e2e

HEAD = "<!doctype html><html lang='en'><title>t</title><style>.pale {color: #ccc} .dark {background: #333}</style>"
GOOD = "<p>One</p><label>Name <input></label>"
See = Callable[[str], str]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What axe is asked about from here on: shapes and looks; nothing is known yet."""
    found: list[str] = []
    axe = looking.axe

    def noted(page: Any, within: str | None = None, **more: Any) -> list[str]:
        found.append("looks" if more.get("only") == [CONTRAST] else "shape")
        return axe(page, within, **more)

    monkeypatch.setattr(looking, "axe", noted)
    monkeypatch.setattr(looking, "GOOD_SHAPES", set())
    monkeypatch.setattr(looking, "GOOD_LOOKS", set())
    return found


@pytest.fixture
def see(pages: Pages, asked: list[str]) -> See:
    """Looks at a page with this content."""
    page = pages.open(width=PHONE)

    def seen(content: str) -> str:
        asked.clear()
        page.set_content(f"{HEAD}<main><h1>A title</h1>{content}</main>")
        return " ".join(looking.look(page, width=PHONE, dark=False))

    return seen


def test_what_is_known_is_not_asked_again(see: See, asked: list[str]) -> None:
    assert not see(GOOD)
    assert asked == ["shape", "looks"]
    assert not see(GOOD.replace("One", "Two"))
    assert asked == []
    assert not see(f"{GOOD}<p>Two</p><p>Three</p><ul><li>Four</li></ul>")
    assert asked == ["shape", "looks"]


@pytest.mark.parametrize(
    ("rule", "content"),
    [
        (CONTRAST, "<p class='pale'>One</p>"),
        (CONTRAST, "<div class='dark'><p>One</p></div>"),
        ("image-alt", "<p>One</p><img src='data:,'>"),
        ("label", "<p>One</p><input>"),
        ("button-name", "<button type='button'></button>"),
        ("list", "<ul><p>One</p></ul>"),
        ("heading-order", "<h4>One</h4>"),
    ],
)
def test_a_fault_on_a_page_like_a_good_one_is_found_each_time(see: See, rule: str, content: str) -> None:
    assert not see(GOOD)
    for _time in range(2):
        assert rule in see(GOOD + content)
