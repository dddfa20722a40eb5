"""The signature under a return: the own name, two people where asked, four eyes, a seal that breaks, a receipt."""

import subprocess
import unicodedata
from datetime import timedelta

import page as pdf_rules
import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.enums import Role
from members.models import User
from reporting.enums import Move, ReturnState
from reporting.models import Round, Submission
from reporting.services.answers import AnswerChange, save_answers
from reporting.services.transitions import MoveRefused, move
from reporting.signing import names_agree
from spm_portal.common.models import MailMessage
from tests.browsers import signed_in, text_of
from tests.cast import Cast
from tests.factories.members import person
from tests.factories.reporting import SubmissionFactory
from tests.reporting.returns_in_review import NOW, complete_return, open_question, put_into

S = ReturnState


@pytest.mark.unit
@pytest.mark.parametrize(
    ("typed", "own", "agrees"),
    [
        ("Amina Otieno", "Amina Otieno", True),
        ("  amina   OTIENO ", "Amina Otieno", True),
        ("Otieno, Amina", "Amina Otieno", True),
        ("Jose Nunez", "José Núñez", True),
        ("Amina Otieno", "Amina Wanjiku Otieno", True),
        ("Amina", "Amina Otieno", False),
        ("Amina Kamau", "Amina Otieno", False),
        ("Amina Otieno Kamau", "Amina Otieno", False),
        ("Signatory", "Signatory", True),
        ("", "Signatory", False),
        ("-", "Signatory", False),
        ("أمينة عثمان", "أمينة عثمان", True),
    ],
)
def test_a_name_agrees_loosely(typed: str, own: str, agrees: bool):
    assert names_agree(typed, own) is agrees


@pytest.mark.unit
@given(st.lists(st.text("abcdefghié", min_size=1, max_size=8), min_size=1, max_size=4))
def test_every_name_agrees_with_itself_however_it_is_written(words: list[str]):
    own = " ".join(words)
    for typed in (own, own.upper(), unicodedata.normalize("NFD", own), ", ".join(reversed(words))):
        assert names_agree(typed, own)


@pytest.mark.integration
@pytest.mark.django_db
class TestSignature:
    """Submitting under one's name, alone or with a second signatory."""

    def test_the_page_takes_the_own_name_alone(self, cast: Cast):
        submission = complete_return(cast)
        client, address = signed_in(cast.signatory), f"/a/amani/returns/{submission.pk}/submit/"
        for typed in ("", "Somebody else"):
            refused = client.post(address, {"version": "1", "certified_name": typed})
            assert refused.status_code == 422
            assert "name" in text_of(refused)
        assert 'value="Somebody else"' in text_of(refused)
        client.post(address, {"version": "1", "certified_name": "SIGNATORY"})
        assert submission.transitions.get().certified_name == "SIGNATORY"

    def test_two_people_sign_the_same_answers(self, cast: Cast):
        submission, second = self.with_two(cast)
        for _ in range(2):  # a double click
            held = self.submit(submission, cast.signatory)
            assert (held.state, held.receipt_number) == (S.DRAFT, "")
        assert submission.transitions.get().move == Move.SIGN
        assert {mail.to for mail in MailMessage.objects.all()} == {
            cast.signatory.email,
            cast.editor.email,
            second.email,
        }
        self.change(submission, cast)
        assert (
            self.submit(submission, second, 2).state == S.DRAFT
        )  # other answers: the first signature is void
        assert self.submit(submission, cast.signatory, 3).state == S.SUBMITTED
        page = text_of(signed_in(second).get(f"/a/amani/returns/{submission.pk}/receipt/"))
        assert "Second Signer" in page
        assert "Signatory" in page

    def test_an_editor_is_no_second_signatory(self, cast: Cast):
        submission, _second = self.with_two(cast)
        self.submit(submission, cast.signatory)
        with pytest.raises(MoveRefused, match="Only a signatory"):
            move(submission_id=submission.pk, move=Move.SUBMIT, by=cast.editor, at=NOW)

    def test_nobody_asks_for_a_first_signature_by_its_name(self, cast: Cast):
        submission, _second = self.with_two(cast)
        answer = signed_in(cast.signatory).post(f"/a/amani/returns/{submission.pk}/moves/", {"move": "sign"})
        assert answer.status_code in {302, 403, 422}
        assert not submission.transitions.exists()

    def test_a_later_edit_breaks_the_seal(self, cast: Cast):
        submission = complete_return(cast)
        self.submit(submission, cast.signatory)
        address = f"/a/amani/returns/{submission.pk}/receipt/"
        assert "are those that were signed" in text_of(signed_in(cast.signatory).get(address))
        put_into(submission, S.APPROVED)
        move(submission_id=submission.pk, move=Move.REOPEN, by=cast.manager, at=NOW, comment="One figure.")
        self.change(submission, cast)
        assert "no longer covers them" in text_of(signed_in(cast.signatory).get(address))

    def test_the_receipt_is_a_tagged_pdf_with_the_fingerprint(self, cast: Cast):
        submission = complete_return(cast)
        self.submit(submission, cast.signatory)
        address = f"/a/amani/returns/{submission.pk}/receipt/pdf/"
        answer = signed_in(cast.editor).get(address)
        assert answer["Content-Type"] == "application/pdf"
        assert not pdf_rules.validate_pdf_bytes(
            answer.content, profile=pdf_rules.ValidationProfile.PDF_UA_1
        ).failures
        words = subprocess.run(
            ["pdftotext", "-", "-"], input=answer.content, check=True, capture_output=True
        ).stdout.decode()
        assert submission.transitions.get().answers_sha256 in "".join(words.split())
        assert signed_in(cast.other_signatory).get(address).status_code == 404

    def with_two(self, cast: Cast) -> tuple[Submission, User]:
        submission = complete_return(cast)
        Round.objects.filter(pk=submission.round_id).update(two_signatures=True)
        second = person(
            Role.INSTITUTION_SIGNATORY, cast.kilimo, email="second@example.org", name="Second Signer"
        )
        return submission, second

    def submit(self, submission: Submission, by: User, hours: int = 1) -> Submission:
        at = NOW + timedelta(hours=hours)
        return move(submission_id=submission.pk, move=Move.SUBMIT, by=by, at=at, certified_name=by.name)

    def change(self, submission: Submission, cast: Cast) -> None:
        answer = submission.answers.get(code="branches_total")
        changed = AnswerChange(
            "branches_total", answer.number, note="Checked.", expected_version=answer.version
        )
        assert save_answers(submission_id=submission.pk, changes=[changed], by=cast.editor, at=NOW).is_clean


@pytest.mark.integration
@pytest.mark.django_db
class TestFourEyes:
    """Who reviewed and asked does not approve alone."""

    @pytest.fixture
    def held(self, cast: Cast) -> Submission:
        submission = put_into(
            SubmissionFactory(round__association=cast.amani, institution=cast.kilimo), S.SUBMITTED
        )
        Round.objects.filter(pk=submission.round_id).update(four_eyes=True)
        move(submission_id=submission.pk, move=Move.START_REVIEW, by=cast.reviewer, at=NOW)
        return submission

    def approve(self, submission: Submission, by: User) -> ReturnState:
        return ReturnState(move(submission_id=submission.pk, move=Move.APPROVE, by=by, at=NOW).state)

    def test_who_started_the_review_does_not_approve(self, cast: Cast, held: Submission):
        with pytest.raises(MoveRefused, match="four eyes"):
            self.approve(held, cast.reviewer)
        assert self.approve(held, cast.manager) == S.APPROVED

    def test_who_asked_does_not_approve(self, cast: Cast, held: Submission):
        question = open_question(held, cast.manager)
        type(question).objects.update(state="resolved")
        with pytest.raises(MoveRefused, match="four eyes"):
            self.approve(held, cast.manager)
        assert self.approve(held, cast.second_manager) == S.APPROVED

    def test_without_the_rule_one_person_does_both(self, cast: Cast, held: Submission):
        Round.objects.update(four_eyes=False)
        assert self.approve(held, cast.reviewer) == S.APPROVED
