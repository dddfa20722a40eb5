"""Who teaches a session: only people who may teach its course; a double booking has to be confirmed."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext as _

from members.models import User
from members.services.permission import permit
from spm_portal.common.refusal import Refused
from training.enums import SessionState
from training.models import Expert, SessionDay, SessionTrainer, TeachingRight, TrainingSession
from training.services.schedule import Moments


class DoubleBooked(Refused):
    """Trainers teach elsewhere at the same time: a warning, until somebody confirms it."""


def rights_of(course_id: UUID, on: date) -> list[TeachingRight]:
    """Who may teach a course on a day, by name."""
    return list(
        TeachingRight.objects.filter(course_id=course_id, expert__retired_at__isnull=True, since__lte=on)
        .filter(Q(until__isnull=True) | Q(until__gte=on))
        .select_related("expert")
        .order_by("expert__name", "-since")
    )


def teaches(session: TrainingSession, expert_id: UUID) -> bool:
    """Whether an expert of the roster is a trainer of the session."""
    rows = SessionTrainer.objects.filter(
        session=session, expert_id=expert_id, expert__retired_at__isnull=True
    )
    return rows.exists()


def permit_teacher(session: TrainingSession, *, by: User | None, expert: Expert | None) -> None:
    """Let staff and trainers with an account pass, or the trainer of a personal link; raises PermissionDenied."""
    if expert is None or by is not None:
        permit(by, "training.teach_session", session)
    elif not teaches(session, expert.pk):
        raise PermissionDenied


def set_trainers(
    session: TrainingSession, experts: Collection[UUID], moments: Moments, *, confirmed: bool
) -> bool:
    """Let these people teach the session; whether anything changed. The caller holds the session's row.

    Raises Refused for people without the right to teach its course on its first day, and DoubleBooked.
    """
    rights = {one.expert_id: one for one in reversed(rights_of(session.course_id, moments[0][0].date()))}
    known = {one.expert_id: one for one in session.trainers.select_related("expert")}
    for pk in experts:
        if pk not in rights:
            name = known[pk].expert.name if pk in known else ""
            raise Refused(
                _(
                    "%(name)s has no right to teach “%(course)s” on the first day. "
                    "Give it on the roster, or choose another trainer."
                )
                % {"name": name or _("This person"), "course": session.course.title}
            )
    if not confirmed:
        clash = _clash(session, experts, moments)
        if clash:
            raise DoubleBooked(clash)
    for pk, teaching in known.items():
        if pk not in experts:
            teaching.delete()
    new = [pk for pk in experts if pk not in known]
    for pk in new:
        SessionTrainer.objects.create(
            association_id=session.association_id, session=session, expert_id=pk, level=rights[pk].level
        )
    return bool(new) or any(pk not in experts for pk in known)


def _clash(session: TrainingSession, experts: Collection[UUID], moments: Moments) -> str:
    """Which trainers teach something else at the same time, in words; empty for none."""
    overlap = Q()
    for begins, ends in moments:
        overlap |= Q(starts_at__lt=ends, ends_at__gt=begins)
    live = (SessionState.DRAFT, SessionState.ANNOUNCED, SessionState.HELD)
    busy = (
        SessionDay.objects.filter(overlap, session__trainers__expert_id__in=experts, session__state__in=live)
        .exclude(session=session)
        .values_list("session__trainers__expert__name", "session__trainers__expert_id", "session__title")
        .distinct()
        .order_by("session__trainers__expert__name", "session__title")
    )
    told = [
        _("%(name)s teaches “%(title)s” at the same time.") % {"name": name, "title": title}
        for name, pk, title in busy
        if pk in experts
    ]
    return " ".join(told)
