"""Asking members what they need: a needs assessment is prepared, opened, answered and closed; replies become needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.access import access_of
from members.models import Association, Institution, Membership, User
from members.services.permission import permit
from spm_portal.common import audit
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import one_line, paragraphs
from training.enums import NeedSource, NeedState, SurveyState, Topic
from training.models import Need, NeedsReply, NeedsSurvey
from training.services import needs_letters

MANAGE = "training.manage_training"
REMIND_BEFORE = timedelta(days=3)
MOST_PEOPLE = 10_000
LONGEST_NOTE, LONGEST_ANSWER = 300, 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyFields:
    """What staff say of a needs assessment."""

    title: str
    year: int
    topics: Sequence[str]
    question: str
    closes_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyLine:
    """A topic that a member needs: for how many people, how urgently (1 to 3), and a note."""

    people: int
    urgency: int
    note: str = ""


def save_survey(
    *,
    association: Association,
    values: SurveyFields,
    by: User,
    at: datetime,
    survey: NeedsSurvey | None = None,
) -> NeedsSurvey:
    """Prepare a needs assessment, or change one; an open one keeps its topics. Raises ValidationError by field."""
    permit(by, MANAGE, association)
    title, question = one_line(values.title), one_line(values.question)
    if not title:
        raise ValidationError({"title": _("Write a title.")})
    topics = [topic for topic in Topic.values if topic in set(values.topics)]
    if not topics:
        raise ValidationError({"topics": _("Choose at least one topic.")})
    if values.closes_at <= at:
        raise ValidationError({"closes_on": _("This day is over. Choose a later one.")})
    with transaction.atomic(), audit.acting(by, reason="needs assessment written"):
        held = _locked(survey) if survey is not None else None
        if held is None:
            held = NeedsSurvey(association=association, created_at=at, created_by=by)
        elif held.state == SurveyState.CLOSED:
            raise Refused(_("This needs assessment is closed. Prepare a new one."))
        if held.state == SurveyState.DRAFT:
            held.topics, held.question, held.year = topics, question, values.year
        held.title, held.closes_at = title, values.closes_at
        held.save()
        audit.record("needs_survey.write", held, by=by, at=at, association_id=association.pk)
    return held


def open_survey(*, survey: NeedsSurvey, by: User, at: datetime) -> NeedsSurvey:
    """Send it to all members of today. Raises Refused unless it is being prepared and its last day is to come."""
    permit(by, MANAGE, survey.association)
    with transaction.atomic(), audit.acting(by, reason="needs assessment opened"):
        held = _locked(survey)
        if held.state != SurveyState.DRAFT:
            raise Refused(_("This needs assessment was opened already."))
        if held.closes_at <= at:
            raise Refused(_("Its last day is over. Choose a later one first."))
        held.state, held.opened_at = SurveyState.OPEN, at
        held.save()
        needs_letters.opened(held, members_of(held.association_id), at=at)
        audit.record("needs_survey.open", held, by=by, at=at, association_id=held.association_id)
    return held


def close_survey(*, survey: NeedsSurvey, by: User | None, at: datetime) -> NeedsSurvey:
    """Take no more replies; None closes one whose time is over. Raises Refused unless it is open."""
    permit(by, MANAGE, survey.association)
    with transaction.atomic(), audit.acting(by, reason="needs assessment closed"):
        held = _locked(survey)
        if held.state != SurveyState.OPEN:
            raise Refused(_("This needs assessment is not open."))
        held.state, held.closed_at = SurveyState.CLOSED, at
        held.save()
        audit.record("needs_survey.close", held, by=by, at=at, association_id=held.association_id)
    return held


def save_reply(
    *,
    survey: NeedsSurvey,
    institution: Institution,
    lines: Mapping[str, ReplyLine],
    answer: str,
    by: User,
    at: datetime,
) -> NeedsReply:
    """Save what a member needs, in the place of what it said before. Raises Refused once the assessment is closed."""
    permit(by, "training.answer_needs", survey.association)
    if institution.pk not in access_of(by).works_for:
        raise PermissionDenied
    found = {topic: _checked(topic, line, survey) for topic, line in lines.items()}
    answer = paragraphs(answer)[:LONGEST_ANSWER]
    with transaction.atomic(), audit.acting(by, reason="reply to a needs assessment"):
        held = _locked(survey)
        if held.state != SurveyState.OPEN or held.closes_at <= at:
            raise Refused(_("This needs assessment is closed: replies can no longer be changed."))
        if institution.pk not in members_of(held.association_id):
            raise Refused(_("Only members of the association reply."))
        reply = NeedsReply.objects.filter(survey=held, institution=institution).first() or NeedsReply(
            association_id=held.association_id, survey=held, institution=institution
        )
        reply.lines, reply.answer, reply.given_at, reply.given_by = found, answer, at, by
        reply.save()
        audit.record("needs_survey.reply", reply, by=by, at=at, association_id=held.association_id)
    return reply


def _checked(topic: str, line: ReplyLine, survey: NeedsSurvey) -> dict[str, str | int]:
    if topic not in survey.topics:
        raise ValidationError(
            _("This needs assessment does not ask about one of these topics. Load the page again.")
        )
    if not 1 <= line.people <= MOST_PEOPLE or line.urgency not in (1, 2, 3):
        raise ValidationError(
            _("Write between 1 and %(most)s people for each topic that you need.") % {"most": MOST_PEOPLE}
        )
    return {"people": line.people, "urgency": line.urgency, "note": one_line(line.note)[:LONGEST_NOTE]}


def take_replies(*, survey: NeedsSurvey, by: User, at: datetime) -> int:
    """Make a confirmed need of each line of the replies that is none yet; how many were new. Raises Refused before."""
    permit(by, MANAGE, survey.association)
    with transaction.atomic(), audit.acting(by, reason="replies taken as needs"):
        held = _locked(survey)
        if held.state != SurveyState.CLOSED:
            raise Refused(_("Close the needs assessment first: members may still change what they replied."))
        before = set(
            Need.objects.filter(association=held.association_id, source=NeedSource.SURVEY).values_list(
                "institution_id", "key"
            )
        )
        with translation.override(held.association.language):
            made = [
                need
                for reply in held.replies.order_by("institution_id")
                for topic, line in sorted(reply.lines.items())
                if (need := _need(reply, topic, line, by, at)).key
                and (reply.institution_id, need.key) not in before
            ]
        for need in made:
            need.save()
        audit.record(
            "needs_survey.take", held, by=by, at=at, association_id=held.association_id, count=len(made)
        )
    return len(made)


def _need(reply: NeedsReply, topic: str, line: Mapping[str, str | int], by: User, at: datetime) -> Need:
    people = int(line["people"])
    reason = ngettext(
        "In “%(title)s” the MFI asked for it for %(count)s person.",
        "In “%(title)s” the MFI asked for it for %(count)s people.",
        people,
    ) % {"title": reply.survey.title, "count": people}
    note = str(line.get("note") or "")
    return Need(
        association_id=reply.association_id,
        institution_id=reply.institution_id,
        year=reply.survey.year,
        topic=topic,
        source=NeedSource.SURVEY,
        key=f"survey:{reply.survey_id}:{topic}",
        reason=(f"{reason} {note}" if note else reason)[:500],
        facts={"people": people},
        people=people,
        urgency=int(line["urgency"]),
        state=NeedState.CONFIRMED,
        proposed_at=at,
        decided_at=at,
        decided_by=by,
    )


def remind_and_close(*, at: datetime) -> int:
    """Remind who has not replied, three days before the end, and close what is over; how many mails were new.

    Run as often as wanted: the mail ledger takes no reminder twice, and a closed assessment is passed over.
    """
    sent = 0
    for survey in (
        NeedsSurvey.objects.filter(state=SurveyState.OPEN).select_related("association").order_by("pk")
    ):
        if survey.closes_at <= at:
            close_survey(survey=survey, by=None, at=at)
        elif survey.closes_at - at <= REMIND_BEFORE:
            sent += _remind(survey, at)
    return sent


def _remind(survey: NeedsSurvey, at: datetime) -> int:
    replied = set(survey.replies.values_list("institution_id", flat=True))
    with transaction.atomic():
        return needs_letters.reminded(survey, members_of(survey.association_id) - replied, at=at)


def members_of(association_id: UUID) -> set[UUID]:
    """The members of today."""
    return set(
        Membership.objects.current()
        .filter(association_id=association_id)
        .values_list("institution_id", flat=True)
    )


def _locked(survey: NeedsSurvey) -> NeedsSurvey:
    return NeedsSurvey.objects.select_for_update(of=("self",)).select_related("association").get(pk=survey.pk)
