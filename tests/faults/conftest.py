"""What the tests about faults share: a queue of test work, workers with short leases, and what is left behind."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from spm_portal.common import jobs
from spm_portal.common.models import Job, JobState, MailMessage
from tests.faults import kinds
from tests.plugins.worker_process import CeleryProcess, ProcessFactory, wait_until

Ask = Callable[..., Job]
Start = Callable[..., CeleryProcess]
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
def ask() -> Iterator[Ask]:
    """``ask(die="half-way")`` queues a piece of test work; the arguments are those of the kind."""
    kinds.install()

    def request(**args: Any) -> Job:
        return jobs.request_job(kinds.WORK, by=None, at=timezone.now(), args=args)

    yield request
    jobs._kinds.pop(kinds.WORK, None)


@pytest.fixture
def start_worker(processes: ProcessFactory, tmp_path: Path) -> Start:
    """``start_worker()`` starts a worker that sweeps every second.

    It holds a job for as long as a real one does, so that a slow machine is not taken for a dead worker; `wait_for`
    ends the lease of a run that is known to have died.
    """

    def start(*arguments: str, sweeps: bool = True, **environment: str) -> CeleryProcess:
        with_beat = (
            ("--beat", "--schedule", str(tmp_path / f"beat-{len(processes.started)}")) if sweeps else ()
        )
        short = {"SWEEP_SECONDS": "1", "FAULT_POINTS": "1"}
        return processes.start(
            "worker", "--include", "tests.faults.kinds", *with_beat, *arguments, **{**short, **environment}
        )

    return start


def state_of(job: Job) -> str:
    """Where a job stands now."""
    return str(Job.objects.values_list("state", flat=True).get(pk=job.pk))


def end_lease(job: Job) -> None:
    """Let the time pass for which a killed worker still holds its job."""
    assert Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(lease_until=LONG_AGO) == 1


def _end_leases_of_the_dead(asked: tuple[Job, ...]) -> None:
    """Let the time pass for which runs that died still hold their jobs; a run that took over keeps its lease."""
    for job in asked:
        died = [line for line in kinds.notes(job, Path(settings.MEDIA_ROOT)) if line.startswith(kinds.DIED)]
        for line in died:
            token = line.removeprefix(kinds.DIED).strip()
            if token != "None":
                Job.objects.filter(pk=job.pk, state=JobState.RUNNING, token=token).update(
                    lease_until=LONG_AGO
                )


def wait_for(*asked: Job, state: str = JobState.DONE, seconds: float = 120) -> None:
    """Wait until all these jobs are in a state."""

    def reached() -> bool:
        _end_leases_of_the_dead(asked)
        return all(state_of(job) == state for job in asked)

    wait_until(
        reached,
        seconds,
        lambda: f"{state}: {[(job.args, state_of(job)) for job in asked]}",
    )


def has_one_effect(job: Job, media_root: Path) -> None:
    """The job left exactly one whole file and one mail."""
    job.refresh_from_db()
    assert job.state == JobState.DONE
    files = list((media_root / "private" / "jobs" / str(job.pk)).iterdir())
    assert [file.read_bytes() for file in files] == [kinds.content_of(job)]
    assert jobs.intact_content(job) == kinds.content_of(job)
    assert list(
        MailMessage.objects.filter(key__startswith=f"test:{job.pk}").values_list("purpose", flat=True)
    ) == ["done"]
