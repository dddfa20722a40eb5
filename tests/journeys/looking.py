"""Looking at an open page as its reader and its accessibility tools do."""

from enum import Enum

from playwright.sync_api import Page

from tests.plugins.browser import AXE_OF_LOOKS, DESKTOP, PHONE, axe, scrolls_sideways

HEIGHTS = {DESKTOP: 900, PHONE: 740}


class Asked(Enum):
    """How much axe is asked: everything, what another light and window change, or nothing."""

    ALL = ()
    LOOKS = tuple(AXE_OF_LOOKS)
    NOTHING = None


def look(page: Page, *, width: int, dark: bool, asked: Asked = Asked.ALL) -> list[str]:
    """What is wrong with the open page at this width and brightness."""
    page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
    page.emulate_media(color_scheme="dark" if dark else "light")
    how = f"{page.url} at {width} px, {'dark' if dark else 'light'}"
    faults = axe(page, only=asked.value) if asked.value is not None else []
    if scrolls_sideways(page):
        faults.append(f"scrolls sideways: {widest(page)}")
    return [f"{how}: {fault}" for fault in faults]


def widest(page: Page) -> str:
    """The elements that reach beyond the window, for the message."""
    found = page.evaluate(
        """() => [...document.body.querySelectorAll("*")]
             .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
             .slice(-3).map((one) => one.tagName + "." + one.className).join(", ")"""
    )
    return str(found)
