"""One return made three ways, by page, workbook and API: the answers are the same to the last byte of their hash."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from members.enums import Role
from members.models import User
from reporting.catalogue import IndicatorType
from reporting.enums import AnswerSource, MissingReason
from reporting.models import Answer, Attachment, Submission
from reporting.selectors.returns import load_sheet
from reporting.services.answers import answers_sha256
from tests.api.reading import call, key_of
from tests.factories.members import person
from tests.factories.reporting import PDF, SubmissionFactory, default_catalogue, sample
from tests.reporting.hands import address, browser_of, download, fill_on_pages, take_in
from tests.reporting.workbook_books import Book, fresh

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

FILES = {one.code for one in default_catalogue().indicators if one.type is IndicatorType.FILE}
# A text with all that may go wrong on its way: a formula's sign, quotes, lines, another script, a sign beyond the BMP.
MISSION = "=SUM(1) & “fair” <b>finance</b>\nfor all – ١٢٣ تمويل 🌱"
VALUES: dict[str, Any] = {
    code: value
    for code, value in sample()["values"].items()
    if code not in FILES and code != "green_portfolio"
} | {
    "mission_statement": MISSION,
    "gross_loan_portfolio": 123_456_789.25,
    "target_groups": ["women", "rural"],
}
MISSING = {"green_portfolio": "not_tracked"}
NOTES = {
    "nominal_rate": "Quarterly rate × 4; see “terms”.",
    "green_portfolio": "From next year on.",
    "branches_total": "-2 closed in May",
    "target_groups": "By the strategy of 2022",
}


def by_page(user: User, submission: Submission) -> None:
    fill_on_pages(browser_of(user), submission, VALUES, missing=MISSING, notes=NOTES)


def by_workbook(user: User, submission: Submission) -> None:
    client = browser_of(user)
    book = Book(download(client, submission)).fill(VALUES)
    labels = {str(reason.value): str(reason.label) for reason in MissingReason}
    for code, reason in MISSING.items():
        book.put(code, labels[reason], "missing")
    for code, note in NOTES.items():
        book.put(code, note, "note")
    take_in(client, submission, book.content())


def by_api(user: User, submission: Submission) -> None:
    answers = [
        {"code": code, "value": value, "note": NOTES.get(code, ""), "version": 0}
        for code, value in VALUES.items()
    ] + [
        {"code": code, "missing": reason, "note": NOTES.get(code, ""), "version": 0}
        for code, reason in MISSING.items()
    ]
    told = call(key_of(user), f"returns/{submission.pk}/answers/", "patch", {"answers": answers})
    assert told.status == 200, told.json
    assert {one["result"] for one in told.json["results"]} == {"saved"}


def attach_files(user: User, submission: Submission) -> None:
    """Files come by the page alone, whatever way the other answers take."""
    client = browser_of(user)
    for code in FILES:
        section = default_catalogue().indicator(code).section
        form = {f"v-{code}": SimpleUploadedFile("Our file.pdf", PDF), f"r-{code}": "0"}
        assert client.post(address(submission, "return_section", section), form).status_code == 302


WAYS = {AnswerSource.PAGE: by_page, AnswerSource.WORKBOOK: by_workbook, AnswerSource.API: by_api}


def test_a_return_made_three_ways_is_the_same_to_the_last_byte_of_its_hash() -> None:
    first = SubmissionFactory()
    hashes: dict[str, str] = {}
    kept: dict[str, list[Any]] = {}
    for way, make in WAYS.items():
        submission = SubmissionFactory(round=first.round)
        editor = person(Role.INSTITUTION_EDITOR, submission.institution)
        attach_files(editor, submission)
        make(editor, submission)
        answers = Answer.objects.filter(submission=submission).exclude(code__in=FILES)
        assert set(answers.values_list("source", flat=True)) == {way}
        kept[way] = list(
            answers.order_by("code").values_list(
                "code", "number", "text", "choices", "flag", "missing", "note"
            )
        )
        hashes[way] = answers_sha256(load_sheet(fresh(submission)))
    # row by row first, so that a difference is told by its question
    assert kept[AnswerSource.PAGE] == kept[AnswerSource.WORKBOOK] == kept[AnswerSource.API]
    assert {row[0] for row in kept[AnswerSource.API]} == {*VALUES, *MISSING}
    assert Attachment.objects.values("sha256").distinct().count() == 1
    assert Attachment.objects.count() == len(WAYS) * len(FILES)
    assert len(set(hashes.values())) == 1
    assert "🌱" in next(row[2] for row in kept[AnswerSource.PAGE] if row[0] == "mission_statement")
