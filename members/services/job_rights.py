"""The person who asked for a job, with the rights of the moment when it runs, not of that when it was asked for."""

from typing import Any

from members.access import forget
from members.models import User
from spm_portal.common.jobs import JobCancelled
from spm_portal.common.models import Job


def person_of(job: Job) -> User | None:
    """Who asked for the job; None for one that the command line or the portal itself asked for."""
    return User.objects.filter(pk=job.requested_by_id).first() if job.requested_by_id else None


def asker_of(job: Job, permission: str, obj: Any) -> User:
    """The person who asked; raises JobCancelled unless there is one who may still have the result."""
    person = person_of(job)
    if person is None:
        raise JobCancelled("Nobody is there who asked for this.")
    forget(person)
    if not person.is_active or not person.has_perm(permission, obj):
        raise JobCancelled("The person who asked may no longer have this.")
    return person


def check_asker(job: Job, permission: str, obj: Any) -> None:
    """Like `asker_of`, for kinds of jobs that the command line or the portal itself may ask for too."""
    if job.requested_by_id is not None:
        asker_of(job, permission, obj)
