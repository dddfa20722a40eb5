"""Any sequence of moves, clicks twice and people keeps to the state machine; each move is told exactly once."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from reporting.enums import Move, QuestionState, ReturnState
from reporting.models import Question, Submission
from reporting.services.transitions import MoveRefused, move
from reporting.states import NEEDS_COMMENT, moves_from, target
from spm_portal.common.models import MailMessage
from tests.cast import make_cast
from tests.reporting.returns_in_review import NOW, complete_return, open_question

PEOPLE = ("manager", "reviewer", "signatory", "editor", "other_signatory", "other_manager", "donor")
RIGHT_PEOPLE = {
    Move.SUBMIT: {"signatory"},
    Move.START_REVIEW: {"manager", "reviewer"},
    Move.SEND_BACK: {"manager", "reviewer"},
    Move.APPROVE: {"manager", "reviewer"},
    Move.REOPEN: {"manager"},
}


class ReturnMachine(RuleBasedStateMachine):
    """A return in the hands of the whole cast; the model is a state and a list of moves made."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.cast = make_cast()
        self.submission = complete_return(self.cast)
        self.state = ReturnState.DRAFT
        self.made: list[tuple[Move, str]] = []
        self.receipt = ""
        self.clock = NOW

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    def ask(self, wanted: Move, part: str, comment: str) -> Submission:
        self.clock += timedelta(seconds=1)
        if wanted == Move.SEND_BACK:
            open_question(self.submission, self.cast.reviewer)
        try:
            return move(
                submission_id=self.submission.pk,
                move=wanted,
                by=self.cast.people[part],
                at=self.clock,
                comment=comment,
            )
        finally:  # nobody here speaks about questions
            Question.objects.update(state=QuestionState.RESOLVED)

    @rule(wanted=st.sampled_from(Move), part=st.sampled_from(PEOPLE), comment=st.sampled_from(["", "Row 3."]))
    def anybody_asks_for_any_move(self, wanted: Move, part: str, comment: str) -> None:
        again = bool(self.made) and self.made[-1] == (wanted, part)
        step = target(wanted, self.state)
        allowed = step and part in RIGHT_PEOPLE[wanted] and (comment or wanted not in NEEDS_COMMENT)
        try:
            self.ask(wanted, part, comment)
        except MoveRefused:
            assert not allowed, (self.state, wanted, part, comment)
            assert not again
        else:
            assert allowed or again, (self.state, wanted, part, comment)
            if not again:
                assert step is not None
                self.state = step
                self.made.append((wanted, part))

    @rule(data=st.data())
    def the_right_person_goes_on(self, data: st.DataObject) -> None:
        wanted = data.draw(st.sampled_from(moves_from(self.state)))
        part = data.draw(st.sampled_from(sorted(RIGHT_PEOPLE[wanted])))
        self.anybody_asks_for_any_move(wanted, part, "Row 3.")

    @precondition(lambda self: self.made)
    @rule()
    def the_last_button_is_clicked_again(self) -> None:
        wanted, part = self.made[-1]
        assert self.ask(wanted, part, "").state == self.state

    @invariant()
    def the_database_agrees(self) -> None:
        stored = Submission.objects.get(pk=self.submission.pk)
        moves = list(stored.transitions.values_list("move", "by__name"))
        assert (stored.state, stored.version) == (self.state, 1 + len(self.made))
        assert sorted(moves) == sorted(
            (str(wanted), self.cast.people[part].name) for wanted, part in self.made
        )
        told = MailMessage.objects.filter(purpose__startswith="return.")
        assert told.count() == 5 * len(self.made)  # two managers, a reviewer, a signatory, an editor

    @invariant()
    def the_receipt_stays(self) -> None:
        number = Submission.objects.get(pk=self.submission.pk).receipt_number
        base = number.partition("/")[0]
        assert not self.receipt or base == self.receipt
        self.receipt = base
        assert bool(number) == any(wanted == Move.SUBMIT for wanted, _ in self.made)


@pytest.mark.integration
@pytest.mark.slow
class TestReturnMachine(ReturnMachine.TestCase, TestCase):  # type: ignore[misc,name-defined]
    """Runs the machine inside a database transaction that is rolled back."""

    settings = settings(
        max_examples=12,
        stateful_step_count=14,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
