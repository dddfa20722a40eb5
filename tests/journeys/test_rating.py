"""Two raters score at once by keyboard; a lost line, two windows and a second handing in lose nothing."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from capacity.models import Rater, Score
from capacity.services.raters import invite
from spm_portal.common.models import MailMessage
from tests.capacity.rating_world import RatingWorld, make_rating_world, score_all
from tests.journeys.looking import look
from tests.plugins.browser import DESKTOP, PHONE, Pages

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

OFFLINE = ("ERR_", "Failed to load resource", "Failed to fetch")


@pytest.fixture
def world() -> RatingWorld:
    return make_rating_world(timezone.now())


def link_of_the_mail(world: RatingWorld) -> str:
    """Amina of the board is invited; the address of the mail."""
    invite(
        assessment_id=world.assessment.pk,
        way="link",
        group="board",
        name="Amina",
        email="amina@example.org",
        by=world.manager,
        at=timezone.now(),
    )
    found = re.search(r"/capacity/rate/\S+", MailMessage.objects.get(purpose="capacity.rater_invited").text)
    assert found is not None
    return found[0]


def state(page: Page, code: str) -> object:
    return page.locator(f"#i-{code} .rate-state")


def levels(rater: Rater) -> dict[str, int | None]:
    return dict(Score.objects.filter(rater=rater).values_list("item", "level"))


def test_an_area_is_scored_by_keyboard_alone_while_the_line_comes_and_goes(
    pages: Pages, world: RatingWorld
) -> None:
    slug = world.assessment.association.slug
    own = pages.open(world.reviewer)
    own.on("dialog", lambda dialog: dialog.accept())
    own.goto(f"/a/{slug}/capacity/raters/{world.by_account.pk}/areas/A1/")
    guest = pages.open()
    guest.on("dialog", lambda dialog: dialog.accept())
    guest.goto(link_of_the_mail(world))
    guest.get_by_role("link", name="Begin").click()
    guest.wait_for_url("**/areas/A1/")
    amina = Rater.objects.get(name="Amina")

    # one key an item, two raters at once; "n" asks why, and Enter goes on
    for key in ("1", "2"):
        own.keyboard.press(key)
        guest.keyboard.press("4")
    own.keyboard.press("n")
    own.keyboard.type("We have no such members.")
    own.keyboard.press("Enter")
    expect(state(own, "A1-KS3")).to_have_text("Saved")
    expect(state(guest, "A1-KS2")).to_have_text("Saved")
    expect(guest.locator("#i-A1-KS1 .rate-flag")).to_be_visible()
    assert levels(world.by_account) == {"A1-KS1": 1, "A1-KS2": 2, "A1-KS3": None}
    assert levels(amina) == {"A1-KS1": 4, "A1-KS2": 4}

    # the line is lost: what is chosen stays in the browser over a new page, and goes out when the line is back
    for page in (own, guest):
        page.context.set_offline(True)
        expect(page.locator("#keeping")).to_contain_text("There is no connection")
    own.keyboard.press("3")
    guest.keyboard.press("0")
    expect(state(own, "A1-SY1")).to_contain_text("Not saved yet")
    expect(state(guest, "A1-KS3")).to_contain_text("Not saved yet")
    guest.context.set_offline(False)
    expect(state(guest, "A1-KS3")).to_have_text("Saved")
    # the window is closed without a line: the next one finds what it could not send
    address, context = own.url, own.context
    # The browser ends the lost line with the window's session, and the window lives on for a moment: send no more.
    own.evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    own.close()
    context.set_offline(False)
    own = context.new_page()
    own.goto(address)
    expect(own.locator("#restored")).to_contain_text("Restored")
    expect(own.locator("#l-A1-SY1-3")).to_be_checked()
    expect(state(own, "A1-SY1")).to_have_text("Saved")
    assert levels(world.by_account)["A1-SY1"] == 3
    assert levels(amina)["A1-KS3"] == 0

    # evidence for the level, without leaving the page
    own.locator("#l-A1-SY1-3").focus()
    own.keyboard.press("e")
    own.locator("#e-A1-SY1-link-url").fill("https://example.org/statutes")
    own.keyboard.press("Enter")
    expect(own.locator("#i-A1-SY1 .rate-proofs")).to_have_text("1")
    expect(own.locator("#i-A1-SY1 .rate-flag")).to_be_hidden()
    assert not look(own, width=DESKTOP, dark=True)
    assert not look(guest, width=PHONE, dark=False)
    for words in OFFLINE:
        pages.forget_errors(words)


def test_two_windows_of_one_rater_are_told_apart_and_handing_in_twice_is_once(
    pages: Pages, world: RatingWorld
) -> None:
    score_all(world, world.by_account, world.reviewer)
    address = f"/a/{world.assessment.association.slug}/capacity/raters/{world.by_account.pk}/"
    first = pages.open(world.reviewer)
    first.goto(f"{address}areas/A1/")
    second = first.context.new_page()
    second.goto(f"{address}areas/A1/")
    first.locator("#l-A1-KS1-0").check()
    expect(state(first, "A1-KS1")).to_have_text("Saved")
    second.locator("#l-A1-KS1-1").check()
    expect(state(second, "A1-KS1")).to_contain_text("Saved meanwhile in another window: 0 Not in place")
    assert levels(world.by_account)["A1-KS1"] == 0
    second.get_by_role("button", name="Take mine").click()
    expect(state(second, "A1-KS1")).to_have_text("Saved")
    assert levels(world.by_account)["A1-KS1"] == 1
    pages.forget_errors("status of 409")

    first.goto(address)
    second.goto(address)
    for page in (first, second):
        page.get_by_role("button", name="Hand in").click()
        expect(page.get_by_text("Handed in on")).to_be_visible()
    assert Rater.objects.get(pk=world.by_account.pk).submitted_at is not None
