"""Tests before and after, evaluations, the mails that ask for them, and what is told of the results to whom."""

import io
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from spm_portal.common.models import MailMessage
from spm_portal.common.refusal import Refused
from tests.training.learning_world import BEGINS, ENDS, LearningWorld, make_learning_world, with_link
from training.models import Attendance, Evaluation, SessionNotice, TestSheet
from training.selectors.learning import for_trainers, results_of_one, trainer_ratings
from training.selectors.own_learning import own_learning
from training.services.evaluations import Unmarked, ask_due, give
from training.services.tests_taken import Unfinished, take
from training.web.links import EXPERT_LINK, PARTICIPANT_LINK

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

AFTER = ENDS + timedelta(days=1)


@pytest.fixture
def world() -> LearningWorld:
    return make_learning_world()


def sat(world: LearningWorld, person: int, stage: str, right: int, *, by=None, at=None, answers=None):
    """One test of a person of which so many answers are right."""
    return take(
        registration_id=world.people[person].pk,
        stage=stage,
        answers=world.answers(right) if answers is None else answers,
        by=by,
        at=at or (BEGINS if stage == "pre" else AFTER),
    )


def evaluated(world: LearningWorld, person: int, mark: int = 4, *, stage="after", at=AFTER, **other):
    """One evaluation with the same mark everywhere."""
    codes = ("relevance", "content", "materials", "organisation", "confidence", "used", "effect")
    fields = {
        "ratings": dict.fromkeys(codes, mark),
        "trainers": {str(world.trainer.pk): mark, str(world.colleague.pk): 1},
        "texts": {"liked": f"Words of {person}"},
        **other,
    }
    return give(registration_id=world.people[person].pk, stage=stage, at=at, **fields)


# --- tests ------------------------------------------------------------------------------------------------------


def test_everybody_has_one_try_and_the_first_answers_stay(world):
    sheet = sat(world, 0, "pre", 1)
    assert (sheet.score, sheet.keyed_by) == (Decimal("33.3"), None)
    assert sat(world, 0, "pre", 1) == sheet  # sent twice
    with pytest.raises(Refused, match="one try"):
        sat(world, 0, "pre", 3)
    assert sat(world, 0, "post", 3).score == 100
    found = own_learning(world.people[0], at=AFTER)
    assert (found.improvement, found.passed) == (Decimal("66.7"), True)


def test_unfinished_tests_say_what_is_missing(world):
    some = world.answers(3)
    some.pop(str(world.questions[1].pk))
    with pytest.raises(Unfinished, match="Question 2 has no answer") as refused:
        sat(world, 0, "pre", 0, answers=some)
    assert refused.value.missing == (str(world.questions[1].pk),)
    assert not TestSheet.objects.exists()


def test_tests_are_refused_outside_their_time_and_to_people_without_a_seat(world):
    with pytest.raises(Refused, match="opens on"):
        sat(world, 0, "pre", 3, at=BEGINS - timedelta(days=14, seconds=1))
    with pytest.raises(Refused, match="closed on"):
        sat(world, 0, "pre", 3, at=BEGINS + timedelta(hours=8))
    # on paper it was taken in time, and is keyed in later; not by trainers
    assert sat(world, 0, "pre", 3, by=world.manager, at=AFTER).keyed_by == world.manager
    with pytest.raises(PermissionDenied):
        sat(world, 1, "pre", 3, by=world.teacher)
    with pytest.raises(Refused, match="have a seat"):
        take(registration_id=world.waiting.pk, stage="pre", answers=world.answers(3), by=None, at=BEGINS)


def test_a_person_takes_the_test_by_link_and_unfinished_answers_are_kept():
    world = make_learning_world(timezone.now() - timedelta(days=2))
    one = world.people[0]
    client = with_link(PARTICIPANT_LINK, one)
    url = reverse("my_test", args=[one.pk, "post"])
    first, *others = world.questions
    page = client.get(url).content.decode()
    assert 'data-place="post" defer' in page  # the browser keeps what is not sent yet,
    assert "data-kept novalidate" in page
    sent = {f"q-{first.pk}": "2"}
    answer = client.post(url, sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Questions 2, 3 have no answer yet" in page
    assert f'name="q-{first.pk}" value="2" checked' in page
    full = sent | {f"q-{question.pk}": [str(number) for number in question.correct] for question in others}
    assert client.post(url, full).status_code == 302
    page = client.get(url).content.decode()
    assert "100.0" in page
    assert 'data-place="post" data-done' in page  # and drops it once it was sent
    assert "Question 2" in page  # with the right choices, now that it is over
    assert client.post(url, sent | {f"q-{one.pk}": "1" for one in others}).status_code == 409
    # the link of one person opens nobody else's test
    other = world.people[1]
    assert client.get(reverse("my_test", args=[other.pk, "post"])).status_code == 404
    assert client.post(reverse("my_test", args=[other.pk, "post"]), full).status_code == 403
    card = Template("{% load training_learning %}{% my_learning one %}").render(Context({"one": one}))
    assert "Test after" in card
    assert "Answer" in card  # the evaluation is open


# --- evaluations ------------------------------------------------------------------------------------------------


def test_an_evaluation_is_given_once_with_a_mark_everywhere(world):
    with pytest.raises(Unmarked) as refused:
        evaluated(world, 0, ratings={"relevance": "5", "content": "7"}, trainers={str(world.trainer.pk): "4"})
    assert refused.value.codes == ("content", "materials", "organisation", "confidence")
    assert refused.value.trainers == (str(world.colleague.pk),)
    made = evaluated(world, 0)
    assert set(made.ratings) == {"relevance", "content", "materials", "organisation", "confidence"}
    assert evaluated(world, 0) == made
    with pytest.raises(Refused, match="first answers"):
        evaluated(world, 0, 5)
    with pytest.raises(Refused, match=r"from .* on"):
        evaluated(world, 0, stage="six_months")
    later = evaluated(world, 0, stage="six_months", at=ENDS + timedelta(days=182))
    assert (set(later.ratings), later.trainers) == ({"used", "effect"}, {})
    with pytest.raises(Refused, match="closed on"):
        evaluated(world, 1, at=ENDS + timedelta(days=60))


def test_people_who_were_there_are_asked_once_at_each_stage(world):
    common = {"association": world.session.association, "session": world.session, "marked_at": BEGINS}
    for person, present in ((0, True), (1, False), (2, True)):
        Attendance.objects.create(
            **common, day=world.days[0], registration=world.people[person], present=present, marked_by="Grace"
        )
    evaluated(world, 2, at=ENDS)
    assert ask_due(at=ENDS - timedelta(minutes=1)) == 0
    assert [ask_due(at=ENDS), ask_due(at=AFTER)] == [1, 0]
    mail = MailMessage.objects.get()
    assert mail.to == world.people[0].participant.email
    assert "/training/me/" in mail.text
    half_a_year = ENDS + timedelta(days=182)
    assert [ask_due(at=half_a_year), ask_due(at=half_a_year)] == [2, 0]
    assert set(SessionNotice.objects.values_list("step", flat=True)) == {
        "evaluation_after",
        "evaluation_six_months",
    }


def test_a_person_evaluates_by_link_and_what_was_chosen_is_kept():
    world = make_learning_world(timezone.now() - timedelta(days=2))
    one = world.people[0]
    client = with_link(PARTICIPANT_LINK, one)
    url = reverse("my_evaluation", args=[one.pk, "after"])
    answer = client.post(url, {"r-content": "3", "liked": "The examples"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The examples</textarea>" in page
    assert 'name="r-content" value="3" checked' in page
    full = {f"r-{code}": "4" for code in ("relevance", "content", "materials", "organisation", "confidence")}
    full |= {f"t-{expert.pk}": "5" for expert in (world.trainer, world.colleague)}
    assert client.post(url, full).status_code == 302
    assert Evaluation.objects.get().trainers == {str(world.trainer.pk): 5, str(world.colleague.pk): 5}
    assert "Thank you" in client.get(url).content.decode()


# --- results ----------------------------------------------------------------------------------------------------


def test_results_of_a_session(world):
    for person, (before, after) in enumerate([(0, 2), (1, 3), (1, 1)]):
        sat(world, person, "pre", before)
        sat(world, person, "post", after)
    sat(world, 3, "post", 3)
    evaluated(world, 0, 5)
    evaluated(world, 1, 4)
    found = results_of_one(world.session)
    tests = found.tests
    assert (tests.pre, tests.pre_count, tests.post, tests.post_count) == (Decimal("22.2"), 3, Decimal(75), 4)
    # of those who took both alone
    assert (tests.improvement, tests.both) == (Decimal("44.5"), 3)
    assert tests.share_passed == 75
    after = found.after
    assert (after.response, after.overall) == (Decimal(40), Decimal("4.5"))
    assert after.words["liked"] == ("Words of 0", "Words of 1")
    ratings = trainer_ratings([world.trainer.pk, world.colleague.pk])
    assert (ratings[world.trainer.pk].value, ratings[world.trainer.pk].count) == (Decimal("4.5"), 2)


def test_trainers_see_no_person_and_nothing_of_fewer_than_three(world):
    for person in range(2):
        evaluated(world, person)
        sat(world, person, "post", 3)
    few = for_trainers(results_of_one(world.session), [world.trainer.pk])
    assert few.people == ()
    assert (few.tests.is_withheld, few.tests.post) == (True, None)
    assert (few.after.is_withheld, few.after.overall, few.after.words) == (True, None, {})
    evaluated(world, 2)
    sat(world, 2, "post", 3)
    enough = for_trainers(results_of_one(world.session), [world.trainer.pk])
    assert enough.tests.post == 100
    assert enough.after.overall == 4
    assert list(enough.after.trainers) == [world.trainer.pk]  # not the colleague's marks
    assert len(enough.after.words["liked"]) == 3


def test_staff_read_names_in_page_and_workbook_and_trainers_do_not(world, client):
    for person in range(3):
        evaluated(world, person)
        sat(world, person, "post", 3)
    slug = world.session.association.slug
    page = reverse("session_results", args=[slug, world.session.pk])
    file = reverse("session_results_file", args=[slug, world.session.pk])
    seen = {}
    for user in (world.manager, world.teacher):
        client.force_login(user)
        sheets = openpyxl.load_workbook(io.BytesIO(client.get(file).content)).sheetnames
        seen[user] = ("Person 0" in client.get(page).content.decode(), "Participants" in sheets)
    assert seen == {world.manager: (True, True), world.teacher: (False, False)}
    by_link = with_link(EXPERT_LINK, world.trainer)
    said = by_link.get(
        reverse("teaching_results", args=[world.trainer.pk, world.session.pk])
    ).content.decode()
    assert "Words of 1" in said
    assert "Person 0" not in said
    assert "Peter" not in said


def test_results_take_as_many_queries_for_three_people_as_for_one(world):
    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            results_of_one(world.session)
        return len(queries)

    evaluated(world, 0)
    sat(world, 0, "post", 3)
    one = counted()
    for person in (1, 2):
        evaluated(world, person)
        sat(world, person, "post", 3)
    assert counted() == one


def test_staff_key_in_a_paper_and_see_a_course_over_its_sessions(world, client):
    client.force_login(world.manager)
    slug, one = world.session.association.slug, world.people[0]
    url = reverse("session_test_key", args=[slug, world.session.pk, one.pk, "pre"])
    # staff key in as soon as the test has opened
    type(world.session).objects.filter(pk=world.session.pk).update(
        starts_at=timezone.now() - timedelta(days=3), ends_at=timezone.now() - timedelta(days=2)
    )
    for day in world.days:
        day.starts_at, day.ends_at = timezone.now() - timedelta(days=3), timezone.now() - timedelta(days=2)
    first = world.days[0]
    first.save(update_fields=["starts_at", "ends_at"])
    full = {f"q-{q.pk}": [str(number) for number in q.correct] for q in world.questions}
    assert client.post(url, {}).status_code == 422
    assert client.post(url, full).status_code == 302
    assert (
        "from paper" in client.get(reverse("session_tests", args=[slug, world.session.pk])).content.decode()
    )
    course = client.get(reverse("course_results", args=[slug, world.course.pk])).content.decode()
    assert world.session.title in course
    assert "100.0" in course
    file = client.get(reverse("course_results_file", args=[slug, world.course.pk]))
    assert file["Content-Type"].endswith("sheet")
