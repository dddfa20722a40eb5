"""Reads for the editors of a report: what is written in which language, and whether an edition shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.fields.files import FieldFile

from members.enums import ConsentPurpose
from members.models import Consent, Institution
from reporting.models import ChapterText, ReportPlan, Round, Story
from spm_portal.common.pictures import small_name


@dataclass(frozen=True, slots=True)
class Written:
    """Whether there are words in a language."""

    language: str
    name: str
    words: int


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in the list, and whether an edition would tell it now."""

    story: Story
    language: str
    told: bool


def written_of(of_round: Round) -> dict[str, tuple[Written, ...]]:
    """The languages of each chapter that has any words; all of the portal's languages in each."""
    counts = {
        (row.chapter, row.language): len(row.text.split())
        for row in ChapterText.objects.filter(round=of_round).exclude(text="")
    }
    return {chapter: languages_of(chapter, counts) for chapter, _language in counts}


def languages_of(chapter: str, counts: "dict[tuple[str, str], int] | None" = None) -> tuple[Written, ...]:
    """Every language of the portal, with the number of words that a chapter has in it."""
    found = counts or {}
    return tuple(Written(code, str(name), found.get((chapter, code), 0)) for code, name in settings.LANGUAGES)


def left_out_of(of_round: Round) -> frozenset[str]:
    """The figures that the report of a round leaves out."""
    plan = ReportPlan.objects.filter(round=of_round).first()
    return frozenset(plan.left_out if plan is not None else ())


def cases_of(of_round: Round, told: Sequence[Story]) -> list[CaseLine]:
    """All cases of a round; `told` are those that an edition published now would hold."""
    names = dict(settings.LANGUAGES)
    keys = {one.pk for one in told}
    rows = (
        Story.objects.filter(round=of_round)
        .select_related("institution")
        .order_by("language", "position", "title", "pk")
    )
    return [CaseLine(row, str(names.get(row.language, row.language)), row.pk in keys) for row in rows]


def nameable(of_round: Round) -> QuerySet[Institution]:
    """The MFIs invited to a round that agree, now, to be named by the association."""
    agreed = Consent.objects.live().filter(association=of_round.association_id, purpose=ConsentPurpose.NAMED)
    return Institution.objects.filter(
        pk__in=agreed.values("institution_id"), submissions__round=of_round
    ).order_by("name")


def small_photo(photo: FieldFile) -> FieldFile:
    """The photo of a case as pages show it; the photo itself where it was stored before there were small ones."""
    name = small_name(str(photo.name))
    return FieldFile(photo.instance, photo.field, name) if photo.storage.exists(name) else photo
