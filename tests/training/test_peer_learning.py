"""Groups, pairs and visits: who takes part, meetings with notes, what came of them, and who sees which."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from spm_portal.common.models import MailMessage
from spm_portal.common.refusal import Refused
from tests.browsers import signed_in
from tests.cast import Cast, make_cast
from training.enums import LearningKind, LearningPart, Topic
from training.models import GroupMeeting, GroupMember, LearningGroup
from training.selectors.peer_learning import group_page, groups_of
from training.services import peer_learning as service
from training.services.peer_learning import GroupFields, MeetingFields

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = date(2026, 2, 1)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def group(cast: Cast, kind: LearningKind = LearningKind.WORKING_GROUP, **more: Any) -> LearningGroup:
    fields = {"title": "Data circle", "topic": Topic.DATA, "starts_on": DAY, **more}
    return service.save_group(
        association=cast.amani, values=GroupFields(kind=kind, **fields), by=cast.reviewer, at=AT
    )


def join(cast: Cast, into: LearningGroup, institution: Any, part: LearningPart = LearningPart.MEMBER) -> Any:
    return service.add_member(
        group_id=into.pk,
        institution_id=institution.pk,
        part=part,
        contact="Amina",
        joined_on=DAY,
        by=cast.reviewer,
        at=AT,
    )


def test_a_group_is_run_by_staff_and_seen_by_those_who_take_part(cast: Cast) -> None:
    made = group(cast)
    assert group(cast) == made
    first = join(cast, made, cast.kilimo, LearningPart.LEADS)
    assert join(cast, made, cast.kilimo) == first
    for _click in range(2):
        service.save_meeting(
            group_id=made.pk,
            values=MeetingFields(held_at=AT, notes="Counted by ID.", attended=[cast.kilimo.pk]),
            by=cast.reviewer,
            at=AT,
        )
    told = MailMessage.objects.filter(purpose__startswith="peer_learning.").values_list("purpose", "to")
    people = (cast.editor.email, cast.signatory.email)
    assert sorted(told) == [
        (f"peer_learning.{what}", to) for what in ("joined", "met") for to in sorted(people)
    ]
    assert list(groups_of(cast.amani, cast.signatory)) == [made]
    assert not groups_of(cast.amani, cast.other_signatory).exists()
    meeting = group_page(made).meetings[0]
    assert (meeting.present, meeting.row.notes) == ((cast.kilimo.name,), "Counted by ID.")
    for person in (cast.signatory, cast.donor, cast.other_manager):
        with pytest.raises(PermissionDenied):
            service.end_group(group_id=made.pk, result="Good.", by=person, at=AT)
    service.end_group(group_id=made.pk, result="All count alike.", by=cast.manager, at=AT)
    assert not groups_of(cast.amani, cast.signatory).exists()
    assert groups_of(cast.amani, cast.signatory, ended=True).get().result == "All count alike."
    with pytest.raises(Refused):
        join(cast, made, cast.umoja)
    service.reopen_group(group_id=made.pk, by=cast.manager, at=AT)

    # who left still was there, and sees the notes no more
    service.end_part(member_id=first.pk, left_on=AT.date(), by=cast.manager, at=AT)
    page = group_page(made)
    assert (len(page.members), len(page.former)) == (0, 1)
    assert page.meetings[0].present == (cast.kilimo.name,)
    assert not groups_of(cast.amani, cast.signatory).exists()
    join(cast, made, cast.kilimo)
    assert GroupMember.objects.filter(group=made).count() == 2


def test_a_pair_has_one_mentor_and_one_mentee(cast: Cast) -> None:
    pair = group(cast, LearningKind.MENTORING)
    join(cast, pair, cast.kilimo, LearningPart.MENTOR)
    with pytest.raises(ValidationError):
        join(cast, pair, cast.umoja, LearningPart.MENTOR)
    with pytest.raises(ValidationError):
        join(cast, pair, cast.umoja, LearningPart.HOST)
    with pytest.raises(Refused):
        join(cast, pair, cast.mbuyu, LearningPart.MENTEE)  # of another association
    join(cast, pair, cast.umoja, LearningPart.MENTEE)
    with pytest.raises(Refused):
        join(cast, pair, cast.pamoja, LearningPart.MENTEE)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"held_at": datetime(2027, 1, 1, tzinfo=UTC)}, "held_at"),
        ({"held_at": AT, "notes": "x" * 8001}, "notes"),
        ({"held_at": AT, "attended": "umoja"}, "attended"),
    ],
)
def test_a_meeting_that_cannot_be_is_refused_at_its_field(
    cast: Cast, values: dict[str, Any], field: str
) -> None:
    made = group(cast)
    if values.get("attended"):
        values = {**values, "attended": [cast.umoja.pk]}
    with pytest.raises(ValidationError) as refused:
        service.save_meeting(group_id=made.pk, values=MeetingFields(**values), by=cast.manager, at=AT)
    assert list(refused.value.message_dict) == [field]
    assert not GroupMeeting.objects.exists()


def test_pages_take_the_same_queries_for_one_group_and_for_three_and_keep_the_hour(cast: Cast) -> None:
    client = signed_in(cast.reviewer)
    made = group(cast)
    join(cast, made, cast.kilimo)
    where = (cast.amani.slug, made.pk)
    typed = {"day": "2026-02-03", "clock": "09:00", "attended": [str(cast.kilimo.pk)]}
    assert client.post(reverse("learning_group_meeting_new", args=where), typed).status_code == 302
    local = GroupMeeting.objects.get().held_at.astimezone(ZoneInfo(cast.amani.time_zone))
    assert (local.hour, local.day) == (9, 3)

    def counted(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    pages = (reverse("learning_groups", args=where[:1]), reverse("learning_group", args=where))
    before = [counted(page) for page in pages]
    for number, institution in enumerate((cast.umoja, cast.pamoja), start=1):
        join(cast, group(cast, title=f"Circle {number}"), institution)
        join(cast, made, institution)
        client.post(reverse("learning_group_meeting_new", args=where), {**typed, "clock": f"1{number}:00"})
    assert GroupMeeting.objects.count() == 3
    assert [counted(page) for page in pages] == before
