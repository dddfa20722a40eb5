"""An approved value changes only by re-opening with a reason and a new signature; the old one stays visible."""

from datetime import timedelta

import pytest
from django.urls import reverse

from reporting.enums import Move, ReturnState
from reporting.models import Answer, Submission
from reporting.selectors.receipts import receipt_record
from reporting.selectors.returns import load_sheet
from reporting.services.answers import AnswerChange, EditRefused, explain, save_answers
from reporting.services.transitions import MoveForbidden, MoveRefused, move
from tests.browsers import signed_in, text_of
from tests.cast import Cast
from tests.reporting.returns_in_review import NOW, complete_return

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

CODE = "branches_total"


def days(count: int):
    return NOW + timedelta(days=count)


def approved(cast: Cast) -> Submission:
    held = complete_return(cast)
    move(submission_id=held.pk, move=Move.SUBMIT, by=cast.signatory, at=days(1), certified_name="Signatory")
    move(submission_id=held.pk, move=Move.START_REVIEW, by=cast.reviewer, at=days(2))
    return move(submission_id=held.pk, move=Move.APPROVE, by=cast.reviewer, at=days(3))


def change(held: Submission, cast: Cast, value: int, at: int):
    version = Answer.objects.get(submission=held, code=CODE).version
    return save_answers(
        submission_id=held.pk,
        changes=[AnswerChange(CODE, value=value, expected_version=version)],
        by=cast.signatory,
        at=days(at),
    )


def test_an_approved_value_cannot_be_changed_by_anybody(cast: Cast):
    held = approved(cast)
    for user in cast.people.values():
        with pytest.raises(EditRefused):
            save_answers(
                submission_id=held.pk,
                changes=[AnswerChange(CODE, value=1, expected_version=1)],
                by=user,
                at=days(4),
            )


def test_reopening_needs_a_manager_and_a_reason(cast: Cast):
    held = approved(cast)
    with pytest.raises(MoveRefused):
        move(submission_id=held.pk, move=Move.REOPEN, by=cast.manager, at=days(4), comment="  ")
    for part, user in cast.people.items():
        if part not in {"manager", "second_manager"}:
            with pytest.raises(MoveForbidden):
                move(submission_id=held.pk, move=Move.REOPEN, by=user, at=days(4), comment="Typing error")
    held.refresh_from_db()
    assert held.state == ReturnState.APPROVED


def test_a_new_signature_is_needed_and_everything_before_stays_visible(cast: Cast):
    held = approved(cast)
    was = load_sheet(held).values[CODE]
    first = held.transitions.get(move=Move.SUBMIT).answers_sha256
    move(
        submission_id=held.pk, move=Move.REOPEN, by=cast.manager, at=days(4), comment="Two branches too many"
    )
    change(held, cast, 29, 5)
    with pytest.raises(MoveForbidden):  # nobody approves what is not signed anew
        move(submission_id=held.pk, move=Move.APPROVE, by=cast.manager, at=days(5))
    for finding in load_sheet(Submission.objects.get(pk=held.pk)).open_warnings:
        explain(submission_id=held.pk, rule=finding.rule, reason="So.", by=cast.signatory, at=days(5))
    move(submission_id=held.pk, move=Move.SUBMIT, by=cast.signatory, at=days(6), certified_name="Signatory")
    move(submission_id=held.pk, move=Move.START_REVIEW, by=cast.reviewer, at=days(7))
    move(submission_id=held.pk, move=Move.APPROVE, by=cast.reviewer, at=days(8))
    held = Submission.objects.get(pk=held.pk)
    second = held.transitions.filter(move=Move.SUBMIT).order_by("-at")[0].answers_sha256
    assert first != second
    assert [(one.title, one.name, one.transition.at) for one in receipt_record(held).steps] == [
        ("Submitted", "Signatory", days(1)),
        ("Approved", "Reviewer", days(3)),
        ("Re-opened", "Manager", days(4)),
        ("Resubmitted", "Signatory", days(6)),
        ("Approved", "Reviewer", days(8)),
    ]
    args = [cast.amani.slug, held.pk]
    client = signed_in(cast.editor)
    receipt = text_of(client.get(reverse("return_receipt", args=args)))
    for word in (first, second, "Two branches too many", "March 11, 2025", "March 16, 2025"):
        assert word in receipt
    history = text_of(client.get(reverse("value_history", args=[*args, CODE])))
    for word in (f"<s>{was}</s>", "<strong>29</strong>", "Re-opened", "Two branches too many"):
        assert word in history
    pdf = client.get(reverse("return_receipt_pdf", args=args))
    assert pdf.content.startswith(b"%PDF")


def test_a_receipt_of_one_signature_tells_it_once(cast: Cast):
    held = complete_return(cast)
    move(submission_id=held.pk, move=Move.SUBMIT, by=cast.signatory, at=days(1), certified_name="Signatory")
    assert not receipt_record(held).is_long
    page = signed_in(cast.editor).get(reverse("return_receipt", args=[cast.amani.slug, held.pk]))
    assert "Every signature and decision" not in text_of(page)
