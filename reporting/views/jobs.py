"""Pages of long work: its progress, and the file it made."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.web.guards import AssociationRequest, association_page, found_or_404, require
from reporting.models import Release
from reporting.selectors.jobs import file_words, form_of, report_jobs
from reporting.selectors.releases import with_round
from reporting.services import reports as service
from reporting.web.job_steps import steps_of
from spm_portal.common.downloads import file_of_job
from spm_portal.common.jobs import WITHOUT_RESULT
from spm_portal.common.models import Job, JobState


def _job(request: AssociationRequest, pk: UUID) -> tuple[Job, Release]:
    """A job of this association whose release the person may view; otherwise it does not exist."""
    job = found_or_404(report_jobs(request.association), pk=pk)
    releases = with_round(Release.objects.visible_to(request.user))
    release = found_or_404(releases, association_id=request.association.pk, pk=UUID(job.args["release"]))
    require(request, "reporting.view_release", release)
    return job, release


@association_page("reporting.view_releases")
def job(request: AssociationRequest, pk: UUID) -> HttpResponse:
    found, release = _job(request, pk)
    if request.method == "POST":
        again = service.request_report(
            release_id=release.pk,
            language=found.args["language"],
            form=form_of(found),
            by=request.user,
            at=timezone.now(),
        )
        return redirect("job", request.association.slug, again.pk)
    # the address of the file is only offered to whoever may view the release, which was checked above
    template = "reporting/jobs/_progress.html" if request.htmx else "reporting/jobs/job.html"
    return render(
        request,
        template,
        {
            "job": found,
            "release": release,
            "lede": f"{release.round.name} · {file_words(found)}",
            "steps": steps_of(found, _("Making the report")),
            "may_retry": found.state in WITHOUT_RESULT
            and request.user.has_perm("reporting.request_report", release),
        },
    )


@association_page("reporting.view_releases")
@require_safe
def job_file(request: AssociationRequest, pk: UUID) -> HttpResponse:
    found, release = _job(request, pk)
    if found.state != JobState.DONE:
        return redirect("job", request.association.slug, found.pk)
    file = file_of_job(found, content_type=service.TYPES[form_of(found)], at=timezone.now())
    damaged = {"job": found, "release": release}
    return file or render(request, "reporting/jobs/damaged.html", damaged, status=410)
