"""The pages of members' own reports: for the MFI's people and its association's staff, and for nobody else."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.models import Institution
from reporting.enums import ReturnState
from reporting.models import Round, Submission
from reporting.selectors import member_reports as selector
from reporting.selectors.peer_groups import OfferedGroup
from reporting.services import member_reports as service
from reporting.services.releases import publish
from spm_portal.common import jobs
from spm_portal.common.models import Job, JobState
from tests.browsers import signed_in, text_of
from tests.cast import Cast
from tests.factories.members import LONG_AGO
from tests.factories.releases import approved_round, consent, institutions
from tests.factories.reporting import CatalogueVersionFactory
from tests.reporting.returns_in_review import NOW, put_into

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

INSIDERS = {"manager", "second_manager", "reviewer", "signatory", "editor"}
STAFF = {"manager", "second_manager", "reviewer"}


@pytest.fixture
def members(cast: Cast) -> list[Institution]:
    consent(cast.amani, cast.kilimo)
    return [cast.kilimo, *institutions(cast.amani, 9)]


@pytest.fixture
def of_round(cast: Cast, members: list[Institution]) -> Round:
    return approved_round(cast.amani, members)


@pytest.fixture
def held(cast: Cast, of_round: Round) -> Submission:
    found: Submission = Submission.objects.get(round=of_round, institution=cast.kilimo)
    return found


def address(cast: Cast, held: Submission, name: str = "member_report", *more: Any) -> str:
    return reverse(name, args=[cast.amani.slug, held.pk, *more])


def test_who_may_open_it(cast: Cast, held: Submission) -> None:
    page = address(cast, held)
    seen = {part for part, user in cast.people.items() if signed_in(user).get(page).status_code == 200}
    assert seen == INSIDERS


def test_the_address_of_another_association_leads_nowhere(cast: Cast, held: Submission) -> None:
    elsewhere = reverse("member_report", args=[cast.baobab.slug, held.pk])
    assert signed_in(cast.manager).get(elsewhere).status_code == 404
    assert signed_in(cast.other_manager).get(elsewhere).status_code == 404


def test_before_the_approval_it_says_when_it_comes(cast: Cast, held: Submission) -> None:
    put_into(held, ReturnState.IN_REVIEW)
    client = signed_in(cast.editor)
    found = client.get(address(cast, held))
    assert found.status_code == 200
    assert "The report comes with the approval" in text_of(found)
    assert "Strengths" not in text_of(found)
    assert client.post(address(cast, held), {"language": "en"}).status_code == 403
    assert not Job.objects.exists()


def test_it_shows_its_parts_with_and_without_a_release(cast: Cast, of_round: Round, held: Submission) -> None:
    client = signed_in(cast.editor)
    before = text_of(client.get(address(cast, held)))
    assert "has not published any figures yet" in before
    assert "There is no earlier approved return." in before
    publish(round_id=of_round.pk, by=None, at=LONG_AGO)
    after = text_of(client.get(address(cast, held)))
    for words in ("Strengths", "Where to go on", "Our place among the members", "How good our data are"):
        assert words in after
    assert of_round.name in after
    assert "has not published any figures yet" not in after


def test_it_is_linked_from_the_return_the_home_and_the_board(
    cast: Cast, of_round: Round, held: Submission
) -> None:
    page = address(cast, held)
    for there in (address(cast, held, "return"), reverse("association_home", args=[cast.amani.slug])):
        assert page in signed_in(cast.editor).get(there).content.decode(), there
    board = reverse("round_board", args=[cast.amani.slug, of_round.code])
    bundle = reverse("round_reports", args=[cast.amani.slug, of_round.code])
    assert bundle in signed_in(cast.reviewer).get(board).content.decode()
    put_into(held, ReturnState.IN_REVIEW)
    assert page not in signed_in(cast.editor).get(address(cast, held, "return")).content.decode()


def test_a_person_asks_for_the_pdf_waits_and_downloads(cast: Cast, held: Submission) -> None:
    client = signed_in(cast.editor)
    assert client.post(address(cast, held), {"language": "xx"}).status_code == 404
    waiting = client.post(address(cast, held), {"language": "en"}).url
    job = Job.objects.get(kind="member_report")
    assert waiting == address(cast, held, "member_report_job", job.pk)
    assert "every 2s" in client.get(waiting).content.decode()
    file = address(cast, held, "member_report_file", job.pk)
    assert client.get(file).url == waiting
    jobs.run(job.pk)
    assert file in client.get(waiting, headers={"HX-Request": "true"}).content.decode()
    answer = client.get(file)
    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Disposition"].startswith("attachment")
    assert "private" in answer["Cache-Control"]
    assert file in client.get(address(cast, held)).content.decode()
    # neither for anybody else nor through another return
    seen = {part for part, user in cast.people.items() if signed_in(user).get(file).status_code == 200}
    assert seen == INSIDERS
    other = Submission.objects.filter(round=held.round).exclude(pk=held.pk)[0]
    assert signed_in(cast.manager).get(address(cast, other, "member_report_file", job.pk)).status_code == 404


def test_a_damaged_file_is_made_again(cast: Cast, held: Submission) -> None:
    job = service.request_member_report(submission_id=held.pk, language="en", by=cast.editor, at=NOW)
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE, result="jobs/nowhere", result_size=3)
    assert signed_in(cast.editor).get(address(cast, held, "member_report_file", job.pk)).status_code == 302
    job.refresh_from_db()
    assert job.state == JobState.QUEUED


def test_staff_make_all_of_a_round_and_nobody_else(cast: Cast, of_round: Round, held: Submission) -> None:
    args = [cast.amani.slug, of_round.code]
    page = reverse("round_reports", args=args)
    Submission.objects.filter(round=of_round).exclude(pk=held.pk).update(state=ReturnState.IN_REVIEW)
    client = signed_in(cast.reviewer)
    assert "1 return of this round is approved." in text_of(client.get(page))
    waiting = client.post(page, {"language": "en"}).url
    job = Job.objects.get(kind="member_reports")
    assert waiting == reverse("round_reports_job", args=[*args, job.pk])
    file = reverse("round_reports_file", args=[*args, job.pk])
    assert client.get(file).url == waiting
    Job.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING, step=3, steps=9, step_label="Report of Umoja", token=job.pk, lease_until=NOW
    )
    under_way = text_of(client.get(waiting, headers={"HX-Request": "true"}))
    assert "Report of Umoja (step 4 of 9)" in under_way
    Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED, token=None, lease_until=None)
    jobs.run(job.pk)
    assert client.get(file).content.startswith(b"PK")
    for there in (page, waiting, file):
        seen = {part for part, user in cast.people.items() if signed_in(user).get(there).status_code == 200}
        assert seen == STAFF, there


def test_without_an_approved_return_there_is_nothing_to_make(cast: Cast, of_round: Round) -> None:
    Submission.objects.filter(round=of_round).update(state=ReturnState.IN_REVIEW)
    page = reverse("round_reports", args=[cast.amani.slug, of_round.code])
    client = signed_in(cast.manager)
    assert "No return of this round is approved yet" in text_of(client.get(page))
    assert client.post(page, {"language": "en"}).url == page
    assert not Job.objects.exists()


def test_a_member_chooses_among_its_own_groups(
    cast: Cast, of_round: Round, held: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(round_id=of_round.pk, by=None, at=LONG_AGO)
    offered = OfferedGroup("small:1", "small", 1, "Small members", "Fewer than 9,000 borrowers", "5-9", None)  # type: ignore[arg-type]
    monkeypatch.setattr(selector, "groups_of", lambda _release, _institution: [offered])
    client = signed_in(cast.editor)
    page = address(cast, held)
    assert "Small members" in text_of(client.get(page))
    chosen = text_of(client.get(page, {"group": "small:1"}))
    assert "Fewer than 9,000 borrowers" in chosen
    # the cells of that group alone count: here there are none
    assert "Nothing can be compared" in chosen
    assert client.get(page, {"group": "large:1"}).status_code == 404
    first = client.post(page, {"language": "en"}).url
    assert client.post(page, {"language": "en", "group": "small:1"}).url != first
    assert Job.objects.filter(args__group="small:1").count() == 1


def test_the_page_asks_the_same_for_one_year_and_three(cast: Cast, members: list[Institution]) -> None:
    version = CatalogueVersionFactory()
    client = signed_in(cast.editor)
    counts = []
    for year in (2022, 2023, 2024):
        made = approved_round(cast.amani, members, year=year, version=version)
        publish(round_id=made.pk, by=None, at=LONG_AGO)
        page = address(cast, Submission.objects.get(round=made, institution=cast.kilimo))
        client.get(page)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        counts.append(len(queries))
    assert counts[1] == counts[2]
    assert counts[2] - counts[0] <= 3  # of earlier years: the answers, the reasons, and where they came from
