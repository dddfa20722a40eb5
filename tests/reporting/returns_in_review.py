"""A complete return of the cast's MFI Kilimo, and what it needs to move."""

from datetime import UTC, datetime

from members.models import User
from reporting.enums import ReturnState
from reporting.models import Question, QuestionMessage, Round, Submission
from reporting.selectors.returns import load_sheet
from reporting.services.answers import explain
from tests.cast import Cast
from tests.factories.reporting import RoundFactory, SubmissionFactory

NOW = datetime(2025, 3, 10, 9, 30, tzinfo=UTC)


def complete_return(cast: Cast, *, of_round: Round | None = None) -> Submission:
    """A draft of Kilimo that can be submitted: everything answered, no error, no open warning."""
    submission: Submission = SubmissionFactory(
        round=of_round or RoundFactory(association=cast.amani), institution=cast.kilimo, filled=True
    )
    for finding in load_sheet(submission).open_warnings:
        explain(submission_id=submission.pk, rule=finding.rule, reason="It is so.", by=cast.signatory, at=NOW)
    return Submission.objects.get(pk=submission.pk)


def open_question(
    submission: Submission, by: User, code: str = "branches_total", text: str = "Why?"
) -> Question:
    """A question as if it had been asked, whatever the state of the return."""
    who = {
        "association": submission.association,
        "institution": submission.institution,
        "submission": submission,
    }
    question: Question = Question.objects.create(**who, code=code, state_since=NOW, asked_at=NOW, asked_by=by)
    QuestionMessage.objects.create(**who, question=question, step="ask", text=text, at=NOW, by=by)
    return question


def put_into(submission: Submission, state: ReturnState) -> Submission:
    """The return as if it had come into this state, without a move."""
    Submission.objects.filter(pk=submission.pk).update(state=state)
    return Submission.objects.get(pk=submission.pk)
