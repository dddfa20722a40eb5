"""A reviewer's keys: from problem to problem, asking and approving, and never while somebody types."""

import re

import pytest
from playwright.sync_api import expect

from reporting.enums import ReturnState
from reporting.models import Submission
from tests.cast import make_cast
from tests.factories.reporting import RoundFactory, SubmissionFactory
from tests.plugins.browser import Pages
from tests.reporting.returns_in_review import put_into

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_review_by_keyboard(pages: Pages):
    cast = make_cast()
    held = put_into(
        SubmissionFactory(
            round=RoundFactory(association=cast.amani),
            institution=cast.kilimo,
            membership=False,
            filled=True,
            values={"gross_loan_portfolio": 1_000_000, "par30_balance": 200_000},
        ),
        ReturnState.IN_REVIEW,
    )
    page = pages.open(cast.reviewer)
    address = f"/a/amani/returns/{held.pk}/review/"
    page.goto(address)
    stops = page.locator("tr[data-stop]")
    assert stops.count() > 1
    for key, place in (("j", 0), ("n", 1), ("k", 0), ("p", stops.count() - 1), ("j", 0)):
        page.keyboard.press(key)
        expect(stops.nth(place)).to_be_focused()
        expect(page.locator("#keys-said")).to_contain_text(f"{place + 1} of {stops.count()}")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_have_attribute("open", "")
    page.keyboard.press("q")
    page.wait_for_url(re.compile("ask="))
    box = page.get_by_label("What do you ask about")
    expect(box).to_be_focused()
    page.keyboard.type("jaq? Is it right?")  # no key acts while somebody types
    expect(box).to_have_value("jaq? Is it right?")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("One question is asked")
    page.goto(address)
    page.keyboard.press("a")
    expect(page.get_by_role("dialog")).to_contain_text("Approve the return of Kilimo")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert Submission.objects.get(pk=held.pk).state == ReturnState.IN_REVIEW
    page.locator("h1").click()  # the focus leaves the dialog
    page.locator("#keys summary").click()
    page.get_by_label("Single keys are on").uncheck()
    page.reload()  # the browser remembers
    page.keyboard.press("j")
    expect(page.locator("tr:focus")).to_have_count(0)
