"""The pages of working in Excel: download, upload, the dry run, confirming, and the file with remarks."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from members.enums import Role
from reporting.models.workbook import WorkbookUpload
from reporting.selectors.returns import load_sheet
from spm_portal.common import jobs
from spm_portal.common.models import Job
from tests.factories.members import person
from tests.factories.reporting import SubmissionFactory
from tests.reporting.workbook_books import Book, fresh, made

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def draft():
    return SubmissionFactory()


@pytest.fixture
def address(draft):
    return lambda name, *args: reverse(name, args=[draft.association.slug, draft.pk, *args])


@pytest.fixture(autouse=True)
def signed_in(client, draft):
    user = person(Role.INSTITUTION_EDITOR, draft.institution)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")


def test_a_person_downloads_fills_uploads_and_confirms(client, draft, address):
    page = client.get(address("return"))
    assert address("return_excel") in page.content.decode()
    file = client.get(address("workbook_file"))
    assert f"{draft.round.code}.xlsx" in file["Content-Disposition"]
    assert "private" in file["Cache-Control"]
    content = Book(file.content).put("branches_total", 31).put("board_members", "some").content()
    answer = client.post(address("return_excel"), {"file": SimpleUploadedFile("mine.xlsx", content)})
    upload = WorkbookUpload.objects.get()
    assert answer.url == address("workbook_upload", upload.pk)
    assert "every 2s" in client.get(answer.url).content.decode()
    jobs.run(Job.objects.get().pk)
    page = client.get(answer.url).content.decode()
    assert "cannot be read" in page
    assert "every 2s" not in page
    assert "Take these answers in" not in page
    back = client.get(address("workbook_annotated", upload.pk))
    assert "mine with remarks.xlsx" in back["Content-Disposition"]
    assert "Problems" in load_workbook(io.BytesIO(back.content)).sheetnames
    fixed = Book(back.content).put("board_members", 7).content()
    answer = client.post(address("return_excel"), {"file": SimpleUploadedFile("mine.xlsx", fixed)})
    jobs.run(Job.objects.get(state="queued").pk)
    assert "Take these answers in" in client.get(answer.url).content.decode()
    done = client.post(answer.url, {"action": "confirm"}, follow=True)
    assert "2 answers were taken in" in done.content.decode()
    assert load_sheet(fresh(draft)).values == {"branches_total": 31, "board_members": 7}


def test_what_is_no_workbook_is_told_beside_the_box(client, address):
    answer = client.post(address("return_excel"), {"file": SimpleUploadedFile("a.xlsx", b"%PDF-1.4")})
    assert answer.status_code == 422
    assert "its content is something else" in answer.content.decode()
    assert client.post(address("return_excel"), {}).status_code == 422
    assert not WorkbookUpload.objects.exists()


def test_discarding_leaves_everything_as_it_was(client, draft, address):
    content = Book(made(draft)).put("branches_total", 31).content()
    answer = client.post(address("return_excel"), {"file": SimpleUploadedFile("mine.xlsx", content)})
    jobs.run(Job.objects.get().pk)
    client.post(answer.url, {"action": "discard"})
    assert "set aside" in client.get(answer.url).content.decode()
    assert client.post(answer.url, {"action": "confirm"}).status_code == 409
    assert load_sheet(fresh(draft)).values == {}
