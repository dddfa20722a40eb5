"""The whole form, all sections and every kind of question, to the signed receipt: nothing but the keyboard."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from reporting.enums import ReturnState
from reporting.models import Submission
from tests.cast import Cast, make_cast
from tests.factories.reporting import RoundFactory, SubmissionFactory, default_catalogue
from tests.journeys.filling import VALUES, a_pdf, spelled, typed
from tests.plugins.browser import Pages

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

# A board of two makes a rule warn; one figure does not apply here.
WANTED: dict[str, Any] = {**VALUES, "board_members": 2, "board_members_female": 1, "board_trained_spm": 1}
UNKNOWN = "jobs_supported"
# Where the focus is: the control, and the question whose reason it would open.
HERE = """() => {
  const one = document.activeElement;
  const more = one.matches("summary") && one.parentElement.matches(".field-more > .more:first-child");
  return {
    name: one.name || "", type: one.type || "", value: one.value || "", tag: one.tagName, id: one.id,
    opens: more ? one.closest(".field").id.slice(2) : "",
    place: one.selectedIndex ?? 0,
    options: one.tagName === "SELECT" ? [...one.options].map((option) => option.value) : [],
    group: one.type === "radio" ? [...document.getElementsByName(one.name)].map((radio) => radio.value) : [],
  };
}"""


def tab(page: Page) -> dict[str, Any]:
    """Go on to the next stop and say what it is."""
    page.keyboard.press("Tab")
    here: dict[str, Any] = page.evaluate(HERE)
    return here


def tab_to(page: Page, selector: str, most: int = 150) -> None:
    """Go on until this element has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
    pytest.fail(f"{page.url}: {selector} is not reached by {most} steps")


def arrows(page: Page, steps: int) -> None:
    for _ in range(abs(steps)):
        page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")


def answer(page: Page, code: str, here: dict[str, Any]) -> None:
    """Answer the question in whose control the focus is."""
    if here["type"] == "file":
        page.keyboard.press("Space")
        return
    wanted = spelled(WANTED[code])
    if here["type"] == "checkbox":
        if here["value"] in wanted:
            page.keyboard.press("Space")
    elif here["type"] == "radio":
        steps = here["group"].index(wanted[0])
        if steps:
            arrows(page, steps)
        else:
            page.keyboard.press("Space")
    elif here["tag"] == "SELECT":
        arrows(page, here["options"].index(wanted[0]) - here["place"])
    else:
        page.keyboard.press("Control+A")
        page.keyboard.type(typed(default_catalogue().indicator(code), WANTED[code]))


def fill_section(page: Page) -> set[str]:
    """Answer every question of the open section on the way to its button, and press that."""
    needed = {code for one in default_catalogue().indicators if one.relevance for code in one.relevance.codes}
    files = {one.code for one in default_catalogue().indicators if one.type.value == "file"}
    if not page.url.endswith("#questions"):  # the browser takes that along from section to section
        tab_to(page, ".skip-questions")
        page.keyboard.press("Enter")
    answered: set[str] = set()
    waits_for = ""
    for _ in range(400):
        if waits_for:
            # what is asked next depends on this answer; people look up here too
            expect(page.locator(f"#s-{waits_for} .field-saved:not(.is-busy)")).to_contain_text("Saved")
            waits_for = ""
        here = tab(page)
        code = here["name"].removeprefix("v-")
        if here["name"] == "go_on":
            page.keyboard.press("Enter")
            return answered
        if here["opens"] == UNKNOWN:
            page.keyboard.press("Enter")
            tab(page)
            page.keyboard.type("not")  # jumps to the entry that begins so
            assert page.evaluate(HERE)["place"] > 0
            answered.add(UNKNOWN)
        elif here["name"].startswith("v-") and code != UNKNOWN and (code in WANTED or code in files):
            answer(page, code, here)
            answered.add(code)
            if here["type"] == "file" or (code in needed and here["type"] in {"radio", "select-one"}):
                waits_for = code
    pytest.fail(f"{page.url}: no end of the section")


def test_a_whole_return_by_keyboard_alone(pages: Pages, tmp_path: Path) -> None:
    cast: Cast = make_cast()
    held: Submission = SubmissionFactory(
        round=RoundFactory(association=cast.amani), institution=cast.kilimo, membership=False
    )
    page = pages.open(cast.signatory)
    # the chooser is a window of the system: the key opens it, nothing can type into it
    page.on("filechooser", lambda chooser: chooser.set_files(a_pdf(tmp_path)))
    page.goto(f"/a/amani/returns/{held.pk}/sections/PRO/")
    answered: set[str] = set()
    for section in default_catalogue().sections:
        page.wait_for_url(re.compile(f"/sections/{section.code}/"))
        answered |= fill_section(page)
    page.wait_for_url(re.compile(f"/returns/{held.pk}/(#|$)"))

    # The warning gets its reason.
    tab_to(page, "#problems .is-warning summary")
    page.keyboard.press("Enter")
    tab_to(page, "textarea[id^=why-]", most=1)
    page.keyboard.type("Two founders; a third member is elected in May.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#problems")).to_contain_text("1 warning with a reason")
    expect(page.locator("textarea[id^=why-]")).to_have_count(0)

    # Signed and sent.
    page.reload()  # F5
    tab_to(page, ".next-step a[href$='/submit/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/submit/")
    tab_to(page, "#certified_name")
    page.keyboard.type(cast.signatory.name)
    tab_to(page, "button[type=submit]", most=3)
    page.keyboard.press("Enter")
    page.wait_for_url("**/receipt/")

    held.refresh_from_db()
    assert held.state == ReturnState.SUBMITTED
    asked = {one.code for one in default_catalogue().indicators}
    assert answered == asked, sorted(asked - answered)
    assert held.answers.get(code=UNKNOWN).missing == "not_applicable"
