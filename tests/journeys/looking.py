"""Looking at an open page as its reader and its accessibility tools do, and never twice at the same thing.

Most of axe's time goes into contrast, which depends on the looks of a text: its colours and size and what it stands on.
All else depends on the shape of a page: its tags and attributes without their words. A test process remembers the looks
and shapes in which axe found no fault, and asks about new ones alone.
"""

from enum import Enum
from functools import cache
from pathlib import Path

from playwright.sync_api import Page, ViewportSize

from tests.plugins.browser import AXE_OF_LOOKS, CONTRAST, DESKTOP, PHONE, axe, scrolls_sideways

HEIGHTS = {DESKTOP: 900, PHONE: 740}


class Asked(Enum):
    """How much axe is asked besides contrast: everything, what another light and window change, or nothing."""

    ALL = ()
    LOOKS = tuple(AXE_OF_LOOKS)
    NOTHING = None


GOOD_SHAPES: set[tuple[int, Asked, str]] = set()
GOOD_LOOKS: set[str] = set()
# Of pages on which axe found nothing wrong with sizes either: another light has other looks.
GOOD_SIZES: set[tuple[int, str]] = set()


@cache
def _script() -> str:
    return Path(__file__).with_name("looking.js").read_text(encoding="utf-8")


def look(page: Page, *, width: int, dark: bool, asked: Asked = Asked.ALL) -> list[str]:
    """What is wrong with the open page at this width and brightness."""
    resize(page, width)
    page.emulate_media(color_scheme="dark" if dark else "light")
    how = f"{page.url} at {width} px, {'dark' if dark else 'light'}"
    faults = _axe_of_what_is_new(page, width, asked)
    if scrolls_sideways(page):
        faults.append(f"scrolls sideways: {widest(page)}")
    return [f"{how}: {fault}" for fault in faults]


def resize(page: Page, width: int) -> None:
    """Make the window so wide, unless it is."""
    wanted: ViewportSize = {"width": width, "height": HEIGHTS[width]}
    if page.viewport_size != wanted:
        page.set_viewport_size(wanted)


def _axe_of_what_is_new(page: Page, width: int, asked: Asked) -> list[str]:
    made_of = page.evaluate(_script(), sorted(GOOD_LOOKS))
    shape, looks = (width, asked, made_of["shape"]), set(made_of["looks"])
    sizes = {(width, one) for one in looks}
    of_shape, of_looks = [], []
    is_known = sizes <= GOOD_SIZES if asked is Asked.LOOKS else shape in GOOD_SHAPES
    if asked.value is not None and not is_known:
        of_shape = axe(page, only=asked.value, but=[CONTRAST])
    if looks - GOOD_LOOKS:
        of_looks = axe(page, "[data-unjudged]", only=[CONTRAST])
    if not of_shape:
        GOOD_SHAPES.add(shape)
        if asked is Asked.LOOKS:
            GOOD_SIZES.update(sizes)
    if not of_looks:
        GOOD_LOOKS.update(looks)
    return of_shape + of_looks


def widest(page: Page) -> str:
    """The elements that reach beyond the window, for the message."""
    found = page.evaluate(
        """() => [...document.body.querySelectorAll("*")]
             .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
             .slice(-3).map((one) => one.tagName + "." + one.className).join(", ")"""
    )
    return str(found)
