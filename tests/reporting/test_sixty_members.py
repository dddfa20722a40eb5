"""A round of sixty members from opening to all approved, by pages and workbooks alone."""

import re
import zipfile
from collections import Counter
from datetime import timedelta
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from members.enums import Role
from members.models import Association, Institution, User
from reporting.catalogue import IndicatorType
from reporting.enums import AnswerSource, MissingReason, ReturnState
from reporting.models import Answer, Question, Round, Submission, Transition
from reporting.workbooks import child, opening
from spm_portal.common.models import MailMessage
from tests.factories.members import AssociationFactory, MembershipFactory, person
from tests.factories.reporting import CatalogueVersionFactory, default_catalogue, sample
from tests.reporting.hands import address, browser_of, download, fill_on_pages, take_in
from tests.reporting.workbook_books import Book, repacked

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.slow]

MEMBERS = 60
ON_PAGES = 8  # members that answer on the pages; the others work in Excel
INVITED_LATER = 2
ASKED = 5  # members whose figures are asked about and go back to them
MARKER = 987_654  # a figure in the one filled workbook, to be each member's own
# A short form: what is looked at is the course of a round with many members; the whole form is the work of other tests.
SECTIONS = ("PRO", "PRD", "OUT", "CLP", "SIG")
QUESTIONS = [one for code in SECTIONS for one in default_catalogue().section(code).indicators]
FILES = {one.code for one in QUESTIONS if one.type is IndicatorType.FILE}
VALUES: dict[str, Any] = {
    one.code: sample()["values"][one.code]
    for one in QUESTIONS
    if one.code in sample()["values"] and one.code not in FILES
}
MISSING = dict.fromkeys(FILES, "not_yet")


def test_a_round_of_sixty_members_is_run_from_opening_to_all_approved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The first workbook goes through the child process; for the others the same code runs here, and the file with
    # remarks, which nobody in this test looks at, is not made: starting a hundred processes would be the whole test.
    real = child.read, child.annotated
    association, members = people()
    manager, reviewer = (
        browser_of(person(role, association))
        for role in (Role.ASSOCIATION_MANAGER, Role.ASSOCIATION_REVIEWER)
    )
    returns = opened(manager, association, members)
    assert len(returns) == MEMBERS

    template = b""
    for number, (submission, user) in enumerate(returns):
        client = browser_of(user)
        if number < ON_PAGES:
            fill_on_pages(client, submission, VALUES | {"branches_total": 10 + number}, missing=MISSING)
        else:
            own = download(client, submission)
            template = template or filled(own)
            take_in(client, submission, of_member(template, own, 10 + number))
            monkeypatch.setattr(child, "read", opening.read_workbook)
            monkeypatch.setattr(child, "annotated", lambda content, remarks: content)
        submit(client, submission, user)
    assert (child.read, child.annotated) != real
    states = Counter(Submission.objects.values_list("state", flat=True))
    assert states == {ReturnState.SUBMITTED: MEMBERS}
    assert sorted(Answer.objects.filter(code="branches_total").values_list("number", flat=True)) == [
        *range(10, 10 + MEMBERS)
    ]

    asked = [returns[number] for number in (0, 1, 20, 40, 59)]
    assert len(asked) == ASKED
    for submission, _user in asked:
        ask_and_send_back(reviewer, submission)
    for number, (submission, user) in enumerate(asked):
        answer_and_submit_again(browser_of(user), submission, user, in_excel=number >= 2)
    refused = approve_all(manager)
    assert refused.content.decode().count("Questions on it are not resolved") == ASKED
    for submission, _user in asked:
        resolve(reviewer, submission)
    approve_all(manager)

    board = manager.get("/a/sixty/rounds/2024/").content.decode()
    assert "60" in board
    assert Counter(Submission.objects.values_list("state", flat=True)) == {ReturnState.APPROVED: MEMBERS}
    assert Transition.objects.filter(move="submit").count() == MEMBERS + ASKED
    assert set(Answer.objects.values_list("source", flat=True)) == {AnswerSource.PAGE, AnswerSource.WORKBOOK}
    # everybody is told once
    told = Counter(MailMessage.objects.filter(subject__contains="approved").values_list("to", "subject"))
    assert set(told.values()) == {1}
    assert {user.email for _submission, user in returns} <= {to for to, _subject in told}


def people() -> tuple[Association, list[tuple[Institution, User]]]:
    """An association with its members and the person who signs for each."""
    association = AssociationFactory(slug="sixty")
    CatalogueVersionFactory()
    members = []
    for number in range(MEMBERS):
        institution = MembershipFactory(
            association=association, institution__name=f"Member {number:02}"
        ).institution
        members.append(
            (institution, person(Role.INSTITUTION_SIGNATORY, institution, name=f"Signer {number:02}"))
        )
    return association, members


def opened(
    manager: Client, association: Association, members: list[tuple[Institution, User]]
) -> list[tuple[Submission, User]]:
    """Open the round on its page for most members and invite the rest later."""
    due = (timezone.now() + timedelta(days=40)).date().isoformat()
    form: dict[str, Any] = {
        "name": "Report 2024",
        "code": "2024",
        "year": "2024",
        "period_end": "2024-12-31",
        "form_length": "full",
        "sections": SECTIONS,
        "due_date": due,
        "due_time": "18:00",
        "exchange_rate_usd": "1",
        "gni_per_capita": "1900",
        "institutions": [str(one.pk) for one, _user in members[:-INVITED_LATER]],
    }
    preview = manager.post("/a/sixty/rounds/new/", form | {"preview": "1"})
    assert preview.status_code == 200, preview.context["form"].errors
    answer = manager.post(
        "/a/sixty/rounds/new/", form | {"open": "1", "seen": preview.context["preview"]["seen"]}
    )
    assert answer.status_code == 302
    late = [str(one.pk) for one, _user in members[-INVITED_LATER:]]
    invited = manager.post("/a/sixty/rounds/2024/settings/", {"action": "invite", "institutions": late})
    assert invited.status_code == 302
    found = {
        one.institution_id: one
        for one in Submission.objects.select_related("association", "institution", "round__catalogue")
    }
    assert Round.objects.get().association == association
    return [(found[institution.pk], user) for institution, user in members]


def filled(content: bytes) -> bytes:
    """The first member's workbook, filled in."""
    book = Book(content).fill(VALUES).put("branches_total", MARKER)
    for code in MISSING:
        book.put(code, str(MissingReason.NOT_YET.label), "missing")
    return book.content()


def of_member(template: bytes, own: bytes, branches: int) -> bytes:
    """The filled workbook as this member would send it: with the mark of the own download and an own figure."""
    changes = {str(MARKER).encode(): str(branches).encode()} | {
        before.encode(): after.encode() for before, after in zip(marks(template), marks(own), strict=True)
    }
    parts: dict[str, bytes] = {}
    with zipfile.ZipFile(BytesIO(template)) as archive:
        texts = {name: archive.read(name) for name in archive.namelist() if name.endswith(".xml")}
    for before, after in changes.items():
        [name] = [name for name, text in texts.items() if before in text]
        parts[name] = texts[name] = texts[name].replace(before, after)
    return repacked(template, parts)


def marks(content: bytes) -> list[str]:
    """The two lines of a workbook's mark."""
    [sheet] = [one for one in opening.read_workbook(content)["sheets"] if one["name"] == "_spm"]
    return [cells[0][2] for _row, cells in sheet["rows"]]


def version_of(submission: Submission) -> str:
    """What the page's form carries as the version of the return."""
    return str(Submission.objects.values_list("version", flat=True).get(pk=submission.pk))


def submit(client: Client, submission: Submission, user: User) -> None:
    """Look at the page that submits, sign by name, and get the receipt."""
    page = client.get(address(submission, "return_submit")).content.decode()
    version = re.search(r'name="version"\s+value="(\d+)"', page)
    assert version is not None, page[-3000:]
    answer = client.post(
        address(submission, "return_submit"), {"version": version[1], "certified_name": user.name}
    )
    assert answer.status_code == 302, answer.content.decode()[-3000:]


def moved(client: Client, submission: Submission, move: str, **more: str) -> None:
    """One move of the reviewer, by its button."""
    sent = {"move": move, "version": version_of(submission), **more}
    answer = client.post(address(submission, "return_move"), sent)
    assert answer.status_code == 302, answer.content.decode()[-3000:]


def ask_and_send_back(reviewer: Client, submission: Submission) -> None:
    """Ask about one value and give the return back."""
    moved(reviewer, submission, "start_review")
    asked = reviewer.post(
        address(submission, "question_ask"), {"code": "branches_total", "text": "Do you count agents, too?"}
    )
    assert asked.status_code == 302
    moved(reviewer, submission, "send_back", comment="One question.")


def answer_and_submit_again(client: Client, submission: Submission, user: User, *, in_excel: bool) -> None:
    """Correct the value, in Excel or on the page, answer the question, submit once more."""
    if in_excel:
        book = Book(download(client, submission)).put("branches_total", 100)
        take_in(client, submission, book.content())
    else:
        fill_on_pages(client, submission, {"branches_total": 100})
    question = Question.objects.get(submission=submission)
    steps = {"step": "answer", "text": "We did. It is corrected.", "version": str(question.version)}
    assert client.post(f"/a/sixty/questions/{question.pk}/", steps).status_code == 302
    submit(client, submission, user)


def resolve(reviewer: Client, submission: Submission) -> None:
    """See the answer and close the question."""
    question = Question.objects.get(submission=submission)
    steps = {"step": "resolve", "text": "", "version": str(question.version)}
    assert reviewer.post(f"/a/sixty/questions/{question.pk}/", steps).status_code == 302


def approve_all(manager: Client) -> Any:
    """Tick every return of the board and approve those that are clean."""
    board = manager.get("/a/sixty/rounds/2024/").content.decode()
    ticked = re.findall(r'name="returns"\s+value="([0-9a-f-]{36})"', board)
    assert len(ticked) == MEMBERS, board[:3000]
    post = partial(manager.post, "/a/sixty/rounds/2024/actions/")
    sent: dict[str, Any] = {"action": "approve", "returns": ticked}
    assert post(sent).status_code == 200
    answer = post(sent | {"confirmed": "1"})
    assert answer.status_code == 200
    return answer
