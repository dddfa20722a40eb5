"""The annex of a report: method in words, definitions with formulas, and tables of every measure."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reporting.catalogue import Derived, Indicator
from reporting.datasets.chapters import Facts
from reporting.datasets.draft import Draft, bounded
from reporting.datasets.parts import NO_BREAK, Chapter, Glossary, Prose, Table, Term
from reporting.datasets.verification_words import levels_of_cell
from reporting.disclosure import Kind
from reporting.models import ReleaseCell


def annex(draft: Draft, facts: Facts) -> list[Chapter]:
    """Method, tables, definitions."""
    return [method(draft, facts), tables(draft), definitions(draft)]


def method(draft: Draft, facts: Facts) -> Chapter:
    """Who counts, how figures are made, and why some are not published."""
    currency = _(
        "Amounts of money are in %(currency)s; amounts in US dollars are labelled USD and use the exchange rate "
        "that the "
        "association set for the round."
    ) % {"currency": draft.currency}
    if facts.other_currency:
        currency += " " + _("Members that report in another currency do not count in amounts.")
    blocks = [
        Prose(
            _("Who counts"),
            (
                _(
                    "A member counts if its return for the round was reviewed and approved by the association "
                    "and if it "
                    "agreed that its figures may count. The returns were frozen when this edition was published; later "
                    "corrections appear in a later edition only."
                ),
                _("Answers about practices are the members' own; they are not a rating by third parties."),
            ),
        ),
        Prose(
            _("How figures are made"),
            (
                _(
                    "Totals add up all members. Ratios of all members together divide one sum by another, so "
                    "that large "
                    "members weigh more. Means and medians count each member once."
                ),
                currency,
            ),
            (
                _("A median is published from five contributors, quartiles from eight."),
                _(
                    "Medians and quartiles are the mean of the three or four values in the middle, so that none is the "
                    "figure of one member."
                ),
                _("No smallest or largest value and no rank is published."),
                _(
                    "Published figures are rounded: amounts to three significant digits, counts to 5, scores to "
                    "one point, "
                    "shares of members to 5 points below 20 contributors and to 1 point from there. Parts may "
                    "therefore "
                    "not add up to their total."
                ),
                _("The number of contributors is told as a band: 5–9, 10–19 or 20+."),
            ),
        ),
        Prose(
            _("Why some figures are not published"),
            (
                _(
                    "Members report in confidence. A figure is published only if nobody, not even another "
                    "member, can work "
                    "out from it what a single member reported. Where that is not certain, the report says “not "
                    "published”: this is neither zero nor a missing answer."
                ),
            ),
            (
                _("At least five contributors are needed; members of one owner count as one."),
                _("No single contributor may make up so much of a total that it could be estimated closely."),
                _(
                    "Shares of yes need at least two contributors on either side; near 0 and 100 per cent only "
                    "“at most” "
                    "or “at least” is said, from ten contributors."
                ),
                _("Answers that too few members gave are told together with others, or not at all."),
                _("A figure that could be worked out from other published figures is left out as well."),
            ),
        ),
    ]
    if any(cell.verification for cell in draft.cells):
        blocks.append(
            Prose(
                _("How far figures were checked"),
                (
                    _(
                        "Each answer is self-reported until staff of the association check it, see the evidence for "
                        "it, or note who audited it and when. A derived value counts as checked as far as the least "
                        "checked of its inputs, a contributor of several members as far as the least checked of them."
                    ),
                    _(
                        "A figure says what half or more of its contributors reach. From ten contributors on it says "
                        "shares in steps of five per cent, none of which stands for fewer contributors than a figure "
                        "needs."
                    ),
                ),
            )
        )
    if draft.panel_year is not None:
        blocks.append(
            Prose(
                _("How progress is measured"),
                (
                    _(
                        "Changes since %(year)s are measured on the members that are in both releases. Where so "
                        "few members "
                        "joined or left that the change would show their figures, it is not published."
                    )
                    % {"year": draft.panel_year},
                ),
            )
        )
    return Chapter(
        "method", _("Method"), _("How the figures of this report came about."), (), tuple(blocks), annex=True
    )


def tables(draft: Draft) -> Chapter:
    """Every measure as numbers: first what is counted, then what was answered."""
    blocks: list[Table] = []
    for section in draft.catalogue.sections:
        rows = [
            row
            for indicator in section.indicators
            if (row := _measure_row(draft, indicator.code)) is not None
        ]
        if rows:
            blocks.append(_measures(f"t-{section.code.lower()}", section.title, rows))
    derived = [row for one in draft.catalogue.derived if (row := _measure_row(draft, one.code)) is not None]
    if derived:
        blocks.append(_measures("t-derived", _("Ratios and indexes"), derived))
    answers = [row for one in draft.catalogue.indicators if (row := _answer_row(draft, one)) is not None]
    if answers:
        headers = ("", _("Members"), _("Share of members by answer"), _("Checked"))
        blocks.append(Table("t-answers", _("Answers to questions with choices"), headers, tuple(answers), 9))
    return Chapter(
        "tables",
        _("Tables"),
        _("Every measure with its contributors as a band, quartiles and median."),
        (),
        tuple(blocks),
        annex=True,
    )


def _measures(ident: str, title: str, rows: Iterable[tuple[str, ...]]) -> Table:
    headers = (
        "",
        _("Members"),
        _("All members"),
        _("Lower quartile"),
        _("Median"),
        _("Upper quartile"),
        _("Checked"),
    )
    return Table(ident, title, headers, tuple(rows))


def _measure_row(draft: Draft, code: str) -> tuple[str, ...] | None:
    """Band, total (or ratio, or mean), quartiles and median of one code, in words."""
    median = draft.cell(code, Kind.MEDIAN)
    headline = draft.headline(code)
    if headline is None or headline == Kind.SHARE_YES:
        return None
    whole = draft.cell(code, headline) if headline != Kind.MEDIAN else None
    band = next((cell.n_band for cell in (whole, median) if cell is not None and cell.n_band), "")
    write = draft.writer(code)
    is_amount = len(write.unit) == 3 and write.unit.isupper()

    def words(statistic: str, category: str | None = None) -> str:
        cell = draft.cell(code, statistic, category)
        if cell is None:
            return "–"
        if cell.value is None:
            return _("not published")
        told = write(cell.value)
        # seven columns are narrow: an amount may go on in a second line
        return " ".join(told.rsplit(NO_BREAK, 1)) if is_amount else told

    return (
        draft.label(code),
        band.replace("-", "–") or "–",
        words(headline) if whole is not None else "–",
        words(Kind.QUARTILES, "lower"),
        words(Kind.MEDIAN),
        words(Kind.QUARTILES, "upper"),
        _checked(whole if whole is not None and whole.published else median),
    )


def _checked(cell: ReleaseCell | None) -> str:
    """How far half or more of the contributors of a cell were checked, in a word."""
    levels = levels_of_cell(cell.verification) if cell is not None else None
    return levels.short if levels is not None else "–"


def _answer_row(draft: Draft, indicator: Indicator) -> tuple[str, ...] | None:
    """A question, its contributors as a band, and the share of each answer in one line."""
    write = draft.percent
    withheld = _("not published")
    share = draft.cell(indicator.code, Kind.SHARE_YES)
    if share is not None:
        words = (
            withheld
            if share.value is None
            else " ".join([pgettext("answer", "Yes"), bounded(write(share.value), share.relation)])
        )
        return (indicator.label, share.n_band.replace("-", "–") or "–", words, _checked(share))
    cells = draft.all_of(indicator.code, Kind.DISTRIBUTION)
    if not cells:
        return None
    if not cells[0].published:
        return (indicator.label, "–", withheld, "–")
    labels = {str(choice.value): choice.label for choice in indicator.choices}
    words = " · ".join(
        f"{' / '.join(labels.get(choice, choice) for choice in cell.category.split(','))} {write(cell.value or 0.0)}"
        for cell in cells
    )
    return (indicator.label, cells[0].n_band.replace("-", "–"), words, _checked(cells[0]))


def definitions(draft: Draft) -> Chapter:
    """What each figure of the report means, and the formula of each derived value."""
    blocks = []
    for section in draft.catalogue.sections:
        terms = tuple(_term(draft, one) for one in section.indicators if draft.has(one.code))
        if terms:
            blocks.append(Glossary(section.title, terms, id=f"g-{section.code.lower()}"))
    derived = tuple(_term(draft, one) for one in draft.catalogue.derived if draft.has(one.code))
    if derived:
        blocks.append(Glossary(_("Ratios and indexes"), derived, id="g-derived"))
    return Chapter(
        "definitions",
        _("Definitions and formulas"),
        _("What each figure means and how it is worked out from the answers."),
        (),
        tuple(blocks),
        annex=True,
    )


def _term(draft: Draft, part: Indicator | Derived) -> Term:
    return Term(part.code, part.label, part.help, draft.formula(part.code))
