"""Without a mouse: signing in, opening the return and answering, with the focus in sight at every step."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from reporting.models import Submission
from tests.cast import Cast, make_cast
from tests.factories.members import PASSWORD
from tests.factories.reporting import RoundFactory, SubmissionFactory
from tests.plugins.browser import PHONE, Pages

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

# How the focused element looks, and where it is: an outline, or for what is drawn otherwise a ring around it.
FOCUS = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
  const middle = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return {
    name: one.tagName + "#" + one.id + "." + one.className + " " + (one.textContent || "").trim().slice(0, 40),
    body: one === document.body,
    outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    inside: box.bottom > 0 && box.top < innerHeight && box.width > 0 && box.height > 0,
    covered: !(middle && (one.contains(middle) || middle.contains(one) || one.labels?.[0]?.contains(middle))),
  };
}"""


@pytest.fixture
def cast() -> Cast:
    """People of two associations."""
    return make_cast()


@pytest.fixture
def held(cast: Cast) -> Submission:
    """Kilimo's draft: filled in, with an error among the clients."""
    made: Submission = SubmissionFactory(
        round=RoundFactory(association=cast.amani),
        institution=cast.kilimo,
        membership=False,
        filled=True,
        values={"female_borrowers": 25_000},
    )
    return made


def step(page: Page, key: str = "Tab") -> dict[str, Any]:
    """Press a key; the focus must be in sight afterwards."""
    page.keyboard.press(key)
    found: dict[str, Any] = page.evaluate(FOCUS)
    if not found["body"]:
        assert found["outline"], f"{page.url}: no outline on {found['name']}"
        assert found["inside"], f"{page.url}: {found['name']} is out of sight"
        assert not found["covered"], f"{page.url}: {found['name']} is covered"
    return found


def walk_to(page: Page, selector: str, most: int = 80) -> None:
    """Press Tab until this element has the focus."""
    for _ in range(most):
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
        step(page)
    pytest.fail(f"{page.url}: {selector} is not reached by {most} steps")


def test_from_signing_in_to_an_answer(pages: Pages, cast: Cast, held: Submission) -> None:
    page = pages.open()
    page.goto("/accounts/login/")
    walk_to(page, "input[name=login]")
    page.keyboard.type(cast.editor.email)
    walk_to(page, "input[name=password]")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Report 2024: Kilimo Savings")).to_be_visible()
    walk_to(page, "a[href*='/returns/'].btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/returns/{held.pk}/**")
    page.goto(f"/a/amani/returns/{held.pk}/sections/OUT/")

    # Past header and list of sections by the links made for it, then to the problem and into its box.
    assert "skip-link" in step(page)["name"]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    walk_to(page, ".skip-questions")
    page.keyboard.press("Enter")
    walk_to(page, "#problems a[href$='#f-female_borrowers']", most=5)
    page.keyboard.press("Enter")
    expect(page.locator("#v-female_borrowers")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("18,100")
    step(page)
    expect(page.locator("#s-female_borrowers")).to_contain_text("Saved: 18,100 people")
    expect(page.locator("#problems")).not_to_contain_text("error")


@pytest.mark.parametrize("section", ["PRO", "MIS", "CLP"])
def test_every_stop_of_a_section_is_in_sight(
    pages: Pages, cast: Cast, held: Submission, section: str
) -> None:
    page = pages.open(cast.editor, width=PHONE)
    page.goto(f"/a/amani/returns/{held.pk}/sections/{section}/")
    stops = []
    for _ in range(300):
        found = step(page)
        if found["body"]:
            break
        stops.append(found["name"])
    assert any("go_on" in stop or "Save and go on" in stop for stop in stops), stops


def test_radio_buttons_and_lists_answer_to_arrows(pages: Pages, cast: Cast, held: Submission) -> None:
    page = pages.open(cast.editor)
    page.goto(f"/a/amani/returns/{held.pk}/sections/PRO/")
    walk_to(page, "[name=v-regulated]")
    step(page, "ArrowDown")
    expect(page.locator("[name=v-regulated][value=no]")).to_be_checked()
    expect(page.locator("#s-regulated")).to_contain_text("Saved")
    assert held.answers.get(code="regulated").flag is False


def test_a_dialog_keeps_the_focus_and_gives_it_back(pages: Pages, cast: Cast) -> None:
    page = pages.open(cast.manager)
    page.goto("/a/amani/")
    walk_to(page, "details.menu > summary")
    step(page, "Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    step(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).not_to_be_visible()
    assert page.evaluate("document.activeElement.matches('details.menu > summary')")
