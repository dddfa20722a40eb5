"""Papers of a session, laid out by a worker: the sheet on which people sign each day, and the test to print."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from members.access import forget
from members.models import User
from members.services.job_rights import asker_of
from members.services.paper import assets_of, logo_of
from spm_portal.common import audit, jobs
from spm_portal.common.jobs import JobCancelled, JobResult, Progress
from spm_portal.common.models import Job
from spm_portal.common.pdf import render_pdf
from spm_portal.common.refusal import Refused
from training.models import Expert, SessionDay, TestQuestion, TrainingSession
from training.selectors.attendance import attendance_list
from training.selectors.learning_papers import PAPER_KIND
from training.services.session_trainers import permit_teacher, teaches

ATTENDANCE, TEST = "attendance", "test"
LAYOUT = 1  # goes up when a paper looks or says something else, so that asking again makes a new file
PERMISSION = "training.teach_session"
TEMPLATES = {
    ATTENDANCE: "training/learning/paper_attendance.html",
    TEST: "training/learning/paper_test.html",
}
DAYS_OF_A_SHEET = 4  # boxes to sign that fit beside the names
WALK_INS = 5


def request_paper(
    *,
    session_id: UUID,
    what: str,
    language: str,
    by: User | None,
    at: datetime,
    expert: Expert | None = None,
) -> Job:
    """Ask for a paper of a session; as long as nothing on it changed, asking again gives the same file.

    `what` is attendance or test. Without `by`, `expert` is the trainer whose
    personal link it is. Raises PermissionDenied, and Refused where there is nothing to print.
    """
    session = _session(session_id)
    if by is not None:
        forget(by)
    permit_teacher(session, by=by, expert=expert)
    if what not in (ATTENDANCE, TEST):
        raise Refused(_("Choose the sheet to sign or the test."))
    if what == TEST and not _questions(session):
        raise Refused(_("This course has no test to print. Write questions with the course first."))
    spoken = language if language in dict(settings.LANGUAGES) else "en"
    args = {"session": str(session.pk), "what": what, "language": spoken}
    key = f"{PAPER_KIND}:{LAYOUT}:{what}:{session.pk}:{spoken}:{_mark(session, what)}"
    if by is None and expert is not None:
        # a file of the link's own: nobody's account stands for the right to it
        args["expert"] = str(expert.pk)
        key += f":{expert.pk}"
    with transaction.atomic():
        job = jobs.request_job(
            PAPER_KIND,
            by=by,
            at=at,
            args=args,
            association_id=session.association_id,
            key=key,
            again=True,
        )
        audit.record(
            "training.paper_requested",
            session,
            by=by,
            at=at,
            association_id=session.association_id,
            what=what,
            job=str(job.pk),
        )
    return job


def make(job: Job, progress: Progress) -> JobResult:
    """Do one job: the rights of the person who asked count now, not when they asked."""
    session = _session(UUID(job.args["session"]))
    _check_rights(job, session)
    what, language = str(job.args["what"]), str(job.args["language"])
    with translation.override(language):
        progress(0, 1, _("Laying out the pages"))
        content = as_pdf(session, what, language)
        _check_rights(job, session)
        words = _("attendance") if what == ATTENDANCE else _("test")
        name = slugify(f"{session.title} {words}") or what
    return JobResult(content=content, name=f"{name}.pdf")


def _check_rights(job: Job, session: TrainingSession) -> None:
    """Raise JobCancelled unless who asked, by account or by a trainer's link, may still have the paper."""
    expert = job.args.get("expert")
    if expert is None:
        asker_of(job, PERMISSION, session)
    elif not teaches(session, UUID(expert)):
        raise JobCancelled("The trainer who asked does not teach this session any more.")


def register() -> None:
    """Make the kind of job known to the queue."""
    jobs.register(jobs.Kind(PAPER_KIND, make))


def as_pdf(session: TrainingSession, what: str, language: str) -> bytes:
    """The paper as a tagged PDF in a language; days and times are those of the session's place."""
    assets = assets_of(session.association, f"training_{what}.css")
    with translation.override(language), timezone.override(session.time_zone):
        context: dict[str, Any] = {
            "session": session,
            "association": session.association,
            "language": language,
            "rtl": translation.get_language_bidi(),
            "logo": logo_of(assets),
            "trainers": list(session.trainers.select_related("expert").order_by("expert__name", "pk")),
        }
        context |= _attendance(session) if what == ATTENDANCE else {"questions": _questions(session)}
        html = render_to_string(TEMPLATES[what], context)
        title = f"{session.title} – {session.association.label}"
        return render_pdf(html, title=title, language=language, assets=assets)


def _attendance(session: TrainingSession) -> dict[str, Any]:
    found = attendance_list(session)
    numbered = {seat.registration.pk: number for number, seat in enumerate(found.seats, 1)}
    members = [
        (member.name, [(numbered[seat.registration.pk], seat) for seat in member.seats])
        for member in found.members
    ]
    first = len(numbered) + 1
    return {
        "members": members,
        "walk_ins": range(first, first + WALK_INS),
        "sheets": _in_parts(found.days),
    }


def _in_parts(days: Sequence[SessionDay]) -> list[list[tuple[int, SessionDay]]]:
    """Days with their numbers, as many together as fit on one sheet."""
    numbered = list(enumerate(days, 1))
    parts = -(-len(numbered) // DAYS_OF_A_SHEET)
    size = -(-len(numbered) // parts) if parts else 1
    return [numbered[start : start + size] for start in range(0, len(numbered), size)]


def _questions(session: TrainingSession) -> list[TestQuestion]:
    return list(session.course.questions.filter(retired_at__isnull=True).order_by("position", "pk"))


def _session(pk: UUID) -> TrainingSession:
    return TrainingSession.objects.select_related("association", "course").get(pk=pk)


def _mark(session: TrainingSession, what: str) -> str:
    """Tells one content of a paper from another."""
    association = session.association
    said: list[Any] = [session.title, session.place, session.time_zone, association.name]
    said += [association.accent_colour, association.logo.name if association.logo else ""]
    said += [str(one.expert.name) for one in session.trainers.select_related("expert").order_by("pk")]
    if what == TEST:
        said += [[one.text, one.choices, len(one.correct) > 1] for one in _questions(session)]
    else:
        found = attendance_list(session)
        said += [[str(day.starts_at), str(day.ends_at)] for day in found.days]
        said += [
            [member.name, seat.name, seat.registration.participant.job]
            for member in found.members
            for seat in member.seats
        ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]
