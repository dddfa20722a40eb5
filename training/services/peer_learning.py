"""Writing how members learn from each other: working groups, mentoring pairs, exchange visits and their meetings."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from members.access import forget
from members.models import Association, Institution, User
from members.services.permission import permit
from spm_portal.common.audit import acting, record
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import one_line, paragraphs
from training.enums import LearningKind, LearningPart, Topic
from training.models import GroupMeeting, GroupMember, LearningGroup
from training.services import peer_notices

MANAGE, RUN = "training.manage_training", "training.run_group"
LONGEST = 8000
MOST_MEMBERS = {LearningKind.MENTORING: 2}
PARTS = {
    LearningKind.WORKING_GROUP: (LearningPart.MEMBER, LearningPart.LEADS),
    LearningKind.MENTORING: (LearningPart.MENTOR, LearningPart.MENTEE),
    LearningKind.EXCHANGE: (LearningPart.HOST, LearningPart.VISITOR),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFields:
    """What is told of a group, pair or visit."""

    kind: str
    title: str
    topic: str
    starts_on: date
    purpose: str = ""
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingFields:
    """What is told of a meeting; `attended` are keys of MFIs of the group."""

    held_at: datetime
    place: str = ""
    notes: str = ""
    attended: Collection[UUID] = ()


def save_group(
    *,
    association: Association,
    values: GroupFields,
    by: User,
    at: datetime,
    group_id: UUID | None = None,
) -> LearningGroup:
    """Start a group, pair or visit, or correct the one of this key. The same one sent twice is there once.

    Raises PermissionDenied and ValidationError by field.
    """
    title = one_line(values.title)
    if values.kind not in LearningKind.values or values.topic not in Topic.values:
        raise ValidationError(_("Choose the kind and the topic."))
    if not title:
        raise ValidationError({"title": _("Write the title.")})
    if values.ends_on is not None and values.ends_on < values.starts_on:
        raise ValidationError({"ends_on": _("The last day comes before the first one.")})
    with transaction.atomic(), acting(by):
        forget(by)
        permit(by, MANAGE, association)
        Association.objects.select_for_update(no_key=True).get(pk=association.pk)
        if group_id is None:
            same = LearningGroup.objects.filter(
                association=association,
                kind=values.kind,
                title=title,
                starts_on=values.starts_on,
                ended_at=None,
            ).first()
            if same is not None:
                return same
            group = LearningGroup(association=association)
        else:
            group = _locked(group_id, by)
            kinds = PARTS[LearningKind(values.kind)]
            if group.members.filter(left_on=None).exclude(part__in=kinds).exists():
                raise ValidationError(
                    {"kind": _("Members have parts that this kind does not have. End their parts first.")}
                )
        group.kind, group.title, group.topic = values.kind, title, values.topic
        group.purpose = _text(values.purpose, "purpose")
        group.starts_on, group.ends_on = values.starts_on, values.ends_on
        group.save()
        record("peer_learning.written", group, by=by, at=at, association_id=association.pk)
    return group


def end_group(*, group_id: UUID, result: str, by: User, at: datetime) -> LearningGroup:
    """Close a group with what came of it; one that is closed may get another word. Raises ValidationError."""
    words = _text(result, "result")
    if not words:
        raise ValidationError({"result": _("Write what came of it, also if it was little.")})
    with transaction.atomic(), acting(by):
        group = _locked(group_id, by)
        group.result = words
        group.ended_at = group.ended_at or at
        group.save(update_fields=["result", "ended_at"])
        record("peer_learning.ended", group, by=by, at=at, association_id=group.association_id)
    return group


def reopen_group(*, group_id: UUID, by: User, at: datetime) -> LearningGroup:
    """Go on with a group that was closed; what came of it until then stays."""
    with transaction.atomic(), acting(by):
        group = _locked(group_id, by)
        if group.ended_at is not None:
            group.ended_at = None
            group.save(update_fields=["ended_at"])
            record("peer_learning.reopened", group, by=by, at=at, association_id=group.association_id)
    return group


def add_member(
    *,
    group_id: UUID,
    institution_id: UUID,
    part: str,
    contact: str,
    joined_on: date,
    by: User,
    at: datetime,
) -> GroupMember:
    """Let a member take part, and tell its people. Raises PermissionDenied, Refused with what to do; who takes part
    already stays so.
    """
    with transaction.atomic(), acting(by):
        group = _open(group_id, by)
        institution = Institution.objects.members_of(group.association).filter(pk=institution_id).first()
        if institution is None:
            raise Refused(_("Choose an MFI that is a member of the association today."))
        kind = LearningKind(group.kind)
        if part not in PARTS[kind]:
            raise ValidationError({"part": _("Choose a part that this kind has.")})
        present = group.members.filter(left_on=None)
        known = present.filter(institution=institution).first()
        if known is not None:
            return known
        if present.count() >= MOST_MEMBERS.get(kind, 200):
            raise Refused(_("A mentoring pair has two members. End one part first, or start another pair."))
        if kind == LearningKind.MENTORING and present.filter(part=part).exists():
            raise ValidationError({"part": _("The pair has one in this part already.")})
        made = GroupMember.objects.create(
            association_id=group.association_id,
            group=group,
            institution=institution,
            part=part,
            contact=one_line(contact),
            joined_on=joined_on,
        )
        record(
            "peer_learning.joined",
            group,
            by=by,
            at=at,
            association_id=group.association_id,
            institution=str(institution.pk),
        )
        peer_notices.joined(made, group, at=at)
    return made


def end_part(*, member_id: UUID, left_on: date, by: User, at: datetime) -> None:
    """Note that a member no longer takes part; what it took part in stays. Raises PermissionDenied."""
    with transaction.atomic(), acting(by):
        known = GroupMember.objects.filter(pk=member_id).first()
        if known is None:
            raise PermissionDenied
        group = _locked(known.group_id, by)
        member = group.members.get(pk=member_id)
        if member.left_on is None:
            member.left_on = max(left_on, member.joined_on)
            member.save(update_fields=["left_on"])
            record(
                "peer_learning.left",
                group,
                by=by,
                at=at,
                association_id=group.association_id,
                institution=str(member.institution_id),
            )


def save_meeting(
    *,
    group_id: UUID,
    values: MeetingFields,
    by: User,
    at: datetime,
    meeting_id: UUID | None = None,
) -> GroupMeeting:
    """Write down a meeting with its notes and who was there, or correct it. The same moment sent twice is one meeting.

    Who takes part gets the notes by mail when there are some for the first time.
    Raises PermissionDenied and ValidationError by field.
    """
    notes = _text(values.notes, "notes")
    with transaction.atomic(), acting(by):
        group = _locked(group_id, by)
        if values.held_at > at:
            raise ValidationError({"held_at": _("Write it down once it was held: the day is still to come.")})
        known = {str(key) for key in group.members.values_list("institution_id", flat=True)}
        if {str(key) for key in values.attended} - known:
            raise ValidationError({"attended": _("Choose members of this group.")})
        if meeting_id is None:
            meeting = group.meetings.filter(held_at=values.held_at).first() or GroupMeeting(
                association_id=group.association_id, group=group
            )
        else:
            found = group.meetings.filter(pk=meeting_id).first()
            if found is None:
                raise PermissionDenied
            meeting = found
        meeting.held_at, meeting.place, meeting.notes = values.held_at, one_line(values.place), notes
        meeting.attended = sorted(values.attended, key=str)
        meeting.written_at, meeting.written_by = at, by
        meeting.save()
        record("peer_learning.met", group, by=by, at=at, association_id=group.association_id)
        if notes:
            peer_notices.met(meeting, group, at=at)
    return meeting


def _locked(group_id: UUID, by: User) -> LearningGroup:
    group = (
        LearningGroup.objects.select_for_update(of=("self",), no_key=True)
        .select_related("association")
        .filter(pk=group_id)
        .first()
    )
    forget(by)
    if group is None:
        raise PermissionDenied
    permit(by, RUN, group)
    return group


def _open(group_id: UUID, by: User) -> LearningGroup:
    group = _locked(group_id, by)
    if group.ended_at is not None:
        raise Refused(_("This is closed. Go on with it first."))
    return group


def _text(words: str, field: str) -> str:
    cleaned = paragraphs(words)
    if len(cleaned) > LONGEST:
        raise ValidationError({field: _("At most %(count)s signs fit.") % {"count": LONGEST}})
    return cleaned
