"""A guest without an account follows the link of the mail, answers one section and finds nothing else."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from members.enums import Role
from reporting.models import Answer, AnswerFlag, Submission
from reporting.services.guests import invite_guest
from spm_portal.common.models import MailMessage
from tests.factories.members import person
from tests.factories.reporting import RoundFactory, SubmissionFactory
from tests.journeys.looking import look
from tests.plugins.browser import DESKTOP, PHONE, Pages

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def held() -> Submission:
    """A filled draft of a round that is open today."""
    of_round = RoundFactory(due_at=timezone.now() + timedelta(days=20))
    made: Submission = SubmissionFactory(round=of_round, filled=True)
    return made


def link_of_the_mail(held: Submission) -> str:
    """Grace asks Amina for the section about clients; the address of the mail."""
    grace = person(Role.INSTITUTION_EDITOR, held.institution, name="Grace")
    link = invite_guest(
        submission_id=held.pk,
        section="OUT",
        name="Amina",
        email="amina@example.org",
        days=7,
        by=grace,
        at=timezone.now(),
    )
    found = re.search(r"/guest/\S+", MailMessage.objects.get(key=f"guest.invite:{link.pk}").text)
    assert found is not None
    return found[0]


@pytest.mark.parametrize("javascript", [True, False])
def test_a_guest_answers(
    pages: Pages, held: Submission, javascript: bool, w3c: Callable[[Mapping[str, str | bytes]], list[str]]
) -> None:
    page = pages.open(javascript=javascript)
    page.goto(link_of_the_mail(held))
    assert re.search(r"/guest/[0-9a-f-]{36}/$", page.url)
    page.locator("#v-active_clients").fill("31500")
    if javascript:
        page.keyboard.press("Tab")
        expect(page.locator("#s-active_clients")).to_contain_text("Saved: 31,500 people")
        page.locator("#f-active_clients").get_by_text("Help", exact=True).click()
        expect(page.locator("#f-active_clients .help")).to_be_visible()
        assert not look(page, width=PHONE, dark=False)
        assert not look(page, width=DESKTOP, dark=True)
    else:
        assert not w3c({"/guest": page.content()})
        page.locator("#sheet").get_by_role("button", name="Save", exact=True).click()
        expect(page.locator("#v-active_clients")).to_have_value("31,500")
    assert Answer.objects.get(submission=held, code="active_clients").number == 31_500
    links = (
        page.eval_on_selector_all("a[href]", "all => all.map((one) => one.pathname)") if javascript else []
    )
    assert all(one == "/" or one.startswith("/guest/") for one in links)


def test_a_flag_is_set_by_keyboard_and_stays(pages: Pages, held: Submission) -> None:
    page = pages.open(person(Role.INSTITUTION_EDITOR, held.institution))
    page.goto(f"/a/{held.association.slug}/returns/{held.pk}/sections/OUT/")
    button = page.locator("#g-active_clients")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_contain_text("Flagged")
    expect(button).to_be_focused()
    expect(page.locator("#flagged")).to_contain_text("Come back to (1)")
    page.reload()
    expect(page.locator("#g-active_clients")).to_contain_text("Flagged")
    assert AnswerFlag.objects.get().code == "active_clients"
