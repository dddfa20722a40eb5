"""Peer learning of the demonstration."""

from datetime import time, timedelta

from training.demo.cast import Cast
from training.enums import LearningKind, LearningPart, Topic
from training.services import peer_learning
from training.services.peer_learning import GroupFields, MeetingFields


def learn_together(cast: Cast) -> None:
    """A working group that met twice, and a visit of one member to another."""
    group = peer_learning.save_group(
        association=cast.association,
        values=GroupFields(
            kind=LearningKind.WORKING_GROUP,
            title="Working group on social data",
            topic=Topic.DATA,
            starts_on=cast.day(-200),
            purpose="To count the same things in the same way before the next round.",
        ),
        by=cast.reviewer,
        at=cast.moment(-200),
        group_id=None,
    )
    names = ("Tumaini", "Mwangaza", "Upendo")
    for name in names:
        peer_learning.add_member(
            group_id=group.pk,
            institution_id=cast.members[name].pk,
            part=LearningPart.MEMBER,
            contact="",
            joined_on=cast.day(-199),
            by=cast.reviewer,
            at=cast.moment(-199),
        )
    for days, notes in ((-150, "Agreed what counts as a rural client."), (-60, "Compared three registers.")):
        peer_learning.save_meeting(
            group_id=group.pk,
            values=MeetingFields(
                held_at=cast.hour(days, time(10)),
                place="Nairobi",
                notes=notes,
                attended=[cast.members[one].pk for one in names],
            ),
            by=cast.reviewer,
            at=cast.moment(days) + timedelta(days=1),
            meeting_id=None,
        )
