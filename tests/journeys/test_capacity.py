"""From an assessment to a funded plan: scored alone, agreed together, planned, shared, paid for, reported."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from capacity.enums import DutyState, OfferState, PlanStatus, Stage
from capacity.models import Assessment, Obligation, PlanItem, Rater, SupportOffer
from capacity.services.scores import Word, hand_in, save_scores
from spm_portal.common.models import MailMessage
from tests.cast import Cast
from tests.journeys.pressing import click
from tests.permissions.helpers_of_capacity import other_framework
from tests.plugins.browser import PHONE, Pages

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

AMANI = "/a/amani/capacity/"
GIVEN = (1, 2, 2, 2, 0, 2, 2, 1)  # what the board member gives, item by item
AREAS = (("GOV", 3), ("MON", 3), ("VOI", 2))


def opened(manager: Page) -> Assessment:
    """The manager opens an assessment with the only framework there is."""
    today = timezone.localdate()
    manager.goto(f"{AMANI}assessments/new/")
    manager.get_by_label("Title").fill("Basics")
    manager.get_by_label("As of").fill(today.isoformat())
    manager.get_by_label("Scores due on").fill((today + timedelta(days=20)).isoformat())
    click(manager, "Open the assessment")
    found: Assessment = Assessment.objects.get(title="Basics")
    return found


def invited(manager: Page, assessment: Assessment, cast: Cast) -> str:
    """A board member by link and the reviewer by account; the link of the mail."""
    manager.goto(f"{AMANI}assessments/{assessment.pk}/raters/")
    manager.get_by_label("Name").fill("Amina")
    manager.get_by_label("E-mail").fill("amina@example.org")
    click(manager, "Invite, then another")
    manager.get_by_label("With their account").check()
    manager.get_by_label("Staff", exact=True).check()
    manager.get_by_label("Person of your staff").select_option(label=str(cast.reviewer))
    click(manager, "Invite and go back")
    text = MailMessage.objects.get(purpose="capacity.rater_invited", to="amina@example.org").text
    found = re.search(r"/capacity/rate/\S+", text)
    assert found is not None
    return found[0]


def scored_by_keyboard(guest: Page, link: str) -> None:
    """Every item with one key, area by area, and handed in."""
    guest.goto(link)
    guest.get_by_role("link", name="Begin").click()
    keys = iter(GIVEN)
    for area, count in AREAS:
        guest.wait_for_url(f"**/areas/{area}/")
        for place in range(count):
            guest.keyboard.press(str(next(keys)))
            expect(guest.locator(f"#i-{area}-{place + 1} .rate-state")).to_have_text("Saved")
        guest.get_by_role("button", name=re.compile("^Save and go")).click()
    guest.get_by_role("button", name="Hand in").first.click()
    expect(guest.get_by_text("handed in").first).to_be_visible()


def test_an_assessment_leads_to_a_plan_that_a_donor_pays_for(pages: Pages, cast: Cast) -> None:
    other_framework()
    manager = pages.open(cast.manager)
    assessment = opened(manager)
    scored_by_keyboard(pages.open(width=PHONE), invited(manager, assessment, cast))
    colleague = Rater.objects.get(user=cast.reviewer)
    codes = [f"{area}-{place + 1}" for area, count in AREAS for place in range(count)]
    levels = (1, 0, 2, 2, 0, 2, 2, 1)  # GOV-2 is disputed: two levels apart
    words = [Word(item=code, level=level) for code, level in zip(codes, levels, strict=True)]
    save_scores(rater_id=colleague.pk, words=words, by=cast.reviewer, at=timezone.now())
    hand_in(rater_id=colleague.pk, by=cast.reviewer, at=timezone.now())

    # the session agrees, item by item where raters differ
    manager.goto(f"{AMANI}assessments/{assessment.pk}/session/")
    click(manager, "Start the session", yes="Start")
    click(manager, "Take the median where raters do not differ")
    manager.goto(f"{AMANI}assessments/{assessment.pk}/session/?show=all")
    row = manager.locator("#i-GOV-2")
    row.locator("input[name=level][value='1']").check()
    row.get_by_label("Minute: why this level").fill("Only half of it can be shown.")
    row.get_by_label("Minute: why this level").blur()
    expect(row.locator(".sess-state")).to_contain_text("Saved")
    manager.goto(f"{AMANI}assessments/{assessment.pk}/session/")
    manager.get_by_label("Minute of the session").fill("Board and staff took part.")
    click(manager, "Close the session", yes="Close the session")
    manager.wait_for_url("**/results/")
    assessment.refresh_from_db()
    assert assessment.stage == Stage.AGREED
    assert assessment.consensus.get(item="GOV-2").level == 1

    # a gap becomes an item of the plan, and the donor is shown it
    manager.goto(f"{AMANI}plan/proposals/")
    manager.locator("#gap-GOV-1").check()
    click(manager, "Take the ticked ones into the plan")
    item = PlanItem.objects.get()
    assert (item.item, item.status, item.from_level) == ("GOV-1", PlanStatus.PROPOSED, 1)
    manager.goto(f"{AMANI}donors/")
    manager.get_by_label(f"{cast.horizon.name} sees: {item.title}").check()
    click(manager, "Save")

    # the donor offers, the association accepts
    donor = pages.open(cast.donor)
    donor.goto(f"/d/horizon/capacity/items/{item.pk}/")
    donor.get_by_label("Amount").fill("120000")
    donor.get_by_label("Conditions").fill("A report at the end.")
    click(donor, "Make the offer")
    offer = SupportOffer.objects.get()
    assert (offer.amount, offer.currency) == (Decimal(120_000), item.currency)
    assert offer.state == OfferState.OFFERED
    manager.goto(f"{AMANI}offers/{offer.pk}/")
    click(manager, "Accept the offer")
    expect(manager.get_by_role("button", name="Add it")).to_be_visible()

    # what is owed is written down, reported and accepted
    manager.get_by_label("What is due").fill("Final report")
    manager.locator("#id_due_on, [name$=due_on]").first.fill(
        (timezone.localdate() + timedelta(days=60)).isoformat()
    )
    click(manager, "Add it")
    duty = Obligation.objects.get()
    manager.goto(f"{AMANI}obligations/{duty.pk}/")
    manager.locator("textarea").first.fill("The forum met four times.")
    click(manager, "Hand in to the donor")
    donor.goto(f"/d/horizon/capacity/obligations/{duty.pk}/")
    expect(donor.get_by_role("region", name="The report")).to_contain_text("The forum met four times.")
    click(donor, "Accept the report")
    duty.refresh_from_db()
    assert duty.state == DutyState.ACCEPTED
