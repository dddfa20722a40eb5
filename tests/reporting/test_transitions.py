"""Moving a return: who may do what when, once and for all, with a receipt, one row and one mail each."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.utils.translation import get_language

from members.models import RoleAssignment, User
from members.services import letters
from reporting.enums import Move, QuestionState, ReturnState
from reporting.models import Explanation, Question, Submission, Transition
from reporting.selectors.returns import load_sheet
from reporting.services import notices
from reporting.services.answers import AnswerChange, answers_sha256, save_answers
from reporting.services.rounds import close_round
from reporting.services.transitions import MoveForbidden, MoveRefused, check_signs, move
from spm_portal.common.models import MailMessage
from tests.cast import Cast, make_cast
from tests.factories.members import AssociationFactory
from tests.factories.reporting import RoundFactory, SubmissionFactory
from tests.reporting.returns_in_review import NOW, complete_return, open_question, put_into

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

S, STAFF, MANAGERS = ReturnState, {"manager", "second_manager", "reviewer"}, {"manager", "second_manager"}
# Who of the cast may make which move from which state; everything that is not here is refused.
ALLOWED: dict[tuple[Move, ReturnState], tuple[ReturnState, set[str]]] = {
    (Move.SUBMIT, S.DRAFT): (S.SUBMITTED, {"signatory"}),
    (Move.SUBMIT, S.RETURNED): (S.RESUBMITTED, {"signatory"}),
    (Move.START_REVIEW, S.SUBMITTED): (S.IN_REVIEW, STAFF),
    (Move.START_REVIEW, S.RESUBMITTED): (S.IN_REVIEW, STAFF),
    (Move.SEND_BACK, S.IN_REVIEW): (S.RETURNED, STAFF),
    (Move.APPROVE, S.IN_REVIEW): (S.APPROVED, STAFF),
    (Move.REOPEN, S.APPROVED): (S.RETURNED, MANAGERS),
}
TOLD = {f"{name}@example.org" for name in ("manager", "second_manager", "reviewer", "signatory", "editor")}


@pytest.mark.parametrize("wanted", Move, ids=str)
def test_only_the_right_people_make_the_right_moves(cast: Cast, wanted: Move):
    submission = complete_return(cast)
    made = set()
    for state in ReturnState:
        put_into(submission, state)
        for part, user in cast.people.items():
            with transaction.atomic():
                if wanted == Move.SEND_BACK:
                    open_question(submission, cast.reviewer)
                try:
                    moved = move(
                        submission_id=submission.pk, move=wanted, by=user, at=NOW, comment="See row 3."
                    )
                except MoveRefused:
                    assert not Transition.objects.filter(submission=submission).exists()
                else:
                    made.add((state, S(moved.state), part))
                    assert submission.transitions.get().by == user
                transaction.set_rollback(True)
    expected = {
        (state, target, part)
        for (which, state), (target, parts) in ALLOWED.items()
        if which == wanted
        for part in parts
    }
    assert made == expected


def test_submitting_signs_the_answers_and_gives_a_receipt(cast: Cast):
    submission = complete_return(cast)
    moved = move(submission_id=submission.pk, move=Move.SUBMIT, by=cast.signatory, at=NOW)
    stem, _, signs = moved.receipt_number.rpartition("-")
    assert (stem, signs) == ("AMANI-2024-0001", check_signs("AMANI-2024-0001"))
    assert (moved.submitted_by, moved.submitted_at, moved.version) == (cast.signatory, NOW, 2)
    stored = Submission.objects.get(pk=submission.pk)
    row = stored.transitions.get()
    assert row.answers_sha256 == answers_sha256(load_sheet(stored)) != ""
    assert (row.from_state, row.to_state, row.at) == ("draft", "submitted", NOW)
    assert set(MailMessage.objects.values_list("to", flat=True)) == TOLD
    assert all(moved.receipt_number in mail.text for mail in MailMessage.objects.all())


def test_a_receipt_number_stays_and_counts_resubmissions(cast: Cast):
    submission = complete_return(cast)
    of_round = submission.round
    first = move(submission_id=submission.pk, move=Move.SUBMIT, by=cast.signatory, at=NOW).receipt_number
    for again in (2, 3):
        put_into(submission, S.RETURNED)
        moved = move(
            submission_id=submission.pk, move=Move.SUBMIT, by=cast.signatory, at=NOW + timedelta(again)
        )
        assert moved.receipt_number == f"{first}/{again}"
    other = SubmissionFactory(round=of_round, institution=cast.umoja, filled=True)
    give_reasons(other, cast.other_signatory)
    second = move(submission_id=other.pk, move=Move.SUBMIT, by=cast.other_signatory, at=NOW).receipt_number
    assert second.startswith("AMANI-2024-0002-")


def test_two_associations_with_alike_addresses_never_share_a_receipt(cast: Cast):
    """The number is made of the first letters of the address."""
    twins = [AssociationFactory(slug=f"microfinance-{name}") for name in ("north", "south")]
    numbers = []
    for association in twins:
        submission = SubmissionFactory(
            round=RoundFactory(association=association), institution=cast.kilimo, filled=True
        )
        give_reasons(submission, cast.signatory)
        numbers.append(move(submission_id=submission.pk, move=Move.SUBMIT, by=cast.signatory, at=NOW))
    assert len({one.receipt_number for one in numbers}) == 2


def give_reasons(submission: Submission, by: User) -> None:
    """Reasons for all its warnings."""
    for finding in load_sheet(submission).open_warnings:
        Explanation.objects.create(
            submission=submission,
            association=submission.association,
            institution=submission.institution,
            rule=finding.rule,
            reason="It is so.",
            given_at=NOW,
            given_by=by,
        )


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"board_members": None}, "1 required question is not answered"),
        ({"board_members_female": 99}, "error"),
    ],
    ids=["gap", "error"],
)
def test_gaps_and_errors_block_submission(cast: Cast, values: dict[str, int | None], words: str):
    submission = complete_return(cast)
    versions = {answer.code: answer.version for answer in submission.answers.all()}
    changes = [AnswerChange(code, value, expected_version=versions[code]) for code, value in values.items()]
    save_answers(submission_id=submission.pk, changes=changes, by=cast.editor, at=NOW)
    with pytest.raises(MoveRefused, match=words):
        move(submission_id=submission.pk, move=Move.SUBMIT, by=cast.signatory, at=NOW)
    assert Submission.objects.get(pk=submission.pk).state == S.DRAFT


def test_a_warning_blocks_until_it_has_a_reason(cast: Cast):
    before = RoundFactory(association=cast.amani, year=2023)
    SubmissionFactory(round=before, institution=cast.kilimo, filled=True, approved=True)
    submission = SubmissionFactory(
        round=RoundFactory(association=cast.amani), institution=cast.kilimo, filled=True
    )
    with pytest.raises(MoveRefused, match="no reason yet"):
        move(submission_id=submission.pk, move=Move.SUBMIT, by=cast.signatory, at=NOW)
    give_reasons(submission, cast.signatory)
    assert move(submission_id=submission.pk, move=Move.SUBMIT, by=cast.signatory, at=NOW).state == S.SUBMITTED


@pytest.mark.parametrize("comment", ["", "   \r\n", "\x00"], ids=["none", "blank", "null"])
def test_an_approved_return_is_reopened_with_a_reason_only(cast: Cast, comment: str):
    submission = put_into(SubmissionFactory(round__association=cast.amani), S.APPROVED)
    with pytest.raises(MoveRefused, match="comment"):
        move(submission_id=submission.pk, move=Move.REOPEN, by=cast.manager, at=NOW, comment=comment)


def test_a_return_goes_back_with_an_open_question_only(cast: Cast):
    submission = put_into(SubmissionFactory(round__association=cast.amani), S.IN_REVIEW)
    settled = open_question(submission, cast.reviewer)
    Question.objects.filter(pk=settled.pk).update(state=QuestionState.ANSWERED)
    with pytest.raises(MoveRefused, match="Ask at least one question"):
        move(
            submission_id=submission.pk, move=Move.SEND_BACK, by=cast.reviewer, at=NOW, comment="Look again."
        )
    open_question(submission, cast.reviewer, "legal_form")
    moved = move(submission_id=submission.pk, move=Move.SEND_BACK, by=cast.reviewer, at=NOW)
    assert moved.state == S.RETURNED


def test_a_return_comes_forward_with_every_question_answered(cast: Cast):
    submission = put_into(complete_return(cast), S.RETURNED)
    question = open_question(submission, cast.reviewer)
    with pytest.raises(MoveRefused, match="1 question of the association is not answered"):
        move(submission_id=submission.pk, move=Move.SUBMIT, by=cast.signatory, at=NOW)
    Question.objects.filter(pk=question.pk).update(state=QuestionState.ANSWERED)
    moved = move(submission_id=submission.pk, move=Move.SUBMIT, by=cast.signatory, at=NOW)
    assert moved.state == S.RESUBMITTED


def test_approving_settles_answers_and_never_open_questions(cast: Cast):
    submission = put_into(SubmissionFactory(round__association=cast.amani), S.IN_REVIEW)
    question = open_question(submission, cast.reviewer)
    with pytest.raises(MoveRefused, match="still open"):
        move(submission_id=submission.pk, move=Move.APPROVE, by=cast.reviewer, at=NOW)
    Question.objects.filter(pk=question.pk).update(state=QuestionState.ANSWERED)
    move(submission_id=submission.pk, move=Move.APPROVE, by=cast.reviewer, at=NOW)
    settled = Question.objects.get(pk=question.pk)
    assert settled.state == QuestionState.RESOLVED
    assert settled.messages.order_by("at", "pk").last().by == cast.reviewer


def test_a_comment_has_a_limit(cast: Cast):
    submission = put_into(SubmissionFactory(round__association=cast.amani), S.IN_REVIEW)
    with pytest.raises(MoveRefused, match="4001 characters"):
        move(submission_id=submission.pk, move=Move.SEND_BACK, by=cast.manager, at=NOW, comment="x" * 4001)


def test_the_second_of_two_clicks_writes_nothing(cast: Cast):
    submission = complete_return(cast)
    first = move(submission_id=submission.pk, move=Move.SUBMIT, by=cast.signatory, at=NOW, expected_version=1)
    events = Submission.pgh_event_model.objects.filter(pgh_obj=submission.pk).count()
    again = move(
        submission_id=submission.pk,
        move=Move.SUBMIT,
        by=cast.signatory,
        at=NOW + timedelta(seconds=2),
        expected_version=1,
    )
    assert (again.receipt_number, again.version, again.submitted_at) == (first.receipt_number, 2, NOW)
    assert submission.transitions.count() == 1
    assert MailMessage.objects.count() == len(TOLD)
    assert Submission.pgh_event_model.objects.filter(pgh_obj=submission.pk).count() == events


def test_a_page_of_yesterday_cannot_move_the_return_of_today(cast: Cast):
    submission = put_into(SubmissionFactory(round__association=cast.amani), S.IN_REVIEW)
    Submission.objects.filter(pk=submission.pk).update(version=5)
    with pytest.raises(MoveRefused, match="moved since"):
        move(submission_id=submission.pk, move=Move.APPROVE, by=cast.reviewer, at=NOW, expected_version=4)


def test_what_somebody_else_did_is_refused_not_swallowed(cast: Cast):
    submission = put_into(SubmissionFactory(round__association=cast.amani), S.SUBMITTED)
    move(submission_id=submission.pk, move=Move.START_REVIEW, by=cast.reviewer, at=NOW)
    with pytest.raises(MoveRefused, match="In review"):
        move(submission_id=submission.pk, move=Move.START_REVIEW, by=cast.manager, at=NOW)


def test_a_closed_round_takes_no_return_but_staff_finish_their_reviews(cast: Cast):
    submission = complete_return(cast)
    close_round(round_id=submission.round_id, by=cast.manager, at=NOW)
    with pytest.raises(MoveForbidden, match="closed"):
        move(submission_id=submission.pk, move=Move.SUBMIT, by=cast.signatory, at=NOW)
    put_into(submission, S.IN_REVIEW)
    with pytest.raises(MoveRefused, match="Re-open the round first"):
        move(
            submission_id=submission.pk, move=Move.SEND_BACK, by=cast.reviewer, at=NOW, comment="Look again."
        )
    assert move(submission_id=submission.pk, move=Move.APPROVE, by=cast.reviewer, at=NOW).state == S.APPROVED


def test_a_late_return_is_taken_while_the_round_is_open(cast: Cast):
    submission = complete_return(cast)
    late = submission.round.due_at + timedelta(minutes=1)
    assert (
        move(submission_id=submission.pk, move=Move.SUBMIT, by=cast.signatory, at=late).submitted_at == late
    )


def test_a_role_that_ended_a_moment_ago_counts_no_more(cast: Cast):
    """The request may have read the roles before they were taken away."""
    submission = complete_return(cast)
    assert cast.signatory.has_perm("reporting.submit_return", submission)
    RoleAssignment.objects.filter(user=cast.signatory).update(ended_at=NOW)
    with pytest.raises(MoveForbidden):
        move(submission_id=submission.pk, move=Move.SUBMIT, by=cast.signatory, at=NOW)


def test_a_superuser_of_the_support_tool_signs_for_nobody(cast: Cast):
    submission = complete_return(cast)
    User.objects.filter(pk=cast.nobody.pk).update(is_superuser=True)
    with pytest.raises(MoveForbidden):
        move(
            submission_id=submission.pk,
            move=Move.SUBMIT,
            by=User.objects.get(pk=cast.nobody.pk),
            at=NOW,
        )


def test_leaving_review_marks_until_when_staff_looked(cast: Cast):
    submission = put_into(SubmissionFactory(round__association=cast.amani), S.SUBMITTED)
    move(submission_id=submission.pk, move=Move.START_REVIEW, by=cast.reviewer, at=NOW)
    assert Submission.objects.get(pk=submission.pk).reviewed_at is None
    later = NOW + timedelta(days=1)
    open_question(submission, cast.reviewer)
    move(submission_id=submission.pk, move=Move.SEND_BACK, by=cast.reviewer, at=later, comment="Look again.")
    assert Submission.objects.get(pk=submission.pk).reviewed_at == later


def test_everybody_reads_the_mail_in_their_own_language(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    spoken: list[str | None] = []

    def listen(*_: object, **__: object) -> tuple[str, str]:
        spoken.append(get_language())
        return "Subject", "Text"

    User.objects.filter(pk=cast.editor.pk).update(language="fr")
    monkeypatch.setattr(notices, "_words", listen)
    submission = put_into(
        SubmissionFactory(round__association=cast.amani, institution=cast.kilimo), S.SUBMITTED
    )
    move(submission_id=submission.pk, move=Move.START_REVIEW, by=cast.reviewer, at=NOW)
    assert sorted(spoken) == ["en", "en", "en", "en", "fr"]


def test_the_history_names_the_person_and_the_reason(cast: Cast):
    submission = put_into(SubmissionFactory(round__association=cast.amani), S.IN_REVIEW)
    open_question(submission, cast.reviewer)
    move(submission_id=submission.pk, move=Move.SEND_BACK, by=cast.reviewer, at=NOW, comment="Look at row 3.")
    event = Submission.pgh_event_model.objects.filter(pgh_obj=submission.pk).order_by("pgh_id").last()
    assert event.state == S.RETURNED
    assert event.pgh_context.metadata["user"] == str(cast.reviewer.pk)
    assert event.pgh_context.metadata["reason"] == "Look at row 3."


@pytest.mark.fault
def test_a_fault_half_way_leaves_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    submission = complete_return(cast)
    written, real = [], letters.mail.write

    def fail_at_the_third(**fields: object) -> object:
        written.append(fields)
        if len(written) == 3:
            raise RuntimeError("the plug is pulled")
        return real(**fields)

    monkeypatch.setattr(letters, "mail", SimpleNamespace(write=fail_at_the_third))
    with pytest.raises(RuntimeError):
        move(submission_id=submission.pk, move=Move.SUBMIT, by=cast.signatory, at=NOW)
    stored = Submission.objects.get(pk=submission.pk)
    assert (stored.state, stored.version, stored.receipt_number) == (S.DRAFT, 1, "")
    assert not Transition.objects.exists()
    assert not MailMessage.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_clicks_at_once_are_one_submission():
    cast = make_cast()
    submission = complete_return(cast)

    def click(_: int) -> str:
        try:
            by = User.objects.get(pk=cast.signatory.pk)
            moved = move(submission_id=submission.pk, move=Move.SUBMIT, by=by, at=NOW, expected_version=1)
            return moved.receipt_number
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        receipts = set(pool.map(click, range(20)))
    stored = Submission.objects.get(pk=submission.pk)
    assert receipts == {stored.receipt_number}
    assert (stored.version, stored.transitions.count()) == (2, 1)
    assert sorted(MailMessage.objects.values_list("to", flat=True)) == sorted(TOLD)
