"""Opening an assessment, correcting its frame, and the lock under which everything about it is written."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from capacity.enums import Stage
from capacity.models import Assessment, FrameworkVersion
from capacity.selectors.frameworks import current_frameworks
from members.access import forget
from members.models import Association, User
from spm_portal.common.audit import acting, record
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import one_line

MAX_TITLE = 120


class AssessmentForbidden(Refused):
    """The person may not do this with this assessment, whatever they correct."""


def locked_assessment(assessment_id: UUID) -> Assessment:
    """The assessment under its row lock: scores, session and raters of one assessment come one after the other."""
    return (
        Assessment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("framework", "association")
        .defer("framework__document")
        .get(pk=assessment_id)
    )


def open_assessment(
    *,
    association: Association,
    framework_id: UUID,
    title: str,
    as_of: date,
    due_on: date,
    by: User,
    at: datetime,
) -> Assessment:
    """Open a round of assessment with the current version of a framework.

    A second click gives the one that was opened a moment ago. Raises AssessmentForbidden, and Refused with what to do
    where one with this framework is open already.
    """
    words = _clean(title, as_of, due_on)
    with transaction.atomic(), acting(by):
        forget(by)
        if not by.has_perm("capacity.manage_capacity", association):
            raise AssessmentForbidden(_("Only managers of the association open an assessment."))
        # two managers at once: the second waits here and finds the first one's
        Association.objects.select_for_update(no_key=True).get(pk=association.pk)
        version = current_frameworks().filter(pk=framework_id).first()
        if version is None:
            raise Refused(_("This version of the framework is not offered any more. Choose the newest one."))
        going = _open_with(association, version)
        if going is not None:
            if (going.title, going.as_of, going.due_on) == (words, as_of, due_on):
                return going
            raise Refused(
                _(
                    "“%(title)s” with this framework is still open. Agree on its results before you open the next one."
                )
                % {"title": going.title}
            )
        made: Assessment = Assessment.objects.create(
            association=association,
            framework=version,
            title=words,
            as_of=as_of,
            due_on=due_on,
            opened_at=at,
            opened_by=by,
        )
        record(
            "capacity.assessment_opened",
            made,
            by=by,
            at=at,
            association_id=association.pk,
            framework=version.code,
            version=version.version,
        )
    return made


def correct(
    *, assessment_id: UUID, title: str, as_of: date, due_on: date, by: User, at: datetime
) -> Assessment:
    """Change title and days while raters score. Raises AssessmentForbidden, and Refused with what to correct."""
    words = _clean(title, as_of, due_on)
    with transaction.atomic(), acting(by):
        assessment = run_by(assessment_id, by)
        wanted = {"title": words, "as_of": as_of, "due_on": due_on}
        changed = {name: value for name, value in wanted.items() if getattr(assessment, name) != value}
        if changed:
            for name, value in changed.items():
                setattr(assessment, name, value)
            assessment.save(update_fields=list(changed))
            record(
                "capacity.assessment_corrected",
                assessment,
                by=by,
                at=at,
                association_id=assessment.association_id,
                fields=sorted(changed),
            )
    return assessment


def run_by(assessment_id: UUID, by: User) -> Assessment:
    """The assessment under its lock, if the person runs it and raters still score; raises AssessmentForbidden."""
    assessment = locked_assessment(assessment_id)
    forget(by)
    if not by.has_perm("capacity.run_assessment", assessment):
        raise AssessmentForbidden(_("Only managers of the association run its assessments."))
    if assessment.stage != Stage.RATING:
        raise AssessmentForbidden(_("The session has begun: raters and days stay as they are."))
    return assessment


def _open_with(association: Association, version: FrameworkVersion) -> Assessment | None:
    found = Assessment.objects.filter(association=association, framework__code=version.code)
    return found.exclude(stage=Stage.AGREED).first()


def _clean(title: str, as_of: date, due_on: date) -> str:
    words = one_line(title)
    if not words or len(words) > MAX_TITLE:
        raise Refused(
            _("Give the assessment a title of at most %(limit)s characters.") % {"limit": MAX_TITLE}
        )
    if due_on < as_of:
        raise Refused(_("Scores are due before the day that they are about. Choose a later due day."))
    return words
