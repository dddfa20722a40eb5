"""Mails about questions: one a person and step, in their own language, with the words and the way to the answer."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.enums import ASSOCIATION_ROLES, INSTITUTION_ROLES
from members.models import RoleAssignment, User
from reporting.enums import QuestionStep
from reporting.models import Question, QuestionMessage
from reporting.selectors.catalogues import catalogue_of
from spm_portal.common import mail

MOST_NAMED = 20  # labels in one mail


def asked(
    questions: Sequence[Question],
    words: Sequence[str],
    *,
    by: User,
    at: datetime,
    message: QuestionMessage | None = None,
) -> None:
    """Tell the MFI of questions on one return, asked together or again: its assignee, or everybody who fills it in.

    `words` go with the questions, one each.
    """
    first = questions[0]
    submission = first.submission
    is_one_text = len(set(words)) == 1
    count = len(questions)
    for user in _people([first.assignee] if first.assignee else _mfi(first)):
        with translation.override(user.language):
            values = {
                "association": submission.association.label,
                "mfi": submission.institution.label,
                "round": submission.round.name,
                "count": count,
                "person": str(by),
            }
            subject = (
                ngettext(
                    "%(mfi)s: a question on the return “%(round)s”",
                    "%(mfi)s: %(count)s questions on the return “%(round)s”",
                    count,
                )
                % values
            )
            intro = _("%(person)s of %(association)s asks about:") % values
            lines = [
                intro,
                *_about(questions, () if is_one_text else words),
                "",
                *([words[0], ""] if is_one_text else []),
                _("Answer here:"),
                _address(first, count),
            ]
            _write(user, "question.asked", subject, lines, first, f"{(message or first).pk}:{user.pk}", at)


def _about(questions: Sequence[Question], words: Sequence[str]) -> list[str]:
    """A line for each value asked about, in the active language; with its own words where they differ."""
    labels = catalogue_of(questions[0].submission.round.catalogue).labels
    named = [labels.get(one.code, one.code) for one in questions[:MOST_NAMED]]
    lines = [f"- {label}: {each}" for label, each in zip(named, words, strict=False)]
    return [*(lines or [f"- {label}" for label in named]), *(["- …"] if len(questions) > len(named) else [])]


def answered(question: Question, message: QuestionMessage, *, at: datetime) -> None:
    """Tell who asked; once they have left, everybody of the staff."""
    staff = list(_staff(question))
    asker = [user for user in staff if user.pk == question.asked_by_id]
    for user in _people(asker or staff):
        with translation.override(user.language):
            subject = _("%(mfi)s answered: %(label)s") % _values(question)
            lines = [_said(message), "", message.text, "", _("Look at it:"), _address(question)]
            _write(user, "question.answered", subject, lines, question, f"{message.pk}:{user.pk}", at)


def resolved(question: Question, message: QuestionMessage, *, at: datetime) -> None:
    """Tell those of the MFI who answered."""
    answering = set(question.messages.filter(step=QuestionStep.ANSWER).values_list("by_id", flat=True)) & {
        user.pk for user in _mfi(question)
    }
    for user in User.objects.filter(pk__in=answering).order_by("email"):
        with translation.override(user.language):
            subject = _("%(association)s: your answer is accepted: %(label)s") % _values(question)
            lines = [_said(message), *(["", message.text] if message.text else []), "", _address(question)]
            _write(user, "question.resolved", subject, lines, question, f"{message.pk}:{user.pk}", at)


def assigned(question: Question, assignee: User, *, by: User, at: datetime) -> None:
    """Tell the person who should answer."""
    with translation.override(assignee.language):
        subject = _("A question for you: %(label)s") % _values(question)
        lines = [_("%(person)s asks you to answer.") % {"person": by}, "", _address(question)]
        key = f"question.assign:{question.pk}:{question.version}:{assignee.pk}"
        _write(assignee, "question.assigned", subject, lines, question, key, at)


def _write(
    user: User, purpose: str, subject: str, lines: Sequence[str], question: Question, key: str, at: datetime
) -> None:
    mail.write(
        purpose=purpose,
        to=user.email,
        subject=subject,
        text="\n".join(lines),
        at=at,
        key=key,
        association_id=question.association_id,
    )


def _values(question: Question) -> dict[str, str]:
    submission = question.submission
    labels = catalogue_of(submission.round.catalogue).labels
    return {
        "association": submission.association.label,
        "mfi": submission.institution.label,
        "label": labels.get(question.code, question.code),
    }


def _said(message: QuestionMessage) -> str:
    return _("%(person)s: %(step)s") % {"person": message.by, "step": message.get_step_display()}


def _address(question: Question, count: int = 1) -> str:
    slug = question.submission.association.slug
    if count > 1:
        return f"{settings.PUBLIC_ORIGIN}{reverse('questions', args=[slug])}?return={question.submission_id}"
    return f"{settings.PUBLIC_ORIGIN}{reverse('question', args=[slug, question.pk])}"


def _people(users: Iterable[User]) -> list[User]:
    return sorted({user.pk: user for user in users}.values(), key=lambda user: user.email)


def _mfi(question: Question) -> Iterable[User]:
    return _holders(institution_id=question.institution_id, role__in=INSTITUTION_ROLES)


def _staff(question: Question) -> Iterable[User]:
    return _holders(association_id=question.association_id, role__in=ASSOCIATION_ROLES)


def _holders(**held: UUID | Iterable[str]) -> Iterable[User]:
    return [role.user for role in RoleAssignment.objects.live().filter(**held).select_related("user")]
