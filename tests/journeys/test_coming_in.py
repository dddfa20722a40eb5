"""Coming in: from the invitation in the ledger to a second factor and back, in a real browser."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from members.models import Association
from spm_portal.common.models import MailMessage
from tests.cast import make_cast
from tests.plugins.browser import PHONE, Pages, axe

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

STRONG = "lantern orchid 42 canoe"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def hold_a_key(context: BrowserContext, page: Page) -> None:
    """Let the browser answer as a person with a fingerprint reader would."""
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def confirm_password(page: Page) -> None:
    """The sign-in system asks for the password again before it changes how somebody signs in."""
    page.get_by_label("Password").fill(STRONG)
    page.get_by_role("button", name="Confirm").click()


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.locator("main").get_by_role("button", name="Sign Out").click()


def test_from_the_invitation_to_a_passkey(pages: Pages, links_to_here: str):
    cast = make_cast()
    Association.objects.filter(pk=cast.amani.pk).update(second_factor_roles=["association_reviewer"])

    manager = pages.open(cast.manager)
    manager.goto("/a/amani/people/")
    manager.get_by_label("E-mail address").fill("ada@example.org")
    manager.get_by_label("Association reviewer").check()
    manager.get_by_role("button", name="Send invitation").click()
    expect(manager.get_by_role("status")).to_contain_text("ada@example.org is on its way")

    operator = pages.open(cast.operator)
    operator.goto("/ops/mail/")
    operator.get_by_role("link", name="Manager invites you to Amani").click()
    link = operator.locator("a[href*='/invitation/']").get_attribute("href")
    assert link is not None
    assert link.startswith(links_to_here)

    guest = pages.open(width=PHONE)
    hold_a_key(guest.context, guest)
    guest.goto(link)
    assert axe(guest) == []
    guest.get_by_label("Your name").fill("Ada")
    guest.get_by_label("Password", exact=True).fill("too short")
    guest.get_by_label("The same password again").fill("too short")
    guest.get_by_role("button", name="Accept and sign in").click()
    expect(guest.get_by_text("This password is too short.")).to_be_visible()
    expect(guest.get_by_label("Your name")).to_have_value("Ada")
    guest.get_by_label("Password", exact=True).fill(STRONG)
    guest.get_by_label("The same password again").fill(STRONG)
    guest.get_by_role("button", name="Accept and sign in").click()

    expect(guest.get_by_role("heading", level=1)).to_have_text("First set up a second factor")
    assert axe(guest) == []
    guest.get_by_role("link", name="Use a passkey").click()
    confirm_password(guest)
    guest.get_by_label("Passwordless").check()
    guest.get_by_role("button", name="Add").click()
    expect(guest.get_by_role("heading", level=1)).to_have_text("Recovery Codes")
    guest.goto("/")
    expect(guest).to_have_url(re.compile("/a/amani/$"))

    sign_out(guest)
    guest.goto("/accounts/login/")
    guest.get_by_role("button", name="Sign in with a passkey").click()
    expect(guest).to_have_url(re.compile("/a/amani/$"))
    assert MailMessage.objects.filter(to="ada@example.org").exists()


def test_accepting_works_without_javascript(pages: Pages, links_to_here: str):
    cast = make_cast()
    manager = pages.open(cast.manager, javascript=False)
    manager.goto("/a/amani/people/")
    manager.get_by_label("E-mail address").fill("ada@example.org")
    manager.get_by_label("Association manager").check()
    manager.get_by_role("button", name="Send invitation").click()
    text = MailMessage.objects.get(to="ada@example.org").text
    link = re.search(r"http\S+/invitation/\S+/", text)
    assert link is not None

    guest = pages.open(javascript=False)
    guest.goto(link[0])
    guest.get_by_label("Your name").fill("Ada")
    guest.get_by_label("Password", exact=True).fill(STRONG)
    guest.get_by_label("The same password again").fill(STRONG)
    guest.get_by_role("button", name="Accept and sign in").click()
    expect(guest).to_have_url(re.compile("/a/amani/$"))
