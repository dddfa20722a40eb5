"""Journeys in the system's real Chromium: pages, accessibility by axe, sign-in, and no silent errors."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tools.setup_system import chromium

DESKTOP, PHONE = 1280, 360
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What axe is asked for: WCAG 2.2 A and AA, and its advice on good practice.
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What of it depends on colours and sizes besides contrast; all else is the same in every light and in every window.
CONTRAST = "color-contrast"
AXE_OF_LOOKS = ["link-in-text-block", "target-size", "scrollable-region-focusable"]


@cache
def axe_source() -> str:
    """axe-core, which a package of requirements-dev.txt ships."""
    spec = find_spec("axe_playwright_python")
    if spec is None or spec.origin is None:
        pytest.skip("axe-core is not installed: run `make test`, or pip install -r requirements-dev.txt")
    return (Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8")


def axe(
    page: Page, within: str | None = None, *, only: Sequence[str] = (), but: Sequence[str] = ()
) -> list[str]:
    """What axe finds on the open page, a line for each rule with the elements it names; empty is good.

    `only` names the rules, where not all are asked, and `but` those of all that are left out.
    """
    if not page.evaluate("typeof window.axe === 'object'"):
        # Evaluated by the debugger, not as a script element, which the content security policy refuses.
        page.evaluate(axe_source() + "\n;undefined")
    asked = {"type": "rule", "values": list(only)} if only else {"type": "tag", "values": AXE_TAGS}
    left_out = {rule: {"enabled": False} for rule in but}
    # sheets of styles are fetched anew for the rule about turned screens alone, which is none of these
    preload = {"assets": ["media"]}
    options = {"runOnly": asked, "rules": left_out, "resultTypes": ["violations"], "preload": preload}
    found: list[dict[str, Any]] = page.evaluate(
        "([within, options]) => axe.run(within || document, options).then((result) => result.violations)",
        [within, options],
    )
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}: "
        + "; ".join(
            f"{' '.join(map(str, node['target']))} {node['html'][:160]}" for node in rule["nodes"][:5]
        )
        for rule in found
    ]


def scrolls_sideways(page: Page) -> bool:
    """Whether the open page is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@dataclass
class Pages:
    """Opens pages for one test, remembers what went wrong on them, closes them."""

    browser: Browser
    origin: str
    errors: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(
        self,
        user: Any = None,
        *,
        width: int = DESKTOP,
        dark: bool = False,
        javascript: bool = True,
        locale: str = "en-GB",
        **more: Any,
    ) -> Page:
        """A page of its own browser session, signed in as ``user`` if given; relative addresses work in goto()."""
        context = self.browser.new_context(
            base_url=self.origin,
            viewport={"width": width, "height": 900 if width > 600 else 740},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            reduced_motion="reduce",
            locale=locale,
            timezone_id="UTC",
            **more,
        )
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        if user is not None:
            self.sign_in(context, user)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: uncaught {error}"))
        page.on(
            "console",
            lambda said: (
                self.errors.append(f"{page.url}: console {said.text}") if said.type == "error" else None
            ),
        )
        page.on(
            "response",
            lambda answer: (
                self.errors.append(f"{answer.url}: status {answer.status}") if answer.status >= 500 else None
            ),
        )
        return page

    def sign_in(self, context: BrowserContext, user: Any) -> None:
        """Give the session a user without the sign-in form, which has a journey of its own."""
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": self.origin}])

    def forget_errors(self, containing: str) -> None:
        """Drop expected errors, such as the console's line about a refused page."""
        self.errors = [error for error in self.errors if containing not in error]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, started once for a test process; use ``pages``."""
    path = chromium()
    if path is None:
        pytest.skip(
            "Chromium is not installed: run `make test`, which installs it, or apt-get install chromium"
        )
    with sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, in which Django refuses its blocking database calls.
        # They are safe here: the loop only runs while this thread waits for the browser.
        before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        found = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield found
        finally:
            found.close()
            if before is None:
                del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
            else:
                os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture
def pages(browser: Browser, live_server: Any) -> Iterator[Pages]:
    """Opens pages of the live server; the test fails if one of them logged an error or a status of 500."""
    opened = Pages(browser, live_server.url)
    yield opened
    for context in opened.contexts:
        context.close()
    assert not opened.errors, "\n".join(opened.errors)
