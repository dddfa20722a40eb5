"""The editors' part of a report: words of chapters, cases with photos, left-out figures; and freezing them."""

import hashlib
import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from members.access import forget
from members.enums import ConsentPurpose
from members.models import Consent, Institution, User
from members.services.permission import permit
from reporting.models import ChapterText, Release, ReportPlan, Round, Story
from spm_portal.common.audit import acting, record
from spm_portal.common.pictures import Photo, small_name
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import paragraphs

if TYPE_CHECKING:
    from collections.abc import Collection

MAX_TEXT = 20_000
MAX_CASE = 6_000
MAX_CASES = 12
"""Cases of one language in a report."""


class Overtaken(Refused):
    """Somebody else saved meanwhile; what they wrote comes with it, and nothing was written over."""

    def __init__(self, now: str, version: str, who: str) -> None:
        super().__init__(
            _("%(who)s saved other words meanwhile. Yours are still here: put both together, then save.")
            % {"who": who}
        )
        self.now, self.version = now, version


def version_of(row: ChapterText | Story | ReportPlan | None) -> str:
    """What a page carries to say on which words it was made; empty where there were none."""
    return row.changed_at.isoformat() if row is not None else ""


def _locked(round_id: UUID, by: User) -> Round:
    """The round, locked so that two people who save at once follow one another, and the right checked as it is now."""
    of_round = Round.objects.select_for_update(of=("self",)).select_related("association").get(pk=round_id)
    forget(by)
    permit(by, "reporting.edit_report", of_round)
    return of_round


def write_chapter(
    *, round_id: UUID, chapter: str, language: str, text: str, version: str, by: User, at: datetime
) -> ChapterText | None:
    """Keep the words of a chapter in one language; no words take them back and return None.

    `version` is what `version_of` said when the page was opened: raises Overtaken where the words changed since.
    Refused for words that are too long.
    """
    _check_language(language)
    text = _clean(text, MAX_TEXT)
    with transaction.atomic(), acting(by):
        of_round = _locked(round_id, by)
        row = (
            ChapterText.objects.select_related("changed_by")
            .filter(round=of_round, chapter=chapter, language=language)
            .first()
        )
        if (row.text if row is not None else "") == text:
            return row
        if version_of(row) != version:
            raise Overtaken(row.text if row else "", version_of(row), str(row.changed_by if row else ""))
        if row is None:
            row = ChapterText(
                association=of_round.association, round=of_round, chapter=chapter, language=language
            )
        row.text, row.changed_at, row.changed_by = text, at, by
        record(
            "report.words",
            row,
            by=by,
            at=at,
            association_id=of_round.association_id,
            round=str(of_round.pk),
            chapter=chapter,
            language=language,
        )
        # a row without words stays, so that its version still tells of whoever emptied it
        row.save()
    return row


def choose_figures(
    *, round_id: UUID, left_out: "Collection[str]", allowed: "Collection[str]", by: User, at: datetime
) -> ReportPlan | None:
    """Leave these figures out; `allowed` are those that may be. Key messages and annex are never among them."""
    unknown = sorted(set(left_out) - set(allowed))
    if unknown:
        raise Refused(
            _("“%(figure)s” cannot be left out. Only figures of the chapters can.") % {"figure": unknown[0]}
        )
    kept = sorted(set(left_out))
    with transaction.atomic(), acting(by):
        of_round = _locked(round_id, by)
        row = ReportPlan.objects.filter(round=of_round).first()
        if (row.left_out if row is not None else []) == kept:
            return row
        if row is None:
            row = ReportPlan(association=of_round.association, round=of_round)
        row.left_out, row.changed_at, row.changed_by = kept, at, by
        row.save()
        record(
            "report.figures",
            row,
            by=by,
            at=at,
            association_id=of_round.association_id,
            round=str(of_round.pk),
            left_out=kept,
        )
    return row


def write_case(
    *,
    round_id: UUID,
    story_id: UUID | None,
    language: str,
    title: str,
    text: str,
    institution: Institution | None,
    photo: Photo | None,
    photo_words: str,
    remove_photo: bool = False,
    agreed: bool,
    position: int,
    version: str,
    by: User,
    at: datetime,
) -> Story:
    """Keep a case. `photo` replaces the one there is; None leaves it.

    Refused without agreement, for a photo that is not told in words, about an MFI that did not agree to be named, and
    for more cases than fit. Raises Overtaken where somebody saved since `version`.
    """
    _check_language(language)
    title, text, photo_words = _clean(title, 200), _clean(text, MAX_CASE), _clean(photo_words, 300)
    if not title or not text:
        raise Refused(_("A case needs a title and words."))
    if not agreed:
        raise Refused(_("Tick that everybody shown or named agreed; without that a case is not kept."))
    with transaction.atomic(), acting(by):
        of_round = _locked(round_id, by)
        rows = Story.objects.filter(round=of_round)
        row = rows.select_related("changed_by").filter(pk=story_id).first() if story_id else None
        if story_id is not None and row is None:
            raise Refused(_("This case was removed meanwhile. Copy your words and begin a new one."))
        if row is not None and version_of(row) != version:
            raise Overtaken(row.text, version_of(row), str(row.changed_by))
        if row is None and rows.filter(language=language).count() >= MAX_CASES:
            raise Refused(_("At most %(limit)s cases fit into a report.") % {"limit": MAX_CASES})
        if institution is not None and not may_be_named(of_round, institution.pk):
            raise Refused(
                _("%(mfi)s did not agree to be named. Tell the case without the MFI, or ask it to agree.")
                % {"mfi": institution.label}
            )
        row = row or Story(association=of_round.association, round=of_round)
        old = row.photo.name if row.photo else ""
        shown = photo is not None or (bool(old) and not remove_photo)
        if shown and not photo_words:
            raise Refused(_("Say in words what the photo shows, for people who cannot see it."))
        row.language, row.title, row.text, row.institution = language, title, text, institution
        row.agreed, row.position = agreed, position
        row.photo_words = photo_words if shown else ""
        row.changed_at, row.changed_by = at, by
        if photo is not None:
            row.photo.save(f"stories/{uuid.uuid4().hex}.jpg", ContentFile(photo.content), save=False)
            row.photo.storage.save(small_name(str(row.photo.name)), ContentFile(photo.small))
        elif remove_photo:
            row.photo.name = ""
        row.save()
        if old and old != row.photo.name:
            _forget_photo(row, old)
        record(
            "report.case",
            row,
            by=by,
            at=at,
            association_id=of_round.association_id,
            round=str(of_round.pk),
            title=title,
            institution=str(institution.pk) if institution else "",
        )
    return row


def remove_case(*, round_id: UUID, story_id: UUID, by: User, at: datetime) -> None:
    """Take a case out of the next edition; editions that tell it keep it, and its photo."""
    with transaction.atomic(), acting(by):
        of_round = _locked(round_id, by)
        row = Story.objects.filter(round=of_round, pk=story_id).first()
        if row is None:
            return
        record(
            "report.case_removed",
            row,
            by=by,
            at=at,
            association_id=of_round.association_id,
            round=str(of_round.pk),
            title=row.title,
        )
        photo = row.photo.name
        if photo:
            _forget_photo(row, photo)
        row.delete()


def _forget_photo(row: Story, name: str) -> None:
    """Delete a photo when this change is kept, unless an edition shows it."""
    for texts in Release.objects.filter(round_id=row.round_id).values_list("texts", flat=True):
        if any(one.get("photo") == name for one in (texts or {}).get("cases", [])):
            return
    storage = row.photo.storage

    def delete() -> None:
        storage.delete(name)
        storage.delete(small_name(name))

    transaction.on_commit(delete)


def may_be_named(of_round: Round, institution_id: UUID) -> bool:
    """Whether an MFI agrees, now, to be named by the association."""
    return (
        Consent.objects.live()
        .filter(association=of_round.association_id, institution=institution_id, purpose=ConsentPurpose.NAMED)
        .exists()
    )


def frozen_texts(of_round: Round) -> dict[str, Any]:
    """What an edition freezes of the editors' part, as JSON for `Release.texts`; the report is made of it alone.

    A case about an MFI that no longer agrees to be named is not told.
    """
    chapters: dict[str, dict[str, str]] = {}
    for row in ChapterText.objects.filter(round=of_round).exclude(text="").order_by("language", "chapter"):
        chapters.setdefault(row.language, {})[row.chapter] = row.text
    plan = ReportPlan.objects.filter(round=of_round).first()
    return {
        "chapters": chapters,
        "cases": [_frozen_case(story) for story in told_cases(of_round)],
        "left_out": sorted(plan.left_out) if plan is not None else [],
    }


def told_cases(of_round: Round) -> list[Story]:
    """The cases that an edition published now would tell, in their order."""
    agreed = set(
        Consent.objects.live()
        .filter(association=of_round.association_id, purpose=ConsentPurpose.NAMED)
        .values_list("institution_id", flat=True)
    )
    rows = (
        Story.objects.filter(round=of_round, agreed=True)
        .select_related("institution")
        .order_by("language", "position", "title", "pk")
    )
    return [row for row in rows if row.institution_id is None or row.institution_id in agreed]


def _frozen_case(story: Story) -> dict[str, str]:
    content = b""
    if story.photo:
        with story.photo.open("rb") as stored:
            content = stored.read()
    return {
        "language": story.language,
        "title": story.title,
        "text": story.text,
        "institution": story.institution.name if story.institution is not None else "",
        "photo": story.photo.name or "",
        "photo_sha256": hashlib.sha256(content).hexdigest() if content else "",
        "photo_words": story.photo_words,
    }


def _check_language(language: str) -> None:
    if language not in dict(settings.LANGUAGES):
        raise Refused(_("The portal does not speak this language."))


def _clean(text: str, limit: int) -> str:
    cleaned = paragraphs(text)
    if len(cleaned) > limit:
        raise Refused(
            _("A text has %(count)s characters, more than %(limit)s. Shorten it.")
            % {"count": len(cleaned), "limit": limit}
        )
    return cleaned
