"""The editors' part of a report, for the matrix of permissions: a published case, words that are not published yet."""

from collections.abc import Mapping
from typing import Any

from django.core.files.base import ContentFile

from members.models import User
from reporting.models import ChapterText, Release, Round, Story
from tests.factories.members import LONG_AGO

PHOTO = b"\xff\xd8\xff the photo of a case"

FORMS_OF_EDITORS: Mapping[str, Mapping[str, Any]] = {
    "report_chapter": {"text": "Words of the editors."},
    "report_figures": {"shown": ["clients"]},
    "report_case_new": {
        "title": "A case",
        "language": "en",
        "text": "What happened.",
        "position": "1",
        "agreed": "on",
    },
    "report_case": {"remove": "yes"},
}


def add_story(of_round: Round, *, by: User) -> Story:
    """A case with a photo, to be there before the round is published."""
    story = Story(
        association=of_round.association,
        round=of_round,
        language="en",
        title="A case",
        text="What happened.",
        photo_words="A field",
        agreed=True,
        changed_at=LONG_AGO,
        changed_by=by,
    )
    story.photo.save(f"permissions/{story.pk}.jpg", ContentFile(PHOTO), save=False)
    story.save()
    return story


def add_unpublished_words(of_round: Round, *, by: User) -> None:
    """Words that only staff may read before the next edition."""
    ChapterText.objects.create(
        association=of_round.association,
        round=of_round,
        chapter="outreach",
        language="en",
        text="CANARY-NOTE of the editors",
        changed_at=LONG_AGO,
        changed_by=by,
    )


def targets_of_editors(slug: Mapping[str, Any], release: Release, story: Story) -> dict[str, Any]:
    """Where the pages of the editors are."""
    code = {**slug, "code": release.round.code}
    case = {**code, "pk": story.pk}
    photo = {**slug, "pk": release.pk, "sha256": release.texts["cases"][0]["photo_sha256"]}
    return {
        "report_editor": {"": code},
        "report_chapter": {"": {**code, "chapter": "outreach"}},
        "report_figures": {"": code},
        "report_case_new": {"": code},
        "report_case": {"": case},
        "report_case_photo": {"": case},
        "release_photo": {"": photo},
    }
