"""The results of an assessment: the same figures on page, in the PDF and in the workbook, and breaks in words."""

import io
import re
import subprocess
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from capacity.datasets.assessment_file import sheets
from capacity.datasets.result_drawing import page_styles, pictures
from capacity.datasets.result_words import found_otherwise, messages_of, moves_of
from capacity.datasets.results import build_results
from capacity.enums import Stage
from capacity.models import Assessment, OutsideView
from capacity.selectors.overview import overview_of
from capacity.selectors.results import Sealed, with_framework
from capacity.services import reports
from spm_portal.common import jobs
from spm_portal.common.models import Job, JobState
from spm_portal.common.refusal import Refused
from tests.capacity.documents import small
from tests.capacity.sessions import NOW, agreed, in_session, prove, rated, small_framework
from tests.cast import Cast
from tests.factories.capacity import PlanItemFactory
from tests.factories.members import LONG_AGO

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
BEFORE = {"A1": 1, "A2": 3, "A3": 1, "B1": 0, "B2": "n"}
LEVELS = {"A1": 2, "A2": 2, "A3": 1, "B1": 3, "B2": "n"}


def then(cast: Cast, **fields: Any) -> Assessment:
    """The assessment of the year before."""
    return agreed(
        cast,
        BEFORE,
        **{
            "title": "Capacity 2025",
            "as_of": date(2024, 12, 31),
            "agreed_at": NOW - timedelta(days=365),
            **fields,
        },
    )


def now(cast: Cast, **fields: Any) -> Assessment:
    """This year's, with evidence, and checked from outside at two items."""
    made = agreed(cast, LEVELS, minute="The board asks for a plan.", **fields)
    prove(made, "B1")
    OutsideView.objects.bulk_create(
        OutsideView(
            association=cast.amani,
            assessment=made,
            item=item,
            level=level,
            verifier="Amina, Ratings",
            note=note,
            checked_on=date(2026, 3, 1),
            written_at=LONG_AGO,
            written_by=cast.manager,
        )
        for item, level, note in (("B1", 1, "No lists."), ("A3", 1, ""))
    )
    return made


def test_figures_by_hand(cast: Cast) -> None:
    then(cast)
    found = build_results(now(cast), "en")
    area_a, area_b = found.areas
    assert (area_a.value, area_b.value) == (pytest.approx(5 / 3), 3)
    assert found.overall == pytest.approx((5 / 3 + 3) / 2)
    assert area_a.cells == (2, 1)  # A1 and A2; A3
    assert area_b.cells == (3, None)
    assert area_b.not_applicable == 1
    # by group: board, staff, members
    assert found.groups == (("Board", 1), ("Staff", 1), ("Members", 1))
    assert area_a.groups == (pytest.approx(7 / 3), pytest.approx(4 / 3), pytest.approx(5 / 3))
    assert [item.code for item in found.disputed] == ["A1", "B2"]
    assert found.waiting == 1
    # change, over what both asked alike
    assert (area_a.before, area_a.after, area_a.difference) == (pytest.approx(5 / 3), pytest.approx(5 / 3), 0)
    assert area_b.difference == 3
    before = found.before
    assert before is not None
    assert (before.overall, before.same, before.breaks) == (1.5, 1, ())
    assert [item.code for item in moves_of(found)] == [
        "B1",
        "A1",
        "A2",
    ]  # risen, the widest first; then fallen
    # from outside
    assert (found.verified, found.verified_of, found.verified_difference) == (2, 4, -1)
    assert (area_b.self_mean, area_b.verified_mean, area_b.overstated) == (3, 1, 1)
    assert [item.code for item in found_otherwise(found)] == ["B1"]
    assert [item.code for item in found.strongest] == ["B1"]
    assert [item.code for item in found.weakest] == ["A3"]


def test_every_item_says_everything(cast: Cast) -> None:
    then(cast)
    found = {item.code: item for item in build_results(now(cast), "en").items}
    assert list(found) == ["A1", "A2", "A3", "B1", "B2"]
    one = found["B1"]
    assert (one.level, one.label, one.proof, one.minute) == (3, "Level 3", "B1 at 3", "minute of B1")
    assert [(each.title, each.detail) for each in one.evidence] == [
        ("Policy on B1", "https://example.org/policy")
    ]
    assert one.outside is not None
    assert (one.outside.level, one.outside.difference, one.outside.note) == (1, -2, "No lists.")
    assert (one.raters, one.before, one.difference) == ("level 3", 0, 3)
    assert found["A1"].raters == "1 to 4, median 2"
    left = found["B2"]
    assert (left.level, left.label, left.reason) == (None, "Not applicable", "The law leaves it to others.")
    assert left.raters == "level 2; 1 says that it does not apply"


def test_a_change_of_the_framework_breaks_the_comparison_and_says_why(cast: Cast) -> None:
    changed = small("2")
    changed["areas"][0]["items"][0]["text"] = "Something else"
    changed["areas"][1]["items"].pop()
    then(cast)
    found = build_results(now(cast, framework=small_framework("2", changed)), "en")
    assert found.before is not None
    assert [(one.code, one.text, one.reason) for one in found.before.breaks] == [
        ("A1", "Something else", "The item asks for something else now."),
        ("B2", "Capacity B2", "The framework asks this no more."),
    ]
    broken = found.items[0]
    assert (broken.difference, broken.broken) == (None, "The item asks for something else now.")
    assert found.areas[0].left_out == 1
    radar = pictures(found, page_styles(found)[0]).radar
    assert radar is None  # two areas make no radar


def test_compared_is_the_last_agreed_one_before(cast: Cast) -> None:
    first = then(cast)
    second = now(cast)
    agreed(cast, BEFORE, title="Later", agreed_at=NOW + timedelta(days=30))
    agreed(cast, BEFORE, title="Elsewhere", association=cast.baobab, agreed_at=NOW - timedelta(days=1))
    found = build_results(second, "en")
    assert found.before is not None
    assert found.before.title == first.title
    assert build_results(first, "en").before is None


def test_a_board_reads_first_what_matters(cast: Cast) -> None:
    first = then(cast)
    assert "first agreed assessment" in " ".join(messages_of(build_results(first, "en")))
    assert "Nobody from outside" in messages_of(build_results(first, "en"))[-1]
    said = messages_of(build_results(now(cast), "en"))
    assert said == (
        "The association stands at 2.3 of 4. Strongest is “Area B” (3.0), weakest “Area A” (1.7).",
        "Since “Capacity 2025” the association moved by +1.5 levels: 2 items rose, 1 fell and 1 stayed.",
        "1 item is at 1.5 or below: “Capacity A3” (Level 1).",
        "The 3 raters were far apart on 2 of 5 items before they talked.",
        "From outside 2 of 4 levels were checked: 1 were found lower, 0 higher, on average -1.0.",
    )


def test_the_same_queries_for_any_number_of_rows(cast: Cast) -> None:
    counts = []
    then(cast)
    few = agreed(cast, {"A1": 1}, title="Few", agreed_at=NOW - timedelta(days=9))
    build_results(few, "en")  # the framework is read once a process
    for one in (few, now(cast)):
        assessment = with_framework(Assessment.objects.all()).get(pk=one.pk)
        with CaptureQueriesContext(connection) as queries:
            build_results(assessment, "en")
        counts.append(len(queries))
    assert counts[0] == counts[1] == 7


def test_the_overview_counts_what_waits(cast: Cast, django_assert_num_queries: Any) -> None:
    done = now(cast)
    going = in_session(cast, {"A1": 1}, title="Next", framework=small_framework("2"))
    PlanItemFactory(association=cast.amani, due_on=date(2025, 1, 1))
    PlanItemFactory(association=cast.baobab)
    with django_assert_num_queries(9):
        found = overview_of(cast.amani, cast.manager, today=NOW.date())
    assert (found.last, found.going, found.decided) == (done, going, 1)
    assert (found.raters, found.handed_in, found.plan_open, found.plan_overdue) == (4, 3, 1, 1)


def test_nothing_is_told_while_raters_score(cast: Cast) -> None:
    assessment = rated(cast)
    with pytest.raises(Sealed):
        build_results(assessment, "en")
    with pytest.raises(Refused, match="Raters still score"):
        reports.request_report(assessment_id=assessment.pk, language="en", by=cast.manager, at=NOW)
    with pytest.raises(Sealed):
        reports.workbook_of(assessment_id=assessment.pk, language="en", by=cast.manager)


def test_the_workbook_holds_every_item_and_its_evidence(cast: Cast) -> None:
    then(cast)
    assessment = now(cast)
    with pytest.raises(PermissionDenied):
        reports.workbook_of(assessment_id=assessment.pk, language="en", by=cast.donor)
    content, name = reports.workbook_of(assessment_id=assessment.pk, language="en", by=cast.reviewer)
    assert re.fullmatch(r".+-capacity-2025-12-31-en\.xlsx", name)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Assessment", "Areas", "Items", "Evidence"]
    head, *rows = book["Items"].iter_rows(values_only=True)
    items = [dict(zip(head, row, strict=True)) for row in rows]
    assert [item["Code"] for item in items] == ["A1", "A2", "A3", "B1", "B2"]
    assert (items[3]["Level"], items[3]["Change"], items[3]["Level found from outside"]) == (3, 3, 1)
    assert items[4]["Why it does not apply"] == "The law leaves it to others."
    assert [row[3] for row in book["Evidence"].iter_rows(min_row=2, values_only=True)] == ["Policy on B1"]
    told = build_results(assessment, "en")
    assert [row[2] for row in sheets(told)[1].rows] == [1.67, 3.0]


@pytest.fixture
def report(cast: Cast, media_root: Any) -> tuple[Job, bytes, Assessment]:
    """The report of an assessment, made as a worker does."""
    then(cast)
    assessment = now(cast)
    asked = {"assessment_id": assessment.pk, "language": "en", "by": cast.reviewer}
    job = reports.request_report(**asked, at=timezone.now())
    assert reports.request_report(**asked, at=timezone.now()).pk == job.pk
    jobs.run(job.pk)
    job.refresh_from_db()
    content = jobs.intact_content(job)
    assert job.state == JobState.DONE
    assert content is not None
    return job, content, assessment


def test_the_report_says_what_the_page_says(
    report: tuple[Job, bytes, Assessment], cast: Cast, client: Any, media_root: Any
) -> None:
    job, content, assessment = report
    read = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout
    text = " ".join(read.decode().split())
    told = build_results(assessment, "en")
    for words in (
        *messages_of(told),
        *(item.text for item in told.items),
        *(item.minute for item in told.items),
    ):
        assert words in text
    for words in (
        "Policy on B1",
        "Found from outside: 1 Level 1",
        "The law leaves it to others.",
        told.minute,
    ):
        assert words in text
    (media_root / "report.pdf").write_bytes(content)
    inside = subprocess.run(
        ["pdfdetach", "-list", media_root / "report.pdf"], capture_output=True, check=True
    )
    assert b"-capacity-2025-12-31-en.csv" in inside.stdout
    client.force_login(cast.manager)
    page = client.get(f"/a/{cast.amani.slug}/capacity/assessments/{assessment.pk}/results/").content.decode()
    for chart in (pictures(told, page_styles(told)[0]),):
        for one in (chart.heat, chart.spread, chart.change, chart.outside):
            assert one is not None
            assert one.title in page
            assert one.title in text
    # a word that changes makes another file
    OutsideView.objects.filter(assessment=assessment).delete()
    again = reports.request_report(
        assessment_id=assessment.pk, language="en", by=cast.manager, at=timezone.now()
    )
    assert again.pk != job.pk
    # and who lost the right gets nothing
    cast.manager.role_assignments.update(ended_at=LONG_AGO)
    jobs.run(again.pk)
    again.refresh_from_db()
    assert again.state == JobState.CANCELLED


def test_pages_of_the_session(cast: Cast, client: Any) -> None:
    """The whole way: waiting, starting, a row by script, a clash, closing with a list, the results."""
    assessment = rated(cast)
    base = f"/a/{cast.amani.slug}/capacity/assessments/{assessment.pk}"
    client.force_login(cast.manager)
    waiting = client.get(f"{base}/session/").content.decode()
    assert "note of the" not in waiting
    assert client.get(f"{base}/results/").status_code == 302
    assert client.get(f"{base}/session/items/A1/").status_code == 404
    client.post(f"{base}/session/start/")
    assert Assessment.objects.get(pk=assessment.pk).stage == Stage.SESSION
    page = client.get(f"{base}/session/").content.decode()
    assert page.index('id="i-A1"') < page.index('id="i-A2"')
    assert "note of the board" in page
    assert [
        part in client.get(f"{base}/session/?show=disputed").content.decode() for part in ("i-A1", "i-A2")
    ] == [
        True,
        False,
    ]
    row = f"{base}/session/items/A1/"
    htmx = {"HTTP_HX_REQUEST": "true"}
    saved = client.post(row, {"level": "2", "minute": "Seen.", "version": "0"}, **htmx)
    assert (saved.status_code, "data-saved" in saved.content.decode()) == (200, True)
    clash = client.post(row, {"level": "1", "minute": "", "version": "0"}, **htmx)
    assert clash.status_code == 409
    assert "There stands now: 2 Level 2" in clash.content.decode()
    assert client.post(row, {"level": "1", "version": "0", "over": "1"}, **htmx).status_code == 200
    assert client.post(row, {"level": "7", "version": "2"}, **htmx).status_code == 422
    assert client.post(row, {"level": "n", "version": "2"}).status_code == 422
    client.post(f"{base}/session/medians/")
    refused = client.post(f"{base}/session/close/", {"action": "close", "minute": "Kept words", "seen": ""})
    assert refused.status_code in {409, 422}
    assert "Kept words" in refused.content.decode()
    for item, level in (("A3", "1"), ("B1", "3"), ("B2", "2")):
        client.post(f"{base}/session/items/{item}/", {"level": level, "version": "0"})
    seen = re.search(r'name="seen" value="(\w+)"', client.get(f"{base}/session/").content.decode())
    assert seen is not None
    closing = {"action": "close", "minute": "Kept words", "seen": seen[1]}
    refused = client.post(f"{base}/session/close/", closing)
    assert refused.status_code == 422
    assert "Level without evidence" in refused.content.decode()
    proofs = f"{base}/session/items/B1/evidence/"
    assert client.post(proofs, {"action": "link", "url": "not an address"}).status_code == 422
    assert client.post(proofs, {"action": "link", "url": "https://example.org/p"}).status_code == 302
    assert client.post(f"{base}/session/close/", closing).headers["Location"] == f"{base}/results/"
    found = {
        "verifier": "Amina",
        "checked_on": timezone.localdate().isoformat(),
        "l-A1": "1",
        "n-A1": "Lists.",
    }
    assert client.post(f"{base}/outside/?area=A", found | {"l-A1": "9"}).status_code == 422
    assert client.post(f"{base}/outside/?area=A", found).status_code == 302
    assert "Lists." in client.get(f"{base}/results/").content.decode()
    assert "Kept words" in client.get(f"{base}/session/").content.decode()
