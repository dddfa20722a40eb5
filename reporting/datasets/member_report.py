"""A member's own report as data: its years, its place, strengths and gaps, data quality and what changed.

Everything is the member's own, except the middle half of the others, which comes from published cells alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _

from reporting.datasets.member_figures import Own
from reporting.datasets.member_messages import messages
from reporting.datasets.member_points import Advice, advice_of, practice_words
from reporting.datasets.member_quality import Quality, quality_of
from reporting.datasets.parts import MILLION, KeyFigure, Writer
from reporting.datasets.report import day_words
from reporting.scoring import Judgement
from reporting.selectors.member_reports import MemberSource
from reporting.statistics import Place, place
from spm_portal.common.charts import NotPublished, Value

COVER = (
    "active_borrowers",
    "pct_female_borrowers",
    "gross_loan_portfolio",
    "practice_index",
    "oss",
    "par30_ratio",
)
MOST_COVER, MOST_TRENDS, MOST_CHANGES, MOST_PRACTICES = 4, 6, 6, 8
TRENDS = (
    "active_borrowers", "gross_loan_portfolio", "practice_index", "pct_female_borrowers", "par30_ratio",
    "retention_rate", "oss", "cp_index", "staff_turnover", "avg_loan_balance",
)  # fmt: skip
CLIENTS = (
    "active_borrowers", "gross_loan_portfolio", "avg_loan_balance", "pct_female_borrowers", "pct_rural_borrowers",
    "retention_rate", "nominal_rate", "transparency_index", "complaint_resolution_rate",
)  # fmt: skip
RESULTS = (
    "par30_ratio", "write_off_ratio", "oss", "operating_expense_ratio", "borrowers_per_officer", "staff_turnover",
    "pct_women_staff", "pct_women_managers", "pct_women_board",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One figure of the member beside the middle half of the others. `place` None: nothing is published to compare."""

    code: str
    label: str
    own: float
    own_words: str
    lower: Value
    median: Value
    upper: Value
    place: Place | None
    n_band: str
    write: Writer
    domain: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Strip:
    """Rows of one theme under the question that they answer."""

    id: str
    title: str
    rows: tuple[PlaceRow, ...]

    @property
    def n(self) -> str:
        """The bands of contributors that occur."""
        bands = sorted({row.n_band for row in self.rows if row.n_band}, key=_band_order)
        return ", ".join(band.replace("-", "–") for band in bands)


@dataclass(frozen=True, slots=True)
class Trend:
    """One figure over the years. `breaks` are the places where the line starts anew, `reasons` say why."""

    id: str
    code: str
    title: str
    periods: tuple[str, ...]
    values: tuple[float | None, ...]
    breaks: frozenset[int]
    reasons: tuple[str, ...]
    write: Writer
    is_score: bool


@dataclass(frozen=True, slots=True)
class Radar:
    """The practice indexes of the dimensions: this year's, and the last one's where it can be compared."""

    labels: tuple[str, ...]
    now: tuple[float | None, ...]
    before: tuple[float | None, ...] = ()
    series: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that changed most since last time, with both numbers."""

    label: str
    before: str
    now: str
    change: str


@dataclass(frozen=True, slots=True)
class PracticeChange:
    """A practice that was answered otherwise last time; `better` tells the direction."""

    label: str
    before: str
    now: str
    better: bool


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


def build_member_report(source: MemberSource, language: str, *, group_name: str = "") -> MemberReport:
    """The report in this language, which must be the active one: the sheet's labels are in it."""
    own = Own(source, language)
    submission = source.submission
    association, institution = submission.association, submission.institution
    strips = _strips(own)
    rows = [row for strip in strips for row in strip.rows]
    counts = {where: sum(row.place is where for row in rows) for where in Place}
    judgement, strengths, gaps = advice_of(own)
    trends = _trends(own)
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
        radar=_radar(own),
        strips=strips,
        compared_with=_compared(own, group_name),
        compared_is_earlier=source.peers.is_earlier,
        strengths=strengths,
        gaps=gaps,
        trends=trends,
        reasons=tuple(dict.fromkeys(reason for trend in trends for reason in trend.reasons)),
        since=own.since,
        changes=_changes(own, judgement),
        practices=_practices(own),
        cut_reasons=own.cuts("active_borrowers", own.last, own.now) if own.last else (),
        quality=quality_of(source.sheet),
        counts=counts,
    )


def _band_order(band: str) -> int:
    order = ("5-9", "10-19", "20+")
    return order.index(band) if band in order else len(order)


def _cover(own: Own) -> tuple[KeyFigure, ...]:
    found: list[KeyFigure] = []
    for code in COVER:
        if own.value(code) is None or len(found) == MOST_COVER:
            continue
        note = ""
        if own.before(code) is not None and (change := own.change_words(code)):
            note = _("%(change)s since %(year)s") % {"change": change, "year": own.since}
        figure = own.words(code)
        if code == "practice_index":
            figure = _("%(figure)s of 100") % {"figure": figure}
        found.append(KeyFigure(own.label(code), figure, note))
    return tuple(found)


def _compared(own: Own, group_name: str) -> str:
    """With which release the figures are compared, in words; empty where there is none."""
    peers = own.source.peers
    if peers.release is None:
        return ""
    words = _("published figures of “%(round)s”, edition %(edition)s") % {
        "round": peers.of_round,
        "edition": peers.edition,
    }
    return f"{words} · {group_name}" if group_name else words


# --- place ----------------------------------------------------------------------------------------------------


def _strips(own: Own) -> tuple[Strip, ...]:
    """Strips where at least one figure of the theme is published; none at all without a release."""
    if own.source.peers.release is None:
        return ()
    indexes = (
        "practice_index",
        *(f"practice_index_{one.code.lower()}" for one in own.catalogue.dimensions),
        "cp_index",
    )
    themes = (
        ("practices", _("Where do our practices stand?"), indexes),
        ("clients", _("Where do our clients, loans and prices stand?"), CLIENTS),
        ("results", _("Where do our results and our staff stand?"), RESULTS),
    )
    found = []
    for ident, title, codes in themes:
        rows = tuple(row for code in codes if (row := _row(own, code)) is not None)
        if any(row.place is not None for row in rows):
            found.append(Strip(ident, title, rows))
    return tuple(found)


def _row(own: Own, code: str) -> PlaceRow | None:
    value, part = own.value(code), own.part(code)
    if value is None or part is None:
        return None
    peers = own.peers(code)
    withheld = NotPublished(_("to protect members"))
    return PlaceRow(
        code=code,
        label=own.label(code),
        own=value,
        own_words=own.words(code),
        lower=peers.lower if peers else withheld,
        median=peers.median if peers else withheld,
        upper=peers.upper if peers else withheld,
        place=place(value, peers.lower, peers.upper) if peers else None,
        n_band=peers.n_band if peers else "",
        write=writer(own, code),
        domain=(0, 100) if is_index(own, code) else None,
    )


def is_index(own: Own, code: str) -> bool:
    """Whether a figure is an index from 0 to 100."""
    return code == "cp_index" or code.startswith("practice_index")


def writer(own: Own, code: str) -> Writer:
    """How numbers of a code are written on scales."""
    part = own.part(code)
    unit = part.unit if part else ""
    if unit == "currency":
        return Writer(own.language, own.currency)
    return Writer(own.language, unit if unit in {"%", "USD"} else "")


def _radar(own: Own) -> Radar | None:
    codes = [f"practice_index_{one.code.lower()}" for one in own.catalogue.dimensions]
    now = tuple(own.value(code) for code in codes)
    if sum(value is not None for value in now) < 3:
        return None
    before = tuple(own.before(code) for code in codes)
    labels = tuple(own.label(code) for code in codes)
    if all(value is None for value in before):
        return Radar(labels, now, (), (str(own.now.year),))
    return Radar(labels, now, before, (str(own.now.year), own.since))


# --- years ----------------------------------------------------------------------------------------------------


def _trends(own: Own) -> tuple[Trend, ...]:
    found: list[Trend] = []
    axis = own.axis()
    if len(own.source.years) < 2:
        return ()
    labels = _periods(own)
    for code in TRENDS:
        values = tuple(year.number(code) if year is not None else None for year in axis)
        if sum(value is not None for value in values) < 2 or values[-1] is None:
            continue
        breaks, reasons = _breaks(own, code)
        title, write = own.label(code), writer(own, code)
        part = own.part(code)
        if part is not None and part.unit == "currency":
            title = _("%(label)s, %(currency)s") % {"label": title, "currency": own.currency}
            if max(abs(value) for value in values if value is not None) >= MILLION:
                values = tuple(value / MILLION if value is not None else None for value in values)
                title = _("%(label)s million") % {"label": title}
            write = Writer(own.language)
        found.append(
            Trend(
                id=f"trend-{code.replace('_', '-')}",
                code=code,
                title=title,
                periods=labels,
                values=values,
                breaks=breaks,
                reasons=reasons,
                write=write,
                is_score=is_index(own, code),
            )
        )
        if len(found) == MOST_TRENDS:
            break
    return tuple(found)


def _periods(own: Own) -> tuple[str, ...]:
    axis = own.axis()
    years = [one.year for one in own.source.years]
    if len(set(years)) < len(years):
        return tuple(f"{one.period_end:%Y-%m}" for one in own.source.years)
    return tuple(str(years[0] + place) for place in range(len(axis)))


def _breaks(own: Own, code: str) -> tuple[frozenset[int], tuple[str, ...]]:
    """Where the line of a figure is cut, and why; between neighbours that both have a number."""
    breaks: set[int] = set()
    reasons: list[str] = []
    before = None
    for spot, year in enumerate(own.axis()):
        if year is None:
            reasons.append(
                _("There is no approved return for %(year)s.") % {"year": own.source.years[0].year + spot}
            )
            continue
        if year.number(code) is None:
            continue
        if before is not None and (found := own.cuts(code, before, year)):
            breaks.add(spot)
            reasons += found
        before = year
    return frozenset(breaks), tuple(dict.fromkeys(reasons))


# --- since last time -----------------------------------------------------------------------------------------


def _changes(own: Own, judgement: Judgement) -> tuple[Change, ...]:
    """The largest changes, each about other answers than those before it."""
    ranked = []
    for code in own.catalogue.codes:
        part = own.part(code)
        if part is None or code in own.opening or getattr(part, "child_of", None) or _is_small(own, code):
            continue
        change, in_points = own.change(code)
        if change:
            ranked.append((-abs(change) / (5 if in_points else 25), own.catalogue.position[code], code))
    chosen: list[str] = []
    for _size, _position, code in sorted(ranked):
        inputs = set(own.catalogue.inputs_of(code))
        others = (set(own.catalogue.inputs_of(one)) for one in chosen)
        if not any(2 * len(inputs & other) > min(len(inputs), len(other)) for other in others):
            chosen.append(code)
        if len(chosen) == MOST_CHANGES:
            break
    return tuple(
        Change(own.label(code), own.words(code, own.before(code)), own.words(code), own.change_words(code))
        for code in chosen
    )


def _is_small(own: Own, code: str) -> bool:
    """A count that was so small that a per cent of it says nothing: three people instead of one."""
    part, before, now = own.part(code), own.before(code), own.value(code)
    if before is None or now is None or part is None or part.unit in {"%", "points"}:
        return False
    return max(abs(before), abs(now)) < 20


def _practices(own: Own) -> tuple[PracticeChange, ...]:
    found = []
    codes: Sequence[str] = [code for one in own.catalogue.dimensions for code in one.scored_indicators]
    for code in dict.fromkeys(codes):
        then, now = _share(own, code, last=True), _share(own, code)
        if then is not None and now is not None and then != now:
            found.append(
                PracticeChange(own.label(code), practice_words(then), practice_words(now), now > then)
            )
    return tuple(found[:MOST_PRACTICES])


def _share(own: Own, code: str, *, last: bool = False) -> float | None:
    year = own.last if last else own.now
    return own.share(code, year) if year is not None else None
