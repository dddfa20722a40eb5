"""The catalogue of courses: loading, what staff write, and what readers see of it."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from spm_portal.common.refusal import Refused
from tests.cast import Cast, make_cast
from tests.factories.training import (
    CourseFactory,
    ParticipantFactory,
    RegistrationFactory,
    SessionFactory,
    WorkFactory,
)
from training.curricula import Part
from training.enums import Moment, TestStage, Topic
from training.models import Course, CourseMaterial, TestQuestion, TestSheet
from training.services import course_loading, course_tests, courses
from training.services.courses import CourseFields

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
FIELDS = CourseFields(
    code="spm-9",
    title=" Targets  ",
    language="en",
    hours=Decimal("1.5"),
    topic=Topic.MISSION,
    currency="kes",
    outline=(Part("Opening", 30), Part("Work", 60, "In pairs.")),
    objectives=("Write a target", "", "Write a target"),
)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_shipped_courses_are_loaded_once_with_codes_of_the_catalogue(cast: Cast) -> None:
    WorkFactory(association=cast.amani, toolkit_key="TP-01")
    loaded = course_loading.load_courses(association=cast.amani, by=cast.reviewer, at=AT)
    assert len(loaded.added) == 9
    assert "TP-02" in loaded.missing_materials
    assert "TP-01" not in loaded.missing_materials
    course = Course.objects.get(association=cast.amani, code="SPM-101")
    assert course.questions.count() == 7
    assert [one.moment for one in course.materials.all()] == [Moment.DURING]
    Course.objects.filter(pk=course.pk).update(title="Ours")
    again = course_loading.load_courses(association=cast.amani, by=cast.manager, at=AT)
    assert again.added == ()
    assert Course.objects.get(pk=course.pk).title == "Ours"
    with pytest.raises(PermissionDenied):
        course_loading.load_courses(association=cast.amani, by=cast.signatory, at=AT)


def test_a_file_with_one_fault_loads_nothing(cast: Cast, tmp_path: Path) -> None:
    document = json.loads(course_loading.SHIPPED.read_text(encoding="utf-8"))
    document["courses"][8]["hours"] = "many"
    path = tmp_path / "courses.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(CommandError, match="SPM-TOT, hours: 'many' is no number of hours"):
        call_command("load_courses", str(path), association=cast.amani.slug)
    assert not Course.objects.exists()
    with pytest.raises(CommandError, match="no association 'nobody'"):
        call_command("load_courses", association="nobody")


def test_a_course_is_kept_clean_and_its_code_once(cast: Cast) -> None:
    made = courses.save_course(association=cast.amani, values=FIELDS, by=cast.reviewer, at=AT)
    assert (made.code, made.title, made.currency) == ("SPM-9", "Targets", "KES")
    assert made.objectives == ["Write a target"]
    assert [part["minutes"] for part in made.outline] == [30, 60]
    with pytest.raises(ValidationError, match="Another course has the code"):
        courses.save_course(association=cast.amani, values=FIELDS, by=cast.reviewer, at=AT)
    changed = courses.save_course(
        association=cast.amani,
        values=replace(FIELDS, title="Better"),
        by=cast.reviewer,
        at=AT,
        course_id=made.pk,
    )
    assert (changed.pk, changed.title) == (made.pk, "Better")
    for person in (cast.signatory, cast.other_manager):
        with pytest.raises(PermissionDenied):
            courses.archive(course_id=made.pk, by=person, at=AT)


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"hours": Decimal(2)}, "outline", "take 90 minutes together, but 2 hours are 120"),
        ({"hours": Decimal("1.55")}, "hours", "one decimal"),
        ({"code": "a b"}, "code", "letters, digits and hyphens"),
        ({"currency": "XXX"}, "currency", "ISO 4217"),
        ({"pass_mark": 101}, "pass_mark", "percentage"),
        ({"outline": (Part("Day", 600),)}, "outline", "between 5 and 480"),
        ({"price": Decimal(-1)}, "price", "0 or more"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    cast: Cast, change: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        courses.save_course(association=cast.amani, values=replace(FIELDS, **change), by=cast.manager, at=AT)
    assert words in refused.value.message_dict[field][0]


def test_an_answered_question_is_replaced_and_keeps_its_answers(cast: Cast) -> None:
    course = CourseFactory(association=cast.amani)
    who: dict[str, Any] = {"course_id": course.pk, "by": cast.reviewer, "at": AT}
    asked = course_tests.save_question(text="Which?", choices=["a", "b"], correct=[1], **who)
    second = course_tests.save_question(text="When?", choices=["a", "b"], correct=[0], **who)
    same = course_tests.save_question(
        text="Which one?", choices=["a", "b"], correct=[1], question_id=asked.pk, **who
    )
    assert same.pk == asked.pk
    person = ParticipantFactory(association=cast.amani, institution=cast.kilimo)
    registration = RegistrationFactory(session=SessionFactory(course=course), participant=person)
    TestSheet.objects.create(
        association=cast.amani,
        registration=registration,
        stage=TestStage.PRE,
        answers={str(asked.pk): [1]},
        score=100,
        taken_at=AT,
    )
    new = course_tests.save_question(
        text="Which of them?", choices=["a", "b"], correct=[0], question_id=asked.pk, **who
    )
    assert new.pk != asked.pk
    assert TestQuestion.objects.get(pk=asked.pk).retired_at == AT
    course_tests.move_question(question_id=second.pk, **who)
    live = course.questions.filter(retired_at=None).order_by("position")
    assert list(live) == [second, new]
    with pytest.raises(ValidationError, match="asks this already"):
        course_tests.save_question(text="When?", choices=["a", "b"], correct=[0], **who)
    with pytest.raises(ValidationError, match="at least one, and not all"):
        course_tests.save_question(text="Who?", choices=["a", "b"], correct=[0, 1], **who)


def test_materials_come_from_the_own_library(cast: Cast) -> None:
    course = CourseFactory(association=cast.amani)
    work, foreign = WorkFactory(association=cast.amani), WorkFactory(association=cast.baobab)
    who: dict[str, Any] = {"course_id": course.pk, "by": cast.reviewer, "at": AT}
    courses.add_material(work_id=work.pk, moment="before", **who)
    courses.add_material(work_id=work.pk, moment="after", **who)
    assert [one.moment for one in CourseMaterial.objects.all()] == ["after"]
    with pytest.raises(Refused, match="not in your library"):
        courses.add_material(work_id=foreign.pk, moment="before", **who)


def test_the_form_keeps_what_was_typed_and_tells_all_that_is_wrong(cast: Cast, client: Client) -> None:
    client.force_login(cast.reviewer)
    form = {
        "code": "NEW-1",
        "title": "A new course",
        "topic": "mission",
        "level": "introductory",
        "language": "en",
        "hours": "1.5",
        "currency": "KES",
        "needed_attendance": "80",
        "objectives": "First\r\nSecond",
        "part-TOTAL_FORMS": "3",
        "part-INITIAL_FORMS": "0",
        "part-0-title": "Opening",
        "part-0-minutes": "60",
        "part-1-minutes": "30",
    }
    address = reverse("course_new", args=[cast.amani.slug])
    page = client.post(address, form)
    assert page.status_code == 422
    assert "Give the part a title, or empty the line." in page.content.decode()
    assert 'value="Opening"' in page.content.decode()
    done = client.post(address, {**form, "part-1-title": "Work"})
    made = Course.objects.get(code="NEW-1")
    assert done.headers["Location"] == reverse("course", args=[cast.amani.slug, made.pk])
    assert made.objectives == ["First", "Second"]


def test_readers_see_the_catalogue_without_archived_courses_and_right_answers(
    cast: Cast, client: Client
) -> None:
    CourseFactory(association=cast.amani, title="Open one", dimensions=[1, 4], language="fr")
    gone = CourseFactory(association=cast.amani, title="Old one", archived_at=AT)
    address = reverse("courses", args=[cast.amani.slug])
    client.force_login(cast.editor)
    page = client.get(address, {"dimension": 4, "language": "fr", "show": "archived"}).content.decode()
    assert "Open one" in page
    assert "Old one" not in page
    assert "No course found" in client.get(address, {"dimension": 2}).content.decode()
    client.force_login(cast.reviewer)
    assert "Old one" in client.get(address, {"show": "archived"}).content.decode()
    back = client.post(
        reverse("course_archive", args=[cast.amani.slug, gone.pk]), {"action": "bring_back"}, follow=True
    )
    assert "in the catalogue again" in back.content.decode()


def test_the_list_takes_as_many_queries_for_one_course_as_for_three(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)
    SessionFactory(course=CourseFactory(association=cast.amani))
    address = reverse("courses", args=[cast.amani.slug])
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    CourseFactory.create_batch(2, association=cast.amani)
    with CaptureQueriesContext(connection) as three:
        page = client.get(address)
    assert page.content.decode().count('<th scope="row">') == 3
    assert len(three) == len(one)
