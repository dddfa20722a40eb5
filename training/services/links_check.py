"""Looking whether the links of an association's library still lead somewhere: every week, and when staff ask."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext as _

from members.access import forget
from members.models import Association, User
from members.services.permission import permit
from spm_portal.common import audit, jobs
from spm_portal.common.jobs import JobResult, Progress
from spm_portal.common.models import Job
from spm_portal.common.web_visits import Visit, visit
from training.enums import LinkState
from training.models import WorkVersion

KIND = "library_links"
MANAGE = "training.manage_training"
AT_ONCE = 8
Visitor = Callable[[str], Visit]


def request_check(*, association: Association, by: User | None, at: datetime) -> Job:
    """Ask for a look at all links of the library; one look a day and hour is enough for all who ask."""
    if by is not None:
        forget(by)
    permit(by, MANAGE, association)
    with transaction.atomic():
        job = jobs.request_job(
            KIND,
            by=by,
            at=at,
            args={"association": str(association.pk)},
            association_id=association.pk,
            key=f"{KIND}:{association.pk}:{at:%Y-%m-%dT%H}",
            again=True,
        )
        audit.record("library.check_requested", association, by=by, at=at, association_id=association.pk)
    return job


def request_all(*, at: datetime) -> int:
    """Ask for a look at the links of every library that has some; how many libraries."""
    having = _with_links().values("association_id")
    associations = list(Association.objects.filter(pk__in=having).order_by("slug"))
    for association in associations:
        request_check(association=association, by=None, at=at)
    return len(associations)


def make(job: Job, progress: Progress) -> JobResult:
    """Look at the links of one library and keep what was found."""
    association = Association.objects.get(pk=UUID(job.args["association"]))
    with translation.override(association.language):
        check(association=association, visitor=visit, progress=progress)
    return JobResult()


def check(*, association: Association, visitor: Visitor, progress: Progress | None = None) -> int:
    """Visit each link, some at once, the one that was not looked at longest first; how many do not work.

    What is found is kept at once, so that a look that is cut short was not in vain.
    """

    def look(url: str) -> Visit:
        # a server that hiccups is asked once more before its link counts as broken
        found = visitor(url)
        return visitor(url) if found.works is False else found

    links = list(
        _with_links()
        .filter(association=association)
        .order_by("link_checked_at", "pk")
        .values_list("pk", "url")
    )
    broken = done = 0
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        for some in _batches(links):
            for (key, url), found in zip(some, pool.map(look, [url for _key, url in some]), strict=True):
                _keep(key, url, found)
                broken += found.works is False
            done += len(some)
            if progress is not None:
                progress(done, len(links), _("Looking at links"))
    return broken


def register() -> None:
    """Make the kind of job known to the queue."""
    jobs.register(jobs.Kind(KIND, make))


def _with_links() -> "QuerySet[WorkVersion]":
    return WorkVersion.objects.exclude(url="").filter(work__retired_at=None)


def _batches(links: list[tuple[UUID, str]]) -> Iterator[list[tuple[UUID, str]]]:
    for start in range(0, len(links), AT_ONCE):
        yield links[start : start + AT_ONCE]


def _keep(key: UUID, url: str, found: Visit) -> None:
    """Write what was found, unless somebody wrote another link meanwhile."""
    state = {True: LinkState.WORKS, False: LinkState.BROKEN, None: LinkState.UNCHECKED}[found.works]
    WorkVersion.objects.filter(pk=key, url=url).update(
        link_state=state, link_problem=str(found.problem)[:200], link_checked_at=Now()
    )
