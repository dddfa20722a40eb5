"""Filling in a return in a real browser: saved on leaving a box, and nothing typed is ever lost."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from members.enums import Role
from reporting.models import Answer, Explanation
from tests.factories.members import person
from tests.factories.reporting import SubmissionFactory
from tests.plugins.browser import Pages

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

# What the browser and htmx themselves write about refusals and lost connections that the tests provoke.
CONNECTION_LINES = (
    "ERR_INTERNET_DISCONNECTED",
    "htmx:sendError",
    "htmx:afterRequest",
    "status of 4",
    "Response Status Error Code 403",
)


@pytest.fixture
def held():
    return SubmissionFactory(
        filled=True, values={"active_clients": 20_000, "board_members": 2, "board_members_female": 1}
    )


@pytest.fixture
def editor(held):
    return person(Role.INSTITUTION_EDITOR, held.institution, name="Grace Wanjiru")


@pytest.fixture
def desk(pages: Pages, held, editor):
    """Opens a section as the editor or as somebody else."""

    def opened(section: str, user=None, **more) -> Page:
        page = pages.open(user or editor, **more)
        page.goto(reverse("return_section", args=[held.association.slug, held.pk, section]))
        return page

    yield opened
    for line in CONNECTION_LINES:
        pages.forget_errors(line)


def type_over(page: Page, code: str, text: str) -> None:
    page.fill(f"#v-{code}", text)
    page.keyboard.press("Tab")


def test_leaving_a_box_saves_it_and_renews_what_follows(desk):
    page = desk("OUT")
    expect(page.locator("#problems")).to_contain_text("2 errors")
    expect(page.locator("#v-active_borrowers")).to_have_attribute("aria-invalid", "true")
    type_over(page, "active_clients", "31 000")
    expect(page.locator("#s-active_clients")).to_contain_text("Saved: 31,000 people")
    expect(page.locator("#live")).to_contain_text("Active clients: saved.")
    expect(page.locator("#problems")).not_to_contain_text("error")
    expect(page.locator("#v-active_borrowers")).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator("#s-female_borrowers")).to_contain_text("73.0% of “Active borrowers”")


def test_an_ambiguous_number_stays_in_the_box_with_both_readings(desk):
    page = desk("OUT")
    type_over(page, "active_clients", "3.200")
    expect(page.locator("#s-active_clients")).to_contain_text("Type 3.2 or 3,200.")
    expect(page.locator("#v-active_clients")).to_have_value("3.200")
    expect(page.locator("#v-active_clients")).to_have_attribute("aria-invalid", "true")


def test_what_is_typed_while_an_answer_travels_stays(desk):
    page = desk("OUT")
    page.fill("#v-active_clients", "31000")
    page.focus("#v-active_borrowers")
    page.keyboard.press("Control+A")
    page.keyboard.type("24,7")
    expect(page.locator("#s-active_clients")).to_contain_text("Saved")
    page.keyboard.type("00")
    expect(page.locator("#v-active_borrowers")).to_be_focused()
    expect(page.locator("#v-active_borrowers")).to_have_value("24,700")


def test_a_reason_that_is_typed_while_an_answer_travels_stays(desk):
    page = desk("GOV")
    page.fill("#v-board_trained_spm", "1")
    page.focus("#why-W02")
    page.keyboard.type("Two founders, ")
    expect(page.locator("#s-board_trained_spm")).to_contain_text("Saved")
    page.keyboard.type("a third is elected")
    expect(page.locator("#why-W02")).to_have_value("Two founders, a third is elected")
    page.get_by_role("button", name="Keep this reason").first.click()
    expect(page.locator("#problems")).to_contain_text("1 warning with a reason")
    assert Explanation.objects.get().reason == "Two founders, a third is elected"


def test_questions_come_and_go_with_what_they_depend_on(desk):
    page = desk("MIS")
    page.check("input[name=v-sp_assessment_done][value=no]")
    expect(page.locator("#v-sp_assessment_type")).to_have_count(0)
    expect(page.locator("#f-sp_assessment_type")).to_contain_text("Not asked now")
    page.check("input[name=v-sp_assessment_done][value=yes]")
    expect(page.locator("#v-sp_assessment_type")).to_have_value("spi_self")


def test_two_people_see_both_values_and_choose(desk, held):
    mine, theirs = desk("OUT"), desk("OUT", person(Role.INSTITUTION_SIGNATORY, held.institution))
    type_over(mine, "active_clients", "31000")
    expect(mine.locator("#s-active_clients")).to_contain_text("Saved")
    type_over(theirs, "active_clients", "32000")
    told = theirs.locator("#s-active_clients")
    expect(told).to_contain_text("Grace Wanjiru changed this answer")
    expect(told).to_contain_text("31,000 people")
    told.get_by_role("button", name="Use mine").click()
    expect(theirs.locator("#s-active_clients")).to_contain_text("Saved: 32,000 people")
    assert Answer.objects.get(code="active_clients").number == 32_000


def test_a_lost_connection_is_told_and_made_good(desk):
    page = desk("OUT")
    page.context.set_offline(True)
    type_over(page, "active_clients", "31000")
    expect(page.locator("#s-active_clients")).to_contain_text("Not saved: the connection failed")
    expect(page.locator("#v-active_clients")).to_have_value("31000")
    page.context.set_offline(False)
    expect(page.locator("#s-active_clients")).to_contain_text("Saved: 31,000 people")


def test_a_session_that_ended_loses_nothing(desk, pages, editor):
    page = desk("OUT")
    page.context.clear_cookies()
    type_over(page, "active_clients", "31000")
    expect(page.locator("#s-active_clients")).to_contain_text("no longer signed in")
    expect(page.locator("#v-active_clients")).to_have_value("31000")
    pages.sign_in(page.context, editor)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("#s-active_clients")).to_contain_text("Saved: 31,000 people")


def test_the_whole_section_is_saved_by_its_button_without_scripts(desk):
    page = desk("OUT", javascript=False)
    page.fill("#v-active_clients", "31,000")
    page.fill("#v-depositors", "22,500")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Borrowers by lending method")
    kept = dict(Answer.objects.values_list("code", "number"))
    assert (kept["active_clients"], kept["depositors"]) == (31_000, 22_500)
