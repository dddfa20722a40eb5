"""Signing in and its troubles: a code from an app, too many attempts, a forgotten password, links that are dead."""

import base64
import hmac
import re
import struct
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from members.enums import Role
from members.models import Association, Invitation
from members.services.invitations import invite
from tests.cast import Cast, make_cast
from tests.factories.members import PASSWORD
from tests.journeys.looking import look
from tests.plugins.browser import DESKTOP, PHONE, Pages

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

NEW_PASSWORD = "canoe 42 orchid lantern"


@pytest.fixture
def cast() -> Iterator[Cast]:
    """People of two associations; counted attempts of other tests are forgotten."""
    cache.clear()
    yield make_cast()
    cache.clear()


def code_of(secret: str, ahead: int = 0) -> str:
    """The six digits that an authenticator app shows now (RFC 6238), or so many half minutes ahead."""
    key = base64.b32decode(secret.replace(" ", "") + "=" * (-len(secret.replace(" ", "")) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30 + ahead), "sha1")
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place : place + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def faults_of(page: Page) -> list[str]:
    """What is wrong with the open page, on a light phone and a dark desktop."""
    return look(page, width=PHONE, dark=False) + look(page, width=DESKTOP, dark=True)


def test_a_role_that_needs_a_second_factor_sets_up_an_app_and_signs_in_with_it(
    pages: Pages, cast: Cast
) -> None:
    Association.objects.filter(pk=cast.amani.pk).update(second_factor_roles=["association_manager"])
    page = pages.open()
    sign_in(page, cast.manager.email)
    page.goto("/a/amani/rounds/")
    expect(page.get_by_role("heading", level=1)).to_have_text("First set up a second factor")
    page.get_by_role("link", name="Use an app").click()
    if page.get_by_role("button", name="Confirm").count():
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Confirm").click()
    assert not faults_of(page)
    secret = page.get_by_label("Authenticator secret").input_value()
    page.get_by_label("Authenticator code").fill("000000")
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_text("Incorrect code.")).to_be_visible()
    assert page.get_by_label("Authenticator secret").input_value() == secret
    page.get_by_label("Authenticator code").fill(code_of(secret))
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery Codes")
    assert not faults_of(page)
    page.goto("/a/amani/rounds/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Rounds")

    again = pages.open()
    sign_in(again, cast.manager.email)
    assert not faults_of(again)
    again.goto("/a/amani/rounds/")
    expect(again).to_have_url(re.compile("/accounts/2fa/authenticate/"))  # a password alone opens nothing
    again.get_by_label("Code").fill(code_of(secret, ahead=1))  # each works once; the next one is taken early
    again.get_by_role("button", name="Sign In").click()
    expect(again.get_by_role("heading", level=1)).to_have_text("Amani Microfinance Network")


def test_too_many_wrong_passwords_make_everybody_wait(pages: Pages, cast: Cast) -> None:
    page = pages.open()
    for _ in range(5):
        sign_in(page, cast.manager.email, "wrong password of mine")
        expect(
            page.get_by_text("The email address and/or password you specified are not correct.")
        ).to_be_visible()
    sign_in(page, cast.manager.email)
    expect(page.get_by_text(re.compile("Too many failed login attempts"))).to_be_visible()
    assert not faults_of(page)
    pages.forget_errors("status of 400")


def test_too_many_requests_are_answered_in_words(pages: Pages, cast: Cast) -> None:
    page = pages.open()
    for _ in range(6):
        page.goto("/accounts/password/reset/")
        page.get_by_label("Email").fill(cast.manager.email)
        page.get_by_role("main").get_by_role("button").click()
        page.wait_for_load_state()
    expect(page.get_by_role("heading", level=1)).to_have_text("Too many attempts")
    assert not faults_of(page)
    pages.forget_errors("status of 429")


def test_a_forgotten_password_is_set_anew_by_mail(pages: Pages, cast: Cast, links_to_here: str) -> None:
    page, operator = pages.open(), pages.open(cast.operator)
    page.goto("/accounts/login/")
    page.get_by_role("link", name=re.compile("Forgot")).click()
    assert not faults_of(page)
    page.get_by_label("Email").fill(cast.manager.email)
    page.get_by_role("main").get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert not faults_of(page)
    operator.goto(f"/ops/mail/?q={cast.manager.email}")
    operator.get_by_role("row").filter(
        has=operator.get_by_role("cell", name=cast.manager.email, exact=True)
    ).get_by_role("link").first.click()
    link = operator.locator("main a[href*='/password/reset/key/']").get_attribute("href")
    assert link is not None
    assert link.startswith(links_to_here)
    page.goto(link)
    assert not faults_of(page)
    boxes = page.locator("input[type=password]")
    for number in range(boxes.count()):
        boxes.nth(number).fill(NEW_PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("main")).to_contain_text("password is now changed")
    sign_in(page, cast.manager.email, NEW_PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Amani Microfinance Network")
    other = pages.open()
    other.goto(link)
    expect(other.get_by_role("heading", level=1)).to_have_text("This link does not work any more")
    assert not faults_of(other)


def test_nobody_learns_who_has_an_account(pages: Pages, cast: Cast) -> None:
    page = pages.open()
    told = []
    for email in (cast.manager.email, "unknown@example.org"):
        page.goto("/accounts/password/reset/")
        page.get_by_label("Email").fill(email)
        page.get_by_role("main").get_by_role("button").click()
        page.wait_for_url("**/done/")
        told.append(page.get_by_role("main").inner_text().replace(email, ""))
    assert told[0] == told[1]


@pytest.mark.parametrize("state", ["used", "revoked", "expired", "unknown"])
def test_an_invitation_that_does_not_work_says_what_to_do(pages: Pages, cast: Cast, state: str) -> None:
    made, token = invite(
        email="new@example.org",
        role=Role.ASSOCIATION_REVIEWER,
        organisation=cast.amani,
        by=cast.manager,
        at=timezone.now(),
    )
    page = pages.open(width=PHONE)
    if state == "revoked":
        manager = pages.open(cast.manager)
        manager.goto("/a/amani/people/")
        manager.get_by_role("button", name=re.compile("Revoke")).click()
        if manager.get_by_role("dialog").is_visible():
            manager.get_by_role("dialog").get_by_role("button").first.click()
        expect(manager.get_by_role("status")).to_contain_text("is revoked")
    elif state == "used":
        page.goto(f"/invitation/{token}/")
        page.get_by_label("Your name").fill("Ada")
        page.get_by_label("Password", exact=True).fill(NEW_PASSWORD)
        page.get_by_label("The same password again").fill(NEW_PASSWORD)
        page.get_by_role("button", name="Accept and sign in").click()
        expect(page.get_by_role("status")).to_contain_text("Welcome.")
        page = pages.open(width=PHONE)
    elif state == "expired":
        Invitation.objects.filter(pk=made.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    else:
        token = "x" * 43
    page.goto(f"/invitation/{token}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("This link does not work any more")
    expect(page.get_by_role("main")).to_contain_text("ask for a new one")
    assert not faults_of(page)
    pages.forget_errors("status of 404")
