"""Guest links: one section of one return without an account, nothing else, and an end in every way."""

import re
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.enums import Role
from reporting.enums import AnswerSource
from reporting.models import Answer, GuestLink, Submission
from reporting.selectors.one_section import one_section
from reporting.selectors.returns import load_sheet
from reporting.services.answers import AnswerChange, import_answers
from reporting.services.guests import (
    GuestGone,
    guest_by_key,
    guest_by_token,
    invite_guest,
    revoke_guest,
    save_as_guest,
)
from spm_portal.common.models import AuditEvent, MailMessage
from spm_portal.common.refusal import Refused
from tests.browsers import signed_in
from tests.factories.members import person
from tests.factories.reporting import RoundFactory, SubmissionFactory, sample

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

HTMX = {"HX-Request": "true"}


class Desk:
    """A return in a round that is open, Grace who may edit it, and the guest's browser."""

    def __init__(self) -> None:
        due = timezone.now() + timedelta(days=20)
        self.submission: Submission = SubmissionFactory(round=RoundFactory(due_at=due))
        self.grace = person(Role.INSTITUTION_EDITOR, self.submission.institution, name="Grace")
        self.browser = Client()

    def invite(self, **other: object) -> GuestLink:
        fields = {
            "section": "PRO",
            "name": "Amina",
            "email": "amina@example.org",
            "days": 7,
            "by": self.grace,
        }
        return invite_guest(submission_id=self.submission.pk, **{**fields, "at": timezone.now(), **other})

    def token(self, link: GuestLink) -> str:
        mail = MailMessage.objects.get(key=f"guest.invite:{link.pk}")
        return re.search(r"/guest/([\w-]{43})/", mail.text)[1]

    def follow(self, link: GuestLink) -> str:
        """Open the link of the mail; returns the address without the token."""
        response = self.browser.get(reverse("guest_link", args=[self.token(link)]))
        assert response.status_code == 302
        return response["Location"]


@pytest.fixture
def desk():
    return Desk()


def box(code: str, value: object, version: int = 0) -> dict:
    return {f"v-{code}": value, f"r-{code}": version, f"m-{code}": "", f"n-{code}": ""}


def test_a_guest_fills_in_one_section_and_both_names_are_kept(desk):
    link = desk.invite()
    page = desk.follow(link)
    assert page == f"/guest/{link.pk}/"
    assert desk.token(link) not in page
    shown = desk.browser.get(page)
    assert shown.status_code == 200
    assert "Grace asks you to fill in this section" in shown.content.decode()
    assert desk.browser.post(page, box("branches_total", "12")).status_code == 302
    saved = desk.browser.post(f"{page}answers/", box("regulated", "yes"), headers=HTMX)
    assert saved.status_code == 200
    assert saved["X-Answer"] == "regulated"
    answers = Answer.objects.filter(submission=desk.submission).order_by("code")
    assert [(one.code, one.source, one.changed_by) for one in answers] == [
        ("branches_total", AnswerSource.GUEST, desk.grace),
        ("regulated", AnswerSource.GUEST, desk.grace),
    ]
    told = signed_in(desk.grace).get(
        reverse("return_history", args=[desk.submission.association.slug, desk.submission.pk])
    )
    assert "Amina (guest of Grace)" in told.content.decode()
    link.refresh_from_db()
    assert link.last_used_at is not None
    assert AuditEvent.objects.filter(verb="guest.answer").count() == 2


def test_the_page_leads_nowhere_else_and_tells_nothing_else(desk):
    import_answers(submission_id=desk.submission.pk, values=sample()["values"], at=timezone.now())
    Answer.objects.filter(submission=desk.submission, code="active_clients").update(number=987_654)
    page = desk.follow(desk.invite(section="FIN"))
    text = desk.browser.get(page).content.decode()
    addresses = set(re.findall(r'(?:href|action|src|data-hx-[a-z]+)="(/[^"]*)"', text))
    assert {one for one in addresses if not one.startswith(("/static/", page))} == set()
    assert "987" not in text
    assert 'id="f-gross_loan_portfolio"' in text
    assert 'id="f-active_clients"' not in text


def test_findings_of_a_guest_follow_from_the_section_alone(desk):
    import_answers(submission_id=desk.submission.pk, values=sample()["values"], at=timezone.now())
    Answer.objects.filter(submission=desk.submission, code="active_borrowers").update(number=1)
    sheet = load_sheet(Submission.objects.get(pk=desk.submission.pk))
    for section in sheet.sections:
        own = {one.code for one in section.indicators}
        seen = one_section(sheet, section.code).findings
        assert all(set(found.indicators) <= own for found in seen)
        assert len(seen) < len(sheet.findings)
    assert any(found.rule != "REQ" for found in one_section(sheet, "OUT").findings)


def test_every_other_address_refuses_the_guest(desk):
    desk.follow(desk.invite())
    slug, pk = desk.submission.association.slug, desk.submission.pk
    for name, args in (
        ("return", [slug, pk]),
        ("return_section", [slug, pk, "PRO"]),
        ("return_team", [slug, pk]),
        ("association_home", [slug]),
    ):
        response = desk.browser.get(reverse(name, args=args))
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")
    other = desk.invite(section="MIS", email="other@example.org")
    assert desk.browser.get(reverse("guest_section", args=[other.pk])).status_code == 404
    assert desk.browser.get(reverse("guest_section", args=[uuid4()])).status_code == 404


def test_answers_of_other_sections_are_not_taken(desk):
    link = desk.invite()
    page = desk.follow(link)
    assert desk.browser.post(f"{page}answers/", box("active_clients", "5"), headers=HTMX).status_code == 404
    desk.browser.post(page, box("active_clients", "5") | box("branches_total", "12"))
    assert list(Answer.objects.values_list("code", flat=True)) == ["branches_total"]
    with pytest.raises(ValueError, match="one section"):
        save_as_guest(link_id=link.pk, changes=[AnswerChange("active_clients", 5)], at=timezone.now())
    help_page = reverse("guest_help", args=[link.pk, "active_clients"])
    assert desk.browser.get(help_page).status_code == 404
    assert desk.browser.get(reverse("guest_help", args=[link.pk, "branches_total"])).status_code == 200


def revoke(desk, link):
    revoke_guest(submission_id=desk.submission.pk, link_id=link.pk, by=desk.grace, at=timezone.now())


def expire(_desk, link):
    now = timezone.now()
    GuestLink.objects.filter(pk=link.pk).update(created_at=now - timedelta(days=8), expires_at=now)


def close_the_round(desk, _link):
    desk.submission.round.closed_at = timezone.now()
    desk.submission.round.save()


def lock(desk, _link):
    of_round = desk.submission.round
    of_round.due_at, of_round.grace_hours = timezone.now() - timedelta(hours=2), 1
    of_round.locks_after_grace = True
    of_round.save()


def submit(desk, _link):
    Submission.objects.filter(pk=desk.submission.pk).update(state="submitted")


def submit_and_send_back(desk, _link):
    Submission.objects.filter(pk=desk.submission.pk).update(state="returned", submitted_at=timezone.now())


def end_the_role(desk, _link):
    desk.grace.role_assignments.update(ended_at=timezone.now())


def lock_the_maker_out(desk, _link):
    desk.grace.is_active = False
    desk.grace.save()


ENDS = [revoke, expire, close_the_round, lock, submit, submit_and_send_back, end_the_role, lock_the_maker_out]


@pytest.mark.parametrize("end", ENDS)
def test_a_link_ends(desk, end):
    link = desk.invite()
    page, token = desk.follow(link), desk.token(link)
    end(desk, link)
    now = timezone.now()
    assert guest_by_token(token, at=now) is None
    assert guest_by_key(link.pk, link.token_hash, at=now) is None
    with pytest.raises(GuestGone):
        save_as_guest(link_id=link.pk, changes=[AnswerChange("branches_total", 5)], at=now)
    answers = [
        desk.browser.get(reverse("guest_link", args=[token])),
        desk.browser.get(reverse("guest_link", args=["x" * 43])),
        desk.browser.get(page),
        desk.browser.post(page, box("branches_total", "5")),
        desk.browser.post(f"{page}answers/", box("branches_total", "5"), headers=HTMX),
    ]
    assert [one.status_code for one in answers] == [404, 404, 404, 403, 403]
    words = {re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", one.content.decode())) for one in answers}
    assert len(words) == 1
    assert not Answer.objects.exists()


def test_the_cookie_opens_one_link_on_one_path_and_cannot_be_forged(desk):
    link = desk.invite()
    page = desk.follow(link)
    cookie = desk.browser.cookies["guest"]
    assert cookie["path"] == page
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    for value in (link.token_hash, cookie.value[:-1] + ("a" if cookie.value[-1] != "a" else "b"), ""):
        browser = Client()
        browser.cookies["guest"] = value
        assert browser.get(page).status_code == 404
    other = desk.invite(section="MIS", email="other@example.org")
    browser = Client()
    browser.cookies["guest"] = cookie.value
    assert browser.get(page).status_code == 200
    assert browser.get(reverse("guest_section", args=[other.pk])).status_code == 404


def test_the_token_stands_in_the_mail_alone_and_is_told_to_nobody(desk, caplog):
    link = desk.invite()
    token = desk.token(link)
    assert MailMessage.objects.get(key=f"guest.invite:{link.pk}").confidential
    stored = " ".join(str(value) for value in GuestLink.objects.values_list().get())
    assert token not in stored
    response = desk.browser.get(reverse("guest_link", args=[token]))
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]
    assert "noindex" in desk.browser.get(response["Location"])["X-Robots-Tag"]
    revoke(desk, link)
    assert desk.browser.get(reverse("guest_link", args=[token])).status_code == 404
    assert token not in caplog.text


def test_too_many_tries_wait(desk, monkeypatch):
    monkeypatch.setattr("members.web.links.OPENINGS_A_MINUTE", 2)
    monkeypatch.setattr("spm_portal.common.rates.time", SimpleNamespace(time=timezone.now().timestamp))
    desk.browser.defaults["REMOTE_ADDR"] = "203.0.113.7"
    tried = [desk.browser.get(reverse("guest_link", args=["x" * 43])).status_code for _ in range(4)]
    assert tried == [404, 404, 429, 429]


def test_the_same_guest_again_gets_a_fresh_link_and_the_old_one_ends(desk):
    first = desk.invite()
    second = desk.invite()
    assert guest_by_token(desk.token(first), at=timezone.now()) is None
    assert guest_by_token(desk.token(second), at=timezone.now()) == second


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 151}, "name"),
        ({"email": "nobody"}, "e-mail"),
        ({"days": 0}, "30 days"),
        ({"days": 31}, "30 days"),
        ({"section": "NONE"}, "section"),
    ],
)
def test_a_wrong_invitation_is_refused_in_words(desk, wrong, words):
    with pytest.raises(Refused, match=words):
        desk.invite(**wrong)
    assert not GuestLink.objects.exists()


def test_at_most_ten_links_live_at_once(desk):
    for number in range(10):
        desk.invite(email=f"guest{number}@example.org")
    with pytest.raises(Refused, match="Take one back"):
        desk.invite(email="eleventh@example.org")
    desk.invite(email="guest3@example.org")


def test_only_who_may_edit_invites_and_takes_back(desk):
    link = desk.invite()
    staff = person(Role.ASSOCIATION_MANAGER, desk.submission.association)
    with pytest.raises(PermissionDenied):
        desk.invite(by=staff)
    with pytest.raises(PermissionDenied):
        revoke_guest(submission_id=desk.submission.pk, link_id=link.pk, by=staff, at=timezone.now())


def test_the_page_of_the_team_sends_and_ends_links(desk):
    client = signed_in(desk.grace)
    url = reverse("return_team", args=[desk.submission.association.slug, desk.submission.pk])
    form = {"action": "invite", "section": "PRO", "name": "Amina", "email": "amina@example.org", "days": "3"}
    assert client.post(url, form | {"days": "99"}).status_code == 422
    assert client.post(url, form).status_code == 302
    link = GuestLink.objects.get()
    assert link.expires_at - link.created_at == timedelta(days=3)
    page = client.get(url).content.decode()
    assert "amina@example.org" in page
    assert desk.token(link) not in page
    client.post(url, {"action": "revoke", "link": link.pk})
    link.refresh_from_db()
    assert link.revoked_at is not None
    assert client.post(url, {"action": "revoke", "link": "nonsense"}).status_code == 404
    assert client.post(url, {"action": "dance"}).status_code == 403


def test_a_conflict_shows_the_guest_both_values(desk):
    page = desk.follow(desk.invite())
    import_answers(submission_id=desk.submission.pk, values={"branches_total": 9}, at=timezone.now())
    response = desk.browser.post(page, box("branches_total", "12"))
    assert response.status_code == 409
    assert "You typed" in response.content.decode()
    mine = {"mine": "branches_total:1"} | box("branches_total", "12", 0)
    assert desk.browser.post(f"{page}answers/", mine, headers=HTMX).status_code == 200
    assert Answer.objects.get(code="branches_total").number == 12
