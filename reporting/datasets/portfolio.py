"""A donor's associations side by side: for each the few figures that matter first, of one edition."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _

from members.models import Association, Donor
from reporting.comparing import same_question
from reporting.datasets.draft import bounded
from reporting.datasets.figure_values import USD, Edition, Trend, Value, edition_of, label_of
from reporting.datasets.parts import Writer
from reporting.datasets.report import day_words
from reporting.datasets.verification_words import Levels, words_of_many
from reporting.disclosure import Cell
from reporting.models import Release
from reporting.selectors.figures import cells_of_codes, completeness_of
from reporting.selectors.releases import Shared, portfolio_of
from spm_portal.common.numbers import format_number

CODES = (
    "active_borrowers",
    "pct_female_borrowers",
    "pct_rural_borrowers",
    "gross_loan_portfolio",
    "avg_loan_balance_gni",
    "par30_ratio",
    "retention_rate",
    "practice_index",
    "cp_index",
)
# The dimensions of practice stand here where no index of all of them can be worked out.
INDEXES = ("practice_index", "cp_index")
PRACTICES = tuple(f"practice_index_d{number}" for number in range(1, 8))
# Figures told over all associations, each with the figures that must be published beside it: a share over all would
# otherwise tell how large each association is.
TOGETHER: dict[str, tuple[str, ...]] = {
    "active_borrowers": (),
    "pct_female_borrowers": ("active_borrowers",),
    "pct_rural_borrowers": ("active_borrowers",),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One association of the portfolio with the edition that is shown; None where nothing is published."""

    association: Association
    edition: Edition | None
    releases: tuple[Release, ...]
    period_end: str = ""
    published_on: str = ""
    rate: str = ""
    checked: str = ""

    @property
    def release(self) -> Release | None:
        """The edition's release."""
        return self.edition.release if self.edition else None

    @property
    def others(self) -> tuple[Release, ...]:
        """The releases of other rounds."""
        return tuple(one for one in self.releases if self.release is None or one.pk != self.release.pk)

    @property
    def coverage(self) -> float | None:
        """Contributors of a hundred invited members."""
        release = self.release
        if release is None or not release.invited_count:
            return None
        return 100 * release.contributor_count / release.invited_count


@dataclass(frozen=True, slots=True)
class Entry:
    """One figure of one association; `mark` says why it cannot be compared with the others."""

    column: Column
    value: Value
    trend: Trend | None = None
    dollars: float | None = None
    dollars_words: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Together:
    """One figure over several associations."""

    words: str
    number: float | None
    n: str
    parts: int
    of: int

    @property
    def band(self) -> str:
        """The contributors as a band with a real dash."""
        return self.n.replace("-", "–")


@dataclass(frozen=True, slots=True)
class Line:
    """One figure through all associations."""

    code: str
    label: str
    formula: str
    entries: tuple[Entry, ...]
    together: Together | None = None

    @property
    def has_numbers(self) -> bool:
        """Whether any association has published a number."""
        return any(entry.value.number is not None for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """All that a donor's dashboard and its files show."""

    donor: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    years: tuple[int, ...]
    year: int | None
    language: str
    notes: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[Column, ...]:
        """Associations with an edition to show."""
        return tuple(one for one in self.columns if one.edition is not None)

    @property
    def has_together(self) -> bool:
        """Whether any figure stands for all associations."""
        return any(line.together is not None for line in self.lines)


def portfolio(donor: Donor, language: str, year: int | None = None) -> Portfolio:
    """The associations that share with the donor today, by name: their editions of a year, or the newest of each."""
    with translation.override(language):
        shared = portfolio_of(donor)
        chosen = [_chosen(one, year) for one in shared]
        releases = [one for one in chosen if one is not None]
        cells = cells_of_codes(releases, (*CODES, *PRACTICES))
        complete = completeness_of(releases)
        columns = tuple(
            _column(
                one,
                edition_of(release, cells[release.pk], language) if release else None,
                language,
                words_of_many(Levels(level) for level in complete[release.pk].levels) if release else "",
            )
            for one, release in zip(shared, chosen, strict=True)
        )
        shown = [column for column in columns if column.edition is not None]
        lines = _lines(CODES, shown, language)
        if not any(line.code in INDEXES and line.has_numbers for line in lines):
            lines += tuple(line for line in _lines(PRACTICES, shown, language) if line.has_numbers)
        return Portfolio(
            donor=donor.name,
            columns=columns,
            lines=lines,
            years=tuple(
                sorted({release.method["year"] for one in shared for release in one.releases}, reverse=True)
            ),
            year=year,
            language=language,
            notes=_notes(shown, lines, language),
        )


def _chosen(shared: Shared, year: int | None) -> Release | None:
    """The newest edition of the year's last round, or of the last round of all."""
    return next((one for one in shared.releases if year is None or one.method["year"] == year), None)


def _column(shared: Shared, edition: Edition | None, language: str, checked: str) -> Column:
    if edition is None:
        return Column(shared.association, None, shared.releases)
    release = edition.release
    return Column(
        shared.association,
        edition,
        shared.releases,
        period_end=day_words(_end(edition), language),
        published_on=day_words(release.published_at.date(), language),
        rate=_rate_words(edition, language),
        checked=checked,
    )


def _end(edition: Edition) -> date:
    return date.fromisoformat(edition.release.method["period_end"])


def _rate_words(edition: Edition, language: str) -> str:
    """The rate at which amounts are shown in US dollars, and the day that it stands for."""
    if edition.currency == USD:
        return _("in US dollars")
    if not edition.rate:
        return _("%(currency)s, no rate to US dollars") % {"currency": edition.currency}
    return _("USD 1 = %(currency)s %(rate)s, rate of the round for %(day)s") % {
        "currency": edition.currency,
        "rate": format_number(edition.rate, language=language),
        "day": day_words(_end(edition), language),
    }


def _lines(codes: Sequence[str], shown: Sequence[Column], language: str) -> tuple[Line, ...]:
    """The figures that anybody was asked for, in their order."""
    return tuple(line for code in codes if (line := _line(code, shown, language)) is not None)


def _line(code: str, shown: Sequence[Column], language: str) -> Line | None:
    """The figure of every association; None where nobody was asked."""
    found = [(column, column.edition, column.edition.value(code)) for column in shown if column.edition]
    asked = [edition for _column, edition, value in found if value.statistic]
    if not asked:
        return None
    usual = _usual(code, asked)
    entries = tuple(_entry(code, column, edition, value, usual) for column, edition, value in found)
    catalogue = usual.draft.catalogue
    formula = usual.draft.formula(code)
    if usual.draft.is_score(code):
        formula = _("mean over members; yes counts 100, partly 50, no 0")
    return Line(code, label_of(catalogue, code), formula, entries)


def _usual(code: str, asked: Sequence[Edition]) -> Edition:
    """An edition that means by the code what most mean; of several the one published last."""
    votes = Counter(
        {
            place: sum(same_question(code, one.draft.catalogue, other.draft.catalogue) for other in asked)
            for place, one in enumerate(asked)
        }
    )
    best = max(votes.values())
    return max(
        (asked[place] for place, count in votes.items() if count == best),
        key=lambda one: one.release.published_at,
    )


def _entry(code: str, column: Column, edition: Edition, value: Value, usual: Edition) -> Entry:
    mark = ""
    if value.statistic and not same_question(code, usual.draft.catalogue, edition.draft.catalogue):
        mark = _("asked or worked out in another way: do not compare")
    dollars, dollars_words = None, ""
    if edition.is_amount(code):
        dollars = edition.in_dollars(value)
        if dollars is not None:
            words = Writer(edition.draft.language, USD)(dollars)
            dollars_words = bounded(_("about %(amount)s") % {"amount": words}, value.relation)
        elif edition.currency != USD and value.number is not None and not mark:
            mark = _("no exchange rate: do not compare")
    return Entry(column, value, edition.trend(code), dollars, dollars_words, mark)


def _notes(shown: Sequence[Column], lines: Sequence[Line], language: str) -> tuple[str, ...]:
    """What must be said before figures of several associations are compared."""
    ends = sorted({_end(column.edition) for column in shown if column.edition})
    said = []
    if len(ends) > 1:
        said.append(
            _("Periods end between %(first)s and %(last)s.")
            % {"first": day_words(ends[0], language), "last": day_words(ends[-1], language)}
        )
    if any(column.edition.release.method.get("imported") for column in shown if column.edition):
        said.append(
            _("Some figures come from an import of published data; nobody answered a form of the portal.")
        )
    if any(entry.mark for line in lines for entry in line.entries):
        said.append(_("Figures that cannot be compared are marked."))
    return tuple(said)


# --- over all associations ------------------------------------------------------------------------------------


def wanted_together(shown: Portfolio) -> dict[str, list[Release]]:
    """For each figure told over all associations the releases that go in: of one year, comparable, published."""
    if len({column.edition.draft.year for column in shown.shown if column.edition}) != 1:
        return {}
    found: dict[str, list[Release]] = {}
    for line in shown.lines:
        if line.code not in TOGETHER:
            continue
        found[line.code] = [
            entry.column.release
            for entry in line.entries
            if entry.column.release is not None
            and entry.column.edition is not None
            and not entry.mark
            and entry.value.exact is not None
            and all(entry.column.edition.value(code).exact is not None for code in TOGETHER[line.code])
        ]
    return found


def with_together(shown: Portfolio, totals: Mapping[str, tuple[Cell, int]]) -> Portfolio:
    """The portfolio with its figures over all associations: for each code the gate's cell, over how many of them."""
    with translation.override(shown.language):
        lines = tuple(
            replace(line, together=_together(line, *totals[line.code], shown.language))
            if line.code in totals
            else line
            for line in shown.lines
        )
    return replace(shown, lines=lines)


def _together(line: Line, cell: Cell, parts: int, language: str) -> Together:
    """In words; one marker where it is not published, whatever the reason."""
    of = len(line.entries)
    if not cell.published or cell.value is None:
        return Together(_("not published"), None, "", parts, of)
    unit = next((entry.value.unit for entry in line.entries if entry.value.unit), "")
    write = Writer(language, "%" if unit == "%" else "")
    return Together(bounded(write(cell.value), cell.relation), cell.value, cell.n_band or "", parts, of)
