"""Two people on one return: what each typed is kept, and where both typed into one box, somebody chooses."""

import pytest
from playwright.sync_api import Page, expect

from members.enums import Role
from reporting.models import Answer, Submission
from tests.factories.members import person
from tests.factories.reporting import SubmissionFactory
from tests.plugins.browser import Pages

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def held() -> Submission:
    """A filled draft."""
    made: Submission = SubmissionFactory(filled=True)
    return made


def open_section(pages: Pages, held: Submission, name: str, *, javascript: bool = True) -> Page:
    """The section about clients, as a person of the MFI of that name."""
    user = person(Role.INSTITUTION_EDITOR, held.institution, name=name)
    page = pages.open(user, javascript=javascript)
    page.goto(f"/a/{held.association.slug}/returns/{held.pk}/sections/OUT/")
    return page


def type_over(page: Page, code: str, text: str) -> None:
    """Type a figure over the old one and leave the box."""
    page.locator(f"#v-{code}").fill(text)
    page.keyboard.press("Tab")


def stored(code: str) -> int:
    return int(Answer.objects.get(code=code).number or 0)


def test_different_boxes_keep_both(pages: Pages, held: Submission) -> None:
    grace, daniel = open_section(pages, held, "Grace"), open_section(pages, held, "Daniel")
    type_over(grace, "active_clients", "31500")
    type_over(daniel, "depositors", "22600")
    expect(grace.locator("#s-active_clients")).to_contain_text("Saved")
    expect(daniel.locator("#s-depositors")).to_contain_text("Saved")
    # Daniel's page still shows the older figure and sends the whole section.
    daniel.locator("#sheet").get_by_role("button", name="Save", exact=True).click()
    daniel.wait_for_load_state()
    assert (stored("active_clients"), stored("depositors")) == (31_500, 22_600)


def test_the_same_box_shows_both_and_one_is_chosen(pages: Pages, held: Submission) -> None:
    grace, daniel = open_section(pages, held, "Grace"), open_section(pages, held, "Daniel")
    type_over(grace, "active_clients", "31500")
    expect(grace.locator("#s-active_clients")).to_contain_text("Saved")
    type_over(daniel, "active_clients", "32500")
    told = daniel.locator("#s-active_clients")
    expect(told).to_contain_text("Grace changed this answer while you were at it")
    expect(told).to_contain_text("31,500 people")
    expect(told).to_contain_text("32500")
    assert stored("active_clients") == 31_500
    told.get_by_role("button", name="Keep the stored one").click()
    expect(daniel.locator("#v-active_clients")).to_have_value("31,500")
    type_over(daniel, "active_clients", "32500")
    expect(daniel.locator("#s-active_clients")).to_contain_text("Saved: 32,500 people")
    assert stored("active_clients") == 32_500
    pages.forget_errors("status of 409")


def test_without_scripts_nothing_is_written_over(pages: Pages, held: Submission) -> None:
    grace = open_section(pages, held, "Grace")
    daniel = open_section(pages, held, "Daniel", javascript=False)
    type_over(grace, "active_clients", "31500")
    expect(grace.locator("#s-active_clients")).to_contain_text("Saved")
    daniel.locator("#v-active_clients").fill("32500")
    daniel.locator("#v-depositors").fill("22600")
    daniel.get_by_role("button", name="Save and go on").click()
    expect(daniel.locator("#s-active_clients")).to_contain_text("31,500 people")
    assert (stored("active_clients"), stored("depositors")) == (31_500, 22_600)
    daniel.get_by_role("button", name="Use mine").click()
    expect(daniel.locator("#v-active_clients")).to_have_value("32,500")
    assert stored("active_clients") == 32_500
    pages.forget_errors("status of 409")
