"""Mails to members about peer learning: that their MFI takes part, and what a meeting noted."""

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from members.models import User
from members.selectors.readers import people_of_each
from members.services.letters import Letter, letter, tell
from spm_portal.common.clocks import clock_of
from spm_portal.common.origin import address_of
from training.models import GroupMeeting, GroupMember, LearningGroup


def joined(member: GroupMember, group: LearningGroup, *, at: datetime) -> None:
    """Tell the people of an MFI that it takes part, and in which part."""

    def words(_reader: User) -> Letter:
        facts = _facts(group) | {"member": member.institution.name, "part": member.get_part_display()}
        return letter(
            _("%(member)s takes part: “%(title)s”") % facts,
            _("%(association)s noted that %(member)s takes part in “%(title)s” (%(kind)s, as: %(part)s).")
            % facts,
            *(["", group.purpose] if group.purpose else []),
            "",
            _("Who else takes part, and what meetings noted:\n%(page)s") % facts,
        )

    _tell(group, [member.institution_id], words, "peer_learning.joined", member.pk, at)


def met(meeting: GroupMeeting, group: LearningGroup, *, at: datetime) -> None:
    """Send what a meeting noted to everybody who takes part, once; corrections are read on the page."""

    def words(_reader: User) -> Letter:
        facts = _facts(group) | {"when": clock_of(meeting.held_at, group.association.time_zone)}
        return letter(
            _("Notes of the meeting of “%(title)s”") % facts,
            _("“%(title)s” met on %(when)s. This was noted:") % facts,
            "",
            meeting.notes,
            "",
            _("All meetings:\n%(page)s") % facts,
        )

    members = group.members.filter(left_on=None).values_list("institution_id", flat=True)
    _tell(group, members, words, "peer_learning.met", meeting.pk, at)


def _facts(group: LearningGroup) -> dict[str, str]:
    return {
        "association": group.association.name,
        "title": group.title,
        "kind": group.get_kind_display(),
        "page": address_of("learning_group", group.association.slug, group.pk),
    }


def _tell(
    group: LearningGroup,
    institutions: Iterable[UUID],
    words: Callable[[User], Letter],
    purpose: str,
    about: object,
    at: datetime,
) -> None:
    readers = {one.pk: one for people in people_of_each(institutions).values() for one in people}
    tell(readers.values(), words, purpose=purpose, about=about, at=at, association_id=group.association_id)
