"""The later chapters of the association report: prices, staff, poverty, results, progress; and all in order."""

from django.utils.translation import gettext as _

from reporting.datasets.chapters import (
    Facts,
    chapter_of,
    dimension,
    indexes,
    outreach,
    practices,
    protection,
    reported,
)
from reporting.datasets.draft import Draft
from reporting.datasets.parts import Chapter, Prose, Row, Shape, Table, Writer


def body(draft: Draft, facts: Facts) -> list[Chapter]:
    """Every chapter before the annex that has something to say."""
    chapters = [
        reported(draft, facts),
        outreach(draft),
        practices(draft),
        *(dimension(draft, one) for one in draft.catalogue.dimensions),
        protection(draft),
        prices(draft),
        staff(draft),
        poverty(draft),
        results(draft),
        progress(draft),
    ]
    return [chapter for chapter in chapters if chapter is not None]


def prices(draft: Draft) -> Chapter | None:
    """What clients pay and what they are told."""
    return chapter_of(
        "prices",
        _("Prices"),
        _("What the most common loan costs, and what clients are told about it."),
        [
            draft.strip(
                "rates",
                _("What does the most common loan cost in a year?"),
                (
                    "nominal_rate",
                    "apr_main_product",
                    "price_gap",
                    "transparency_index",
                    "compulsory_savings_pct",
                ),
                _("each member counts once"),
            ),
            draft.choices("interest", _("How is interest worked out?"), "interest_method"),
            draft.bars(
                "apr",
                _("Do members tell clients the full yearly rate?"),
                ("discloses_apr",),
                formula=_("share of members"),
            ),
        ],
        draft.keys("nominal_rate", "apr_main_product", "transparency_index"),
    )


def staff(draft: Draft) -> Chapter | None:
    """The people who work for members."""
    return chapter_of(
        "staff",
        _("Staff"),
        _("Who works for members, who leads, and who leaves."),
        [
            draft.bars(
                "women",
                _("How many of them are women?"),
                ("pct_women_staff", "pct_women_managers", "pct_women_board"),
                formula=_("all members together: sum over sum, in per cent"),
            ),
            draft.strip(
                "staff-strip",
                _("How much do members differ?"),
                (
                    "staff_turnover",
                    "staff_turnover_voluntary",
                    "training_hours_per_staff",
                    "borrowers_per_staff",
                    "borrowers_per_officer",
                ),
                _("each member counts once"),
            ),
        ],
        draft.keys("staff_total", "loan_officers", "staff_turnover", "training_hours_per_staff"),
    )


def poverty(draft: Draft) -> Chapter | None:
    """Poverty, with the care that rates of different tools and lines need."""
    rates = draft.strip(
        "poverty-rates",
        _("How many clients live below the line that the member uses?"),
        ("poverty_rate_new", "poverty_rate_all", "moved_above_line"),
        _("each member counts once"),
    )
    caution = Prose(
        _("Read with care"),
        (
            _(
                "Members measure poverty with different tools and against different lines. The rates above describe "
                "what members found with their own tool; they do not compare members or countries."
            ),
        ),
    )
    return chapter_of(
        "poverty",
        _("Poverty"),
        _("How members measure the poverty of their clients, and what they find."),
        [
            draft.bars(
                "measured",
                _("Do members measure poverty?"),
                ("poverty_measured",),
                formula=_("share of members"),
            ),
            draft.choices("tool", _("With which tool?"), "poverty_tool"),
            draft.choices("line", _("Against which line?"), "poverty_line"),
            rates,
            caution if rates else None,
        ],
        draft.keys("poor_clients_estimate", "poverty_rate_new", "poverty_rate_all"),
    )


def results(draft: Draft) -> Chapter | None:
    """Social and financial results side by side."""
    social = draft.strip(
        "social",
        _("What are the social results of the middle half of members?"),
        (
            "practice_index",
            "cp_index",
            "pct_female_borrowers",
            "pct_rural_borrowers",
            "retention_rate",
            "staff_turnover",
        ),
        _("each member counts once"),
    )
    financial = draft.strip(
        "financial",
        _("What are the financial results of the middle half of members?"),
        (
            "oss",
            "return_on_assets",
            "par30_ratio",
            "write_off_ratio",
            "operating_expense_ratio",
            "revenue_yield",
            "cost_per_borrower",
        ),
        _("each member counts once"),
    )
    return chapter_of(
        "results",
        _("Social and financial results side by side"),
        _("Both halves of the double bottom line, for the same members and the same year."),
        [social, financial],
        draft.keys("oss", "par30_ratio", "return_on_assets", "retention_rate"),
    )


PANEL = (
    "active_borrowers", "gross_loan_portfolio", "pct_female_borrowers", "pct_rural_borrowers", "retention_rate",
    "staff_turnover", "pct_women_managers", "complaint_resolution_rate", "par30_ratio", "oss", "return_on_assets",
    "operating_expense_ratio", "avg_loan_balance", "portfolio_growth", "practice_index", "cp_index",
)  # fmt: skip


def progress(draft: Draft) -> Chapter | None:
    """Change since the previous release, on the members that are in both."""
    if draft.panel_year is None:
        return None
    then, now = str(draft.panel_year), str(draft.year)
    dots = [
        Row(one.label, (after, before), draft.band(code, "panel_after"))
        for one, code in indexes(draft)
        if code not in draft.broken
        and (before := draft.value(code, "panel_before")) is not None
        and (after := draft.value(code, "panel_after")) is not None
    ]
    write = Writer(draft.language)
    checked = draft.panel_checked([code for _one, code in indexes(draft) if code not in draft.broken])
    practice = draft.figure(
        "panel-practices",
        _("Have practices moved forward on the same members?"),
        Shape.DOTS,
        dots,
        series=(now, then),
        write=write,
        formula=_("mean over the members that are in both years"),
        maximum=100,
        period=_("%(then)s and %(now)s") % {"then": then, "now": now},
        checked=checked,
    )
    if practice is None:
        practice = draft.figure(
            "panel-practices",
            _("How far did the median member move on the same members?"),
            Shape.BARS,
            _median_changes(draft),
            write=write,
            formula=_("change of the median in points, over the members that are in both years"),
            period=_("%(then)s to %(now)s") % {"then": then, "now": now},
            checked=checked,
        )
    rows = [row for code in PANEL if code not in draft.broken and (row := panel_row(draft, code)) is not None]
    headers: tuple[str, ...] = ("", then, now, _("Change"), _("Members"))
    withheld = _("not published")
    if all(row[1] == row[2] == withheld for row in rows):
        # members joined or left, so that only changes are published
        headers = (headers[0], *headers[3:])
        rows = [(row[0], *row[3:]) for row in rows]
    title = _("What changed on the same members?")
    suffix = _("%(label)s (median member)") % {"label": ""}
    if rows and all(row[0].endswith(suffix) for row in rows if row[1] != withheld):
        title = _("How far did the median member move?")
        rows = [(row[0].removesuffix(suffix), *row[1:]) for row in rows]
    # a changed question cuts the line: such a figure has no before and no change, only the reason
    gap = ("–",) * (len(headers) - 3)
    cut = [
        (draft.label(code), *gap, _("not compared: %(why)s") % {"why": why}, "–")
        for code, why in draft.broken.items()
        if code in PANEL
    ]
    table = Table("panel", title, headers, (*rows, *cut))
    lede = _(
        "Only members that reported in both years are compared, so that the change is theirs and not an effect of who "
        "reported."
    )
    return chapter_of(
        "progress",
        _("Progress on the same members"),
        lede,
        [practice, table if table.rows else None, _broken(draft, then, now)],
    )


def _broken(draft: Draft, then: str, now: str) -> Prose | None:
    """What is not compared, and why."""
    if not draft.broken:
        return None
    why = _(
        "Between %(then)s and %(now)s the catalogue of questions changed. The lines of these figures are cut: a change "
        "of the question is no change of the members."
    ) % {"then": then, "now": now}
    items = tuple(
        _("%(label)s: %(why)s") % {"label": draft.label(code), "why": words}
        for code, words in draft.broken.items()
    )
    return Prose(_("Not compared with %(year)s") % {"year": then}, (why,), items, id="breaks")


def _median_changes(draft: Draft) -> list[Row]:
    found = []
    for one, code in indexes(draft):
        if code in draft.broken:
            continue
        cell = draft.cell(code, "panel_median")
        if cell is not None:
            found.append(Row(one.label, (draft.value(code, "panel_median"),), cell.n_band))
    # fewer make no picture; the table has them
    return found if sum(not row.withheld for row in found) >= 3 else []


def panel_row(draft: Draft, code: str) -> tuple[str, ...] | None:
    """A measure before, after and its change on the same members, in words."""
    change = draft.cell(code, "panel_change")
    if change is None:
        return None
    label, withheld = draft.label(code), _("not published")
    if change.value is None:
        median = draft.cell(code, "panel_median")
        if median is None or median.value is None:
            return (label, withheld, withheld, withheld, "–")
        change, label = median, _("%(label)s (median member)") % {"label": label}
    write = draft.writer(code)
    before, after = draft.number(code, "panel_before"), draft.number(code, "panel_after")
    return (
        label,
        withheld if before is None else write(before),
        withheld if after is None else write(after),
        change_words(draft, change.value or 0.0, change.category),
        change.n_band.replace("-", "–"),
    )


def change_words(draft: Draft, value: float, kind: str) -> str:
    """A change with its sign: points for scores and percentages, per cent for everything else."""
    sign = "+" if value > 0 else ""
    plain = Writer(draft.language)(value)
    if kind == "points":
        return _("%(number)s points") % {"number": sign + plain}
    return sign + draft.percent(value)
