"""A member's own report as data: its years, its place, strengths and gaps, data quality and what changed.

Everything is the member's own, except the middle half of the others, which comes from published cells alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _

from reporting.datasets.member_changes import Change, PracticeChange, changes_of, practices_of
from reporting.datasets.member_figures import Own
from reporting.datasets.member_messages import messages
from reporting.datasets.member_place import Strip, strips_of
from reporting.datasets.member_points import Advice, advice_of
from reporting.datasets.member_quality import Quality, quality_of
from reporting.datasets.member_years import Radar, Trend, radar_of, trends_of
from reporting.datasets.parts import NO_BREAK, KeyFigure
from reporting.datasets.report import day_words
from reporting.selectors.member_reports import MemberSource
from reporting.statistics import Place

COVER = (
    "active_borrowers",
    "pct_female_borrowers",
    "gross_loan_portfolio",
    "practice_index",
    "oss",
    "par30_ratio",
)
MOST_COVER = 4


@dataclass(frozen=True)
class MemberReport:
    """A whole report in one language."""

    mfi: str
    mfi_label: str
    association: str
    association_label: str
    accent: str
    title: str
    round_name: str
    year: int
    period: str
    language: str
    rtl: bool
    currency: str
    made_words: str
    imported: bool
    key_figures: tuple[KeyFigure, ...]
    messages: tuple[str, ...]
    radar: Radar | None
    strips: tuple[Strip, ...]
    compared_with: str
    compared_is_earlier: bool
    strengths: tuple[Advice, ...]
    gaps: tuple[Advice, ...]
    trends: tuple[Trend, ...]
    reasons: tuple[str, ...]
    since: str
    changes: tuple[Change, ...]
    practices: tuple[PracticeChange, ...]
    cut_reasons: tuple[str, ...]
    quality: Quality
    counts: Mapping[Place, int] = field(default_factory=dict)

    @property
    def full_title(self) -> str:
        """Title, MFI and year in one line."""
        return f"{self.mfi}: {self.title} {self.year}"


def build_member_report(source: MemberSource, language: str) -> MemberReport:
    """The report in this language, which must be the active one: the sheet's labels are in it."""
    own = Own(source, language)
    submission = source.submission
    association, institution = submission.association, submission.institution
    strips = strips_of(own)
    rows = [row for strip in strips for row in strip.rows]
    counts = {where: sum(row.place is where for row in rows) for where in Place}
    judgement, strengths, gaps = advice_of(own)
    trends = trends_of(own)
    return MemberReport(
        mfi=institution.name,
        mfi_label=institution.label,
        association=association.name,
        association_label=association.label,
        accent=association.accent_colour,
        title=_("Our social performance"),
        round_name=submission.round.name,
        year=submission.round.year,
        period=_("period ending %(day)s") % {"day": day_words(submission.round.period_end, language)},
        language=language,
        rtl=language.split("-")[0] in settings.LANGUAGES_BIDI,
        currency=submission.currency,
        made_words=day_words(submission.state_since.date(), language),
        imported=submission.imported,
        key_figures=_cover(own),
        messages=messages(own, counts, judgement),
        radar=radar_of(own),
        strips=strips,
        compared_with=_compared(own),
        compared_is_earlier=source.peers.is_earlier,
        strengths=strengths,
        gaps=gaps,
        trends=trends,
        reasons=tuple(dict.fromkeys(reason for trend in trends for reason in trend.reasons)),
        since=own.since,
        changes=changes_of(own),
        practices=practices_of(own),
        cut_reasons=own.cuts("active_borrowers", own.last, own.now) if own.last else (),
        quality=quality_of(source.sheet),
        counts=counts,
    )


def _cover(own: Own) -> tuple[KeyFigure, ...]:
    found: list[KeyFigure] = []
    for code in COVER:
        if own.value(code) is None or len(found) == MOST_COVER:
            continue
        note = ""
        if own.before(code) is not None and (change := own.change_words(code)):
            note = _("%(change)s since %(year)s") % {"change": change, "year": own.since}
        figure = own.words(code).replace(NO_BREAK, " ")  # may break on a phone
        if code == "practice_index":
            figure = _("%(figure)s of 100") % {"figure": figure}
        found.append(KeyFigure(own.label(code), figure, note))
    return tuple(found)


def _compared(own: Own) -> str:
    """With which release the figures are compared, in words; empty where there is none."""
    peers = own.source.peers
    if peers.release is None:
        return ""
    words = _("published figures of “%(round)s”, edition %(edition)s") % {
        "round": peers.of_round,
        "edition": peers.edition,
    }
    group = own.source.group
    return f"{words} · {group.name}" if group is not None else words
