"""What people do by hand, for tests: a return filled in on its pages, or as a workbook that goes out and comes back."""

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import ClientHandler
from django.urls import reverse

from members.models import User
from reporting.catalogue import Indicator, IndicatorType
from reporting.models import Answer, Submission
from reporting.models.workbook import WorkbookUpload
from spm_portal.common import jobs
from spm_portal.common.models import Job
from tests.factories.reporting import default_catalogue

# Sixty browsers, one chain of middleware: making it takes longer than most pages.
_HANDLER = ClientHandler(enforce_csrf_checks=False)


def browser_of(user: User) -> Client:
    """A browser in which the person is signed in."""
    client = Client()
    client.handler = _HANDLER
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def address(submission: Submission, name: str, *more: Any) -> str:
    """The address of a page of a return."""
    return reverse(name, args=[submission.association.slug, submission.pk, *more])


def fill_on_pages(
    client: Client,
    submission: Submission,
    values: dict[str, Any],
    *,
    missing: dict[str, str] | None = None,
    notes: dict[str, str] | None = None,
) -> None:
    """Send the form of each section as a browser without scripts does."""
    versions = dict(Answer.objects.filter(submission=submission).values_list("code", "version"))
    reasons, remarks = missing or {}, notes or {}
    for section in default_catalogue().sections:
        form: dict[str, Any] = {}
        for one in section.indicators:
            if one.code not in values and one.code not in reasons:
                continue
            form |= {
                f"r-{one.code}": str(versions.get(one.code, 0)),
                f"m-{one.code}": reasons.get(one.code, ""),
                f"n-{one.code}": remarks.get(one.code, ""),
            }
            if one.code in values:
                form[f"v-{one.code}"] = typed(one, values[one.code])
        if form:
            answer = client.post(address(submission, "return_section", section.code), form)
            assert answer.status_code == 302, answer.content.decode()[-4000:]


def typed(indicator: Indicator, value: Any) -> Any:
    """What the controls of a question send for a value."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if indicator.type is IndicatorType.MULTIPLE_CHOICE:
        return list(value)
    if indicator.type in {IndicatorType.INTEGER, IndicatorType.MONEY} and indicator.unit != "year":
        return f"{value:,}"
    return str(value)


def download(client: Client, submission: Submission) -> bytes:
    """The workbook as its page hands it out."""
    answer = client.get(address(submission, "workbook_file"))
    assert answer.status_code == 200
    return bytes(answer.content)


def take_in(client: Client, submission: Submission, content: bytes, **choices: str) -> WorkbookUpload:
    """Upload a workbook, let the worker read it, look at the dry run and confirm it."""
    shown = client.post(
        address(submission, "return_excel"), {"file": SimpleUploadedFile("Our figures.xlsx", content)}
    )
    assert shown.status_code == 302, shown.content.decode()[-4000:]
    upload = WorkbookUpload.objects.filter(submission=submission).latest("uploaded_at", "pk")
    job = Job.objects.get(kind="workbook_read", args__upload=str(upload.pk))
    jobs.run(job.pk)
    page = client.get(shown.url).content.decode()
    assert 'value="confirm"' in page, plain(page)[-3000:]
    assert client.post(shown.url, {"action": "confirm", **choices}).status_code == 302
    upload.refresh_from_db()
    assert upload.state == "applied"
    return upload


def plain(page: str) -> str:
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())
