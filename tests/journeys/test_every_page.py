"""Every page of the demonstration, for every role: accessible, valid, quiet, and no wider than the window.

Links are followed from home by every role: without a browser for the W3C checker (two pages of a kind and person), and
in Chromium (one of a kind, with all sections of one return and all chapters of one release; pages of the account, and
what is read alike by everybody, as one role; where a sister role sees more, only what differs). In Chromium each page
is checked by axe as on a light phone, for contrast as on a dark desktop too, and once for each kind for sizes there,
unless what it is made of was checked before (`looking.py`); neither window may scroll sideways. Each is weighed: at
most 25 KB on the wire after a role's first, headers included, and from one host.
"""

from collections.abc import Callable, Iterable, Mapping

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from members.models import User
from tests.journeys.crawl import kind_of
from tests.journeys.looking import Asked, look, resize
from tests.journeys.scale import FIRST, LATER, Scale
from tests.journeys.visitors import ALL_OF, PERSON, client_of, reached_by
from tests.plugins.browser import DESKTOP, PHONE, Pages, axe_source

pytestmark = pytest.mark.e2e

ALIKE = ("account_", "mfa_", "usersessions_")
ALIKE_SEEN_BY = "institution_signatory"
# What every reader is shown alike, below another navigation: looked at as the one who has the longest.
READ_ALIKE = {
    "catalogue",
    "catalogue_version",
    "certificate_check",
    "certificate_public",
    "edition",
    "figures_time",
    "indicator",
    "network_member_values",
    "network_round_values",
    "network_values",
    "public_editions",
    "public_member_values",
    "public_round_values",
    "question_help",
    "rule_list",
    "training_year",
    "value_history",
    "verify_edition",
    "what_changed",
}
READ_BY = "association_manager"
# All components on one page, for who build the portal: as heavy as it has to be.
FOR_BUILDERS = "gallery"
# Reviewers see what managers see and may do less, editors what signatories see: here their pages differ.
DIFFERS = {
    "association_reviewer": {"association_home", "round_board", "return_review", "member", "people"},
    "institution_editor": {"association_home", "return", "return_section", "return_submit"},
}


def carry_over(client: Client, page: Page, origin: str) -> None:
    """Give the browser the session of a client."""
    cookies = [{"name": name, "value": one.value, "url": origin} for name, one in client.cookies.items()]
    page.context.add_cookies(cookies)  # type: ignore[arg-type]


def look_at(page: Page, addresses: Iterable[str]) -> list[str]:
    """Open pages one after the other and say what is wrong with them."""
    faults: list[str] = []
    known: set[str] = set()
    scale = Scale(page)
    page.add_init_script(axe_source())  # comes with each page: half of the time of handing it over each time
    for address in addresses:
        resize(page, PHONE)
        answer, size = scale.weigh(address)
        if answer.status != 200:
            faults.append(f"{address}: status {answer.status}")
        faults += look(page, width=PHONE, dark=False)
        kind = kind_of(address)
        if not 500 < size <= (LATER if known else FIRST) and not kind.startswith(FOR_BUILDERS):
            faults.append(f"{address}: {size:,} bytes")
        # the frame around all pages is another one in a wide window: looked at in full on the first of them
        asked = Asked.NOTHING if kind in known else Asked.LOOKS if known else Asked.ALL
        faults += look(page, width=DESKTOP, dark=True, asked=asked)
        known.add(kind)
    if len(scale.hosts) != 1:
        faults.append(f"asked more than one host: {sorted(scale.hosts)}")
    return faults


@pytest.mark.parametrize("role", PERSON)
def test_pages_of_a_role(demo_pages: Pages, role: str) -> None:
    client = client_of(PERSON[role].email)
    found = reached_by(role, client)
    page = demo_pages.open()
    carry_over(client, page, demo_pages.origin)
    wanted = {
        kind: address
        for kind, address in found.one_of_each().items()
        if (role == ALIKE_SEEN_BY or not kind.startswith(ALIKE))
        and (role == READ_BY or kind.partition("?")[0] not in READ_ALIKE)
        and kind in DIFFERS.get(role, {kind})
    }
    many = [address for address in found.pages if kind_of(address) in ALL_OF.get(role, {})]
    faults = look_at(page, dict.fromkeys([*wanted.values(), *many]))
    assert not faults, "\n".join(faults)
    assert len(wanted) > (2 if role in DIFFERS else 8)


def test_ways_in_and_error_pages(
    demo_pages: Pages, w3c: Callable[[Mapping[str, str | bytes]], list[str]]
) -> None:
    """What no link leads to: pages for visitors, refused and mistyped addresses, forms with mistakes."""
    markup: dict[str, str | bytes] = {}
    faults: list[str] = []

    def look_here(page: Page, status: int, answer: int | None) -> None:
        if answer is not None and answer != status:
            faults.append(f"{page.url}: status {answer} and not {status}")
        faults.extend(look(page, width=PHONE, dark=False) + look(page, width=DESKTOP, dark=True))
        markup[f"{len(markup)}{page.url}"] = page.content()

    visitor = demo_pages.open()
    for address, status in {
        "/accounts/login/": 200,
        "/accounts/signup/": 200,
        "/accounts/password/reset/": 200,
        "/accounts/password/reset/done/": 200,
        "/accounts/password/reset/key/1-wrong/": 200,
        "/invitation/wrong/": 404,
        "/no/such/page/": 404,
    }.items():
        answer = visitor.goto(address)
        look_here(visitor, status, answer.status if answer else None)
    visitor.goto("/accounts/login/")
    visitor.get_by_label("Email").fill("nobody@demo.example")
    visitor.get_by_label("Password").fill("wrong")
    visitor.get_by_role("button", name="Sign in", exact=True).click()
    expect(visitor.get_by_text("are not correct")).to_be_visible()
    look_here(visitor, 200, None)

    member = demo_pages.open(User.objects.get(email=PERSON["association_reviewer"].email))
    for address, status in {
        "/a/nobody/": 404,
        "/a/amani/settings/": 403,
        "/a/amani/rounds/new/": 403,
    }.items():
        answer = member.goto(address)
        look_here(member, status, answer.status if answer else None)
    member.goto("/me/")
    member.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
    member.get_by_role("button", name="Save").click()
    expect(member.get_by_text("Error 403")).to_be_visible()
    expect(member.get_by_role("heading", level=1)).not_to_contain_text("not open to you")
    look_here(member, 403, None)

    manager = demo_pages.open(User.objects.get(email=PERSON["association_manager"].email))
    manager.goto("/a/amani/rounds/new/")
    manager.get_by_label("Code").fill("new")
    manager.get_by_label("Exchange rate").fill("1.2.3")
    manager.get_by_role("button", name="Show the summary").click()
    expect(manager.get_by_text("is an address of the portal")).to_be_visible()
    look_here(manager, 422, None)
    manager.get_by_label("Code").fill("2026-h1")
    manager.get_by_label("Exchange rate").fill("129.15")
    manager.get_by_role("button", name="Show the summary").click()
    expect(manager.get_by_role("heading", name="This is what will happen")).to_be_visible()
    look_here(manager, 200, None)
    manager.goto("/a/amani/people/")
    manager.get_by_role("button", name="Send invitation").click()
    expect(manager.get_by_text("This field is required.").first).to_be_visible()
    look_here(manager, 422, None)

    for expected in ("status of 404", "status of 403", "status of 422", "status of 400"):
        demo_pages.forget_errors(expected)
    faults += w3c(markup)
    assert not faults, "\n".join(faults)


def test_links_lead_somewhere_and_markup_is_valid(
    demo: str, w3c: Callable[[Mapping[str, str | bytes]], list[str]]
) -> None:
    """One Java process reads the pages of all roles; a page that others see alike is read once."""
    pages: dict[str, str | bytes] = {}
    dead: list[str] = []
    for role, person in PERSON.items():
        found = reached_by(role, client_of(person.email))
        dead += found.dead
        for address, markup in found.pages.items():
            pages.setdefault(f"{role}{address}", markup)
    assert not dead, "\n".join(dead)
    assert len(pages) > 100
    faults = w3c(pages)
    assert not faults, "\n".join(faults)
