"""The whole work is possible with JavaScript switched off: open a round, answer, submit, review, ask for a report."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from reporting.enums import ReturnState
from reporting.models import Round, Submission
from tests.cast import make_cast
from tests.factories.releases import released
from tests.factories.reporting import CatalogueVersionFactory, RoundFactory, SubmissionFactory
from tests.journeys.filling import VALUES, a_pdf, fill_section
from tests.plugins.browser import PHONE, Pages
from tests.reporting.returns_in_review import complete_return

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

YEAR = datetime.now(UTC).year - 1


def test_a_round_is_opened(pages: Pages) -> None:
    cast = make_cast()
    CatalogueVersionFactory()
    page = pages.open(cast.manager, javascript=False)
    page.goto("/a/amani/rounds/")
    page.get_by_role("link", name="Open a round").first.click()
    page.get_by_label("Code").fill("New")
    page.get_by_role("button", name="Show the summary").click()
    expect(page.get_by_text("is an address of the portal")).to_be_visible()
    page.get_by_label("Code").fill(f"{YEAR}-h2")
    page.get_by_role("button", name="Show the summary").click()
    expect(page.locator("main")).to_contain_text("3 members are invited")
    page.get_by_role("button", name="Open the round").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Report {YEAR}")
    assert Round.objects.get().submissions.count() == 3
    pages.forget_errors("status of 422")


def test_a_section_is_saved_with_what_depends_on_it(pages: Pages, tmp_path: Path) -> None:
    cast = make_cast()
    held: Submission = SubmissionFactory(
        round=RoundFactory(association=cast.amani), institution=cast.kilimo, membership=False
    )
    page = pages.open(cast.editor, javascript=False, width=PHONE)
    page.goto(f"/a/amani/returns/{held.pk}/sections/MIS/")
    fill_section(page, "MIS", a_pdf(tmp_path), VALUES | {"sp_assessment_report": "report.pdf"})
    kept = dict(held.answers.values_list("code", "version"))
    assert {"mission_statement", "target_groups", "sp_assessment_type", "sp_assessment_report"} <= kept.keys()
    page.get_by_label("SPI score").or_(page.locator("#v-spi_score")).first.fill("6.8.5")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.locator("#s-spi_score")).to_contain_text("Not saved.")
    expect(page.locator("#v-spi_score")).to_have_value("6.8.5")
    pages.forget_errors("status of 422")


def test_a_return_is_submitted_sent_back_and_approved(pages: Pages) -> None:
    cast = make_cast()
    held = complete_return(cast)
    signatory = pages.open(cast.signatory, javascript=False)
    reviewer = pages.open(cast.reviewer, javascript=False)
    for decision, state in (
        ("Return with questions", ReturnState.RETURNED),
        ("Approve", ReturnState.APPROVED),
    ):
        signatory.goto(f"/a/amani/returns/{held.pk}/submit/")
        signatory.get_by_label("Your name, as your signature").fill("Signatory")
        signatory.get_by_role("button", name="Sign and submit").click()
        expect(signatory.get_by_role("heading", level=1)).to_have_text(re.compile("Receipt AMANI"))
        reviewer.goto(f"/a/amani/returns/{held.pk}/review/")
        reviewer.get_by_role("button", name="Start review").click()
        if state == ReturnState.RETURNED:
            reviewer.goto(f"/a/amani/returns/{held.pk}/review/?section=PRO")
            reviewer.get_by_role("link", name="Ask about this").first.click()
            reviewer.get_by_label("What do you ask").fill("Is it so?")
            reviewer.get_by_role("button", name="Ask", exact=True).click()
        reviewer.get_by_label("Comment").fill("Please look at the branches.")
        reviewer.get_by_role("button", name=decision).click()
        expect(reviewer.get_by_role("status")).to_contain_text("Kilimo")
        held.refresh_from_db()
        assert held.state == state
        if state == ReturnState.RETURNED:
            signatory.goto(f"/a/amani/returns/{held.pk}/sections/PRO/")
            signatory.get_by_label("Your answer").fill("It is so.")
            signatory.get_by_role("button", name="Answer", exact=True).click()


def test_a_report_is_asked_for_and_looked_after(pages: Pages) -> None:
    cast = make_cast()
    release = released(cast.amani, 5)
    page = pages.open(cast.manager, javascript=False)
    page.goto(f"/a/amani/releases/{release.pk}/")
    page.get_by_role("button", name="Make the report").click()
    expect(page.get_by_text("Waiting for a worker")).to_be_visible()
    page.get_by_role("link", name="Look again").click()
    expect(page.get_by_text("Waiting for a worker")).to_be_visible()
