"""The queue of record: leases, fencing, doubled messages, poison, the sweeper, and a broker that is down."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from spm_portal.common import doorbell, jobs, tasks
from spm_portal.common.downloads import file_of_job
from spm_portal.common.jobs import JobCancelled, JobResult, Kind, LeaseLost
from spm_portal.common.models import Job, JobState

pytestmark = pytest.mark.django_db


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids for which the doorbell was rung."""
    found: list[str] = []
    monkeypatch.setattr(tasks.run_job, "apply_async", lambda args, **_: found.append(args[0]))
    doorbell.forget()
    return found


class Work:
    """A kind of job whose handler and announcements a test can watch."""

    def __init__(self) -> None:
        self.runs = 0
        self.done: list[Job] = []
        self.failed: list[Job] = []
        self.error: Exception | None = None
        self.before_end: Any = None

    def __call__(self, job: Job, progress: jobs.Progress) -> JobResult:
        self.runs += 1
        progress(1, 2, "half")
        if self.before_end is not None:
            self.before_end(job)
        if self.error is not None:
            raise self.error
        return JobResult(content=b"made", name="file.txt")


@pytest.fixture
def work() -> Iterator[Work]:
    made = Work()
    jobs.register(Kind("test", made, done=made.done.append, failed=made.failed.append))
    yield made
    jobs._kinds.pop("test")


def asked(**fields: Any) -> Job:
    return jobs.request_job("test", by=None, at=timezone.now(), args={}, **fields)


def expire(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


@pytest.mark.django_db(transaction=True)
def test_the_doorbell_rings_after_the_transaction_only(work: Work, rung: list[str]) -> None:
    with transaction.atomic():
        job = asked()
        assert rung == []
    assert rung == [str(job.pk)]


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_request_leaves_no_job(work: Work, rung: list[str]) -> None:
    with transaction.atomic():
        asked()
        transaction.set_rollback(True)
    assert rung == []
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_costs_the_request_nothing(
    work: Work, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr(tasks.run_job, "apply_async", refuse)
    job = asked()
    assert Job.objects.get(pk=job.pk).state == JobState.QUEUED
    assert "sweeper" in caplog.text
    # the sweep does not mind either, nobody waits for the broker a second time, and once it is back the sweep rings
    assert jobs.sweep() == 1
    assert caplog.text.count("sweeper") == 1
    found: list[str] = []
    monkeypatch.setattr(tasks.run_job, "apply_async", lambda args, **_: found.append(args[0]))
    doorbell.forget()
    assert jobs.sweep() == 1
    assert found == [str(job.pk)]


def test_unknown_kinds_cannot_be_asked_for() -> None:
    with pytest.raises(ValueError, match="Unknown kind"):
        jobs.request_job("nothing", by=None, at=timezone.now(), args={})


def test_one_key_is_one_job(work: Work) -> None:
    assert asked(key="same").pk == asked(key="same").pk
    assert asked(key="other").pk != asked(key="same").pk
    assert asked().pk != asked().pk


def test_a_job_is_done_once_and_keeps_its_file(work: Work) -> None:
    job = asked()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.result_name, job.result_size) == (JobState.DONE, 1, "file.txt", 4)
    assert job.lease_until is None
    assert job.finished_at is not None
    assert jobs.intact_content(job) == b"made"
    assert [one.pk for one in work.done] == [job.pk]


def test_a_doubled_message_does_nothing(work: Work) -> None:
    job = asked()
    jobs.run(job.pk)
    jobs.run(job.pk)
    assert work.runs == 1
    assert len(work.done) == 1


def test_a_message_for_a_running_job_does_nothing(work: Work) -> None:
    job = asked()
    work.before_end = lambda running: jobs.run(running.pk)
    jobs.run(job.pk)
    assert work.runs == 1


def test_a_claim_holds_for_one_lease(work: Work) -> None:
    job = asked()
    first = jobs.claim(job.pk)
    assert first is not None
    assert first.state == JobState.RUNNING
    assert jobs.claim(job.pk) is None
    expire(job)
    second = jobs.claim(job.pk)
    assert second is not None
    assert second.token != first.token
    assert second.attempts == 2


def test_a_run_that_was_overtaken_leaves_no_trace(work: Work) -> None:
    """The first worker stalls beyond its lease, a second one finishes; the first may not overwrite or announce."""
    job = asked()
    finished: list[Job] = []

    def overtake(running: Job) -> None:
        work.before_end = None
        expire(running)
        jobs.run(running.pk)
        finished.append(Job.objects.get(pk=running.pk))

    work.before_end = overtake
    jobs.run(job.pk)
    job.refresh_from_db()
    assert work.runs == 2
    assert len(work.done) == 1
    assert job.token == finished[0].token
    assert job.finished_at == finished[0].finished_at


def test_progress_of_an_overtaken_run_stops_it(work: Work) -> None:
    job = asked()
    first = jobs.claim(job.pk)
    assert first is not None
    progress = jobs._progress_of(first)
    progress(1, 3, "one")
    expire(job)
    assert jobs.claim(job.pk) is not None
    with pytest.raises(LeaseLost):
        progress(2, 3, "two")
    job.refresh_from_db()
    assert job.step == 1


def test_progress_prolongs_the_lease_and_says_where_it_is(work: Work) -> None:
    job = asked()
    mine = jobs.claim(job.pk)
    assert mine is not None
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() + timedelta(seconds=2))
    jobs._progress_of(mine)(2, 5, "x" * 300)
    job.refresh_from_db()
    assert (job.step, job.steps, len(job.step_label)) == (2, 5, 200)
    assert job.lease_until is not None
    assert job.lease_until > timezone.now() + timedelta(seconds=60)


def test_a_failing_job_is_tried_again_and_then_given_up(
    work: Work, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.JOB_MAX_ATTEMPTS = 3
    work.error = RuntimeError("poison")
    job = asked()
    for attempt in (1, 2):
        jobs.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.attempts) == (JobState.QUEUED, attempt)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "RuntimeError: poison")
    assert [one.pk for one in work.failed] == [job.pk]
    jobs.run(job.pk)
    assert work.runs == 3
    assert not work.done


def test_an_announcement_that_fails_takes_the_end_back(work: Work, caplog: pytest.LogCaptureFixture) -> None:
    """Done and announced are one transaction: no finished job without its mail."""
    jobs.register(Kind("test", work, done=lambda job: 1 / 0))
    job = asked()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.QUEUED


def test_a_cancelled_job_is_not_tried_again(work: Work) -> None:
    work.error = JobCancelled("no right any more")
    job = asked()
    jobs.run(job.pk)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error, work.runs) == (JobState.CANCELLED, "no right any more", 1)
    assert not work.done
    assert not work.failed


def test_a_kind_that_is_gone_ends_failed(work: Work, settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.JOB_MAX_ATTEMPTS = 1
    job = asked()
    kind = jobs._kinds.pop("test")
    jobs.run(job.pk)
    jobs._kinds["test"] = kind
    job.refresh_from_db()
    assert job.state == JobState.FAILED


def test_the_sweeper_rings_for_waiting_and_abandoned_jobs(work: Work, rung: list[str]) -> None:
    waiting, abandoned, held, done = asked(), asked(), asked(), asked()
    jobs.claim(abandoned.pk)
    expire(abandoned)
    jobs.claim(held.pk)
    jobs.run(done.pk)
    assert jobs.sweep() == 2
    assert set(rung) == {str(waiting.pk), str(abandoned.pk)}


def test_the_sweeper_gives_up_a_job_whose_workers_died(work: Work, rung: list[str], settings: Any) -> None:
    settings.JOB_MAX_ATTEMPTS = 2
    job = asked()
    for _ in range(2):
        assert jobs.claim(job.pk) is not None
        expire(job)
    assert jobs.claim(job.pk) is None
    assert jobs.sweep() == 0
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "stopped" in job.error
    assert [one.pk for one in work.failed] == [job.pk]
    assert rung == []


def test_only_what_ended_can_be_queued_again(
    work: Work, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.JOB_MAX_ATTEMPTS = 1
    work.error = RuntimeError("once")
    job = asked()
    assert not jobs.retry_job(job.pk, at=timezone.now())
    jobs.run(job.pk)
    assert jobs.retry_job(job.pk, at=timezone.now())
    work.error = None
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert not jobs.retry_job(job.pk, at=timezone.now())
    assert not jobs.retry_job(uuid.uuid4(), at=timezone.now())


@pytest.mark.parametrize("damage", ["truncated", "changed", "gone"])
def test_a_damaged_file_is_noticed_and_made_again(
    work: Work, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    job = asked()
    jobs.run(job.pk)
    job.refresh_from_db()
    storage, name = job.result.storage, job.result.name
    path = storage.path(name)
    if damage == "gone":
        storage.delete(name)
    else:
        with open(path, "wb") as stored:
            stored.write(b"ma" if damage == "truncated" else b"fake")
    assert job.is_over
    assert file_of_job(job, content_type="text/plain", at=timezone.now()) is None
    job.refresh_from_db()
    assert not job.is_over
    jobs.run(job.pk)
    job.refresh_from_db()
    assert jobs.intact_content(job) == b"made"


def test_a_file_is_handed_out_once_it_is_there_and_a_job_under_way_is_left_alone(work: Work) -> None:
    job = asked()
    jobs.run(job.pk)
    # read before the worker was done
    assert file_of_job(job, content_type="text/plain", at=timezone.now()) is None
    job.refresh_from_db()
    file = file_of_job(job, content_type="text/plain", at=timezone.now())
    assert file is not None
    assert (file.content, file["Content-Type"]) == (b"made", "text/plain")
    assert file["Content-Disposition"] == 'attachment; filename="file.txt"'


def test_the_age_of_the_queue_is_that_of_the_oldest_waiting_job(work: Work) -> None:
    assert jobs.oldest_waiting_seconds() == 0
    job = asked()
    asked()
    Job.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(minutes=10))
    assert 590 < jobs.oldest_waiting_seconds() < 660
