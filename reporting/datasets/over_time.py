"""The published figures of an association over time: a small line for each, cut where figures cannot be compared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from members.models import Association
from reporting.datasets.figure_values import (
    Edition,
    Trend,
    Value,
    edition_of,
    label_of,
    why_not_comparable,
)
from reporting.datasets.parts import MILLION, Table, Withheld, Writer
from reporting.datasets.report import day_words
from reporting.datasets.verification_words import Levels, words_of_many
from reporting.models import Release
from reporting.selectors.figures import Completeness, cells_of_codes, completeness_of
from spm_portal.common import charts
from spm_portal.common.charts import Chart, LinePoint, LineSeries, NotPublished, Spec, Style
from spm_portal.common.kept import Kept

FIRST = (
    "active_borrowers",
    "pct_female_borrowers",
    "pct_rural_borrowers",
    "gross_loan_portfolio",
    "par30_ratio",
    "retention_rate",
)
DIMENSIONS = ("practice_index", *(f"practice_index_d{number}" for number in range(1, 8)))
PROTECTION = ("cp_index", "complaints_per_1000", "complaint_resolution_rate")
AREAS = (
    "cp_product_design", "cp_overindebtedness", "cp_transparency", "cp_pricing",
    "cp_fair_treatment", "cp_privacy", "cp_complaints", "cp_governance",
)  # fmt: skip
CODES = frozenset((*FIRST, *DIMENSIONS, *PROTECTION, *AREAS))
WIDTH = 360
KEPT = 24


@dataclass(frozen=True, slots=True)
class Point:
    """One figure of one edition; `cut` says why it cannot be compared with the one before, empty where it can."""

    edition: Edition
    label: str
    value: Value
    cut: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """One figure through all rounds, oldest first, and its change on the same members to the newest one."""

    code: str
    label: str
    points: tuple[Point, ...]
    formula: str = ""
    trend: Trend | None = None

    @property
    def has_numbers(self) -> bool:
        """Whether there is any number that a line could be drawn through."""
        return any(point.value.exact is not None for point in self.points)

    @property
    def cuts(self) -> tuple[Point, ...]:
        """The points before which the line is cut."""
        return tuple(point for point in self.points if point.cut)


@dataclass(frozen=True, slots=True)
class Group:
    """Figures that stand together, with their charts where there are numbers to draw."""

    code: str
    title: str
    series: tuple[Series, ...]
    charts: tuple[Chart, ...] = ()
    table: Table | None = None
    without: tuple[Series, ...] = ()


@dataclass(frozen=True, slots=True)
class Quality:
    """How complete and how far checked one edition is."""

    release_id: UUID
    label: str
    round_name: str
    period_end: str
    edition: int
    published_on: str
    currency: str
    invited: int
    approved: int
    contributors: int
    published: int
    withheld: int
    checked: str

    @property
    def response(self) -> float | None:
        """Approved returns of a hundred invited members."""
        return 100 * self.approved / self.invited if self.invited else None

    @property
    def published_share(self) -> float | None:
        """Published figures of a hundred that have answers."""
        return 100 * self.published / self.answered if self.answered else None

    @property
    def answered(self) -> int:
        """Figures that have answers, published or not."""
        return self.published + self.withheld


@dataclass(frozen=True, slots=True)
class OverTime:
    """All that the page and its files show."""

    association: str
    editions: tuple[Edition, ...]
    groups: tuple[Group, ...]
    quality: tuple[Quality, ...]
    language: str

    @property
    def period(self) -> str:
        """From the first period to the last."""
        labels = [one.label for one in self.quality]
        if len(labels) < 2:
            return "".join(labels)
        return _("%(first)s to %(last)s") % {"first": labels[0], "last": labels[-1]}


_kept: Kept[OverTime] = Kept(KEPT)


def over_time(
    association: Association, releases: Sequence[Release], language: str, *, rtl: bool = False
) -> OverTime:
    """The newest edition of every round, told in this language. An edition never changes: what was made is kept.

    `releases` come as `newest_editions` gives them.
    """
    key = (tuple(release.pk for release in releases), association.label, language, rtl)
    if (found := _kept.get(key)) is not None:
        return found
    with translation.override(language):
        made = _build(association, sorted(releases, key=_place), language, Style(width=WIDTH, rtl=rtl))
    return _kept.put(key, made)


def _place(release: Release) -> tuple[str, str]:
    return (release.method["period_end"], release.round.code)


def _build(association: Association, releases: Sequence[Release], language: str, style: Style) -> OverTime:
    cells, complete = cells_of_codes(releases, CODES), completeness_of(releases)
    editions = tuple(edition_of(release, cells[release.pk], language) for release in releases)
    labels = _labels(editions)
    groups = [
        _group("first", _("The figures that matter first"), FIRST, editions, labels, style),
        _group("dimensions", _("Dimensions of social performance"), DIMENSIONS, editions, labels, style),
        _group("protection", _("Client protection"), PROTECTION, editions, labels, style),
    ]
    areas = _group("areas", _("Areas of client protection in place"), AREAS, editions, labels, None)
    if areas.series:
        groups.append(replace(areas, table=_areas_table(areas.series, labels)))
    return OverTime(
        association=association.label,
        editions=editions,
        groups=tuple(group for group in groups if group.series),
        quality=tuple(
            _quality(edition, label, complete[edition.release.pk], language)
            for edition, label in zip(editions, labels, strict=True)
        ),
        language=language,
    )


def _labels(editions: Sequence[Edition]) -> list[str]:
    """The year of each round, or its code where two rounds share a year."""
    years = [str(edition.draft.year) for edition in editions]
    return [
        year if years.count(year) == 1 else edition.release.round.code
        for edition, year in zip(editions, years, strict=True)
    ]


def _group(
    code: str,
    title: str,
    codes: Iterable[str],
    editions: Sequence[Edition],
    labels: Sequence[str],
    style: Style | None,
) -> Group:
    found = tuple(series for each in codes if (series := series_of(each, editions, labels)) is not None)
    if style is None:
        return Group(code, title, found)
    drawn = tuple(_chart(series, style) for series in found if series.has_numbers)
    return Group(code, title, found, drawn, without=tuple(one for one in found if not one.has_numbers))


def series_of(code: str, editions: Sequence[Edition], labels: Sequence[str]) -> Series | None:
    """One figure through the editions, oldest first; None where no round asked for it."""
    points: list[Point] = []
    before: Edition | None = None
    newest: Edition | None = None
    for edition, label in zip(editions, labels, strict=True):
        value = edition.value(code)
        has_cell = bool(value.statistic)
        cut = why_not_comparable(code, before, edition) if has_cell and before is not None else ""
        points.append(Point(edition, label, value, cut))
        if has_cell:
            before = newest = edition
    if newest is None:
        return None
    return Series(
        code=code,
        label=label_of(newest.draft.catalogue, code),
        points=tuple(points),
        formula=_formula(newest, code),
        trend=newest.trend(code) if newest is editions[-1] else None,
    )


def _formula(edition: Edition, code: str) -> str:
    if edition.draft.headline(code) is None and edition.draft.all_of(code, "distribution"):
        return _("share of members that answer yes")
    if edition.draft.is_score(code):
        return _("mean over members; yes counts 100, partly 50, no 0")
    return edition.draft.formula(code)


# --- charts ---------------------------------------------------------------------------------------------------


def _chart(series: Series, style: Style) -> Chart:
    """A line from round to round: gaps for what is not published or no exact figure, cuts where it is another."""
    language = series.points[-1].edition.draft.language
    title, write, factor = _scaled(series, language)
    points = tuple(_line_point(point, factor) for point in series.points)
    breaks = frozenset(place for place, point in enumerate(series.points) if point.cut)
    spec = Spec(
        id=f"t-{series.code.replace('_', '-')}",
        title=title,
        format=write,
        note=charts.Note(
            n=_bands(series),
            checked=checked_of(series),
            period=" ".join(told_under(series)),
            formula=series.formula,
        ),
        style=style,
    )
    drawn = charts.line(spec, tuple(p.label for p in series.points), (LineSeries("", points, breaks),))
    return replace(drawn, table=_table(series))


def told_under(series: Series) -> tuple[str, ...]:
    """The sentences under a line: the change on the same members, and every cut with its reason."""
    said = []
    if series.trend is not None and series.trend.value is not None:
        said.append(_("On the same members: %(change)s.") % {"change": series.trend.words})
    said += [
        _("Cut before %(period)s: %(why)s.") % {"period": point.label, "why": point.cut}
        for point in series.cuts
    ]
    return tuple(said)


def _scaled(series: Series, language: str) -> tuple[str, Writer, float]:
    """Title, writer and divisor of a line: amounts name their currency in the title, large ones are in millions."""
    value = next((p.value for p in reversed(series.points) if p.value.statistic), series.points[-1].value)
    if not (len(value.unit) == 3 and value.unit.isupper()):
        return series.label, Writer(language, "%" if value.unit == "%" else ""), 1
    numbers = [p.value.number or 0 for p in series.points]
    named = {"label": series.label, "currency": value.unit}
    if max(map(abs, numbers)) >= MILLION:
        return _("%(label)s, million %(currency)s") % named, Writer(language), MILLION
    return _("%(label)s, %(currency)s") % named, Writer(language), 1


def _line_point(point: Point, factor: float) -> LinePoint:
    value = point.value
    if isinstance(value.shown, Withheld):
        return LinePoint(NotPublished(_("to protect members")), "")
    if value.exact is None:  # a bound is no point of a line
        return LinePoint(None, value.band, value.words)
    return LinePoint(value.exact / factor, value.band, value.words)


def _bands(series: Series) -> str:
    order = ("5–9", "10–19", "20+")
    bands = sorted({p.value.band for p in series.points if p.value.band}, key=order.index)
    if len(bands) < 2:
        return "".join(bands)
    return _("%(first)s to %(last)s") % {"first": bands[0], "last": bands[-1]}


def checked_of(series: Series) -> str:
    """How far the values behind a line were checked, in words."""
    return words_of_many(point.value.levels for point in series.points)


def _table(series: Series) -> charts.Table:
    return charts.Table(
        (_("Period"), _("Value"), _("Members"), _("Checked"), _("Edition")),
        tuple(
            (
                point.label,
                point.value.words,
                point.value.band or "–",
                point.value.levels.short if point.value.levels else "–",
                str(point.edition.release.number),
            )
            for point in series.points
        ),
    )


def _areas_table(found: Sequence[Series], labels: Sequence[str]) -> Table:
    """The areas of client protection by period: the share of members that answer yes."""
    return Table(
        id="areas",
        title=_("Members that have each area fully in place"),
        headers=(_("Area"), *labels),
        rows=tuple((one.label, *(_cut_words(point) for point in one.points)) for one in found),
    )


def _cut_words(point: Point) -> str:
    return f"{point.value.words} ({point.cut})" if point.cut else point.value.words


# --- response and quality -------------------------------------------------------------------------------------


def _quality(edition: Edition, label: str, complete: Completeness, language: str) -> Quality:
    release, method = edition.release, edition.release.method
    return Quality(
        release_id=release.pk,
        label=label,
        round_name=release.round.name,
        period_end=day_words(date.fromisoformat(method["period_end"]), language),
        edition=release.number,
        published_on=day_words(release.published_at.date(), language),
        currency=edition.currency,
        invited=release.invited_count,
        approved=method["approved"],
        contributors=release.contributor_count,
        published=complete.published,
        withheld=complete.withheld,
        checked=words_of_many(Levels(level) for level in complete.levels),
    )
