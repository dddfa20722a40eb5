"""Kinds of jobs that only tests know; a worker loads this module by `--include` and dies where a job says so.

The points of death are wrapped around the queue's own functions, and only where the variable FAULT_POINTS is set:
never in the process that runs the tests.
"""

import os
import signal
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from spm_portal.common import jobs, mail
from spm_portal.common.jobs import JobResult, Progress
from spm_portal.common.models import Job

WORK = "test_work"
DIED = "died with"  # and the token of the run
POINTS = ("before claim", "begun", "half-way", "file written", "before commit", "after commit")


def content_of(job: Job) -> bytes:
    """What the file of a job holds."""
    return f"The file of {job.pk}\n".encode() * 100


def notes(job: Job, media_root: Path) -> list[str]:
    """What a job has noted about its runs."""
    path = media_root / "faults" / f"{job.pk}.txt"
    return path.read_text().splitlines() if path.exists() else []


def _note(job: Job, text: str) -> None:
    folder = Path(settings.MEDIA_ROOT) / "faults"
    folder.mkdir(exist_ok=True)
    with (folder / f"{job.pk}.txt").open("a") as file:
        file.write(f"{text}\n")


def _die(job: Job, point: str) -> None:
    """Die by signal 9, once, if the job says so: this process alone, or the worker with all its processes."""
    if job.args.get("die") != point or point in notes(job, Path(settings.MEDIA_ROOT)):
        return
    _note(job, point)
    _note(job, f"{DIED} {job.token}")
    if job.args.get("whole"):
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def work(job: Job, progress: Progress) -> JobResult:
    """Make a file in two steps, or fail."""
    _note(job, "run")
    progress(0, 2, "Beginning")
    _die(job, "begun")
    if job.args.get("poison"):
        raise RuntimeError("This job can never be done.")
    progress(1, 2, "Half-way")
    _die(job, "half-way")
    time.sleep(job.args.get("seconds", 0))
    return JobResult(content=content_of(job), name="work.txt")


def _tell(job: Job, word: str) -> None:
    mail.write(
        key=f"test:{job.pk}:{word}",
        purpose=word,
        to="asked@example.org",
        subject=word,
        text=word,
        at=timezone.now(),
    )


def done(job: Job) -> None:
    """Announce the file in the transaction that finishes the job."""
    _tell(job, "done")
    _die(job, "before commit")


def failed(job: Job) -> None:
    """Announce that the job was given up."""
    _tell(job, "failed")


def install() -> None:
    """Make the kind known."""
    jobs.register(jobs.Kind(WORK, work, done=done, failed=failed))


def _wrap() -> None:
    claim, store, finish = jobs.claim, jobs._store, jobs._finish

    def claim_or_die(job_id: UUID) -> Job | None:
        _die(Job.objects.get(pk=job_id), "before claim")
        return claim(job_id)

    def store_and_die(wanted: str, content: bytes) -> str:
        name = store(wanted, content)
        _die(Job.objects.get(pk=Path(wanted).parent.name), "file written")
        return name

    def finish_and_die(job: Job, *args: Any) -> None:
        finish(job, *args)
        _die(job, "after commit")

    jobs.claim, jobs._store, jobs._finish = claim_or_die, store_and_die, finish_and_die


install()
if os.environ.get("FAULT_POINTS"):
    _wrap()
