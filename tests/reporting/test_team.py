"""Sharing a return inside an MFI: sections for colleagues, flags, and the minutes that are left."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.enums import Role
from reporting.enums import AnswerSource, Move
from reporting.models import Answer, AnswerFlag, SectionAssignment, SectionTime, Submission
from reporting.selectors.minutes import minutes_left, usual_seconds
from reporting.selectors.returns import load_sheet
from reporting.selectors.team import flags_of, sections_for
from reporting.services import assignments
from reporting.services.answers import AnswerChange, import_answers, save_answers
from reporting.services.flags import set_flag
from reporting.services.minutes import measure
from reporting.services.transitions import move
from spm_portal.common.models import MailMessage
from spm_portal.common.refusal import Refused
from tests.browsers import signed_in
from tests.factories.members import person
from tests.factories.reporting import OPENED, RoundFactory, SubmissionFactory, sample
from tests.reporting.returns_in_review import NOW, complete_return

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


class Desk:
    """A return, its two editors and its signatory."""

    def __init__(self) -> None:
        self.submission: Submission = SubmissionFactory()
        mfi = self.submission.institution
        self.grace = person(Role.INSTITUTION_EDITOR, mfi)
        self.amina = person(Role.INSTITUTION_EDITOR, mfi)
        self.signatory = person(Role.INSTITUTION_SIGNATORY, mfi)
        self.staff = person(Role.ASSOCIATION_REVIEWER, self.submission.association)

    def url(self, name: str, *args: object) -> str:
        return reverse(name, args=[self.submission.association.slug, self.submission.pk, *args])

    def client(self, user) -> Client:
        return signed_in(user)

    def give(self, assignee=None, section="PRO", note="", by=None, at=OPENED):
        return assignments.give(
            submission_id=self.submission.pk,
            section=section,
            assignee_id=(assignee or self.amina).pk,
            note=note,
            by=by or self.grace,
            at=at,
        )

    def flag(self, code="branches_total", on=True, by=None):
        set_flag(submission_id=self.submission.pk, code=code, on=on, by=by or self.grace, at=OPENED)


@pytest.fixture
def desk():
    return Desk()


def test_a_given_section_is_told_once_and_stands_where_the_colleague_looks(desk):
    page = desk.client(desk.grace).post(
        desk.url("return_team"),
        {"action": "give", "section": "PRO", "assignee": desk.amina.pk, "note": "By Friday, please."},
    )
    assert page.status_code == 302
    desk.give(note="By Friday, please.", at=OPENED + timedelta(hours=1))
    mail = MailMessage.objects.get(purpose="section.given")
    assert mail.to == desk.amina.email
    assert desk.url("return_section", "PRO") in mail.text
    assert "By Friday, please." in mail.text
    for reader, name in ((desk.amina, "gave this section to you"), (desk.signatory, "This section is with")):
        assert name in desk.client(reader).get(desk.url("return_section", "PRO")).content.decode()
    assert (
        "gave this section"
        not in desk.client(desk.amina).get(desk.url("return_section", "MIS")).content.decode()
    )
    home = reverse("association_home", args=[desk.submission.association.slug])
    assert "By Friday, please." in desk.client(desk.amina).get(home).content.decode()
    assert "By Friday, please." not in desk.client(desk.grace).get(home).content.decode()
    assert "By Friday, please." in desk.client(desk.grace).get(desk.url("return")).content.decode()


def test_staff_do_not_read_how_an_mfi_shares_its_work(desk):
    desk.give(note="Between us")
    desk.flag()
    for name in ("return", "return_problems"):
        assert "Between us" not in desk.client(desk.staff).get(desk.url(name)).content.decode()
    section = desk.client(desk.staff).get(desk.url("return_section", "PRO")).content.decode()
    assert "Between us" not in section
    assert "Come back to" not in section


def test_a_section_goes_from_done_to_open_to_somebody_else_to_nobody(desk):
    client = desk.client(desk.amina)
    desk.give()

    def press(action, **more):
        return client.post(desk.url("return_team"), {"action": action, "section": "PRO", **more})

    response = press("finish", back="section")
    assert response["Location"] == desk.url("return_section", "PRO")
    done = SectionAssignment.objects.get().done_at
    assert done is not None
    press("finish")
    assert SectionAssignment.objects.get().done_at == done
    assert not sections_for(desk.amina, desk.submission.association)
    press("resume")
    assert [one.title for one in sections_for(desk.amina, desk.submission.association)] == [
        "1. Institution profile"
    ]
    desk.give(desk.signatory)
    assert MailMessage.objects.filter(purpose="section.given").count() == 2
    press("take_back")
    press("take_back")
    assert not SectionAssignment.objects.exists()
    labels = SectionAssignment.pgh_event_model.objects.values_list("pgh_label", flat=True)  # type: ignore[attr-defined]
    assert sorted(set(labels)) == ["delete", "insert", "update"]


def test_nobody_is_locked_out_of_a_given_section(desk):
    desk.give()
    result = save_answers(
        submission_id=desk.submission.pk,
        changes=[AnswerChange("branches_total", 4)],
        by=desk.signatory,
        at=OPENED,
    )
    assert result.saved == ("branches_total",)


def test_to_oneself_no_mail_is_sent(desk):
    desk.give(desk.grace)
    assert not MailMessage.objects.filter(purpose="section.given").exists()


def test_only_colleagues_sections_that_exist_and_short_notes_are_taken(desk):
    stranger = person(Role.INSTITUTION_EDITOR, SubmissionFactory().institution)
    with pytest.raises(Refused, match="works for your MFI"):
        desk.give(stranger)
    with pytest.raises(Refused, match="works for your MFI"):
        desk.give(desk.staff)
    with pytest.raises(Refused, match="section of this return"):
        desk.give(section="NONE")
    with pytest.raises(Refused, match="characters"):
        desk.give(note="x" * 301)
    for outsider in (desk.staff, stranger):
        with pytest.raises(PermissionDenied):
            desk.give(by=outsider)
    assert not SectionAssignment.objects.exists()


def test_what_is_submitted_is_shared_no_more(desk):
    Submission.objects.filter(pk=desk.submission.pk).update(state="submitted")
    for work in (desk.give, desk.flag):
        with pytest.raises(PermissionDenied):
            work()
    assert desk.client(desk.grace).get(desk.url("return_team")).status_code == 200
    assert desk.client(desk.grace).post(desk.url("return_team"), {"action": "finish"}).status_code == 403


def test_a_flag_is_set_and_taken_away_with_and_without_scripts(desk):
    client, url = desk.client(desk.grace), desk.url("answer_flag")
    response = client.post(url, {"flag": "branches_total:on"})
    assert response["Location"] == f"{desk.url('return_section', 'PRO')}#f-branches_total"
    client.post(url, {"flag": "branches_total:on"})
    assert AnswerFlag.objects.count() == 1
    page = client.get(desk.url("return_section", "MIS")).content.decode()
    assert "Come back to (1)" in page
    assert f'href="{desk.url("return_section", "PRO")}#f-branches_total"' in page
    assert "Come back to (1)" in client.get(desk.url("return")).content.decode()
    swapped = client.post(url, {"flag": "branches_total:off"}, headers={"HX-Request": "true"})
    assert 'value="branches_total:on"' in swapped.content.decode()
    assert 'id="flagged" data-hx-swap-oob="true"' in swapped.content.decode()
    assert not AnswerFlag.objects.exists()
    for wrong in ("", "branches_total", "branches_total:maybe", "no_such_code:on"):
        assert client.post(url, {"flag": wrong}).status_code == 404


def test_flags_are_told_on_the_submit_page_and_block_nothing(desk):
    import_answers(submission_id=desk.submission.pk, values=sample()["values"], at=OPENED)
    before = desk.client(desk.signatory).get(desk.url("return_submit"))
    desk.flag()
    after = desk.client(desk.signatory).get(desk.url("return_submit"))
    assert "You wanted to come back to these" not in before.content.decode()
    assert "You wanted to come back to these" in after.content.decode()
    assert after.context["is_ready"] == before.context["is_ready"]


def test_a_flag_on_a_question_that_is_not_asked_now_is_not_told(desk):
    catalogue = load_sheet(desk.submission).catalogue
    hidden = next(one.code for one in catalogue.indicators if one.relevance is not None)
    desk.flag(hidden)
    desk.flag("branches_total")
    shown = [one.indicator.code for one in flags_of(load_sheet(desk.submission))]
    assert "branches_total" in shown
    assert (hidden in shown) == (hidden in load_sheet(desk.submission).computed.relevant)


def test_pages_ask_the_same_however_much_is_shared(desk):
    client = desk.client(desk.grace)
    counts = []
    for sections in (["PRO"], ["MIS", "OUT"]):
        for section in sections:
            desk.give(section=section)
        desk.flag("branches_total")
        desk.flag("active_clients", on=len(sections) > 1)
        for name in ("return", "return_team"):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(desk.url(name)).status_code == 200
            counts.append(len(asked))
    assert counts[:2] == counts[2:]


def save(desk, code, value, by, at, source=AnswerSource.PAGE):
    version = (
        Answer.objects.filter(submission=desk.submission, code=code).values_list("version", flat=True).first()
    )
    save_answers(
        submission_id=desk.submission.pk,
        changes=[AnswerChange(code, value, expected_version=version)],
        by=by,
        at=at,
        source=source,
    )


def test_the_minutes_of_each_section_are_measured_from_what_was_typed(desk):
    import_answers(submission_id=desk.submission.pk, values={"active_clients": 900}, at=OPENED)
    save(desk, "branches_total", 1, desk.grace, OPENED)
    save(desk, "branches_total", 2, desk.grace, OPENED + timedelta(minutes=2))
    save(desk, "regulated", True, desk.amina, OPENED + timedelta(minutes=3))
    save(desk, "mission_statement", "To serve.", desk.grace, OPENED + timedelta(minutes=30))
    save(desk, "active_borrowers", 5, desk.grace, OPENED, AnswerSource.WORKBOOK)
    for _again in range(2):
        measure(desk.submission)
        assert dict(SectionTime.objects.values_list("section", "seconds")) == {
            "PRO": 60 + 120 + 60,
            "MIS": 60,
        }


def test_submitting_measures(cast):
    submission = complete_return(cast)
    answer = Answer.objects.get(submission=submission, code="branches_total")
    change = AnswerChange("branches_total", 25, note="Counted anew.", expected_version=answer.version)
    saved = save_answers(submission_id=submission.pk, changes=[change], by=cast.editor, at=NOW)
    assert saved.saved == ("branches_total",)
    move(submission_id=submission.pk, move=Move.SUBMIT, by=cast.signatory, at=NOW + timedelta(minutes=1))
    assert dict(SectionTime.objects.values_list("section", "seconds"))["PRO"] >= 60


def test_three_measured_returns_replace_the_estimate(desk):
    association = desk.submission.association
    sheet = load_sheet(desk.submission)
    guess = minutes_left(sheet, usual_seconds(association.pk))
    assert guess["PRO"] >= 5
    assert guess[""] >= 60
    for number, seconds in enumerate((3000, 3600, 9000)):
        assert usual_seconds(association.pk) == {}
        other = SubmissionFactory(round=RoundFactory(association=association, code=f"m{number}"))
        SectionTime.objects.create(
            submission=other,
            association=association,
            institution=other.institution,
            section="PRO",
            seconds=seconds,
        )
    assert usual_seconds(association.pk) == {"PRO": 3600}
    assert minutes_left(sheet, usual_seconds(association.pk))["PRO"] == 60
    assert usual_seconds(SubmissionFactory().association_id) == {}
    import_answers(submission_id=desk.submission.pk, values=sample()["values"], at=OPENED)
    assert minutes_left(load_sheet(desk.submission), usual_seconds(association.pk))["PRO"] == 0


def test_the_form_says_how_long_it_still_takes(desk):
    client = desk.client(desk.grace)
    for page in (desk.url("return"), desk.url("return_section", "PRO")):
        assert "minutes left" in client.get(page).content.decode()
    assert "minutes left" not in desk.client(desk.staff).get(desk.url("return")).content.decode()


def test_staff_see_in_the_catalogue_how_long_each_section_takes(desk):
    association = desk.submission.association
    url = reverse("catalogue_version", args=[association.slug, desk.submission.round.catalogue_id])
    for number, seconds in enumerate((600, 720, 1800)):
        assert "Half of your members" not in desk.client(desk.staff).get(url).content.decode()
        other = SubmissionFactory(round=RoundFactory(association=association, code=f"m{number}"))
        SectionTime.objects.create(
            submission=other,
            association=association,
            institution=other.institution,
            section="PRO",
            seconds=seconds,
        )
    assert (
        "Half of your members filled it in within 12 minutes"
        in desk.client(desk.staff).get(url).content.decode()
    )
    assert "Half of your members" not in desk.client(desk.grace).get(url).content.decode()
