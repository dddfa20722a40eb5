"""Reads of background work on editions: one in the making, and the checks of one that is published."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from reporting.models import Release, Round
from spm_portal.common.models import AuditEvent, Job, JobState

PUBLICATION_KIND = "release_publication"
CHECK_KIND = "edition_check"
RUNNING = (JobState.QUEUED, JobState.RUNNING)


def running_of(kind: str, **args: Any) -> Job | None:
    """The job of this kind about this thing that waits or runs."""
    wanted = {f"args__{name}": value for name, value in args.items()}
    return Job.objects.filter(kind=kind, state__in=RUNNING, **wanted).order_by("-created_at").first()


def publication_of(of_round: Round, pk: UUID | None = None) -> Job | None:
    """One publication of a round, or the one that waits or runs."""
    if pk is None:
        return running_of(PUBLICATION_KIND, round=str(of_round.pk))
    return Job.objects.filter(kind=PUBLICATION_KIND, args__round=str(of_round.pk), pk=pk).first()


@dataclass(frozen=True, slots=True)
class Check:
    """What the newest check of an edition found."""

    at: datetime
    same: bool
    figures: int
    different: int
    names: tuple[str, ...]
    content_holds: bool | None
    parameters_changed: bool


def check_under_way(release: Release) -> Job | None:
    """A check of this edition that waits or runs."""
    return running_of(CHECK_KIND, release=str(release.pk))


def last_check(release: Release) -> Check | None:
    """The newest check of an edition; None where nobody asked for one."""
    found = (
        AuditEvent.objects.filter(
            verb="edition.checked", object_type=Release._meta.label_lower, object_id=release.pk
        )
        .order_by("-at")
        .first()
    )
    if found is None:
        return None
    data = found.data
    return Check(
        at=found.at,
        same=bool(data["same"]),
        figures=int(data["figures"]),
        different=int(data["different"]),
        names=tuple(data.get("names", ())),
        content_holds=data.get("content_holds"),
        parameters_changed=bool(data.get("parameters_changed")),
    )
