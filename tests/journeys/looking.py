"""Looking at an open page as its reader and its accessibility tools do."""

from playwright.sync_api import Page

from tests.plugins.browser import DESKTOP, PHONE, axe, scrolls_sideways

HEIGHTS = {DESKTOP: 900, PHONE: 740}


def look(page: Page, *, width: int, dark: bool, with_axe: bool = True) -> list[str]:
    """What is wrong with the open page at this width and brightness."""
    page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
    page.emulate_media(color_scheme="dark" if dark else "light")
    how = f"{page.url} at {width} px, {'dark' if dark else 'light'}"
    faults = axe(page) if with_axe else []
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
