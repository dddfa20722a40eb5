"""Extensions, grace and lock: who may give them, what they change, and whose clock tells who is on time."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from reporting.due import Timing
from reporting.enums import Move, ReturnState
from reporting.models import Extension, Round, Submission, Transition
from reporting.services.answers import AnswerChange, EditRefused, save_answers
from reporting.services.deadlines import ExtensionForbidden, ExtensionRefused, extend
from reporting.services.transitions import MoveForbidden, move
from spm_portal.common.models import AuditEvent, MailMessage
from tests.browsers import signed_in
from tests.cast import Cast, make_cast
from tests.factories.reporting import RoundFactory, SubmissionFactory
from tests.reporting.returns_in_review import complete_return

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

DUE = datetime(2025, 4, 30, 20, 59, tzinfo=UTC)
NOW = DUE - timedelta(days=5)
SECOND = timedelta(seconds=1)


@pytest.fixture
def held(cast: Cast) -> Submission:
    """Kilimo's draft, due at the end of April with two days of grace, locked after that."""
    opened = RoundFactory(association=cast.amani, due_at=DUE, grace_hours=48, locks_after_grace=True)
    made: Submission = SubmissionFactory(round=opened, institution=cast.kilimo)
    return made


def give(cast: Cast, held: Submission, **changes: Any) -> list[tuple[bool, str]]:
    """Extend by ten days, as the manager."""
    asked: dict[str, Any] = {
        "submission_ids": [held.pk],
        "due_at": DUE + timedelta(days=10),
        "reason": "The audit is late.",
        "by": cast.manager,
        "at": NOW,
    } | changes
    return [(one.done, one.text) for one in extend(**asked)]


def test_an_extension_moves_the_due_moment_and_is_told_with_its_reason(cast: Cast, held: Submission):
    assert give(cast, held) == [(True, "extended")]
    fresh = Submission.objects.get(pk=held.pk)
    assert (fresh.due.at, fresh.due.extended) == (DUE + timedelta(days=10), True)
    assert Submission.objects.with_extension().get(pk=held.pk).due == fresh.due
    mails = MailMessage.objects.filter(purpose="return.extended")
    assert {mail.to for mail in mails} == {"editor@example.org", "signatory@example.org"}
    assert all("The audit is late." in mail.text for mail in mails)
    audit = AuditEvent.objects.about(held).get()
    assert (audit.verb, audit.reason) == ("return.extended", "The audit is late.")


def test_the_same_extension_again_writes_nothing(cast: Cast, held: Submission):
    give(cast, held)
    assert give(cast, held) == [(False, "It is due at that moment already.")]
    assert Extension.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"reason": "  \x00 "}, "reason"), ({"reason": "x" * 1001}, "reason"), ({"due_at": NOW}, "due")],
    ids=["no reason", "long reason", "past"],
)
def test_an_extension_that_makes_no_sense_is_refused(
    cast: Cast, held: Submission, changes: dict[str, Any], field: str
):
    with pytest.raises(ExtensionRefused) as caught:
        give(cast, held, **changes)
    assert caught.value.field == field
    assert not Extension.objects.exists()


@pytest.mark.parametrize("part", ["reviewer", "signatory", "other_manager", "operator", "nobody"])
def test_only_a_manager_extends(cast: Cast, held: Submission, part: str):
    with pytest.raises(ExtensionForbidden):
        give(cast, held, by=cast.people[part])
    assert not Extension.objects.exists()


def test_one_that_is_passed_over_does_not_stop_the_others(cast: Cast, held: Submission):
    done = SubmissionFactory(round=held.round, institution=cast.umoja, state=ReturnState.APPROVED)
    found = give(cast, held, submission_ids=[held.pk, done.pk])
    assert [one[0] for one in found] == [True, False]


def test_after_grace_the_lock_keeps_answers_out_until_an_extension(cast: Cast, held: Submission):
    late = DUE + timedelta(hours=48) + SECOND
    asked: dict[str, Any] = {
        "submission_id": held.pk,
        "changes": [AnswerChange("branches_total", 25)],
        "by": cast.editor,
    }
    assert save_answers(**asked, at=late - SECOND).saved == ("branches_total",)
    asked["changes"] = [AnswerChange("branches_total", 26, expected_version=1)]
    with pytest.raises(EditRefused, match="extension"):
        save_answers(**asked, at=late)
    give(cast, held)
    assert save_answers(**asked, at=late).saved == ("branches_total",)


@pytest.mark.parametrize(
    ("after", "timing"),
    [
        (timedelta(), Timing.ON_TIME),
        (SECOND, Timing.WITHIN_GRACE),
        (timedelta(hours=48), Timing.WITHIN_GRACE),
    ],
)
def test_a_submission_is_told_by_its_moment(cast: Cast, after: timedelta, timing: Timing):
    held = complete_return(cast)
    Round.objects.update(due_at=DUE, grace_hours=48, locks_after_grace=True)
    done = move(submission_id=held.pk, move=Move.SUBMIT, by=cast.signatory, at=DUE + after)
    assert done.due.timing(Transition.objects.get(submission=held).at) is timing


def test_after_the_lock_nobody_submits(cast: Cast):
    held = complete_return(cast)
    Round.objects.update(due_at=DUE, grace_hours=48, locks_after_grace=True)
    with pytest.raises(MoveForbidden, match="extension"):
        move(submission_id=held.pk, move=Move.SUBMIT, by=cast.signatory, at=DUE + timedelta(hours=49))
    assert not Transition.objects.exists()


def test_the_page_says_that_the_deadline_has_passed(cast: Cast):
    held = complete_return(cast)
    Round.objects.update(due_at=timezone.now() - timedelta(days=3), locks_after_grace=True)
    client = signed_in(cast.signatory)
    page = client.get(f"/a/amani/returns/{held.pk}/submit/").content.decode()
    assert "The deadline has passed" in page
    assert "ask the association for an extension" in page


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_a_lock_across_the_deadline_is_on_time():
    """The database's clock counts from when the submission reached it, not from when the lock was free."""
    cast = make_cast()
    held = complete_return(cast)
    due = timezone.now() + timedelta(seconds=1.5)
    Round.objects.update(due_at=due, locks_after_grace=True)
    faults: list[BaseException] = []

    def submit() -> None:
        try:
            move(submission_id=held.pk, move=Move.SUBMIT, by=cast.signatory, at=None)
        except BaseException as error:  # noqa: BLE001 - told by the test
            faults.append(error)
        finally:
            connections.close_all()

    with transaction.atomic():
        Submission.objects.select_for_update().get(pk=held.pk)
        waiting = threading.Thread(target=submit)
        waiting.start()
        gone = threading.Event()
        while timezone.now() <= due + timedelta(seconds=0.2):
            gone.wait(0.05)
        assert not Transition.objects.exists()
    waiting.join(30)
    assert not faults
    assert Transition.objects.get().at <= due
    late = Submission.objects.get(pk=held.pk)
    assert late.due.timing(late.submitted_at or due) is Timing.ON_TIME
