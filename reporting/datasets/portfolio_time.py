"""A donor's associations over the years: one small chart a figure, with a line for each association."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils import translation
from django.utils.translation import gettext as _

from members.models import Association, Donor
from reporting.comparing import same_question
from reporting.datasets.figure_values import USD, Edition, Value, edition_of, label_of, why_not_comparable
from reporting.datasets.parts import MILLION, Writer
from reporting.datasets.portfolio import CODES, INDEXES, PRACTICES
from reporting.datasets.verification_words import words_of_many
from reporting.selectors.figures import cells_of_codes
from reporting.selectors.releases import portfolio_of
from spm_portal.common import charts
from spm_portal.common.charts import Chart, LinePoint, LineSeries, Spec, Style
from spm_portal.common.kept import Kept
from spm_portal.common.table_files import Cell, Sheet

MOST_LINES = 4
"""Lines that can be told apart in one picture; with more associations the years stand in the files alone."""
FEWEST_POINTS = 2
WIDTH = 360
KEPT = 24


@dataclass(frozen=True, slots=True)
class Year:
    """One figure of one association in one year; `number` is in dollars for amounts, `cut` why the line starts anew."""

    year: int
    edition: Edition
    value: Value
    number: float | None
    words: str
    cut: str = ""


@dataclass(frozen=True, slots=True)
class Path:
    """One figure of one association through the years, oldest first."""

    association: Association
    years: tuple[Year, ...]

    @property
    def numbers(self) -> tuple[float, ...]:
        """What could be drawn."""
        return tuple(one.number for one in self.years if one.number is not None)


@dataclass(frozen=True, slots=True)
class Paths:
    """One figure of all associations through the years; `left_out` ask or work it out in another way."""

    code: str
    label: str
    formula: str
    unit: str
    paths: tuple[Path, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PortfolioTime:
    """All years of a donor's associations, with charts where there are few enough of them."""

    language: str
    figures: tuple[Paths, ...]
    charts: tuple[Chart, ...]


_kept: Kept[PortfolioTime] = Kept(KEPT)


def portfolio_time(donor: Donor, language: str, *, rtl: bool = False) -> PortfolioTime:
    """The newest edition of each year of the associations that share today. Editions never change: it is kept."""
    shared = [one for one in portfolio_of(donor) if one.releases]
    key = (
        tuple((one.association.pk, one.association.label) for one in shared),
        tuple(release.pk for one in shared for release in one.releases),
        language,
        rtl,
    )
    if (found := _kept.get(key)) is not None:
        return found
    with translation.override(language):
        releases = [release for one in shared for release in one.releases]
        cells = cells_of_codes(releases, (*CODES, *PRACTICES))
        editions = {
            one.association: [edition_of(each, cells[each.pk], language) for each in reversed(one.releases)]
            for one in shared
        }
        made = _build(editions, language, Style(width=WIDTH, rtl=rtl))
    return _kept.put(key, made)


def _build(editions: dict[Association, list[Edition]], language: str, style: Style) -> PortfolioTime:
    figures = _all_paths(CODES, editions, language)
    if not any(one.code in INDEXES for one in figures):
        figures += _all_paths(PRACTICES, editions, language)
    few = len(editions) <= MOST_LINES
    drawn = [chart for one in figures if few and (chart := _chart(one, language, style)) is not None]
    return PortfolioTime(language, tuple(figures), tuple(drawn))


def _all_paths(
    codes: Sequence[str], editions: dict[Association, list[Edition]], language: str
) -> list[Paths]:
    return [found for code in codes if (found := _paths(code, editions, language)) is not None]


def _paths(code: str, editions: dict[Association, list[Edition]], language: str) -> Paths | None:
    """One figure; None where no association has any number."""
    asked = [one for found in editions.values() for one in found if one.value(code).statistic]
    if not asked:
        return None
    newest = max(asked, key=lambda one: (_asks_as(code, one, asked), one.release.published_at))
    paths, left_out = [], []
    for association, found in editions.items():
        path = _path(code, association, found, newest, language)
        if path.numbers:
            paths.append(path)
        elif any(one.value(code).number is not None for one in found):
            left_out.append(association.label)
    if not paths:
        return None
    draft = newest.draft
    formula = draft.formula(code)
    if draft.is_score(code):
        formula = _("mean over members; yes counts 100, partly 50, no 0")
    return Paths(
        code,
        label_of(draft.catalogue, code),
        formula,
        USD if newest.is_amount(code) else newest.value(code).unit,
        tuple(paths),
        tuple(left_out),
    )


def _asks_as(code: str, one: Edition, asked: Sequence[Edition]) -> int:
    """How many editions mean the same by the code."""
    return sum(same_question(code, one.draft.catalogue, other.draft.catalogue) for other in asked)


def _path(
    code: str, association: Association, editions: Sequence[Edition], usual: Edition, language: str
) -> Path:
    """One association's figure; years in which it asks otherwise, or without a rate to dollars, have no number."""
    years: dict[int, Year] = {}
    before: Edition | None = None
    for edition in editions:
        value = edition.value(code)
        if not value.statistic:
            continue
        alike = same_question(code, usual.draft.catalogue, edition.draft.catalogue)
        number = _number(code, edition, value) if alike else None
        cut = ""
        if before is not None and not edition.is_amount(code):
            cut = why_not_comparable(code, before, edition)
        words = value.words
        if edition.is_amount(code) and edition.currency != USD and number is not None:
            words = Writer(language, USD)(number)
        years[edition.draft.year] = Year(edition.draft.year, edition, value, number, words, cut)
        before = edition
    return Path(association, tuple(years[year] for year in sorted(years)))


def _number(code: str, edition: Edition, value: Value) -> float | None:
    """What a line can be drawn through: the figure itself, amounts in dollars; a bound is no point."""
    if value.exact is None:
        return None
    if edition.is_amount(code) and edition.currency != USD:
        return edition.in_dollars(value)
    return value.exact


# --- charts ---------------------------------------------------------------------------------------------------


def _chart(figure: Paths, language: str, style: Style) -> Chart | None:
    """The lines of a figure; None where no association has two years to join."""
    if max(len(path.numbers) for path in figure.paths) < FEWEST_POINTS:
        return None
    years = sorted({one.year for path in figure.paths for one in path.years})
    title, write, factor = _scaled(figure, language)
    spec = Spec(
        id=f"p-{figure.code.replace('_', '-')}",
        title=title,
        format=write,
        note=charts.Note(
            checked=words_of_many(one.value.levels for path in figure.paths for one in path.years),
            period=" ".join(_told_under(figure)),
            formula=figure.formula,
        ),
        style=style,
    )
    series = tuple(_series(path, years, factor) for path in figure.paths)
    drawn = charts.line(spec, tuple(map(str, years)), series)
    return replace(drawn, table=_table(figure, years))


def _series(path: Path, years: Sequence[int], factor: float) -> LineSeries:
    by_year = {one.year: one for one in path.years}
    points = tuple(
        LinePoint(one.number / factor if one.number is not None else None, "", one.words)
        if (one := by_year.get(year)) is not None
        else LinePoint(None, "", _("nothing published"))
        for year in years
    )
    cuts = frozenset(place for place, year in enumerate(years) if year in by_year and by_year[year].cut)
    return LineSeries(path.association.label, points, cuts)


def _scaled(figure: Paths, language: str) -> tuple[str, Writer, float]:
    """Title, writer and divisor: large amounts are in millions of dollars, and the title says so."""
    if figure.unit != USD:
        return figure.label, Writer(language, "%" if figure.unit == "%" else ""), 1
    named = {"label": figure.label, "currency": USD}
    if max(number for path in figure.paths for number in path.numbers) >= MILLION:
        return _("%(label)s, million %(currency)s") % named, Writer(language), MILLION
    return _("%(label)s, %(currency)s") % named, Writer(language), 1


def _told_under(figure: Paths) -> list[str]:
    """What a reader must know: cuts with their reason, and who is not in the picture."""
    cuts: Counter[str] = Counter()
    for path in figure.paths:
        for one in path.years:
            if one.cut:
                named = {"association": path.association.label, "period": one.year, "why": one.cut}
                cuts[_("%(association)s, cut before %(period)s: %(why)s.") % named] += 1
    said = list(cuts)
    if figure.left_out:
        said.append(
            _("Not drawn, asked in another way or without a rate: %(associations)s.")
            % {"associations": ", ".join(figure.left_out)}
        )
    return said


def _table(figure: Paths, years: Sequence[int]) -> charts.Table:
    rows = []
    for year in reversed(years):
        cells = [str(year)]
        for path in figure.paths:
            one = next((each for each in path.years if each.year == year), None)
            if one is None:
                cells.append("–")
            elif one.value.band:
                cells.append(f"{one.words} (n {one.value.band})")
            else:
                cells.append(one.words)
        rows.append(tuple(cells))
    return charts.Table((_("Year"), *(path.association.label for path in figure.paths)), tuple(rows))


# --- file -----------------------------------------------------------------------------------------------------


def time_sheet(shown: PortfolioTime) -> Sheet:
    """One row for each figure of each association and year; numbers as they are published."""
    with translation.override(shown.language):
        headers = (
            _("Association"), _("Year"), _("Period end"), _("Edition"), _("Published on"), _("Code"), _("Figure"),
            _("Value"), _("In words"), _("Relation"), _("Unit"), _("In US dollars"), _("Members"), _("Checked"),
            _("Do not compare"),
        )  # fmt: skip
        rows = tuple(
            _row(figure, path, one) for figure in shown.figures for path in figure.paths for one in path.years
        )
        return Sheet(_("Over the years"), headers, rows)


def _row(figure: Paths, path: Path, one: Year) -> tuple[Cell, ...]:
    release, value = one.edition.release, one.value
    return (
        path.association.name,
        one.year,
        release.method["period_end"],
        release.number,
        release.published_at.date().isoformat(),
        figure.code,
        figure.label,
        value.number,
        value.words,
        value.relation,
        value.unit,
        one.number if figure.unit == USD else None,
        value.n,
        value.checked,
        one.cut,
    )
