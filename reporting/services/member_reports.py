"""Members' own reports as files: one as soon as a return is approved, one on request, and all of a round at once."""

import hashlib
import tempfile
import zipfile
from datetime import datetime
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from members.models import User
from members.selectors.readers import people_of
from members.services.job_rights import check_asker, person_of
from members.services.letters import Letter, letter, tell
from members.services.paper import assets_of, logo_of
from reporting.datasets.member_drawing import pdf_styles
from reporting.datasets.member_report import MemberReport, build_member_report
from reporting.enums import ReturnState
from reporting.models import Round, Submission
from reporting.selectors.member_reports import (
    MEMBER_REPORT_KIND,
    MEMBER_REPORTS_KIND,
    NoSuchGroup,
    approved_returns,
    load_member,
    with_all,
)
from reporting.selectors.peers import peers_at
from spm_portal.common import jobs
from spm_portal.common.jobs import JobCancelled, JobResult, Progress
from spm_portal.common.models import Job, JobState
from spm_portal.common.origin import address_of
from spm_portal.common.pdf import render_pdf
from spm_portal.common.refusal import Refused

STEPS = 2
LAYOUT = 1  # goes up when the report looks or says something else, so that asking again makes a new file
TEMPLATE = "reporting/member_report/report.html"


# --- asking -----------------------------------------------------------------------------------------------------


def request_on_approval(submission: Submission, *, at: datetime) -> Job:
    """Ask for the report of a return in the transaction that approves it, in the association's language.

    Nobody asks in person: who may read it is checked when it is read, and whoever approved it may leave before.
    """
    return _request(submission, submission.association.language, "", by=None, at=at)


def request_member_report(
    *, submission_id: UUID, language: str, by: User, at: datetime, group: str = ""
) -> Job:
    """Ask for the report of an approved return; the same figures asked for again give the same file.

    `group`: the key of a peer group to compare with; empty: all members. A file that could not be made is tried
    again. Raises Refused where the person may not have the report or the group is not offered.
    """
    submission = _submission(submission_id)
    if not by.has_perm("reporting.view_member_report", submission):
        raise Refused(_("This return is not yours, or it is not approved."))
    if group:
        try:
            load_member(submission, group=group)
        except NoSuchGroup:
            raise Refused(_("This peer group is not offered any more. Choose another one.")) from None
    return _request(submission, language, group, by=by, at=at)


def _request(submission: Submission, language: str, group: str, *, by: User | None, at: datetime) -> Job:
    return jobs.request_job(
        MEMBER_REPORT_KIND,
        by=by,
        at=at,
        args={"submission": str(submission.pk), "version": submission.version, "language": language}
        | ({"group": group} if group else {}),
        association_id=submission.association_id,
        key=_key(submission, language, group),
        again=True,
    )


def _key(submission: Submission, language: str, group: str = "") -> str:
    """One file for each approval, language, and release and group that the member is compared with."""
    release = peers_at(submission.round).release
    return f"{MEMBER_REPORT_KIND}:{submission.pk}:{submission.version}:{language}:{release or '-'}:{LAYOUT}:{group}"


def request_all(*, round_id: UUID, language: str, by: User, at: datetime) -> Job:
    """Ask for the reports of all approved returns of a round in one file.

    The same returns asked for again give the same file. Raises Refused where the person may not, or where no return
    is approved.
    """
    of_round = Round.objects.select_related("association").get(pk=round_id)
    if not by.has_perm("reporting.view_board", of_round):
        raise Refused(_("This round is not yours."))
    approved = Submission.objects.filter(round=of_round, state=ReturnState.APPROVED)
    versions = sorted(f"{pk}.{version}" for pk, version in approved.values_list("pk", "version"))
    if not versions:
        raise Refused(_("No return of this round is approved yet."))
    return jobs.request_job(
        MEMBER_REPORTS_KIND,
        by=by,
        at=at,
        args={"round": str(of_round.pk), "language": language, "count": len(versions)},
        association_id=of_round.association_id,
        key=":".join(
            [
                MEMBER_REPORTS_KIND,
                str(of_round.pk),
                language,
                str(peers_at(of_round).release or "-"),
                _digest(versions),
                str(LAYOUT),
            ]
        ),
        again=True,
    )


def _digest(versions: list[str]) -> str:
    return hashlib.sha256("\n".join(versions).encode()).hexdigest()[:32]


# --- one report -------------------------------------------------------------------------------------------------


def make(job: Job, progress: Progress) -> JobResult:
    """Do one `member_report` job: the rights of the person who asked count now, and so does the state of the return."""
    submission = _submission(UUID(job.args["submission"]))
    language = str(job.args["language"])
    _check_return(job, submission)
    with translation.override(language):
        progress(0, STEPS, _("Reading the return"))
        try:
            source = load_member(submission, group=str(job.args.get("group", "")))
        except NoSuchGroup:
            raise JobCancelled("A newer release does not offer this peer group.") from None
        report = build_member_report(source, language)
        progress(1, STEPS, _("Laying out the pages"))
        content = as_pdf(report, submission)
    _check_return(job, _submission(submission.pk))
    return JobResult(content=content, name=report_name(submission, language))


def _check_return(job: Job, submission: Submission) -> None:
    """Stop where the return was re-opened since, or the person who asked may no longer have the report."""
    if submission.state != ReturnState.APPROVED or submission.version != job.args["version"]:
        raise JobCancelled("The return is no longer approved as it was.")
    check_asker(job, "reporting.view_member_report", submission)


def render_member_report(submission_id: UUID, language: str) -> tuple[bytes, str]:
    """The report of one return as a PDF, and the name of its file."""
    submission = _submission(submission_id)
    with translation.override(language):
        report = build_member_report(load_member(submission), language)
        return as_pdf(report, submission), report_name(submission, language)


def as_pdf(report: MemberReport, submission: Submission) -> bytes:
    """The report as tagged pages in its language, which must be the active one."""
    assets = assets_of(submission.association, "member_report.css")
    whole, half, radar = pdf_styles(report)
    html = render_to_string(
        TEMPLATE,
        {
            "report": report,
            "whole": whole,
            "half": half,
            "radar": radar,
            "logo": logo_of(assets),
        },
    )
    return render_pdf(html, title=report.full_title, language=report.language, assets=assets)


def report_name(submission: Submission, language: str) -> str:
    """A file name that says what it is, such as kilimo-own-report-2025-en.pdf."""
    mfi = slugify(submission.institution.label) or str(submission.institution_id)
    return f"{mfi}-own-report-{submission.round.code.lower()}-{language}.pdf"


def tell_done(job: Job) -> None:
    """Write to the MFI's people in the transaction that finishes the job which the approval asked for."""
    if job.requested_by_id is not None or job.finished_at is None:
        return  # whoever asked for it waits for it on the page
    submission = _submission(UUID(job.args["submission"]))
    association = submission.association
    values = {
        "mfi": submission.institution.label,
        "round": submission.round.name,
        "association": association.label,
        "address": address_of("member_report", association.slug, submission.pk),
    }

    def words(_reader: User) -> Letter:
        return letter(
            _("%(mfi)s: your report on “%(round)s” is ready") % values,
            _(
                "The return of %(mfi)s for “%(round)s” is approved, and your own report is ready: your strengths, "
                "where to go on, your years, and your place among the members of %(association)s.\n\n"
                "Open the report:\n%(address)s\n\n"
                "Only the people of %(mfi)s and the staff of %(association)s can open it."
            )
            % values,
        )

    tell(
        people_of(submission.institution_id),
        words,
        purpose="member_report.ready",
        about=f"{submission.pk}:{submission.version}",
        at=job.finished_at,
        association_id=association.pk,
    )


# --- all of a round ----------------------------------------------------------------------------------------------


def make_all(job: Job, progress: Progress) -> JobResult:
    """Do one `member_reports` job: one report after the other into a file on disk, so that memory stays flat."""
    of_round = Round.objects.select_related("association").get(pk=UUID(job.args["round"]))
    language = str(job.args["language"])
    check_asker(job, "reporting.view_board", of_round)
    requester = person_of(job)
    spoken = requester.language if requester is not None else language
    returns = approved_returns(of_round)
    names: set[str] = set()
    with tempfile.TemporaryFile() as file:
        # PDFs are compressed already
        with zipfile.ZipFile(file, "w", compression=zipfile.ZIP_STORED) as bundle:
            for number, pk in enumerate(returns):
                submission = _submission(pk)
                with translation.override(spoken):
                    progress(number, len(returns), _said(submission))
                if submission.state != ReturnState.APPROVED:
                    continue  # re-opened while the others were made
                content, name = _made_already(submission, language) or render_member_report(pk, language)
                bundle.writestr(_unused(name, names), content)
        check_asker(job, "reporting.view_board", of_round)
        file.seek(0)
        return JobResult(content=file.read(), name=all_name(of_round, language))


def _said(submission: Submission) -> str:
    return _("Report of %(mfi)s") % {"mfi": submission.institution.label}


def _made_already(submission: Submission, language: str) -> tuple[bytes, str] | None:
    """The file that the approval had made, if it is whole."""
    found = Job.objects.filter(key=_key(submission, language), state=JobState.DONE).first()
    content = jobs.intact_content(found) if found is not None else None
    return (content, report_name(submission, language)) if content is not None else None


def _unused(name: str, names: set[str]) -> str:
    """The name, or one with a number where two members are called alike."""
    stem, number, found = name.removesuffix(".pdf"), 1, name
    while found in names:
        number += 1
        found = f"{stem}-{number}.pdf"
    names.add(found)
    return found


def all_name(of_round: Round, language: str) -> str:
    """Such as amani-members-reports-2025-en.zip."""
    association = slugify(of_round.association.label) or of_round.association.slug
    return f"{association}-members-reports-{of_round.code.lower()}-{language}.zip"


def register() -> None:
    """Make the kinds of job known to the queue."""
    jobs.register(jobs.Kind(MEMBER_REPORT_KIND, make, done=tell_done))
    jobs.register(jobs.Kind(MEMBER_REPORTS_KIND, make_all))


def _submission(pk: UUID) -> Submission:
    return with_all(Submission.objects.all()).get(pk=pk)
