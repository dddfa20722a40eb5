"""The queue of record: ask for a job, claim it with a lease, run it safely, sweep up what was lost.

Celery is only the doorbell. A job row is written in the transaction that needs the work; a worker claims the row
under a lease with a fencing token, so that a lost message delays and a doubled one does nothing.
"""

import hashlib
import logging
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from spm_portal.common import doorbell
from spm_portal.common.models import Job, JobState

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.auth.base_user import AbstractBaseUser

log = logging.getLogger(__name__)


class JobCancelled(Exception):
    """Raised by a handler when the person who asked may no longer have the result."""


class LeaseLost(Exception):
    """Raised when another worker holds the job by now: this run must leave no trace."""


@dataclass(frozen=True, slots=True)
class JobResult:
    """What a handler made: a private file with the name a person will see, or nothing but its effects."""

    content: bytes | None = None
    name: str = ""


Progress = Callable[[int, int, str], None]
Handler = Callable[[Job, Progress], JobResult]
AfterDone = Callable[[Job], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job: how it is done, and what is announced in the transaction that finishes it."""

    name: str
    handler: Handler
    done: AfterDone | None = None
    failed: AfterDone | None = None


_kinds: dict[str, Kind] = {}
WITHOUT_RESULT = (JobState.FAILED, JobState.CANCELLED)


def register(kind: Kind) -> None:
    """Make a kind of job known; apps call it from `ready()`."""
    _kinds[kind.name] = kind


def request_job(
    kind: str,
    *,
    by: "AbstractBaseUser | None",
    at: datetime,
    args: dict[str, Any],
    association_id: "UUID | None" = None,
    key: str | None = None,
    again: bool = False,
) -> Job:
    """Write a job row and ring for a worker on commit. Asking again with the same `key` gives the same job.

    `again` queues that job once more where it failed or was cancelled, in the name of the person who asks now.
    """
    if kind not in _kinds:
        raise ValueError(f"Unknown kind of job: {kind}")
    fields = {
        "kind": kind,
        "args": args,
        "association_id": association_id,
        "requested_by_id": by.pk if by is not None else None,
        "created_at": at,
    }
    with transaction.atomic():
        if key is None:
            job = Job.objects.create(**fields)
        else:
            job, _created = Job.objects.get_or_create(key=key, defaults=fields)
        if job.state == JobState.QUEUED:
            ring_on_commit(job.pk)
        if again and job.state in WITHOUT_RESULT:
            queue_again(job.pk, at=at, by=by, states=WITHOUT_RESULT)
            job.refresh_from_db()
    return job


def retry_job(job_id: "UUID", *, at: datetime) -> bool:
    """Queue a failed job once more; false if it has not failed."""
    return queue_again(job_id, at=at, states=(JobState.FAILED,))


def queue_again(
    job_id: "UUID", *, at: datetime, states: Iterable[JobState], by: "AbstractBaseUser | None" = None
) -> bool:
    """Queue a finished job once more: one that failed, was cancelled, or whose file is damaged.

    `by` becomes the person who asks, whose rights count when it runs. False if the job is in none of the `states`.
    """
    fields: dict[str, Any] = {"requested_by_id": by.pk} if by is not None else {}
    with transaction.atomic():
        changed = Job.objects.filter(pk=job_id, state__in=[*states]).update(
            state=JobState.QUEUED,
            attempts=0,
            error="",
            finished_at=None,
            created_at=at,
            lease_until=None,
            token=None,
            step=0,
            step_label="",
            **fields,
        )
        if changed:
            ring_on_commit(job_id)
    return bool(changed)


def intact_content(job: Job) -> bytes | None:
    """The file of a finished job, or None where it is missing or not what the worker stored."""
    if job.state != JobState.DONE or not job.result:
        return None
    try:
        with job.result.open("rb") as stored:
            content: bytes = stored.read()
    except OSError:
        log.exception("the file of job %s cannot be read", job.pk)
        return None
    if len(content) != job.result_size or hashlib.sha256(content).hexdigest() != job.result_sha256:
        log.error("the file of job %s is not what was stored", job.pk)
        return None
    return content


def ring_on_commit(job_id: "UUID") -> None:
    """Ring the doorbell after the transaction; a broker that is down costs a delay, never the request."""
    from spm_portal.common.tasks import run_job  # late: Celery tasks need the app registry

    transaction.on_commit(lambda: doorbell.ring(run_job, str(job_id)), robust=True)


def claim(job_id: "UUID") -> Job | None:
    """Take a waiting or abandoned job for one lease; nothing if it is done, failed or held by a living worker."""
    token = uuid.uuid4()
    lease = timedelta(seconds=settings.JOB_LEASE_SECONDS)
    with transaction.atomic():
        taken = (
            Job.objects.filter(pk=job_id)
            .filter(Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_until__lt=Now()))
            .filter(attempts__lt=settings.JOB_MAX_ATTEMPTS)
            .update(
                state=JobState.RUNNING,
                token=token,
                lease_until=Now() + lease,
                attempts=F("attempts") + 1,
                error="",
            )
        )
    return Job.objects.get(pk=job_id) if taken else None


def _mine(job: Job) -> Any:
    return Job.objects.filter(pk=job.pk, token=job.token, state=JobState.RUNNING)


def _progress_of(job: Job) -> Progress:
    lease = timedelta(seconds=settings.JOB_LEASE_SECONDS)

    def progress(step: int, steps: int, label: str) -> None:
        """Say how far the work is, and prolong the lease; stops a run whose job was taken over."""
        if not _mine(job).update(step=step, steps=steps, step_label=label[:200], lease_until=Now() + lease):
            raise LeaseLost

    return progress


def run(job_id: "UUID") -> None:
    """Claim and do one job. Runs any number of times, in any number of workers, with one effect."""
    job = claim(job_id)
    if job is None:
        return
    kind = _kinds.get(job.kind)
    try:
        if kind is None:
            raise LookupError(f"Unknown kind of job: {job.kind}")
        result = kind.handler(job, _progress_of(job))
        _finish(job, kind, result)
    except LeaseLost:
        log.warning("job %s was taken over by another worker", job.pk)
    except JobCancelled as reason:
        _mine(job).update(state=JobState.CANCELLED, error=str(reason), finished_at=Now(), lease_until=None)
    except Exception as error:
        log.exception("job %s (%s) failed, attempt %s", job.pk, job.kind, job.attempts)
        _give_back(job, kind, error)


def _finish(job: Job, kind: Kind, result: JobResult) -> None:
    """Store the file under a name made of its content, then mark the job done if it is still ours."""
    stored, digest = "", ""
    if result.content is not None:
        digest = hashlib.sha256(result.content).hexdigest()
        stored = _store(f"jobs/{job.pk}/{digest[:16]}", result.content)
    with transaction.atomic():
        done = _mine(job).update(
            state=JobState.DONE,
            finished_at=Now(),
            lease_until=None,
            result=stored,
            result_name=result.name,
            result_sha256=digest,
            result_size=len(result.content) if result.content is not None else None,
        )
        if not done:
            raise LeaseLost
        if kind.done is not None:
            kind.done(Job.objects.get(pk=job.pk))


def _store(wanted: str, content: bytes) -> str:
    """Store a file whole: what a worker killed half-way or a bad disk left under the name is replaced."""
    storage = Job._meta.get_field("result").storage
    if storage.exists(wanted):
        with storage.open(wanted, "rb") as found:
            if found.read() == content:
                return wanted
        storage.delete(wanted)
    return str(storage.save(wanted, ContentFile(content)))


def _give_back(job: Job, kind: Kind | None, error: Exception) -> None:
    """Queue a failed run again, or give the job up when its attempts are used."""
    message = f"{type(error).__name__}: {error}"[:2000]
    last = job.attempts >= settings.JOB_MAX_ATTEMPTS
    with transaction.atomic():
        if last:
            changed = _mine(job).update(
                state=JobState.FAILED, error=message, finished_at=Now(), lease_until=None
            )
            if changed and kind is not None and kind.failed is not None:
                kind.failed(Job.objects.get(pk=job.pk))
        else:
            _mine(job).update(state=JobState.QUEUED, error=message, lease_until=None, token=None)


def sweep() -> int:
    """Ring again for jobs nobody works on, and give up those whose worker died too often. Returns how many."""
    from spm_portal.common.tasks import run_job  # late: Celery tasks need the app registry

    abandoned = Q(state=JobState.RUNNING, lease_until__lt=Now())
    for job in Job.objects.filter(abandoned, attempts__gte=settings.JOB_MAX_ATTEMPTS):
        kind = _kinds.get(job.kind)
        with transaction.atomic():
            changed = Job.objects.filter(abandoned, pk=job.pk, token=job.token).update(
                state=JobState.FAILED,
                error="The worker stopped in the middle of this job each time it was tried.",
                finished_at=Now(),
                lease_until=None,
            )
            if changed and kind is not None and kind.failed is not None:
                kind.failed(Job.objects.get(pk=job.pk))
    waiting = Job.objects.filter(Q(state=JobState.QUEUED) | abandoned, attempts__lt=settings.JOB_MAX_ATTEMPTS)
    ids = list(waiting.order_by("created_at", "pk").values_list("pk", flat=True)[:500])
    for job_id in ids:
        doorbell.ring(run_job, str(job_id))
    return len(ids)


def oldest_waiting_seconds() -> float:
    """Age in seconds of the oldest job that nobody has begun; 0 where none waits."""
    oldest = (
        Job.objects.filter(state=JobState.QUEUED).order_by("created_at").values_list("created_at", flat=True)
    )
    first = oldest.first()
    return (timezone.now() - first).total_seconds() if first else 0.0
