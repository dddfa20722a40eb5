"""Saves of opened pages on a real database: echoes and latecomers change nothing, strangers' pages have no order."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from members.enums import Role
from members.models import User
from reporting.models import Answer, OpenPage, Submission
from reporting.selectors.returns import load_sheet
from reporting.services.answers import AnswerChange, SaveResult, answers_sha256, save_answers
from reporting.services.hearing import SILENT, forget_silent
from reporting.tasks import forget_silent_pages
from spm_portal.celery import app
from tests.browsers import signed_in
from tests.factories.members import person
from tests.factories.reporting import OPENED, SubmissionFactory, sample

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

CODE = "active_clients"


@pytest.fixture
def held() -> Submission:
    """An empty draft."""
    made: Submission = SubmissionFactory()
    return made


@pytest.fixture
def grace(held: Submission) -> User:
    """Somebody of the MFI."""
    return person(Role.INSTITUTION_EDITOR, held.institution, name="Grace")


def say(
    held: Submission, by: User, page: UUID, sequence: int, value: object, version: int | None = None
) -> SaveResult:
    change = AnswerChange(CODE, value, expected_version=version, page=page, sequence=sequence)
    return save_answers(submission_id=held.pk, changes=[change], by=by, at=OPENED)


def history() -> list[int | None]:
    events = Answer.pgh_event_model.objects.order_by("pgh_id")  # type: ignore[attr-defined]
    return [None if one is None else int(one) for one in events.values_list("number", flat=True)]


def test_an_own_later_word_needs_no_version_and_an_overtaken_one_changes_nothing(
    held: Submission, grace: User
) -> None:
    page = uuid4()
    assert say(held, grace, page, 1, 10).saved == (CODE,)
    assert say(held, grace, page, 3, 30).saved == (CODE,)
    for late in (2, 3, 1):
        result = say(held, grace, page, late, 10 * late, version=2)
        assert (result.saved, result.conflicts, set(result.late)) == ((), (), {CODE})
    assert history() == [10, 30]
    answer = Answer.objects.get()
    assert (answer.number, answer.page, answer.sequence, answer.version) == (30, page, 3, 2)


def test_taking_a_word_back_holds_even_where_nothing_was_stored(held: Submission, grace: User) -> None:
    page = uuid4()
    assert not say(held, grace, page, 2, None).saved
    assert say(held, grace, page, 1, 9).late == {CODE}
    assert not Answer.objects.exists()


def test_a_word_of_somebody_else_in_between_is_a_conflict(held: Submission, grace: User) -> None:
    ben = person(Role.INSTITUTION_EDITOR, held.institution, name="Ben")
    hers, his = uuid4(), uuid4()
    say(held, grace, hers, 1, 10)
    say(held, ben, his, 1, 20, version=1)
    (conflict,) = say(held, grace, hers, 2, 30, version=1).conflicts
    assert conflict.theirs is not None
    assert (conflict.theirs.number, conflict.yours.value) == (20, 30)
    assert history() == [10, 20]


def test_a_page_of_somebody_else_gives_no_right_to_follow_it(held: Submission, grace: User) -> None:
    ben = person(Role.INSTITUTION_EDITOR, held.institution, name="Ben")
    hers = uuid4()
    say(held, grace, hers, 1, 10)
    assert say(held, ben, hers, 2, 20).conflicts
    assert OpenPage.objects.get().heard == {CODE: 1}
    other = SubmissionFactory(institution=held.institution, membership=False)
    assert say(other, grace, hers, 1, 40).saved == (CODE,)
    assert other.answers.get().page is None


@pytest.fixture
def post(held: Submission, grace: User):  # type: ignore[no-untyped-def]
    """Posts a box as the page of Grace does."""
    client = signed_in(grace)
    address = reverse("save_answer", args=[held.association.slug, held.pk])

    def send(text: str, version: int, page: UUID | str = "", sequence: int | str = "") -> str:
        boxes = {f"v-{CODE}": text, f"m-{CODE}": "", f"n-{CODE}": "", f"r-{CODE}": version}
        answer = client.post(
            address, boxes | {"page": page, "sequence": sequence}, headers={"HX-Request": "true"}
        )
        return f"{answer.status_code} {answer.get('HX-Retarget', '')} {answer.content.decode()}"

    return send


def test_a_late_word_is_answered_without_a_version(held: Submission, post) -> None:  # type: ignore[no-untyped-def]
    page = uuid4()
    assert 'name="r-active_clients" value="1"' in post("7", 0, page, 2)
    late = post("6", 0, page, 1)
    assert late.startswith("200 ")
    assert "r-active_clients" not in late
    assert "7 people" in late
    assert history() == [7]


@pytest.mark.parametrize(("page", "sequence"), [("", ""), ("no page", "1"), (uuid4(), "x"), (uuid4(), "-1")])
def test_without_page_or_count_the_version_decides(held: Submission, post, page, sequence) -> None:  # type: ignore[no-untyped-def]
    assert post("7", 0, page, sequence).startswith("200 ")
    assert post("8", 0, page, sequence).startswith("409 ")
    assert not OpenPage.objects.exists()


def test_a_box_put_back_as_it_was_comes_back_with_the_newer_value_of_somebody_else(
    held: Submission,
    grace: User,
    post,  # type: ignore[no-untyped-def]
) -> None:
    """Otherwise the box would keep the old value beside the newer version, and the next save would bring it back."""
    say(held, grace, uuid4(), 1, 10)
    say(held, person(Role.INSTITUTION_EDITOR, held.institution), uuid4(), 1, 20, version=1)
    answer = post("10", 1, uuid4(), 1)
    assert answer.startswith(f"200 #f-{CODE}")
    assert re.search(r'name="v-active_clients"[^>]*value="20"', answer)
    assert re.search(r'name="r-active_clients" value="2"', answer)


def test_a_sheet_that_was_read_before_the_lock_hides_nothing_that_came_in_between(
    held: Submission, grace: User
) -> None:
    ben = person(Role.INSTITUTION_EDITOR, held.institution, name="Ben")
    say(held, ben, uuid4(), 1, 10)
    older = load_sheet(Submission.objects.get(pk=held.pk))
    assert older.values == {CODE: 10}
    say(held, ben, uuid4(), 1, 20, version=1)
    change = AnswerChange("depositors", 5, expected_version=0)
    result = save_answers(submission_id=held.pk, changes=[change], by=grace, at=OPENED, sheet=older)
    assert result.sheet.values == {CODE: 20, "depositors": 5}
    overtaken = AnswerChange(CODE, 30, expected_version=1)
    assert save_answers(
        submission_id=held.pk, changes=[overtaken], by=grace, at=OPENED, sheet=older
    ).conflicts


def test_the_sheet_after_saving_is_the_one_that_is_stored(held: Submission, grace: User) -> None:
    values = {code: value for code, value in sample()["values"].items() if code != "cp_certificate"}
    for version in (0, 1):
        changes = [
            AnswerChange(code, value if version == 0 else None, note="Checked", expected_version=version)
            for code, value in values.items()
        ]
        result = save_answers(submission_id=held.pk, changes=changes, by=grace, at=OPENED)
        assert len(result.saved) == len(values)
        stored = load_sheet(Submission.objects.get(pk=held.pk))
        assert result.sheet.values == stored.values
        assert answers_sha256(result.sheet) == answers_sha256(stored)
        for code, answer in stored.answers.items():
            names = [one.attname for one in Answer._meta.concrete_fields]
            got = result.sheet.answers[code]
            assert {name: getattr(got, name) for name in names} == {
                name: getattr(answer, name) for name in names
            }


def test_pages_that_fell_silent_are_forgotten_and_their_answers_stay(held: Submission, grace: User) -> None:
    silent, fresh = uuid4(), uuid4()
    say(held, grace, silent, 1, 10)
    say(held, grace, fresh, 1, 20, version=1)
    OpenPage.objects.filter(pk=fresh).update(heard_at=OPENED + timedelta(seconds=1))
    assert forget_silent(at=OPENED + SILENT) == 0
    assert forget_silent(at=OPENED + SILENT + timedelta(seconds=1)) == 1
    assert list(OpenPage.objects.values_list("pk", flat=True)) == [fresh]
    answer = Answer.objects.get()
    assert (answer.number, answer.page, answer.version) == (20, fresh, 2)
    # whoever comes back to the page all the same goes by its version, as any new page does
    assert say(held, grace, silent, 2, 30, version=1).conflicts
    assert say(held, grace, silent, 3, 30, version=2).saved == (CODE,)


def test_every_day_the_silent_pages_go(held: Submission, grace: User, settings) -> None:  # type: ignore[no-untyped-def]
    say(held, grace, uuid4(), 1, 10)
    OpenPage.objects.update(heard_at=timezone.now() - SILENT - timedelta(minutes=1))
    named = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert forget_silent_pages.name in named
    app.loader.import_default_modules()  # as a worker does
    assert named <= app.tasks.keys()
    forget_silent_pages()
    assert not OpenPage.objects.exists()
