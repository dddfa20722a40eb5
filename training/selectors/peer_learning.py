"""Groups, pairs and visits as pages show them."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from members.models import Association, User
from training.models import GroupMeeting, GroupMember, LearningGroup


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting with the names of those who were there."""

    row: GroupMeeting
    present: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupPage:
    """All that the page of a group shows."""

    group: LearningGroup
    members: tuple[GroupMember, ...]
    former: tuple[GroupMember, ...]
    meetings: tuple[Meeting, ...]


def groups_of(association: Association, user: User, *, ended: bool = False) -> QuerySet[LearningGroup]:
    """What the person may see of an association's peer learning: going on, or closed; the newest first."""
    return (
        LearningGroup.objects.visible_to(user)
        .filter(association=association, ended_at__isnull=not ended)
        .annotate(
            present=Count("members", filter=Q(members__left_on=None), distinct=True),
            met=Count("meetings", distinct=True),
            last_met=Max("meetings__held_at"),
        )
        .order_by("-starts_on", "title", "pk")
    )


def group_page(group: LearningGroup) -> GroupPage:
    """The page of a group, in two queries."""
    members = list(group.members.select_related("institution").order_by("institution__name", "joined_on"))
    names: dict[UUID, str] = {one.institution_id: one.institution.name for one in members}
    meetings = group.meetings.select_related("written_by").order_by("-held_at")
    return GroupPage(
        group=group,
        members=tuple(one for one in members if one.left_on is None),
        former=tuple(one for one in members if one.left_on is not None),
        meetings=tuple(
            Meeting(one, tuple(sorted(names[key] for key in one.attended if key in names)))
            for one in meetings
        ),
    )


def ever_in(group: LearningGroup) -> list[tuple[UUID, str]]:
    """Keys and names of all members that take or took part."""
    rows = group.members.order_by("institution__name").values_list("institution_id", "institution__name")
    return list(dict.fromkeys((key, name) for key, name in rows))
