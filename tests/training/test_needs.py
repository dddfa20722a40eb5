"""Needs: asked for, proposed from data, decided on by staff, shown to the member, set against the plan of the year."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from members.enums import Role
from members.models import Association, User
from members.selectors.need_findings import Finding
from reporting.models import Answer
from reporting.selectors.need_findings import read
from reporting.values import from_engine
from spm_portal.common.models import AuditEvent, MailMessage
from spm_portal.common.refusal import Refused
from tests.browsers import signed_in
from tests.cast import Cast
from tests.factories.members import give_role
from tests.factories.releases import approved_round, institutions
from tests.factories.reporting import default_catalogue
from tests.factories.training import CourseFactory, ParticipantFactory, RegistrationFactory, SessionFactory
from training.enums import CaseStage, MoneyKind, NeedSource, NeedState, SurveyState, Topic
from training.models import Case, MoneyLine, Need, NeedsReply, NeedsSurvey, PlanLine
from training.selectors.training_plan import year_plan
from training.services import needs, needs_surveys, training_plan
from training.services.needs_surveys import ReplyLine, SurveyFields
from training.services.training_plan import PlanFields

pytestmark = pytest.mark.django_db
NOW = timezone.now()
PROTECTION = ("cp_overindebtedness", "cp_transparency", "cp_fair_treatment", "cp_privacy", "cp_complaints")


def at(name: str, *parts: object) -> str:
    return reverse(name, args=["amani", *parts])


def prepared(cast: Cast, days: int = 10) -> NeedsSurvey:
    fields = SurveyFields(
        title="Needs of 2027",
        year=2027,
        topics=[Topic.PRICING, Topic.MISSION],
        question="What kept you from coming?",
        closes_at=NOW + timedelta(days=days),
    )
    return needs_surveys.save_survey(association=cast.amani, values=fields, by=cast.manager, at=NOW)


def opened(cast: Cast, days: int = 10) -> NeedsSurvey:
    return needs_surveys.open_survey(survey=prepared(cast, days), by=cast.manager, at=NOW)


def replied(cast: Cast, survey: NeedsSurvey, by: User | None = None, people: int = 4) -> NeedsReply:
    return needs_surveys.save_reply(
        survey=survey,
        institution=cast.kilimo,
        lines={"mission": ReplyLine(people=people, urgency=3, note="New\x00 officers")},
        answer="Travel.",
        by=by or cast.editor,
        at=NOW,
    )


def test_a_needs_assessment_from_the_mail_to_the_needs(cast: Cast) -> None:
    survey = prepared(cast)
    with pytest.raises(Refused):
        replied(cast, survey)
    survey = needs_surveys.open_survey(survey=survey, by=cast.manager, at=NOW)
    asked = set(MailMessage.objects.filter(purpose="needs.opened").values_list("to", flat=True))
    assert {cast.signatory.email, cast.editor.email, cast.other_signatory.email} <= asked
    assert cast.ex_member.email not in asked
    replied(cast, survey)
    reply = replied(cast, survey, by=cast.signatory, people=6)
    assert reply.lines == {"mission": {"people": 6, "urgency": 3, "note": "New officers"}}
    assert NeedsReply.objects.count() == 1
    with pytest.raises(PermissionDenied):
        replied(cast, survey, by=cast.other_signatory)
    with pytest.raises(Refused):
        needs_surveys.take_replies(survey=survey, by=cast.manager, at=NOW)
    needs_surveys.close_survey(survey=survey, by=cast.manager, at=NOW)
    with pytest.raises(Refused):
        replied(cast, survey)
    assert needs_surveys.take_replies(survey=survey, by=cast.manager, at=NOW) == 1
    assert needs_surveys.take_replies(survey=survey, by=cast.manager, at=NOW) == 0
    need = Need.objects.get()
    assert (need.institution, need.topic, need.people, need.urgency) == (cast.kilimo, "mission", 6, 3)
    assert (need.state, need.source, need.year) == (NeedState.CONFIRMED, NeedSource.SURVEY, 2027)


def test_who_replies_for_two_mfis_chooses_one_and_is_asked_for_both(cast: Cast) -> None:
    survey = opened(cast)
    replied(cast, survey)
    give_role(cast.editor, Role.INSTITUTION_EDITOR, cast.umoja)
    page = signed_in(cast.editor).get(at("needs_survey", survey.pk)).content.decode()
    assert "Choose the MFI for which you reply." in page
    assert page.count("Last saved") == page.count("no reply yet") == 1
    home = signed_in(cast.editor).get(reverse("association_home", args=[cast.amani.slug])).content.decode()
    assert "1 needs assessment waits for your answer" in home  # of the second MFI


def test_who_has_not_replied_is_reminded_once_and_a_past_assessment_closes(cast: Cast) -> None:
    survey = opened(cast, days=10)
    replied(cast, survey)
    home = signed_in(cast.signatory).get(reverse("association_home", args=[cast.amani.slug]))
    assert "waits for your answer" not in home.content.decode()
    assert needs_surveys.remind_and_close(at=NOW + timedelta(days=6)) == 0
    late = NOW + timedelta(days=8)
    sent = needs_surveys.remind_and_close(at=late)
    told = set(MailMessage.objects.filter(purpose="needs.reminder").values_list("to", flat=True))
    assert len(told) == sent
    assert cast.other_signatory.email in told
    assert cast.signatory.email not in told
    assert needs_surveys.remind_and_close(at=late + timedelta(hours=1)) == 0
    needs_surveys.remind_and_close(at=NOW + timedelta(days=11))
    survey.refresh_from_db()
    assert survey.state == SurveyState.CLOSED


def test_bad_input_says_where(cast: Cast) -> None:
    fields = SurveyFields(title=" ", year=2027, topics=[], question="", closes_at=NOW + timedelta(days=1))
    with pytest.raises(ValidationError) as refused:
        needs_surveys.save_survey(association=cast.amani, values=fields, by=cast.manager, at=NOW)
    assert "title" in refused.value.message_dict
    client, survey = signed_in(cast.editor), opened(cast)
    page = at("needs_reply", survey.pk, cast.kilimo.pk)
    said = client.post(page, {"mission-note": "for the board", "pricing-people": "many"})
    assert said.status_code == 422
    assert "Write for how many people" in said.content.decode()
    assert "Write a whole number." in said.content.decode()
    assert 'value="many"' in said.content.decode()
    with pytest.raises(ValidationError):
        training_plan.save_plan(
            association=cast.amani, year=2027, currency="XXX", lines={}, by=cast.manager, at=NOW
        )


@pytest.fixture
def finding(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        Finding(cast.kilimo.pk, Topic.PRICING, NeedSource.PRACTICE, "practice:D6:2024", "Weak: 20 of 100."),
        Finding(None, Topic.AUDIT, NeedSource.CAPACITY, "capacity:A5", "Level 1, goal 3."),
    ]
    monkeypatch.setattr(needs, "findings_of", lambda _association, _at: list(found))


@pytest.mark.usefixtures("finding")
def test_what_data_say_is_proposed_once_and_decided_on(cast: Cast) -> None:
    def propose() -> needs.Proposed:
        return needs.propose_needs(association=cast.amani, year=2027, by=cast.reviewer, at=NOW)

    assert propose() == needs.Proposed(new=2, known=0)
    assert propose() == needs.Proposed(new=0, known=2)
    course = CourseFactory(association=cast.amani, topic=Topic.PRICING, title="Prices that people understand")
    session = SessionFactory(course=course, starts_at=NOW + timedelta(days=40))
    mine, own = Need.objects.get(institution=cast.kilimo), Need.objects.get(institution=None)
    member, staff = signed_in(cast.signatory), signed_in(cast.manager)
    assert "20 of 100" not in member.get(at("our_needs")).content.decode()
    page = staff.get(at("needs") + "?year=2027").content.decode()
    assert "Weak: 20 of 100." in page
    several = {"year": "2027", "chosen": [str(mine.pk), str(own.pk)], "state": "confirmed", "note": "Agreed."}
    assert staff.post(at("needs_decide"), several).status_code == 302
    assert set(Need.objects.values_list("state", "decision")) == {("confirmed", "Agreed.")}
    shown = member.get(at("our_needs")).content.decode()
    assert "20 of 100" in shown
    assert course.title in shown
    assert session.place in shown
    assert "Level 1" not in shown
    one = {"state": "met", "course": str(course.pk), "people": "5", "note": "Came in May."}
    assert staff.post(at("need", mine.pk), one).status_code == 302
    mine.refresh_from_db()
    assert (mine.state, mine.course, mine.people) == ("met", course, 5)
    with pytest.raises(Refused):
        needs.decide_needs(
            association=cast.amani, keys=[mine.pk], state="dismissed", note="", by=cast.manager, at=NOW
        )
    assert staff.post(at("needs_decide"), {"year": "2027", "state": "met"}).status_code == 422


def test_returns_say_why_a_need_is_proposed(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    members = institutions(cast.amani, 3)
    approved_round(cast.amani, members[:2], year=NOW.year - 1)
    weak = Answer.objects.filter(institution=members[0], code__in=PROTECTION)
    weak.update(**from_engine(default_catalogue().indicator(PROTECTION[0]), 0))
    gone = ("active_clients", "active_borrowers", "female_borrowers")
    Answer.objects.filter(institution=members[1], code__in=gone).delete()
    with django_assert_max_num_queries(3):
        found = read(cast.amani, NOW)
    protection = next(
        one for one in found if one.institution_id == members[0].pk and one.key.startswith("practice:D4")
    )
    assert protection.topic == Topic.CLIENT_PROTECTION
    assert protection.urgency == 3
    assert "of 5 practices 0 are in place" in protection.reason
    open_ones = [one for one in found if one.institution_id == members[1].pk and one.source == "unanswered"]
    assert Topic.INDICATORS in {one.topic for one in open_ones}
    assert not [one for one in found if one.institution_id == members[2].pk]


def noted(cast: Cast, **fields: Any) -> Need:
    return Need.objects.create(
        **{
            "association": cast.amani,
            "institution": cast.kilimo,
            "year": 2026,
            "topic": Topic.PRICING,
            "source": NeedSource.PRACTICE,
            "key": f"k{Need.objects.count()}",
            "reason": "Fees are missing.",
            "proposed_at": NOW,
            **fields,
        }
    )


def test_a_case_answers_the_need_it_came_from(cast: Cast) -> None:
    need = noted(cast)
    member, staff = signed_in(cast.signatory), signed_in(cast.manager)
    asked = {
        "topic": "pricing",
        "member": str(cast.kilimo.pk),
        "title": "One list",
        "request": "Please help.",
    }
    new = f"{at('case_new')}?need={need.pk}"
    assert "Fees are missing" not in member.get(new).content.decode()  # nobody has confirmed it yet
    assert f"?need={need.pk}" in staff.get(at("need", need.pk)).content.decode()
    assert staff.post(new, asked).status_code == 302
    need.refresh_from_db()
    case = need.cases.get()
    assert (need.state, need.decided_by) == (NeedState.CONFIRMED, cast.manager)
    assert case.number in need.decision
    assert "Fees are missing" in member.get(new).content.decode()
    Case.objects.filter(pk=case.pk).update(stage=CaseStage.FOLLOW_UP, outcome="All branches show one list.")
    page = at("case", case.pk)
    assert 'name="meets_need"' in staff.get(page).content.decode()
    close = {"action": "move", "to": "closed", "meets_need": "1"}
    for _click in range(2):
        assert staff.post(page, close).status_code == 302
    need.refresh_from_db()
    assert (need.state, need.decision) == (NeedState.MET, f"Case {case.number} was closed: One list")
    assert AuditEvent.objects.filter(verb="need.decide", object_id=need.pk).count() == 2
    shown = member.get(page).content.decode()
    assert "Fees are missing" in shown
    assert at("need", need.pk) not in shown
    assert case.title in staff.get(at("need", need.pk)).content.decode()


def test_a_session_that_was_held_meets_the_needs_that_staff_tick(cast: Cast) -> None:
    course = CourseFactory(association=cast.amani, topic=Topic.PRICING)
    session = SessionFactory(course=course, starts_at=NOW - timedelta(days=3))
    RegistrationFactory(
        session=session, participant=ParticipantFactory(association=cast.amani, institution=cast.kilimo)
    )
    confirmed = {"state": NeedState.CONFIRMED, "year": NOW.year}
    of_topic, of_course = noted(cast, **confirmed), noted(cast, course=course, **confirmed)
    proposed, absent = noted(cast, year=NOW.year), noted(cast, institution=cast.umoja, **confirmed)
    staff = signed_in(cast.manager)
    page = staff.get(at("training_session", session.pk)).content.decode()
    assert f'value="{of_course.pk}" checked' in page
    assert f'value="{of_topic.pk}">' in page
    assert str(absent.pk) not in page
    ticked = {"needs": [str(one.pk) for one in (of_course, proposed, absent)]}
    assert staff.post(at("session_held", session.pk), ticked).status_code == 302
    met = Need.objects.filter(state=NeedState.MET)
    assert [(one.pk, one.decided_by) for one in met] == [(of_course.pk, cast.manager)]
    assert session.title in met.get().decision


def test_the_plan_stands_between_needs_and_sessions(cast: Cast) -> None:
    year = 2026
    association: Association = cast.amani
    Need.objects.create(
        association=association,
        institution=cast.kilimo,
        year=year,
        topic=Topic.MISSION,
        source=NeedSource.STAFF,
        key="a",
        reason="Seen.",
        people=12,
        state=NeedState.CONFIRMED,
        proposed_at=NOW,
    )
    lines = {"mission": PlanFields(sessions=2, people=20, budget=Decimal(9000)), "pricing": PlanFields()}
    training_plan.save_plan(
        association=association, year=year, currency="KES", lines=lines, by=cast.manager, at=NOW
    )
    held = SessionFactory(course=CourseFactory(association=association), state="held", held_at=NOW)
    MoneyLine.objects.create(
        association=association,
        session=held,
        kind=MoneyKind.VENUE,
        planned=Decimal(5000),
        actual=Decimal(4000),
    )
    MoneyLine.objects.create(
        association=association, session=held, kind=MoneyKind.SPONSOR, planned=Decimal(700)
    )
    for _each in range(3):
        RegistrationFactory(session=held)
    line = next(one for one in year_plan(association, year).told if one.topic == Topic.MISSION)
    assert (line.needed, line.plan_less_need, line.held, line.trained, line.held_less_plan) == (
        12,
        8,
        1,
        3,
        -17,
    )
    assert (line.costs, line.left) == ((("KES", Decimal(4000)),), Decimal(5000))
    training_plan.save_plan(
        association=association,
        year=year,
        currency="KES",
        lines={"mission": PlanFields()},
        by=cast.manager,
        at=NOW,
    )
    assert not PlanLine.objects.exists()


def test_lists_take_the_same_queries_for_one_row_and_for_three(cast: Cast) -> None:
    staff, member = signed_in(cast.manager), signed_in(cast.signatory)
    survey = opened(cast)
    course = CourseFactory(association=cast.amani, topic=Topic.PRICING)

    def add(key: str) -> None:
        Need.objects.create(
            association=cast.amani,
            institution=cast.kilimo,
            year=2027,
            topic=Topic.PRICING,
            course=course,
            source=NeedSource.STAFF,
            key=key,
            reason="Seen.",
            state=NeedState.CONFIRMED,
            decided_by=cast.manager,
            proposed_at=NOW,
        )
        SessionFactory(course=course, starts_at=NOW + timedelta(days=40))

    pages = [
        (staff, at("needs") + "?year=2027"),
        (member, at("our_needs")),
        (staff, at("training_plan") + "?year=2027"),
        (staff, at("needs_survey", survey.pk)),
        (staff, at("needs_surveys")),
    ]
    add("one")
    replied(cast, survey)
    counted = [_queries(client, page) for client, page in pages]
    add("two")
    add("three")
    for institution in (cast.umoja, cast.pamoja):
        NeedsReply.objects.create(
            association=cast.amani,
            survey=survey,
            institution=institution,
            lines={},
            given_at=NOW,
            given_by=cast.other_signatory,
        )
        opened(cast)
    assert [_queries(client, page) for client, page in pages] == counted


def _queries(client: Client, page: str) -> int:
    client.get(page)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(page).status_code == 200
    return len(caught)
