"""The association report as data, built from the cells of one release and public facts alone."""

from collections.abc import Mapping
from datetime import date

from babel.dates import format_date
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from reporting.datasets.annex import annex
from reporting.datasets.chapters import Facts
from reporting.datasets.chapters_results import PANEL, body
from reporting.datasets.draft import Draft
from reporting.datasets.messages import messages
from reporting.datasets.parts import Chapter, KeyFigure, Message, ReportData, Words, numbered
from reporting.datasets.report_breaks import breaks_between
from reporting.datasets.report_words import (
    FOREWORD,
    Frozen,
    frozen_of,
    places,
    with_method,
    with_words,
)
from reporting.datasets.verification_words import Levels
from reporting.enums import FormLength
from reporting.models import Release
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.figures import cells_of_codes
from reporting.selectors.releases import cells_of, count_published, named_members, with_round
from spm_portal.common.kept import Kept

COVER = ("active_borrowers", "pct_female_borrowers", "gross_loan_portfolio", "practice_index")
KEPT = 24  # reports that a process keeps: a release never changes

__all__ = ["ReportData", "build_report"]

_kept: Kept[ReportData] = Kept(KEPT)


def build_report(release: Release, language: str, group: str = "") -> ReportData:
    """Everything the report says, in this language; pages and the PDF show the same.

    `release` comes with its association, round and catalogue version. `group` is the key of a peer group whose figures
    stand in the place of those of all members; such figures have no progress on the same members.
    """
    association = release.association
    # what an association may change about itself is part of the key; the rest is frozen
    names = f"{association.name}|{association.short_name}"
    key = (release.pk, language, names, association.accent_colour, group)
    if (found := _kept.get(key)) is not None:
        return found
    with translation.override(language):
        made = _build(release, language, group)
    return _kept.put(key, made)


def _build(release: Release, language: str, group: str) -> ReportData:
    association, of_round, method = release.association, release.round, release.method
    cells = cells_of(release, group)
    period_end = date.fromisoformat(method["period_end"])
    panel = (method.get("panel") or {}) if not group else {}
    older = with_round(Release.objects.filter(pk=panel["release"])).first() if panel.get("release") else None
    catalogue = catalogue_of(release.catalogue)
    indexes = tuple(f"practice_index_{one.code.lower()}" for one in catalogue.dimensions)
    draft = Draft(
        catalogue=catalogue,
        cells=cells,
        language=language,
        currency=method["currency"],
        period=_("period ending %(day)s") % {"day": day_words(period_end, language)},
        source=_("approved returns of members of %(association)s") % {"association": association.label},
        year=method["year"],
        panel_year=panel.get("year") if panel.get("n_band") else None,
        panel_band=panel.get("n_band", ""),
        broken=_broken(release, older, indexes),
        # a report for everybody says nothing of an edition that was not opened to everybody
        panel_levels={}
        if older is None or release.is_public > older.is_public
        else _levels_then(older, indexes),
    )
    facts = Facts(
        invited=release.invited_count,
        approved=method["approved"],
        contributors=release.contributor_count,
        named=tuple(named_members(release)),
        other_currency=method.get("other_currency", 0),
        imported=bool(method.get("imported")),
    )
    counted = count_published(cells)
    frozen = frozen_of(release.texts, language)
    said = messages(draft, facts)
    return ReportData(
        association=association.name,
        association_label=association.label,
        accent=association.accent_colour,
        title=_("Social performance report"),
        round_name=of_round.name,
        year=method["year"],
        period=draft.period,
        period_end=period_end,
        edition=release.number,
        period_end_words=day_words(period_end, language),
        published_at=release.published_at,
        published_words=day_words(release.published_at.date(), language),
        language=language,
        rtl=language.split("-")[0] in settings.LANGUAGES_BIDI,
        currency=draft.currency,
        key_figures=_cover(draft, facts),
        messages=said,
        chapters=_chapters(release, draft, facts, frozen, said),
        published_count=counted[True],
        withheld_count=counted[False],
        imported=bool(method.get("imported")),
        foreword=Words(frozen.words[FOREWORD]) if frozen.words.get(FOREWORD) else None,
    )


def _broken(release: Release, older: Release | None, indexes: tuple[str, ...]) -> Mapping[str, str]:
    """Why figures may not be compared with the release that the panel names, in words, by code."""
    if older is None or older.catalogue_id == release.catalogue_id:
        return {}
    now = catalogue_of(release.catalogue)
    return breaks_between((*PANEL, *indexes), now, catalogue_of(older.catalogue))


def _levels_then(older: Release, indexes: tuple[str, ...]) -> Mapping[str, Levels]:
    """How far the indexes were checked in the release that the panel names, by code."""
    found = Draft(
        catalogue=catalogue_of(older.catalogue),
        cells=cells_of_codes([older], indexes)[older.pk],
        language="",
        currency="",
        period="",
        source="",
        year=0,
    )
    return {
        code: levels
        for code in indexes
        if (statistic := found.headline(code)) and (levels := found.levels(code, statistic))
    }


def _chapters(
    release: Release, draft: Draft, facts: Facts, frozen: Frozen, said: tuple[Message, ...]
) -> tuple[Chapter, ...]:
    """The chapters of the figures with the editors' part in them, all numbered."""
    method = release.method
    known = places(
        draft.catalogue,
        sections=method["sections"],
        full_form=method["form_length"] == FormLength.FULL,
        language=draft.language,
    )
    chapters = with_words(
        body(draft, facts),
        frozen,
        {place.code: place.title for place in known},
        kept=[message.chapter for message in said],
    )
    return numbered([*chapters, *with_method(annex(draft, facts), frozen)])


def day_words(day: date, language: str) -> str:
    """A day written out in a language, the month as a word."""
    return format_date(day, format="long", locale=language.replace("-", "_"))


def _cover(draft: Draft, facts: Facts) -> tuple[KeyFigure, ...]:
    reporting = KeyFigure(
        _("Members that reported"),
        _("%(count)s of %(total)s") % {"count": facts.approved, "total": facts.invited},
    )
    if facts.imported:
        reporting = KeyFigure(_("Members in the figures"), str(facts.contributors))
    return (reporting, *draft.keys(*COVER))[:4]
