"""Two people on one return: what each typed is kept, and where both typed into one box, somebody chooses."""

import pytest
from playwright.sync_api import Page, expect

from members.enums import Role
from reporting.models import Answer, Explanation, Submission
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


def test_both_send_the_whole_section_at_the_same_time(pages: Pages, held: Submission) -> None:
    """Without scripts, each with one box of their own and one of both: nobody's figure goes away untold."""
    grace = open_section(pages, held, "Grace", javascript=False)
    daniel = open_section(pages, held, "Daniel", javascript=False)
    for page, own, both in ((grace, "depositors", "31500"), (daniel, "female_depositors", "32500")):
        page.locator(f"#v-{own}").fill("9000")
        page.locator("#v-active_clients").fill(both)
    for page in (grace, daniel):
        # pressed without waiting for the answer, so that both are on their way together
        page.locator("#sheet button[name=save]").last.click(no_wait_after=True)
    for page, own in ((grace, "depositors"), (daniel, "female_depositors")):
        expect(page.locator(f"#v-{own}")).to_have_value("9,000")
    assert (stored("depositors"), stored("female_depositors")) == (9_000, 9_000)
    told = [page.locator("#s-active_clients .notice-warning").count() for page in (grace, daniel)]
    assert sorted(told) == [0, 1]
    assert stored("active_clients") == (32_500 if told == [1, 0] else 31_500)
    pages.forget_errors("status of 409")


def test_a_tick_put_back_takes_the_colleagues_choice_over(pages: Pages, held: Submission) -> None:
    """Daniel ticks and unticks what Grace has changed: his box must not keep the old state beside her version."""
    address = f"/a/{held.association.slug}/returns/{held.pk}/sections/PRO/"
    grace, daniel = (
        pages.open(person(Role.INSTITUTION_EDITOR, held.institution, name=name))
        for name in ("Grace", "Daniel")
    )
    for page in (grace, daniel):
        page.goto(address)
    kept = bool(Answer.objects.get(code="regulated").flag)
    newly, before = ("no", "yes") if kept else ("yes", "no")
    grace.locator(f"[name=v-regulated][value={newly}]").check()
    expect(grace.locator("#s-regulated")).to_contain_text("Saved")
    # a save of the whole question as Daniel found it, as after moving there and back by the arrows
    daniel.locator("#f-regulated").dispatch_event("change")
    expect(daniel.locator(f"[name=v-regulated][value={newly}]")).to_be_checked()
    daniel.locator("#sheet").get_by_role("button", name="Save", exact=True).click()
    daniel.wait_for_load_state()
    assert Answer.objects.get(code="regulated").flag is (newly == "yes")
    assert before != newly


def test_two_reasons_for_one_warning_are_both_told(pages: Pages) -> None:
    held = SubmissionFactory(filled=True, values={"board_members": 2, "board_members_female": 1})
    people = [person(Role.INSTITUTION_EDITOR, held.institution, name=name) for name in ("Grace", "Daniel")]
    grace, daniel = (pages.open(one) for one in people)
    for page in (grace, daniel):
        page.goto(f"/a/{held.association.slug}/returns/{held.pk}/sections/GOV/")
    for page, words in ((grace, "Two founders"), (daniel, "One seat is vacant")):
        page.locator("#why-W02").fill(words)
        page.locator(".reason-form").filter(has=page.locator("#why-W02")).get_by_role("button").first.click()
        expect(page.locator("#problems")).to_contain_text("Two founders")
    assert Explanation.objects.get().reason == "Two founders"
    told = daniel.locator("#problems")
    expect(told).to_contain_text("Grace gave a reason meanwhile: “Two founders”")
    expect(daniel.locator("#again-W02")).to_have_value("One seat is vacant")
    told.get_by_role("button", name="Put mine in its place").click()
    expect(told.locator(".reason").first).to_have_text("One seat is vacant")
    assert Explanation.objects.get().reason == "One seat is vacant"
    pages.forget_errors("status of 422")


def test_going_back_shows_what_is_stored_now_and_not_what_was_typed_then(
    pages: Pages, held: Submission
) -> None:
    """A browser that puts old text into a fresh page would put it beside a fresh version, and write it over."""
    grace, daniel = open_section(pages, held, "Grace"), open_section(pages, held, "Daniel")
    type_over(grace, "active_clients", "31500")
    expect(grace.locator("#s-active_clients")).to_contain_text("Saved")
    grace.goto("/me/")
    daniel.reload()
    type_over(daniel, "active_clients", "32500")
    expect(daniel.locator("#s-active_clients")).to_contain_text("Saved")
    grace.go_back()
    expect(grace.locator("#v-active_clients")).to_have_value("32,500")
    grace.locator("#sheet").get_by_role("button", name="Save", exact=True).click()
    grace.wait_for_load_state()
    assert stored("active_clients") == 32_500
