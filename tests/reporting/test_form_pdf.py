"""The form on paper: every question with room for its answer, the answers as they are, tagged, in one's language."""

import re
import subprocess
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from members.models import RoleAssignment
from reporting.enums import MissingReason
from reporting.models import Answer, Submission
from reporting.selectors.returns import load_sheet
from reporting.services import form_pdf
from reporting.services.answers import answers_sha256
from spm_portal.common import jobs
from spm_portal.common.models import Job, JobState
from spm_portal.common.refusal import Refused
from tests.browsers import signed_in, text_of
from tests.cast import Cast
from tests.factories.members import LONG_AGO
from tests.factories.reporting import RoundFactory, SubmissionFactory
from tests.reporting.returns_in_review import NOW, complete_return
from tests.reporting.test_evidence import cite, keep

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def held(cast: Cast) -> Submission:
    return complete_return(cast)


def document(held: Submission, *, filled: bool, language: str = "en") -> Any:
    with translation.override(language):
        return form_pdf.document_of(load_sheet(Submission.objects.get(pk=held.pk)), filled=filled, at=NOW)


def lines(found: Any) -> dict[str, Any]:
    return {line.number: line for part in found.parts for line in part.lines}


def number_of(held: Submission, code: str) -> str:
    sheet = load_sheet(held)
    indicator = sheet.catalogue.indicator(code)
    return f"{sheet.catalogue.section(indicator.section).number}.{indicator.order}"


def read_by(tool: str, pdf: bytes, *options: str) -> str:
    """What a tool of poppler says of the file, white space made single."""
    run = subprocess.run([tool, *options], input=pdf, capture_output=True, check=True)
    return " ".join(run.stdout.decode().split())


def test_the_empty_form_asks_every_question_and_tells_no_answer(held: Submission):
    found = document(held, filled=False)
    assert found.question_count == len(load_sheet(held).computed.asked)
    all_lines = lines(found).values()
    assert not any(line.answer or line.note or line.missing for line in all_lines)
    assert not any(choice.ticked for line in all_lines for choice in line.choices)
    assert found.fingerprint == ""
    assert any(line.condition for line in all_lines)
    # there is room for each kind of answer
    for line in all_lines:
        assert (line.kind == "number") == bool(line.digits)
        assert (line.kind in {"choice", "choices"}) == bool(line.choices)


def test_the_filled_form_says_each_answer_that_counts(held: Submission):
    Answer.objects.filter(submission=held, code="branches_total").update(
        number=Decimal(1234567), note="Counted twice."
    )
    Answer.objects.filter(submission=held, code="board_members").update(
        number=None, missing=MissingReason.NOT_TRACKED
    )
    sheet = load_sheet(held)
    found = document(held, filled=True)
    assert found.question_count == len(sheet.computed.relevant)
    assert found.fingerprint == answers_sha256(sheet)
    all_lines = lines(found)
    branches = all_lines[number_of(held, "branches_total")]
    assert (branches.answer, branches.note, branches.digits) == ("1,234,567", "Counted twice.", ())
    assert all_lines[number_of(held, "board_members")].missing == "Not tracked"
    legal = all_lines[number_of(held, "legal_form")]
    chosen = sheet.catalogue.indicator("legal_form").choice(sheet.values["legal_form"])
    assert chosen is not None
    assert [choice.label for choice in legal.choices if choice.ticked] == [chosen.label]


def test_last_years_answer_stands_on_both(cast: Cast, held: Submission):
    assert {line.last for line in lines(document(held, filled=False)).values()} == {""}
    Submission.objects.filter(pk=held.pk).update(state="approved")
    new = SubmissionFactory(round=RoundFactory(association=cast.amani, year=2025), institution=cast.kilimo)
    value = int(load_sheet(held).values["branches_total"])  # type: ignore[arg-type]
    for filled in (False, True):
        found = document(new, filled=filled)
        assert found.last_year == 2024
        assert lines(found)[number_of(new, "branches_total")].last == str(value)


def test_of_a_document_that_the_mfi_keeps_the_paper_tells_the_year_alone(cast: Cast, held: Submission):
    cite(cast, held, keep(cast, title="Secret minutes", confidentiality="mfi", year=2019), place="annex")
    cite(cast, held, keep(cast), place="page 12")
    cited = lines(document(held, filled=True))[number_of(held, "branches_total")].cited
    assert set(cited) == {
        "a document of 2019 that the MFI keeps to itself",
        "Client protection policy (2024), page 12",
    }
    assert not lines(document(held, filled=False))[number_of(held, "branches_total")].cited


@pytest.mark.parametrize(("language", "forms"), [("en", (False, True)), ("ar", (True,))])
def test_the_pages_are_tagged_and_in_the_readers_language(
    held: Submission, language: str, forms: tuple[bool, ...]
):
    for filled in forms:
        found = document(held, filled=filled, language=language)
        assert found.rtl is (language == "ar")
        with translation.override(language):
            pdf = form_pdf.as_pdf(found)
        assert "Tagged: yes" in read_by("pdfinfo", pdf, "-")
        text = read_by("pdftotext", pdf, "-layout", "-", "-")
        assert held.institution.name in text
        if filled:
            assert found.fingerprint[:16] in text
        if language == "en":
            assert "Names and signatures" in text
            assert re.search(r"1 / \d+", text)
            assert ("How to fill in this form" in text) is not filled


def test_asking_twice_gives_one_file_and_a_changed_answer_another(cast: Cast, held: Submission):
    ask: dict[str, Any] = {"submission_id": held.pk, "language": "en", "by": cast.editor, "at": NOW}
    first = form_pdf.request_form(**ask, filled=True)
    assert form_pdf.request_form(**ask, filled=True).pk == first.pk
    assert form_pdf.request_form(**ask, filled=False).pk != first.pk
    Answer.objects.filter(submission=held, code="branches_total").update(number=3)
    assert form_pdf.request_form(**ask, filled=True).pk != first.pk


def test_what_failed_is_made_again(cast: Cast, held: Submission):
    ask: dict[str, Any] = {
        "submission_id": held.pk,
        "language": "en",
        "by": cast.editor,
        "at": NOW,
        "filled": False,
    }
    first = form_pdf.request_form(**ask)
    Job.objects.filter(pk=first.pk).update(state=JobState.FAILED)
    again = form_pdf.request_form(**ask)
    assert (again.pk, again.state) == (first.pk, JobState.QUEUED)


def test_only_who_sees_the_return_prints_it(cast: Cast, held: Submission):
    printed = set()
    for part, user in cast.people.items():
        try:
            form_pdf.request_form(submission_id=held.pk, language="en", by=user, at=NOW, filled=True)
            printed.add(part)
        except Refused:
            pass
    assert printed == {"manager", "second_manager", "reviewer", "signatory", "editor"}


def test_a_person_asks_waits_and_downloads(cast: Cast, held: Submission):
    client = signed_in(cast.editor)
    args = [cast.amani.slug, held.pk]
    page = reverse("return_print", args=args)
    assert page in client.get(reverse("return", args=args)).content.decode()
    waiting = client.post(page, {"kind": "filled"}).url
    assert "every 2s" in client.get(waiting).content.decode()
    job = Job.objects.get(kind="return_form")
    file = reverse("return_print_file", args=[*args, job.pk])
    assert client.get(file).url == waiting
    jobs.run(job.pk)
    assert file in client.get(waiting).content.decode()
    assert "every 2s" not in client.get(waiting, headers={"HX-Request": "true"}).content.decode()
    answer = client.get(file)
    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Disposition"].startswith("attachment")
    assert "answers-en.pdf" in answer["Content-Disposition"]
    assert "private" in answer["Cache-Control"]
    assert "Made already" in text_of(client.get(page))
    # neither through another return nor for anybody else
    other = SubmissionFactory(round=held.round, institution=cast.umoja)
    through = reverse("return_print_file", args=[cast.amani.slug, other.pk, job.pk])
    assert signed_in(cast.manager).get(through).status_code == 404
    for part, user in cast.people.items():
        seen = signed_in(user).get(file).status_code == 200
        assert seen is (part in {"manager", "second_manager", "reviewer", "signatory", "editor"}), part


def test_a_person_who_lost_the_right_gets_no_file(cast: Cast, held: Submission):
    job = form_pdf.request_form(submission_id=held.pk, language="en", by=cast.editor, at=NOW, filled=True)
    RoleAssignment.objects.filter(user=cast.editor).update(ended_at=LONG_AGO)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


def test_a_file_that_was_damaged_is_made_again(cast: Cast, held: Submission):
    job = form_pdf.request_form(submission_id=held.pk, language="en", by=cast.editor, at=NOW, filled=False)
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE, result="jobs/nowhere", result_size=3)
    file = reverse("return_print_file", args=[cast.amani.slug, held.pk, job.pk])
    assert signed_in(cast.editor).get(file).status_code == 302
    job.refresh_from_db()
    assert job.state == JobState.QUEUED
