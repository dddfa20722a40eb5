"""The calendar feed: a secret address for one person's due moments."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from capacity.enums import PlanStatus
from capacity.models import PlanItem
from members.models import User
from members.services import calendars
from reporting.enums import ReturnState
from reporting.models import Extension, Submission
from tests.browsers import signed_in
from tests.cast import Cast
from tests.factories.capacity import PlanItemFactory
from tests.factories.reporting import RoundFactory, SubmissionFactory

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

DUE = datetime(2025, 4, 30, 20, 59, tzinfo=UTC)


@pytest.fixture
def held(cast: Cast) -> Submission:
    """Kilimo's draft."""
    opened = RoundFactory(association=cast.amani, due_at=DUE, name="Report 2024")
    made: Submission = SubmissionFactory(round=opened, institution=cast.kilimo)
    return made


def feed(token: str) -> tuple[int, bytes]:
    """What a calendar program gets, not signed in."""
    answer = Client().get(f"/calendar/{token}.ics")
    return answer.status_code, answer.content


def events(user: User) -> list[tuple[str, datetime]]:
    """Words and moments in somebody's feed."""
    status, body = feed(calendars.renew(user=user, at=timezone.now()))
    assert status == 200
    return [(str(one["summary"]), one["dtstart"].dt) for one in Calendar.from_ical(body).walk("VEVENT")]


def test_a_member_sees_its_return_with_its_extension(cast: Cast, held: Submission):
    assert events(cast.editor) == [("Due: Report 2024, Kilimo Savings", DUE)]
    Extension.objects.create(
        submission=held,
        association=cast.amani,
        institution=cast.kilimo,
        due_at=DUE + timedelta(days=3),
        reason="Flood.",
        granted_at=DUE,
        granted_by=cast.manager,
    )
    assert events(cast.editor)[0][1] == DUE + timedelta(days=3)
    Submission.objects.update(state=ReturnState.SUBMITTED)
    assert events(cast.editor) == []


def test_staff_see_their_rounds_and_others_nothing(cast: Cast, held: Submission):
    assert events(cast.reviewer) == [("Due: Report 2024", DUE)]
    for part in ("other_signatory", "other_manager", "donor", "nobody", "ex_reviewer", "operator"):
        assert events(cast.people[part]) == []


def test_words_are_in_the_person_s_language(cast: Cast, held: Submission):
    cast.editor.language = "fr"
    cast.editor.save()
    assert len(events(cast.editor)) == 1


def test_only_the_newest_secret_works_until_it_is_removed(cast: Cast, held: Submission):
    at = timezone.now()
    old = calendars.renew(user=cast.editor, at=at)
    new = calendars.renew(user=cast.editor, at=at)
    assert (feed(old)[0], feed(new)[0]) == (404, 200)
    fresh = User.objects.get(pk=cast.editor.pk)
    assert new not in fresh.calendar_token_hash
    calendars.remove(user=fresh, at=at)
    assert feed(new)[0] == 404


@pytest.mark.parametrize("token", ["x", "", "a" * 43, "%00"])
def test_unknown_secrets_are_not_there(cast: Cast, held: Submission, token: str):
    assert feed(token)[0] == 404


def test_who_may_not_sign_in_has_no_calendar(cast: Cast, held: Submission):
    token = calendars.renew(user=cast.editor, at=timezone.now())
    User.objects.filter(pk=cast.editor.pk).update(is_active=False)
    assert feed(token)[0] == 404


def test_the_page_shows_the_address_once(cast: Cast, held: Submission):
    client = signed_in(cast.editor)
    shown = client.post("/me/calendar/", {"action": "renew"}).content.decode()
    address = shown.partition("<code")[2].partition(">")[2].partition("<")[0].strip()
    assert Client().get(address.partition("localhost:8000")[2]).status_code == 200
    assert "/calendar/" not in client.get("/me/calendar/").content.decode().partition("<main")[2].replace(
        "/me/calendar/", ""
    )
    assert client.post("/me/calendar/", {"action": "remove"}).status_code == 302
    assert client.post("/me/calendar/", {"action": "nonsense"}).status_code == 404


def test_reminders_are_chosen_on_the_profile(cast: Cast):
    client = signed_in(cast.editor)
    data = {"name": "Editor", "language": "en", "time_zone": "UTC", "reminders": "digest"}
    assert client.post("/me/", data).status_code == 302
    assert User.objects.get(pk=cast.editor.pk).reminders == "digest"
    del data["reminders"]
    client.post("/me/", data)
    assert User.objects.get(pk=cast.editor.pk).reminders == "digest"


def test_who_owns_a_planned_item_sees_its_day_while_working_there(cast: Cast):
    day = date(2025, 5, 2)
    own = {"owner": cast.reviewer, "due_on": day, "title": "Train two reviewers"}
    item = PlanItemFactory(association=cast.amani, status=PlanStatus.PLANNED, **own)
    PlanItemFactory(association=cast.amani, **own)  # only proposed
    PlanItemFactory(status=PlanStatus.PLANNED, **own)  # somewhere else
    assert events(cast.reviewer) == [("Due: Train two reviewers", day)]
    assert events(cast.manager) == []
    PlanItem.objects.filter(pk=item.pk).update(status=PlanStatus.DONE)
    assert events(cast.reviewer) == []
