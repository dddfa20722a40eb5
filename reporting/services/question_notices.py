"""Mails about questions: one a person and step, in their own language, with the words and the way to the answer."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.models import User
from members.selectors.readers import people_of, staff_of
from members.services.letters import Letter, letter, tell
from reporting.enums import QuestionStep
from reporting.models import Question, QuestionMessage
from reporting.selectors.catalogues import catalogue_of
from spm_portal.common.origin import address_of

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

    def written(_reader: User) -> Letter:
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
        return letter(
            subject,
            _("%(person)s of %(association)s asks about:") % values,
            *_about(questions, () if is_one_text else words),
            "",
            *([words[0], ""] if is_one_text else []),
            _("Answer here:"),
            _address(first, count),
        )

    readers = [first.assignee] if first.assignee else people_of(first.institution_id)
    _tell(readers, written, "question.asked", first, (message or first).pk, at)


def _about(questions: Sequence[Question], words: Sequence[str]) -> list[str]:
    """A line for each value asked about, in the active language; with its own words where they differ."""
    labels = catalogue_of(questions[0].submission.round.catalogue).labels
    named = [labels.get(one.code, one.code) for one in questions[:MOST_NAMED]]
    lines = [f"- {label}: {each}" for label, each in zip(named, words, strict=False)]
    return [*(lines or [f"- {label}" for label in named]), *(["- …"] if len(questions) > len(named) else [])]


def answered(question: Question, message: QuestionMessage, *, at: datetime) -> None:
    """Tell who asked; once they have left, everybody of the staff."""
    staff = staff_of(question.association_id)
    asker = [user for user in staff if user.pk == question.asked_by_id]

    def written(_reader: User) -> Letter:
        subject = _("%(mfi)s answered: %(label)s") % _values(question)
        return letter(subject, _said(message), "", message.text, "", _("Look at it:"), _address(question))

    _tell(asker or staff, written, "question.answered", question, message.pk, at)


def resolved(question: Question, message: QuestionMessage, *, at: datetime) -> None:
    """Tell those of the MFI who answered."""
    answered_by = set(question.messages.filter(step=QuestionStep.ANSWER).values_list("by_id", flat=True))
    readers = [user for user in people_of(question.institution_id) if user.pk in answered_by]

    def written(_reader: User) -> Letter:
        subject = _("%(association)s: your answer is accepted: %(label)s") % _values(question)
        said = ["", message.text] if message.text else []
        return letter(subject, _said(message), *said, "", _address(question))

    _tell(readers, written, "question.resolved", question, message.pk, at)


def assigned(question: Question, assignee: User, *, by: User, at: datetime) -> None:
    """Tell the person who should answer."""

    def written(_reader: User) -> Letter:
        subject = _("A question for you: %(label)s") % _values(question)
        return letter(subject, _("%(person)s asks you to answer.") % {"person": by}, "", _address(question))

    _tell([assignee], written, "question.assigned", question, f"{question.pk}:{question.version}", at)


def _tell(
    readers: Iterable[User],
    words: Callable[[User], Letter],
    purpose: str,
    question: Question,
    about: object,
    at: datetime,
) -> None:
    tell(readers, words, purpose=purpose, about=about, at=at, association_id=question.association_id)


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
        return address_of("questions", slug, query={"return": str(question.submission_id)})
    return address_of("question", slug, question.pk)
