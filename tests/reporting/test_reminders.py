"""Reminders: which step tells whom, in what words, and that nothing is ever sent twice."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from members.enums import Reminders, Role
from reporting.enums import ReturnState
from reporting.models import Reminder, Round, Submission
from reporting.services import deadlines, reminders
from reporting.services.reminders import ReminderForbidden, remind_now, send_due
from reporting.tasks import send_reminders
from spm_portal.common.locks import only_one
from spm_portal.common.models import MailMessage
from tests.cast import Cast, make_cast
from tests.factories.members import InstitutionFactory, give_role, person
from tests.factories.reporting import RoundFactory, SubmissionFactory

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

DUE = datetime(2025, 4, 30, 20, 59, tzinfo=UTC)  # 23:59 in Nairobi
STEPS = (-21, -14, -7, -1, 1, 7)


def day(step: int) -> datetime:
    """Nine in the morning in Nairobi, so many days from the due day."""
    return DUE.replace(hour=6, minute=0) + timedelta(days=step)


@pytest.fixture
def held(cast: Cast) -> Submission:
    """Kilimo's draft in a round of Amani, due at the end of April."""
    return _held(cast)


def _held(cast: Cast, **fields: Any) -> Submission:
    cast.amani.time_zone = "Africa/Nairobi"
    cast.amani.save()
    opened: Round = RoundFactory(association=cast.amani, due_at=DUE)
    made: Submission = SubmissionFactory(
        round=opened, institution=cast.kilimo, required_count=98, answered_count=40, **fields
    )
    return made


def told() -> list[str]:
    """To whom reminders were written, by address."""
    return sorted(MailMessage.objects.filter(purpose="reminder").values_list("to", flat=True))


@pytest.mark.parametrize(
    ("step", "people"),
    [
        (-21, {"editor"}),
        (-14, {"editor"}),
        (-7, {"editor"}),
        (-1, {"editor", "signatory"}),
        (1, {"editor", "signatory"}),
        (7, {"editor", "signatory", "manager", "second_manager"}),
    ],
)
def test_each_step_tells_its_people(held: Submission, step: int, people: set[str]):
    assert send_due(at=day(step)) == 1
    assert {address.partition("@")[0] for address in told()} == people
    ledger = Reminder.objects.get()
    assert (ledger.step, ledger.recipients, ledger.by) == (f"{step:+d} 2025-04-30", len(people), None)


def test_a_whole_season_sends_each_step_once(held: Submission):
    at = DUE - timedelta(days=60)
    while at < DUE + timedelta(days=60):
        send_due(at=at)
        at += timedelta(hours=5)
    steps = Reminder.objects.order_by("at").values_list("step", flat=True)
    assert [int(step.split()[0]) for step in steps] == list(STEPS)
    assert len(told()) == 1 + 1 + 1 + 2 + 2 + 4


def test_a_thousand_runs_send_nothing_twice(held: Submission):
    assert send_due(at=day(-7)) == 1
    with CaptureQueriesContext(connection) as queries:
        assert [send_due(at=day(-7) + timedelta(seconds=n)) for n in range(1000)] == [0] * 1000
    assert len(told()) == 1
    assert not [one for one in queries if one["sql"].startswith(("INSERT", "UPDATE"))]


def test_before_the_hour_of_the_association_nothing_is_sent(held: Submission):
    send_due(at=day(-14))
    assert send_due(at=day(-7) - timedelta(hours=1, seconds=1)) == 0  # 07:59:59 there
    assert send_due(at=day(-7) - timedelta(hours=1)) == 1


def test_after_an_outage_only_the_newest_step_is_sent(held: Submission):
    assert send_due(at=day(3)) == 1
    assert [one.step for one in Reminder.objects.all()] == ["+1 2025-04-30"]
    text = MailMessage.objects.filter(to="editor@example.org").get()
    assert "3 days overdue" in text.subject


def test_months_after_nobody_is_told_any_more(held: Submission):
    assert send_due(at=day(120)) == 0


@pytest.mark.parametrize(
    "change",
    [{"state": ReturnState.SUBMITTED}, {"state": ReturnState.RETURNED}, {"imported": True}],
    ids=["submitted", "sent back", "imported"],
)
def test_what_was_submitted_is_not_reminded(cast: Cast, change: dict[str, Any]):
    _held(cast, **change)
    assert send_due(at=day(-1)) == 0


def test_a_closed_round_reminds_nobody(held: Submission):
    Round.objects.update(closed_at=DUE)
    assert send_due(at=day(1)) == 0


def test_a_round_opened_late_skips_the_steps_before_it(held: Submission):
    Round.objects.update(opened_at=day(-10))
    assert send_due(at=day(-9)) == 0
    assert send_due(at=day(-7)) == 1


def test_an_extension_begins_the_steps_anew(cast: Cast, held: Submission):
    send_due(at=day(-1))
    later = DUE + timedelta(days=10)
    deadlines.extend(
        submission_ids=[held.pk], due_at=later, reason="Audit is late.", by=cast.manager, at=day(0)
    )
    assert send_due(at=day(1)) == 0  # no longer overdue, and ten days to go
    assert send_due(at=day(3)) == 1
    assert Reminder.objects.filter(step="-7 2025-05-10").exists()


def test_a_person_gets_one_mail_or_one_each_or_none(cast: Cast, held: Submission):
    other = InstitutionFactory(name="Zebra Savings")
    SubmissionFactory(round=held.round, institution=other)
    people = {
        choice: person(Role.INSTITUTION_EDITOR, cast.kilimo, email=f"{choice}@example.org", reminders=choice)
        for choice in Reminders.values
    }
    for one in people.values():
        give_role(one, Role.INSTITUTION_EDITOR, other)
    assert send_due(at=day(-7)) == 2
    count = {choice: told().count(f"{choice}@example.org") for choice in Reminders.values}
    assert count == {"each": 2, "digest": 1, "none": 0}
    digest = MailMessage.objects.get(to="digest@example.org")
    assert "2 returns wait for you" in digest.subject
    assert "Kilimo Savings" in digest.text
    assert "Zebra Savings" in digest.text


def test_managers_get_one_mail_for_all_their_members(cast: Cast, held: Submission):
    for _number in range(4):
        SubmissionFactory(round=held.round, institution=InstitutionFactory())
    assert send_due(at=day(7)) == 5
    assert told().count("manager@example.org") == 1
    assert "5 returns are overdue" in MailMessage.objects.get(to="manager@example.org").subject


def test_words_are_in_the_reader_s_language_and_time_zone(cast: Cast, held: Submission):
    cast.editor.language, cast.editor.time_zone = "fr", "Asia/Beirut"
    cast.editor.save()
    send_due(at=day(-7))
    mail = MailMessage.objects.get()
    assert "23:59 (Asia/Beirut)" in mail.text
    assert "avril" in mail.text
    assert mail.association_id == cast.amani.pk


def test_without_an_editor_the_signatory_is_told_from_the_start(cast: Cast):
    opened = RoundFactory(association=cast.amani, due_at=DUE)
    SubmissionFactory(round=opened, institution=cast.umoja)
    send_due(at=day(-21) + timedelta(hours=3))
    assert told() == ["other_signatory@example.org"]


def test_a_mail_that_cannot_be_written_leaves_no_row(held: Submission, monkeypatch: pytest.MonkeyPatch):
    def fail(*args: Any, **kwargs: Any) -> bool:
        raise RuntimeError("no")

    with monkeypatch.context() as patch:
        patch.setattr(reminders.deadline_mails, "remind", fail)
        with pytest.raises(RuntimeError):
            send_due(at=day(-7))
    assert not Reminder.objects.exists()
    assert send_due(at=day(-7)) == 1


def test_as_many_queries_for_three_members_as_for_one(cast: Cast, held: Submission):
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            send_due(at=day(-30))
        return len(found)

    one = queries()
    for _number in range(3):
        SubmissionFactory(round=held.round, institution=InstitutionFactory())
    assert queries() == one


def test_by_hand_both_kinds_of_people_are_told_once_within_minutes(cast: Cast, held: Submission):
    first = remind_now(submission_ids=[held.pk], by=cast.reviewer, at=day(-3))
    again = remind_now(submission_ids=[held.pk], by=cast.reviewer, at=day(-3) + timedelta(seconds=2))
    assert [(one.done, one.text) for one in (*first, *again)] == [
        (True, "2 people reminded"),
        (False, "Reminded a moment ago."),
    ]
    assert told() == ["editor@example.org", "signatory@example.org"]
    assert remind_now(submission_ids=[held.pk], by=cast.reviewer, at=day(-2))[0].done


@pytest.mark.parametrize("part", ["signatory", "other_manager", "operator", "nobody", "ex_reviewer"])
def test_only_staff_of_the_association_remind(cast: Cast, held: Submission, part: str):
    with pytest.raises(ReminderForbidden):
        remind_now(submission_ids=[held.pk], by=cast.people[part], at=day(-3))
    assert not told()


def test_what_the_association_holds_is_not_reminded_by_hand(cast: Cast, held: Submission):
    Submission.objects.update(state=ReturnState.IN_REVIEW)
    assert not remind_now(submission_ids=[held.pk], by=cast.reviewer, at=day(-3))[0].done


def in_threads(count: int, work: Any) -> None:
    """Run the same work at the same time on connections of their own."""
    gate = threading.Barrier(count)
    faults: list[BaseException] = []

    def run() -> None:
        try:
            gate.wait(20)
            work()
        except BaseException as error:  # noqa: BLE001 - told by the test
            faults.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not faults


@pytest.mark.django_db(transaction=True)
def test_five_workers_at_once_send_nothing_twice():
    cast = make_cast()
    held = _held(cast)
    for number in range(8):
        member = InstitutionFactory()
        person(Role.INSTITUTION_EDITOR, member, email=f"e{number}@example.org")
        SubmissionFactory(round=held.round, institution=member)
    in_threads(5, lambda: [send_due(at=day(7)) for _number in range(4)])
    assert Reminder.objects.count() == 9
    addresses = told()
    assert len(addresses) == len(set(addresses)) == 8 + 4


@pytest.mark.django_db(transaction=True)
def test_the_task_leaves_the_work_to_the_worker_that_is_at_it():
    _held(make_cast())
    seen: list[bool] = []

    def other() -> None:
        with only_one("reporting.reminders") as mine:
            seen.append(mine)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(reminders, "send_due", lambda **_: seen.append(True))
            send_reminders()

    with only_one("reporting.reminders") as mine:
        assert mine
        in_threads(1, other)
    assert seen == [False]
    with only_one("reporting.reminders") as mine:
        assert mine
