"""What was typed survives a bad line, a reload and the end of a session, and is never shown to somebody else."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, Route, expect

from members.enums import Role
from members.models import User
from reporting.models import Answer, Submission
from tests.factories.members import person
from tests.factories.reporting import SubmissionFactory
from tests.plugins.browser import Pages

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

CODE = "active_clients"
RESTORED = re.compile(r"Restored what you typed at \d\d:\d\d and could not be saved")


@pytest.fixture
def held() -> Submission:
    """A filled draft."""
    made: Submission = SubmissionFactory(filled=True)
    return made


@pytest.fixture
def grace(held: Submission) -> User:
    """Somebody of the MFI."""
    return person(Role.INSTITUTION_EDITOR, held.institution, name="Grace")


@pytest.fixture
def page(pages: Pages, held: Submission, grace: User) -> Iterator[Page]:
    """Grace at the section about clients; leaving it with something unsaved is allowed."""
    opened = pages.open(grace)
    opened.on("dialog", lambda dialog: dialog.accept())
    opened.goto(address(held))
    yield opened
    # what the browser and htmx write about the lost lines that the tests provoke
    for words in ("ERR_", "htmx:", "status of 4", "Response Status Error"):
        pages.forget_errors(words)


def address(held: Submission) -> str:
    return f"/a/{held.association.slug}/returns/{held.pk}/sections/OUT/"


def type_over(page: Page, text: str, code: str = CODE) -> None:
    """Type a figure over the old one and leave the box."""
    page.locator(f"#v-{code}").fill(text)
    page.keyboard.press("Tab")


def stored(code: str = CODE) -> int:
    return int(Answer.objects.get(code=code).number or 0)


def told(page: Page, code: str = CODE) -> None:
    """The question says that it is saved."""
    expect(page.locator(f"#s-{code} .field-saved:not(.is-busy)")).to_contain_text("Saved")


def drafts(page: Page) -> int:
    """How many answers the browser keeps."""
    kept: int = page.evaluate(
        "Object.keys(localStorage).filter((key) => key.startsWith('spm-draft:')).length"
    )
    return kept


def history(code: str = CODE) -> list[int]:
    events = Answer.pgh_event_model.objects.filter(code=code).order_by("pgh_id")  # type: ignore[attr-defined]
    return [int(number) for number in events.values_list("number", flat=True)]


def test_without_a_line_it_says_so_keeps_all_and_sends_it_when_the_line_is_back(page: Page) -> None:
    page.context.set_offline(True)
    expect(page.locator("#keeping[role=status]")).to_contain_text("There is no connection")
    type_over(page, "31000")
    type_over(page, "22000", "depositors")
    expect(page.locator(f"#s-{CODE}")).to_contain_text("Not saved")
    assert page.locator("#saved-at").inner_text() == ""
    assert drafts(page) == 2
    # the button leads nowhere while something is not saved
    page.locator("#sheet").get_by_role("button", name="Save and go on").click()
    expect(page.locator(f"#v-{CODE}")).to_have_value("31000")
    page.context.set_offline(False)
    told(page)
    told(page, "depositors")
    expect(page.locator("#keeping")).to_be_empty()
    expect(page.locator("#saved-at")).to_have_text(re.compile(r"^Saved at \d\d:\d\d$"))
    assert (stored(), stored("depositors"), drafts(page)) == (31_000, 22_000, 0)


def test_a_line_that_breaks_silently_is_tried_again(page: Page) -> None:
    tries = []

    def cut(route: Route) -> None:
        tries.append(1)
        if len(tries) < 3:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/answers/", cut)
    type_over(page, "31000")
    expect(page.locator("#keeping")).to_contain_text("sent again by itself")
    told(page)
    assert (len(tries), stored()) == (3, 31_000)


def test_a_reload_without_a_line_gives_back_what_was_typed(page: Page) -> None:
    page.route("**/answers/", lambda route: route.abort())
    type_over(page, "31000")
    page.locator("#v-depositors").fill("22000")  # still in the box
    expect(page.locator(f"#s-{CODE}")).to_contain_text("Not saved")
    page.unroute("**/answers/")
    page.reload()
    told(page)
    told(page, "depositors")
    expect(page.locator("#restored")).to_have_text(RESTORED)
    expect(page.locator(f"#f-{CODE} .field-restored")).to_have_text(RESTORED)
    assert (stored(), stored("depositors"), drafts(page)) == (31_000, 22_000, 0)
    page.reload()
    expect(page.locator(f"#v-{CODE}")).to_have_value("31,000")
    expect(page.locator("#restored")).to_be_empty()


def test_saves_that_arrive_twice_and_in_another_order_end_with_what_was_typed_last(page: Page) -> None:
    held_back: list[Route] = []
    bodies: list[str] = []

    def lose_the_answer(route: Route) -> None:
        """The browser hears nothing; what it sent stays on its way."""
        bodies.append(route.request.post_data or "")
        if len(bodies) == 1:
            held_back.append(route)
            route.abort()
        else:
            route.continue_()

    page.route("**/answers/", lose_the_answer)
    type_over(page, "31000")
    type_over(page, "32000")
    told(page)
    expect(page.locator(f"#s-{CODE}")).to_contain_text("32,000")
    before = history()
    # now the first one arrives after all, and then everything once more
    for body in [bodies[0], *bodies]:
        answer = page.context.request.post(
            held_back[0].request.url,
            data=body,
            headers={**held_back[0].request.headers, "Content-Type": "application/x-www-form-urlencoded"},
        )
        assert answer.ok
        assert answer.headers["x-answer"] == CODE
    assert (stored(), history()) == (32_000, before)
    # and the page goes on as if nothing had been
    type_over(page, "33000")
    expect(page.locator(f"#s-{CODE}")).to_contain_text("33,000")
    assert stored() == 33_000


def test_an_answer_lost_on_the_way_back_is_no_conflict_with_oneself(page: Page) -> None:
    def swallow(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/answers/", swallow, times=1)
    type_over(page, "31000")
    expect(page.locator(f"#s-{CODE}")).to_contain_text("Not saved")
    page.locator(f"#v-{CODE}").fill("32000")
    page.reload()
    told(page)
    assert stored() == 32_000


def test_a_session_that_ends_in_mid_form_costs_nothing(page: Page, pages: Pages, grace: User) -> None:
    Session.objects.all().delete()
    type_over(page, "31000")
    expect(page.locator("#keeping")).to_contain_text("You are no longer signed in")
    page.locator("#keeping").get_by_role("link", name="Sign in again").click()
    page.wait_for_url("**/accounts/login/**")
    assert drafts(page) == 1
    pages.sign_in(page.context, grace)
    page.goto(str(page.evaluate("new URLSearchParams(location.search).get('next')")))
    told(page)
    expect(page.locator("#restored")).to_have_text(RESTORED)
    assert (stored(), drafts(page)) == (31_000, 0)


def test_somebody_else_on_the_same_browser_sees_and_sends_nothing_of_it(
    page: Page, pages: Pages, held: Submission
) -> None:
    before = stored()
    Session.objects.all().delete()
    type_over(page, "31000")
    expect(page.locator("#keeping")).to_contain_text("You are no longer signed in")
    pages.sign_in(page.context, person(Role.INSTITUTION_EDITOR, held.institution, name="Daniel"))
    # in the open window nothing goes out in Daniel's name
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("#keeping")).to_contain_text("Somebody else has signed in")
    # any page of his clears the browser
    second = page.context.new_page()
    second.goto("/me/")
    assert drafts(second) == 0
    second.goto(address(held))
    expect(second.locator(f"#v-{CODE}")).to_have_value(f"{before:,}")
    expect(second.locator("#restored")).to_be_empty()
    assert stored() == before


def test_signing_out_clears_the_browser(page: Page) -> None:
    page.route("**/answers/", lambda route: route.abort())
    type_over(page, "31000")
    expect(page.locator(f"#s-{CODE}")).to_contain_text("Not saved")
    assert drafts(page) == 1
    page.locator("details.menu:has(form[action$='/logout/']) > summary").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_load_state()
    assert drafts(page) == 0


def test_a_window_that_is_still_open_keeps_its_typing_to_itself(page: Page, held: Submission) -> None:
    page.locator(f"#v-{CODE}").fill("310")
    second = page.context.new_page()
    second.goto(address(held))
    second.wait_for_timeout(500)  # nothing happens: that cannot be waited for otherwise
    expect(second.locator(f"#v-{CODE}")).not_to_have_value("310")
    page.locator(f"#v-{CODE}").fill("31000")
    page.keyboard.press("Tab")
    told(page)
    assert stored() == 31_000


def test_ticks_lists_notes_and_reasons_come_back_too(page: Page, held: Submission) -> None:
    page.goto(address(held).replace("/OUT/", "/MIS/"))
    page.route("**/answers/", lambda route: route.abort())
    before = bool(Answer.objects.get(code="mission_approved").flag)
    page.locator(f"[name=v-mission_approved][value={'no' if before else 'yes'}]").check()
    ticks = page.locator("input[name=v-target_groups]:not(:checked)").first
    code, value = str(ticks.get_attribute("name"))[2:], str(ticks.get_attribute("value"))
    ticks.check()
    listed = page.locator("#v-sp_assessment_type")
    chosen = str(listed.locator("option:not(:checked)").last.get_attribute("value"))
    listed.select_option(chosen)
    page.locator(f"#f-{code} summary").first.click()
    page.locator(f"#n-{code}").fill("As of the last day of the year")
    page.keyboard.press("Tab")
    expect(page.locator(f"#s-{code}")).to_contain_text("Not saved")
    page.unroute("**/answers/")
    page.reload()
    for one in ("mission_approved", code, str(listed.get_attribute("name"))[2:]):
        told(page, one)
    assert Answer.objects.get(code="mission_approved").flag is not before
    answer = Answer.objects.get(code=code)
    assert value in (answer.choices or [])
    assert answer.note == "As of the last day of the year"
    expect(listed).to_have_value(chosen)
    assert drafts(page) == 0
