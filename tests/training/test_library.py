"""The library: works with their languages, the toolkit as shipped, search in each language, uses, downloads, links."""

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from members.selectors import records, toolkit_uses
from members.selectors.toolkit_uses import ToolkitUse
from members.toolkit import toolkit
from spm_portal.common.models import AuditEvent, Job
from spm_portal.common.uploads import UploadRefused
from spm_portal.common.web_visits import Visit
from tests.browsers import signed_in
from tests.cast import Cast, make_cast
from tests.factories.training import WorkFactory
from training.enums import LinkState, Topic, UseKind, WorkKind
from training.models import DownloadCount, Work, WorkUse, WorkVersion
from training.selectors import library as selectors
from training.selectors.library import Wanted
from training.selectors.work_uses import use_totals, uses_of_work
from training.selectors.works import upkeep, work_page
from training.services import library, links_check, uses, work_versions
from training.services.downloads import count_download
from training.services.library import WorkFields
from training.services.toolkit import load_toolkit
from training.services.uses import UseFields
from training.services.work_versions import VersionFields

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
PDF = b"%PDF-1.4\n% a guide\n%%EOF\n"


@pytest.fixture
def cast(media_root: Any) -> Cast:
    return make_cast()


def upload(name: str = "guide.pdf", content: bytes = PDF) -> "SimpleUploadedFile":
    return SimpleUploadedFile(name, content)


def guide(cast: Cast, title: str = "Setting social targets", language: str = "en", **more: Any) -> Work:
    return library.add_work(
        association=cast.amani,
        values=WorkFields(kind=WorkKind.GUIDE, topics=[Topic.MISSION], **more.pop("values", {})),
        version=VersionFields(language=language, title=title, **more.pop("version", {})),
        **{"by": cast.reviewer, "at": AT, **more},
    )


def titles(cast: Cast, **wanted: Any) -> list[str]:
    works = selectors.works_of(cast.amani, cast.signatory)
    return [one.title for one in selectors.shelf(works, Wanted(**wanted)).object_list]


# --- Works and their languages ------------------------------------------------------------------------------


def test_a_work_keeps_its_languages_together_and_a_second_click_makes_no_second_one(cast: Cast) -> None:
    work = guide(cast, upload=upload(), version={"url": "https://example.org/guide"})
    assert guide(cast).pk == work.pk
    french = work_versions.add_version(
        work_id=work.pk,
        values=VersionFields(language="fr", title=" Fixer des  cibles ", is_original=True),
        by=cast.manager,
        at=AT,
    )
    assert french.title == "Fixer des cibles"
    with pytest.raises(ValidationError) as refused:
        work_versions.add_version(
            work_id=work.pk, values=VersionFields(language="fr", title="Encore"), by=cast.manager, at=AT
        )
    assert list(refused.value.message_dict) == ["language"]
    assert [(one.language, one.is_original) for one in selectors.versions_of(work)] == [
        ("fr", True),
        ("en", False),
    ]
    with translation.override("fr"):
        assert selectors.shelved([work.pk])[0].title == "Fixer des cibles"
    verbs = AuditEvent.objects.values_list("verb", flat=True).order_by("at")
    assert sorted(verbs) == ["library.version_added", "library.work_added"]


def test_another_file_takes_the_place_of_the_first_and_another_link_is_looked_at_anew(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    version = selectors.versions_of(guide(cast, upload=upload(), version={"url": "https://a.example/"}))[0]
    storage, before = version.file.storage, version.file.name
    WorkVersion.objects.filter(pk=version.pk).update(link_state=LinkState.WORKS, link_checked_at=AT)
    fields = {"language": "en", "title": version.title}
    with django_capture_on_commit_callbacks(execute=True):
        changed = work_versions.change_version(
            version_id=version.pk,
            values=VersionFields(**fields, url="https://b.example/"),
            upload=upload(content=PDF + b"second"),
            by=cast.reviewer,
            at=AT,
        )
    assert changed.link_state == LinkState.UNCHECKED
    assert changed.link_checked_at is None
    assert not storage.exists(before)
    assert storage.exists(changed.file.name)
    assert "guide" not in changed.file.name
    with django_capture_on_commit_callbacks(execute=True):
        bare = work_versions.change_version(
            version_id=version.pk,
            values=VersionFields(**fields),
            remove_file=True,
            by=cast.reviewer,
            at=AT,
        )
    assert not bare.file
    assert not bare.name
    assert not storage.exists(changed.file.name)


@pytest.mark.parametrize(
    ("name", "content"),
    [("guide.exe", b"MZ"), ("guide.pdf", b"MZ\x90\x00"), ("guide.pptx", b"PK\x03\x04"), ("guide.pdf", b"")],
)
def test_a_file_that_is_something_else_is_refused_and_nothing_is_lost(
    cast: Cast, name: str, content: bytes
) -> None:
    with pytest.raises(UploadRefused):
        guide(cast, upload=upload(name, content))
    assert not Work.objects.exists()


def test_a_form_with_faults_says_where(cast: Cast) -> None:
    client = signed_in(cast.reviewer)
    address = reverse("work_new", args=(cast.amani.slug,))
    typed = {"kind": "guide", "language": "en", "title": "A guide"}
    wrong = (("url", "ftp://example.org/x"), ("url", "http://10.0.0.1/"), ("published_in", "12"))
    for field, value in (*wrong, ("language", "xx")):
        answer = client.post(address, {**typed, field: value})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    answer = client.post(address, {**typed, "file": upload("a.exe", b"MZ")})
    assert answer.status_code == 422
    assert b"a.exe" in answer.content
    assert not Work.objects.exists()


def test_only_staff_write_and_a_work_that_is_put_away_is_theirs_alone(cast: Cast) -> None:
    work = guide(cast, values={"is_public": True})
    for person in (cast.signatory, cast.donor, cast.other_manager):
        with pytest.raises(PermissionDenied):
            library.put_away(work_id=work.pk, by=person, at=AT)
    assert Work.objects.public().filter(pk=work.pk).exists()
    library.put_away(work_id=work.pk, by=cast.manager, at=AT)
    assert not Work.objects.public().exists()
    assert not selectors.works_of(cast.amani, cast.signatory).exists()
    assert selectors.works_of(cast.amani, cast.reviewer).exists()
    library.bring_back(work_id=work.pk, by=cast.manager, at=AT)
    assert selectors.works_of(cast.amani, cast.donor).exists()


# --- The toolkit --------------------------------------------------------------------------------------------


def test_the_toolkit_stands_as_its_source_prints_it_and_loads_once(cast: Cast) -> None:
    out = io.StringIO()
    call_command("load_toolkit", association=cast.amani.slug, stdout=out)
    assert "18 works with 25 language versions" in out.getvalue()
    assert load_toolkit(association=cast.amani, by=cast.reviewer, at=AT).works == 0
    with pytest.raises(PermissionDenied):
        load_toolkit(association=cast.amani, by=cast.signatory, at=AT)

    works = {work.toolkit_key: work for work in Work.objects.all()}
    assert len(works) == 18
    assert WorkVersion.objects.count() == 25
    assert {one: WorkVersion.objects.filter(language=one).count() for one in ("en", "fr", "es")} == {
        "en": 17,
        "fr": 3,
        "es": 5,
    }
    for group in toolkit():
        for item in group.items:
            work = works[item.key]
            assert (work.toolkit_group, work.toolkit_number, work.kind) == (
                group.heading,
                item.number,
                group.kind,
            )
            assert {one.title for one in work.versions.all()} <= {item.title}
    assert not WorkVersion.objects.exclude(url="", file="").exists()

    shown = selectors.shelf(selectors.works_of(cast.amani, cast.signatory), Wanted(toolkit=True))
    assert [one.work.toolkit_key for one in shown.object_list][:3] == ["US-00", "TP-01", "TP-02"]
    client = signed_in(cast.signatory)
    odd = client.get(reverse("work", args=(cast.amani.slug, works["TP-02"].pk))).content.decode()
    assert "Translation Mission into Social Targets" in odd
    assert "Translating Mission into Social Targets presentation” was probably meant" in odd
    assert "gives no file or link" in odd
    manual = client.get(reverse("work", args=(cast.amani.slug, works["US-00"].pk))).content.decode()
    assert "no title, language, file or link" in manual
    # the entry without a language is found too
    assert titles(cast, q="comprehensive manual") == ["Materials on the SPTF Universal Standards for SPM"]


# --- Search -------------------------------------------------------------------------------------------------


def test_each_language_is_searched_by_its_own_rules_together_with_filters(cast: Cast) -> None:
    work = guide(cast, "Setting social targets")
    work_versions.add_version(
        work_id=work.pk,
        values=VersionFields(language="fr", title="Les objectifs sociaux", summary="Fixer des cibles"),
        by=cast.manager,
        at=AT,
    )
    guide(cast, "Malengo ya kijamii", "sw")
    guide(cast, "Notes", version={"summary": "In the summary alone: a target"})
    other = {"association": cast.baobab, "version__title": "Targets of another association"}
    WorkFactory(**other)

    assert titles(cast, q="target") == [
        "Setting social targets",
        "Notes",
    ]  # a title counts more than a summary
    assert titles(cast, q="objectif social") == ["Setting social targets"]  # French plurals by French rules
    assert titles(cast, q="malengo") == ["Malengo ya kijamii"]
    assert titles(cast, q='"social targets"') == ["Setting social targets"]
    assert titles(cast, q="targets -setting") == ["Notes"]
    assert titles(cast, q="target", language="fr") == []
    assert titles(cast, q="objectif", language="fr") == ["Setting social targets"]
    assert titles(cast, q="target", topic=Topic.PRICING) == []
    assert titles(cast, q="the") == []
    assert titles(cast, kind=WorkKind.GUIDE, language="sw") == ["Malengo ya kijamii"]
    # whoever knows the languages that there are says so: no others are looked through
    assert titles(cast, q="malengo", held=("en", "sw")) == ["Malengo ya kijamii"]
    assert titles(cast, q="objectif", held=("en", "fr")) == ["Setting social targets"]
    assert titles(cast, q="malengo", held=("en",)) == []
    assert titles(cast, q="target", held=()) == []


@pytest.mark.parametrize("words", ["évaluation", "evaluation", "ÉVALUATIONS", '"evaluation sociale"'])
def test_words_are_found_with_and_without_their_accents(cast: Cast, words: str) -> None:
    guide(cast, "L’évaluation sociale", "fr")
    guide(cast, "EVALUATION SOCIALE DES CLIENTS", "fr")
    guide(cast, "Évaluation du personnel", "fr", version={"summary": "Autre chose"})
    expected = {"L’évaluation sociale", "EVALUATION SOCIALE DES CLIENTS", "Évaluation du personnel"}
    assert set(titles(cast, q=words)) == expected - ({"Évaluation du personnel"} if " " in words else set())


def test_filters_that_cannot_be_are_left_out(cast: Cast) -> None:
    guide(cast)
    client = signed_in(cast.signatory)
    address = reverse("library", args=(cast.amani.slug,))
    for asked in (
        {"kind": "nonsense", "dimension": "x"},
        {"page": "99"},
        {"show": "away"},
        {"q": "\x00target"},
    ):
        answer = client.get(address, asked)
        assert answer.status_code == 200
        assert b"Setting social targets" in answer.content, asked
    # what is too long is cut, and not left out
    assert list(client.get(address, {"q": "nothing " * 30}).context["page"]) == []


def test_lists_take_the_same_queries_for_one_work_and_for_three(cast: Cast) -> None:
    def counted() -> list[int]:
        works = selectors.works_of(cast.amani, cast.signatory)
        counts = []
        for call in (
            lambda: selectors.shelf(works, Wanted(topic=Topic.MISSION)),
            lambda: selectors.shelf(works, Wanted(q="target")),
            lambda: work_page(first, works, today=AT.date()),
        ):
            with CaptureQueriesContext(connection) as captured:
                call()
            counts.append(len(captured))
        return counts

    first = guide(cast)
    guide(cast, "Second target")
    one = counted()
    guide(cast, "Third target")
    guide(cast, "Fourth target")
    assert counted() == one
    assert max(one) <= 6


# --- Related works, downloads, uses -------------------------------------------------------------------------


def test_related_works_are_said_once_and_read_from_both_sides(cast: Cast) -> None:
    first, second, third = guide(cast), guide(cast, "Second"), guide(cast, "Third")
    library.relate(work_id=first.pk, other_id=second.pk, by=cast.manager, at=AT)
    library.relate(work_id=second.pk, other_id=first.pk, note=" its  slides ", by=cast.manager, at=AT)
    works = selectors.works_of(cast.amani, cast.signatory)
    page = work_page(second, works, today=AT.date())
    assert [(one.work, note) for one, note in page.related] == [(first, "its slides")]
    assert [one.work for one in page.same_topic] == [third]
    library.put_away(work_id=first.pk, by=cast.manager, at=AT)
    assert not work_page(second, works, today=AT.date()).related
    library.unrelate(work_id=second.pk, other_id=first.pk, by=cast.manager, at=AT)
    assert not first.relations.exists()
    stranger = WorkFactory(association=cast.baobab)
    with pytest.raises(library.Refused):
        library.relate(work_id=first.pk, other_id=stranger.pk, by=cast.manager, at=AT)


def test_downloads_are_counted_by_version_and_month_and_by_nobody(cast: Cast) -> None:
    work = guide(cast, upload=upload(), values={"is_public": True})
    version = selectors.versions_of(work)[0]
    client = Client()
    public = reverse("public_work_file", args=(work.pk, version.pk))
    assert client.get(public).content == PDF
    client.head(public)
    client.force_login(cast.donor)
    client.get(reverse("work_file", args=(cast.amani.slug, work.pk, version.pk)))
    count_download(version=version, at=datetime.now(UTC) - timedelta(days=800))
    assert sorted(DownloadCount.objects.values_list("count", flat=True)) == [1, 2]
    shown = work_page(work, selectors.works_of(cast.amani, cast.manager), today=datetime.now(UTC).date())
    assert (shown.versions[0].downloads, shown.versions[0].lately) == (3, 2)


def test_uses_are_told_with_totals_and_those_of_other_parts_of_the_portal(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_toolkit(association=cast.amani, by=None, at=AT)
    work = Work.objects.get(toolkit_key="HP-02")
    day = date(2026, 2, 1)
    fields = {"occasion": "Annual meeting", "used_on": day, "audience": 120}
    speech = UseFields(kind=UseKind.SPEECH, **fields)
    made = uses.save_use(work_id=work.pk, values=speech, by=cast.reviewer, at=AT)
    assert uses.save_use(work_id=work.pk, values=speech, by=cast.reviewer, at=AT) == made
    handed = UseFields(kind=UseKind.DISTRIBUTION, copies=40, **fields)
    uses.save_use(work_id=work.pk, values=handed, by=cast.reviewer, at=AT)
    elsewhere = ToolkitUse("HP-02", "Forum", "Speech", date(2025, 5, 1), audience=80, copies=60)
    monkeypatch.setattr(toolkit_uses, "_readers", [lambda association: [elsewhere]])

    totals = use_totals(cast.amani)
    assert (totals.uses, totals.occasions, totals.people, totals.copies) == (3, 2, 200, 100)
    assert [(one.uses, one.copies) for one in totals.most_used] == [(3, 100)]
    assert totals.years == (2026, 2025)
    assert use_totals(cast.amani, 2026).uses == 2
    own, outside = uses_of_work(work)
    assert len(own) == 2
    assert outside == [elsewhere]
    offered = records.offered(cast.amani, ["library_works"], AT)
    assert [dict(one.facts) for one in offered] == [
        {"works": 18, "versions": 25, "languages": "en, es, fr", "uses": 2}
    ]
    late = UseFields(kind=UseKind.EVENT, occasion="Next year", used_on=date(2027, 1, 1))
    with pytest.raises(ValidationError):
        uses.save_use(work_id=work.pk, values=late, by=cast.reviewer, at=AT)
    with pytest.raises(PermissionDenied):
        uses.save_use(work_id=work.pk, values=speech, by=cast.signatory, at=AT)
    uses.remove_use(work_id=work.pk, use_id=made.pk, by=cast.manager, at=AT)
    assert WorkUse.objects.count() == 1


# --- Upkeep, public pages, files ----------------------------------------------------------------------------


def test_links_are_looked_at_and_what_waits_is_listed(cast: Cast) -> None:
    works = guide(cast, version={"url": "https://ok.example/"}, values={"review_by": date(2026, 2, 1)})
    for place in ("broken", "closed"):
        guide(cast, place, version={"url": f"https://{place}.example/"})
    said = {
        "https://ok.example/": Visit(True),
        "https://broken.example/": Visit(False, "The server answers 404."),
        "https://closed.example/": Visit(None, "Open it yourself."),
    }
    seen: list[str] = []

    def visitor(url: str) -> Visit:
        seen.append(url)
        return said[url]

    assert links_check.check(association=cast.amani, visitor=visitor) == 1
    assert seen.count("https://broken.example/") == 2  # asked once more before it counts
    found = upkeep(cast.amani, today=AT.date())
    assert [one.title for one in found.broken] == ["broken"]
    assert [one.title for one in found.unknown] == ["closed"]
    assert [one.work for one in found.overdue] == [works]
    assert found.checked_at is not None

    assert links_check.request_all(at=AT) == 1
    assert links_check.request_check(association=cast.amani, by=cast.manager, at=AT) == Job.objects.get()
    with pytest.raises(PermissionDenied):
        links_check.request_check(association=cast.amani, by=cast.signatory, at=AT)


def test_anybody_reads_public_works_and_nothing_of_the_others(cast: Cast) -> None:
    hidden = guide(cast, "Hidden work")
    client = Client()
    shelf = reverse("public_library", args=(cast.amani.slug,))
    assert client.get(shelf).status_code == 404
    public = guide(cast, "Public work", values={"is_public": True}, upload=upload())
    library.relate(work_id=public.pk, other_id=hidden.pk, by=cast.manager, at=AT)
    for page in (shelf, reverse("public_work", args=(public.pk,))):
        text = client.get(page).content.decode()
        assert "Public work" in text
        assert "Hidden work" not in text
    assert client.get(reverse("public_work", args=(hidden.pk,))).status_code == 404


def test_the_library_as_a_file_holds_what_the_filters_leave(cast: Cast) -> None:
    guide(cast, "=1+1")
    guide(cast, "Malengo", "sw")
    client = signed_in(cast.signatory)
    answer = client.get(reverse("library_file", args=(cast.amani.slug, "csv")), {"language": "sw"})
    assert b"Malengo" in answer.content
    assert b"1+1" not in answer.content
    client.force_login(cast.reviewer)
    answer = client.get(reverse("library_file", args=(cast.amani.slug, "xlsx")))
    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["Library", "Used at", "Downloads"]
    assert {row[0].data_type for row in book["Library"].iter_rows(min_row=2)} == {"s"}
    assert client.get(reverse("library_file", args=(cast.amani.slug, "exe"))).status_code == 404
