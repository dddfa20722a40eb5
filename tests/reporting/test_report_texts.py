"""The editors' part of a report: kept with its version, frozen when published, shown to nobody before."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from members.enums import ConsentPurpose, Role
from members.models import Association, Consent, User
from reporting.datasets.report import build_report
from reporting.models import ChapterText, Release, ReportPlan, Round, Story
from reporting.selectors.releases import with_round
from reporting.services import report_texts as service
from reporting.services.releases import publish
from spm_portal.common.models import AuditEvent
from spm_portal.common.models.job import private_storage
from spm_portal.common.pictures import read_photo, small_name
from spm_portal.common.refusal import Refused
from tests.browsers import signed_in
from tests.factories.members import AssociationFactory, person
from tests.factories.releases import approved_round, institutions
from tests.factories.reporting import OPENED

pytestmark = pytest.mark.django_db

SHORT = ("PRO", "OUT")


@pytest.fixture
def association() -> Association:
    found: Association = AssociationFactory(name="Association of Testing", short_name="AOT", currency="KES")
    return found


@pytest.fixture
def of_round(association: Association) -> Round:
    return approved_round(association, institutions(association, 6))


@pytest.fixture
def editor(association: Association) -> User:
    return person(Role.ASSOCIATION_REVIEWER, association)


def upload(name: str = "photo.jpg") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "#336699").save(out, format="JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def write(of_round: Round, by: User, text: str, **changes: Any) -> ChapterText | None:
    given = {"chapter": "outreach", "language": "en", "version": "", "at": OPENED} | changes
    return service.write_chapter(round_id=of_round.pk, text=text, by=by, **given)


def tell(of_round: Round, by: User, **changes: Any) -> Story:
    given = {
        "story_id": None,
        "language": "en",
        "title": "A case",
        "text": "What happened.",
        "institution": None,
        "photo": read_photo(upload()),
        "photo_words": "A blue field",
        "agreed": True,
        "position": 1,
        "version": "",
        "at": OPENED,
    } | changes
    return service.write_case(round_id=of_round.pk, by=by, **given)


def published(of_round: Round) -> Release:
    release = publish(round_id=of_round.pk, by=None, at=OPENED, erratum="Words added.")
    return with_round(Release.objects.all()).get(pk=release.pk)


class TestWords:
    def test_they_are_kept_with_history_and_audit(self, of_round: Round, editor: User) -> None:
        row = write(of_round, editor, " Words.\r\nMore. ")
        assert row is not None
        assert row.text == "Words.\nMore."
        assert AuditEvent.objects.filter(verb="report.words").count() == 1
        assert write(of_round, editor, "Words.\nMore.", version="old") == row
        assert AuditEvent.objects.filter(verb="report.words").count() == 1

    def test_nobody_writes_over_words_that_they_have_not_seen(self, of_round: Round, editor: User) -> None:
        first = write(of_round, editor, "First.")
        with pytest.raises(service.Overtaken) as overtaken:
            write(of_round, editor, "Mine.")
        assert overtaken.value.now == "First."
        assert overtaken.value.version == service.version_of(first)
        second = write(
            of_round, editor, "Both.", version=overtaken.value.version, at=OPENED + timedelta(minutes=1)
        )
        assert second is not None
        assert ChapterText.objects.get().text == "Both."
        with pytest.raises(service.Overtaken):
            write(of_round, editor, "Late.", version=service.version_of(first))

    @pytest.mark.parametrize(
        ("changes", "words"), [({"language": "xx"}, "language"), ({"text": "x" * 20_001}, "Shorten")]
    )
    def test_others_are_refused(
        self, of_round: Round, editor: User, changes: dict[str, Any], words: str
    ) -> None:
        with pytest.raises(Refused, match=words):
            write(of_round, editor, **({"text": "Words."} | changes))

    def test_only_staff_write(self, of_round: Round, association: Association) -> None:
        member = person(Role.INSTITUTION_SIGNATORY, of_round.submissions.all()[0].institution)
        with pytest.raises(PermissionDenied):
            write(of_round, member, "Words.")
        assert not ChapterText.objects.exists()


class TestCases:
    def test_a_photo_is_stored_redrawn_and_private(self, of_round: Round, editor: User) -> None:
        story = tell(of_round, editor)
        assert story.photo.name.startswith("stories/")
        with story.photo.open("rb") as stored, Image.open(stored) as picture:
            assert picture.format == "JPEG"

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"agreed": False}, "agreed"),
            ({"photo_words": " "}, "what the photo shows"),
            ({"title": ""}, "title and words"),
            ({"text": "x" * 6_001}, "Shorten"),
        ],
    )
    def test_others_are_refused(
        self, of_round: Round, editor: User, changes: dict[str, Any], words: str
    ) -> None:
        with pytest.raises(Refused, match=words):
            tell(of_round, editor, **changes)
        assert not Story.objects.exists()

    def test_an_mfi_is_named_only_with_its_consent(self, of_round: Round, editor: User) -> None:
        mfi = of_round.submissions.all()[0].institution
        story = tell(of_round, editor, institution=mfi, text="Told about it.")
        assert service.told_cases(of_round) == [story]
        Consent.objects.filter(institution=mfi, purpose=ConsentPurpose.NAMED).update(withdrawn_at=OPENED)
        assert service.told_cases(of_round) == []
        assert "Told about it." not in str(service.frozen_texts(of_round))
        with pytest.raises(Refused, match="did not agree to be named"):
            tell(of_round, editor, institution=mfi)

    def test_a_photo_goes_with_its_case_unless_an_edition_shows_it(
        self, of_round: Round, editor: User, django_capture_on_commit_callbacks: Any
    ) -> None:
        kept, gone = tell(of_round, editor), tell(of_round, editor, title="Another")
        service.remove_case(round_id=of_round.pk, story_id=gone.pk, by=editor, at=OPENED)
        published(of_round)
        with django_capture_on_commit_callbacks(execute=True):
            service.remove_case(round_id=of_round.pk, story_id=kept.pk, by=editor, at=OPENED)
        assert not Story.objects.exists()
        assert private_storage().exists(kept.photo.name)
        third = tell(of_round, editor)
        with django_capture_on_commit_callbacks(execute=True):
            service.remove_case(round_id=of_round.pk, story_id=third.pk, by=editor, at=OPENED)
        assert not private_storage().exists(third.photo.name)
        assert not private_storage().exists(small_name(third.photo.name))


class TestFrozen:
    def test_an_edition_says_what_was_written_when_it_was_published(
        self, of_round: Round, editor: User
    ) -> None:
        first = write(of_round, editor, "## Heading\n\nAs *published*.")
        write(of_round, editor, "Avant-propos.", chapter="foreword", language="fr")
        write(of_round, editor, "We helped.", chapter="support")
        story = tell(of_round, editor)
        service.choose_figures(
            round_id=of_round.pk, left_out=["clients"], allowed=["clients", "methods"], by=editor, at=OPENED
        )
        release = published(of_round)
        write(of_round, editor, "Later.", version=service.version_of(first))
        Story.objects.update(title="Later")
        ReportPlan.objects.update(left_out=[])
        data = build_report(release, "en")
        outreach = data.chapter("outreach")
        assert outreach is not None
        assert outreach.blocks[0].kind == "words"
        assert outreach.blocks[0].text == "## Heading\n\nAs *published*."  # type: ignore[union-attr]
        assert "clients" not in {block.id for block in outreach.blocks}
        assert "methods" in {block.id for block in outreach.blocks}
        codes = [chapter.code for chapter in data.chapters]
        assert codes.index("support") < codes.index("cases") < codes.index("method")
        (case,) = data.cases
        assert (case.title, case.photo_words, case.photo) == ("A case", "A blue field", story.photo.name)
        assert data.foreword is None
        french = build_report(release, "fr")
        assert french.foreword is not None
        assert not french.cases  # nothing is said in a language in which nothing was written
        assert french.chapter("support") is None

    def test_key_messages_and_annex_cannot_be_left_out(self, of_round: Round, editor: User) -> None:
        for ident in ("t-answers", "messages", "g-derived"):
            with pytest.raises(Refused, match="cannot be left out"):
                service.choose_figures(
                    round_id=of_round.pk, left_out=[ident], allowed=["clients"], by=editor, at=OPENED
                )

    def test_words_alone_make_a_new_edition_and_none_makes_none(self, of_round: Round, editor: User) -> None:
        first = published(of_round)
        assert published(of_round).pk == first.pk
        write(of_round, editor, "Words.")
        assert published(of_round).number == 2


class TestPages:
    @pytest.fixture
    def client_of_editor(self, editor: User) -> Client:
        return signed_in(editor)

    def address(self, of_round: Round, name: str, *parts: object) -> str:
        return reverse(name, args=[of_round.association.slug, of_round.code, *parts])

    def test_words_are_saved_and_previewed(self, client_of_editor: Client, of_round: Round) -> None:
        page = self.address(of_round, "report_chapter", "outreach")
        preview = client_of_editor.post(page, {"text": "**Bold** <script>alert(1)</script>", "preview": "1"})
        html = preview.content.decode()
        assert "<strong>Bold</strong>" in html
        assert "<script>alert" not in html
        assert not ChapterText.objects.exists()
        assert client_of_editor.post(page + "?language=en", {"text": "Saved."}).status_code == 302
        assert "Saved." in client_of_editor.get(page).content.decode()
        conflict = client_of_editor.post(page, {"text": "My own words."})
        assert conflict.status_code == 409
        html = conflict.content.decode()
        assert "My own words." in html
        assert "Saved." in html
        overview = client_of_editor.get(self.address(of_round, "report_editor")).content.decode()
        assert "1 word" in overview
        assert client_of_editor.get(self.address(of_round, "report_chapter", "tables")).status_code == 404
        assert client_of_editor.get(page + "?language=xx").status_code == 404

    def test_a_case_with_a_photo(self, client_of_editor: Client, of_round: Round) -> None:
        page = self.address(of_round, "report_case_new")
        words = {
            "title": "A case",
            "language": "en",
            "text": "Words to keep.",
            "position": "1",
            "agreed": "on",
        }
        refused = client_of_editor.post(page, {**words, "photo": upload()})
        assert refused.status_code == 422
        assert "what the photo shows" in refused.content.decode()
        assert "Words to keep." in refused.content.decode()
        bad = {**words, "photo": SimpleUploadedFile("a.jpg", b"<svg/>"), "photo_words": "x"}
        assert "content is something else" in client_of_editor.post(page, bad).content.decode()
        assert (
            client_of_editor.post(page, {**words, "photo": upload(), "photo_words": "Blue"}).status_code
            == 302
        )
        story = Story.objects.get()
        one = self.address(of_round, "report_case", story.pk)
        assert 'alt="Blue"' in client_of_editor.get(one).content.decode()
        address = self.address(of_round, "report_case_photo", story.pk)
        assert f'src="{address}?size=small"' in client_of_editor.get(one).content.decode()
        photo, small = (client_of_editor.get(address + query) for query in ("", "?size=small"))
        assert photo["Content-Type"] == small["Content-Type"] == "image/jpeg"
        assert photo.content != small.content
        # stored before there were small ones
        story.photo.storage.delete(small_name(story.photo.name))
        assert client_of_editor.get(address + "?size=small").content == photo.content
        assert client_of_editor.post(one, {"remove": "yes"}).status_code == 302
        assert not Story.objects.exists()

    def test_figures_are_chosen(self, client_of_editor: Client, of_round: Round) -> None:
        page = self.address(of_round, "report_figures")
        html = client_of_editor.get(page).content.decode()
        shown = re.findall(r'name="shown" value="([^"]+)" checked', html)
        assert "clients" in shown
        assert not any(one.startswith("t-") for one in shown)
        client_of_editor.post(page, {"shown": [one for one in shown if one != "clients"]})
        assert ReportPlan.objects.get().left_out == ["clients"]

    def test_nothing_unpublished_reaches_members(self, of_round: Round, editor: User) -> None:
        release = published(of_round)
        write(of_round, editor, "CANARY words.", chapter="foreword")
        story = tell(of_round, editor, text="CANARY case.")
        member = signed_in(person(Role.INSTITUTION_SIGNATORY, of_round.submissions.all()[0].institution))
        slug = of_round.association.slug
        assert member.get(self.address(of_round, "report_editor")).status_code == 403
        assert member.get(self.address(of_round, "report_case_photo", story.pk)).status_code == 403
        page = member.get(reverse("release", args=[slug, release.pk]))
        assert page.status_code == 200
        assert "CANARY" not in page.content.decode()
        second = published(of_round)
        assert "CANARY words." in member.get(reverse("release", args=[slug, second.pk])).content.decode()
        cases = member.get(reverse("release_chapter", args=[slug, second.pk, "cases"])).content.decode()
        assert "CANARY case." in cases
        sha256 = second.texts["cases"][0]["photo_sha256"]
        assert member.get(reverse("release_photo", args=[slug, second.pk, sha256])).status_code == 200
        assert member.get(reverse("release_photo", args=[slug, release.pk, sha256])).status_code == 404
        story.photo.storage.delete(story.photo.name)
        assert member.get(reverse("release_photo", args=[slug, second.pk, sha256])).status_code == 404
