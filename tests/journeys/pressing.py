"""Pressing buttons as people do: they look for the name, and say yes where the page asks."""

from playwright.sync_api import Page


def click(page: Page, name: str, *, yes: str = "") -> None:
    """Press a button, say yes where the page asks, and wait for the page that answers."""
    button = page.get_by_role("button", name=name, exact=True)
    if yes:
        button.click()
        button = page.get_by_role("dialog").get_by_role("button", name=yes, exact=True)
    with page.expect_navigation():
        button.click()
