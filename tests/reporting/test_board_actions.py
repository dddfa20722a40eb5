"""The board: who holds what, doing something with many returns at once, and the board as an Excel file."""

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members.enums import Role
from members.models import User
from reporting.enums import Move, ReturnState
from reporting.models import Extension, Reminder, Round, Submission, Transition
from reporting.selectors.board import facts_of
from reporting.selectors.rounds import board_of
from reporting.services.approvals import approve_clean
from spm_portal.common.models import MailMessage, MailState
from tests.browsers import signed_in, text_of
from tests.cast import Cast
from tests.factories.members import InstitutionFactory, person
from tests.factories.reporting import RoundFactory, SubmissionFactory
from tests.reporting.returns_in_review import open_question

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def opened(cast: Cast) -> Round:
    """A round of Amani: Kilimo in draft, Umoja submitted and clean, Pamoja submitted with an error."""
    made: Round = RoundFactory(association=cast.amani, year=2024, due_at=timezone.now() + timedelta(days=9))
    SubmissionFactory(round=made, institution=cast.kilimo, required_count=98, answered_count=64)
    SubmissionFactory(round=made, institution=cast.umoja, state=ReturnState.SUBMITTED)
    SubmissionFactory(round=made, institution=cast.pamoja, state=ReturnState.SUBMITTED, error_count=1)
    return made


def of(opened: Round, institution: Any) -> Submission:
    """One member's return."""
    return Submission.objects.get(round=opened, institution=institution)


def ask(cast: Cast, opened: Round, action: str, part: str = "manager", **fields: Any) -> Any:
    """Press a button of the board with all members ticked."""
    ids = [str(pk) for pk in opened.submissions.values_list("pk", flat=True)]
    data = {"action": action, "returns": ids} | fields
    return signed_in(cast.people[part]).post("/a/amani/rounds/2024/actions/", data)


@pytest.mark.parametrize("action", ["remind", "extend", "approve"])
def test_the_first_press_only_asks(cast: Cast, opened: Round, action: str):
    before = list(Submission.objects.order_by("pk").values())
    answer = ask(cast, opened, action)
    assert answer.status_code == 200
    for name in ("Kilimo Savings", "Umoja Credit", "Pamoja Bank"):
        assert name in text_of(answer)
    assert list(Submission.objects.order_by("pk").values()) == before
    assert not Reminder.objects.exists()
    assert not MailMessage.objects.exists()


def test_remind_tells_what_became_of_each(cast: Cast, opened: Round):
    text = text_of(ask(cast, opened, "remind", "reviewer", confirmed="1"))
    assert "1 of 3 done" in text
    assert "2 people reminded" in text
    assert "the association holds the return" in text
    assert Reminder.objects.get().by == cast.reviewer


def test_extend_asks_for_a_reason_and_a_later_day(cast: Cast, opened: Round):
    day = (timezone.now() + timedelta(days=30)).date().isoformat()
    refused = ask(cast, opened, "extend", confirmed="1", due_date=day, due_time="17:00", reason="")
    assert refused.status_code == 422
    assert not Extension.objects.exists()
    done = ask(cast, opened, "extend", confirmed="1", due_date=day, due_time="17:00", reason="Flood.")
    assert "1 of 3 done" in text_of(done)
    board = text_of(signed_in(cast.manager).get("/a/amani/rounds/2024/"))
    assert "extended to" in board


def test_a_reviewer_does_not_extend_and_outsiders_do_nothing(cast: Cast, opened: Round):
    assert ask(cast, opened, "extend", "reviewer").status_code == 403
    assert ask(cast, opened, "remind", "signatory").status_code == 403
    assert ask(cast, opened, "remind", "other_manager").status_code == 404
    assert ask(cast, opened, "nonsense").status_code == 404


def test_returns_of_another_round_are_not_touched(cast: Cast, opened: Round):
    foreign = SubmissionFactory(round=RoundFactory(association=cast.baobab), institution=cast.mbuyu)
    data = {"action": "remind", "returns": [str(foreign.pk), "x"], "confirmed": "1"}
    answer = signed_in(cast.manager).post("/a/amani/rounds/2024/actions/", data)
    assert answer.status_code == 302
    assert not Reminder.objects.exists()


def test_only_clean_returns_are_approved(cast: Cast, opened: Round):
    text = text_of(ask(cast, opened, "approve", "reviewer", confirmed="1"))
    assert "1 of 3 done" in text
    assert "It has errors." in text
    states = {one.institution.name: one.state for one in Submission.objects.all()}
    assert states == {"Kilimo Savings": "draft", "Umoja Credit": "approved", "Pamoja Bank": "submitted"}
    moves = Transition.objects.filter(submission=of(opened, cast.umoja)).values_list("move", flat=True)
    assert sorted(moves) == [Move.APPROVE, Move.START_REVIEW]


def test_warnings_without_a_reason_and_questions_keep_a_return(cast: Cast, opened: Round):
    Submission.objects.filter(institution=cast.pamoja).update(error_count=0, unexplained_count=2)
    open_question(of(opened, cast.umoja), cast.reviewer)
    ids = list(opened.submissions.values_list("pk", flat=True))
    found = approve_clean(submission_ids=ids, by=cast.manager, at=timezone.now())
    assert [(one.submission.institution.name, one.done) for one in found] == [
        ("Kilimo Savings", False),
        ("Pamoja Bank", False),
        ("Umoja Credit", False),
    ]


def test_four_eyes_are_asked_for(cast: Cast, opened: Round):
    Round.objects.update(four_eyes=True)
    umoja = of(opened, cast.umoja)
    at = timezone.now()

    def approve(by: User) -> bool:
        return approve_clean(submission_ids=[umoja.pk], by=by, at=at)[0].done

    assert not approve(cast.manager)
    Submission.objects.filter(pk=umoja.pk).update(state=ReturnState.IN_REVIEW)
    Transition.objects.create(
        submission=umoja,
        association=cast.amani,
        institution=cast.umoja,
        move=Move.START_REVIEW,
        from_state="submitted",
        to_state="in_review",
        at=at,
        by=cast.reviewer,
    )
    assert not approve(cast.reviewer)
    assert approve(cast.manager)


def test_the_board_says_who_holds_each_return_and_which_mail_failed(cast: Cast, opened: Round):
    MailMessage.objects.create(
        purpose="reminder",
        to=cast.editor.email,
        subject="x",
        text="x",
        created_at=timezone.now(),
        state=MailState.FAILED,
        association_id=cast.amani.pk,
    )
    MailMessage.objects.create(
        purpose="reminder",
        to=cast.other_signatory.email,
        subject="x",
        text="x",
        created_at=timezone.now(),
        state=MailState.FAILED,
        association_id=cast.baobab.pk,
    )
    text = text_of(signed_in(cast.reviewer).get("/a/amani/rounds/2024/"))
    assert "held by Editor, Signatory" in text or "held by Signatory, Editor" in text
    assert "held by Staff" in text
    assert "Mail not delivered to editor@example.org" in text
    assert "other_signatory@example.org" not in text


@pytest.mark.parametrize(
    ("only", "names"),
    [
        ("untouched", {"Kilimo Savings"}),
        ("problems", {"Pamoja Bank"}),
        ("overdue", set()),
        ("submitted", {"Umoja Credit", "Pamoja Bank"}),
    ],
)
def test_the_board_shows_only_what_is_asked(cast: Cast, opened: Round, only: str, names: set[str]):
    Submission.objects.filter(institution=cast.kilimo).update(required_count=0, answered_count=0)
    board = board_of(opened, at=timezone.now(), only=only)
    assert {row.submission.institution.name for row in board.rows} == names


def test_as_many_queries_for_sixty_members_as_for_three(cast: Cast, opened: Round):
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            at = timezone.now()
            assert facts_of(board_of(opened, at=at), at=at)
        return len(found)

    three = queries()
    for number in range(57):
        member = InstitutionFactory()
        person(Role.INSTITUTION_EDITOR, member, email=f"many{number}@example.org")
        SubmissionFactory(round=opened, institution=member)
    assert queries() == three


def test_the_excel_file_holds_the_rows_and_no_formula(cast: Cast, opened: Round):
    cast.kilimo.name = "=1+1|'cmd'"
    cast.kilimo.save()
    answer = signed_in(cast.reviewer).get("/a/amani/rounds/2024/board.xlsx")
    assert answer["Content-Disposition"] == 'attachment; filename="amani-2024.xlsx"'
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    cells = {row[0].value: row[0].data_type for row in sheet.iter_rows(min_row=2)}
    assert cells == {"=1+1|'cmd'": "s", "Pamoja Bank": "s", "Umoja Credit": "s"}
    only = signed_in(cast.reviewer).get("/a/amani/rounds/2024/board.xlsx?state=submitted")
    assert openpyxl.load_workbook(io.BytesIO(only.content)).active.max_row == 3


def test_the_rules_of_a_round_are_the_manager_s(cast: Cast, opened: Round):
    data = {"action": "rules", "grace_hours": "48", "locks_after_grace": "on", "four_eyes": "on"}
    assert signed_in(cast.reviewer).post("/a/amani/rounds/2024/settings/", data).status_code == 403
    assert signed_in(cast.manager).post("/a/amani/rounds/2024/settings/", data).status_code == 302
    fresh = Round.objects.get(pk=opened.pk)
    assert (fresh.grace_hours, fresh.locks_after_grace, fresh.two_signatures, fresh.four_eyes) == (
        48,
        True,
        False,
        True,
    )
    bad = signed_in(cast.manager).post(
        "/a/amani/rounds/2024/settings/", {"action": "rules", "grace_hours": "-1"}
    )
    assert bad.status_code == 422
