"""A worker killed by signal 9 at any point, and one job many times at once: one file, one mail, always."""

import time
from pathlib import Path

import pytest

from spm_portal.common.models import Job, JobState, MailMessage
from spm_portal.common.tasks import run_job
from tests.faults.conftest import Ask, Start, has_one_effect, wait_for
from tests.faults.kinds import POINTS, notes

pytestmark = [pytest.mark.fault, pytest.mark.slow]


def test_a_killed_process_of_a_worker_costs_a_delay_at_every_point(
    ask: Ask, start_worker: Start, media_root: Path
) -> None:
    start_worker("--concurrency", "3")  # a worker looks for dead processes every five seconds
    asked = {point: ask(die=point) for point in POINTS}

    wait_for(*asked.values())

    for point, job in asked.items():
        # it did die there
        assert point in notes(job, media_root), point
        has_one_effect(job, media_root)
        assert job.attempts == (1 if point in {"before claim", "after commit"} else 2), point


def test_a_worker_killed_with_all_its_processes_is_replaced_by_the_next(
    ask: Ask, start_worker: Start, media_root: Path
) -> None:
    points = ("half-way", "file written")
    asked = [ask(die=point, whole=True) for point in points]
    for _point in points:
        worker = start_worker()
        assert worker.process.wait(timeout=30) == -9
    start_worker()

    wait_for(*asked)

    for point, job in zip(points, asked, strict=True):
        assert notes(job, media_root).count(point) == 1
        has_one_effect(job, media_root)


def test_one_job_rung_many_times_at_once_is_done_once(
    ask: Ask, start_worker: Start, media_root: Path
) -> None:
    start_worker("--concurrency", "4", sweeps=False)
    job = ask(seconds=1)
    for _ in range(10):
        run_job.apply_async(args=[str(job.pk)])

    wait_for(job)
    time.sleep(1)  # whatever would come late

    has_one_effect(job, media_root)
    assert job.attempts == 1
    assert notes(job, media_root) == ["run"]


def test_a_job_that_can_never_be_done_is_given_up_and_blocks_nobody(
    ask: Ask, start_worker: Start, media_root: Path
) -> None:
    start_worker()
    poison, killer, healthy = ask(poison=True), ask(die="begun"), ask()
    # this one takes its process with it each time: only the sweeper can give it up
    Job.objects.filter(pk=killer.pk).update(attempts=2)

    wait_for(healthy)
    wait_for(poison, killer, state=JobState.FAILED)

    has_one_effect(healthy, media_root)
    poison.refresh_from_db()
    assert poison.attempts == 3
    assert notes(poison, media_root) == ["run"] * 3
    assert poison.error == "RuntimeError: This job can never be done."
    for job in (poison, killer):
        told = MailMessage.objects.filter(key__startswith=f"test:{job.pk}")
        assert list(told.values_list("purpose", flat=True)) == ["failed"]
        assert not (media_root / "private" / "jobs" / str(job.pk)).exists()
