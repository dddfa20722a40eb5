"""Publishing as a job: asked for on a page, worked out by a worker with progress, refused in words."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from members.access import forget
from members.models import User
from members.services.job_rights import asker_of
from members.services.permission import permit
from reporting.models import Round
from reporting.selectors.edition_jobs import PUBLICATION_KIND, running_of
from reporting.selectors.releases import latest_of, preview
from reporting.selectors.replies import blockers, hearing_of
from reporting.services import releases
from reporting.services.releases import PublishRefused
from spm_portal.common import jobs
from spm_portal.common.jobs import JobCancelled, JobResult, Progress
from spm_portal.common.models import Job

MAX_ERRATUM = 4000


def request_publication(
    *, round_id: UUID, by: User, at: datetime, erratum: str = "", is_public: bool = False
) -> Job:
    """Ask for the next edition of a round; asking while one is in the making gives that one. Raises PublishRefused."""
    erratum = erratum.replace("\x00", "").strip()
    with transaction.atomic():
        of_round = (
            Round.objects.select_for_update(of=("self",)).select_related("association").get(pk=round_id)
        )
        forget(by)
        permit(by, "reporting.publish_release", of_round)
        running = running_of(PUBLICATION_KIND, round=str(of_round.pk))
        if running is not None:
            return running
        earlier = latest_of(of_round)
        if earlier is not None and not erratum:
            raise PublishRefused(
                _("Edition %(number)d is published already. Write what changed since: readers see it.")
                % {"number": earlier.number}
            )
        if len(erratum) > MAX_ERRATUM:
            raise PublishRefused(
                _("The text has %(count)s characters; at most %(limit)s are kept. Shorten it.")
                % {"count": len(erratum), "limit": MAX_ERRATUM}
            )
        waits = blockers(hearing_of(of_round, preview(of_round)), at)
        if waits:
            raise PublishRefused(" ".join(one.text for one in waits))
        return jobs.request_job(
            PUBLICATION_KIND,
            by=by,
            at=at,
            args={"round": str(of_round.pk), "erratum": erratum, "is_public": is_public},
            association_id=of_round.association_id,
        )


def make(job: Job, progress: Progress) -> JobResult:
    """Do one publication; the rights of the person who asked count now, and so does what blocks."""
    of_round = Round.objects.get(pk=UUID(job.args["round"]))
    by = asker_of(job, "reporting.publish_release", of_round)
    # labels and refusals are stored, so they are written in the language of the person who reads them
    with translation.override(by.language):
        label = _("Working out the figures")
        try:
            releases.publish(
                round_id=of_round.pk,
                by=by,
                at=job.created_at,
                erratum=str(job.args.get("erratum", "")),
                is_public=bool(job.args.get("is_public")),
                progress=lambda done, steps: progress(done, steps, label),
            )
        except PublishRefused as refused:
            raise JobCancelled(str(refused)) from refused
    return JobResult()


def register() -> None:
    """Make the kind of job known to the queue."""
    jobs.register(jobs.Kind(PUBLICATION_KIND, make))
