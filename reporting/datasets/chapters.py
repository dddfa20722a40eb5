"""The first chapters of the association report: who reported, outreach, practices by dimension, client protection."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reporting.catalogue import Dimension
from reporting.datasets.draft import Draft
from reporting.datasets.parts import Block, Chapter, KeyFigure, Prose, Row, Shape, Writer
from reporting.disclosure import Kind

PROTECTION = (
    "cp_product_design", "cp_overindebtedness", "cp_transparency", "cp_pricing",
    "cp_fair_treatment", "cp_privacy", "cp_complaints", "cp_governance",
)  # fmt: skip
SIZES = (
    "active_borrowers", "gross_loan_portfolio",
    "avg_loan_balance", "avg_loan_balance_usd", "avg_loan_balance_gni",
)  # fmt: skip
# What a dimension's chapter shows beside its practices: bars of one unit, then choices.
DIMENSION_RATIOS = {
    "D2": ("pct_women_board", "pct_board_trained"),
    "D3": ("retention_rate", "dropout_rate", "pct_clients_nonfinancial", "pct_clients_digital"),
    "D7": ("pct_green_portfolio",),
}
DIMENSION_CHOICES = {
    "D1": ("target_poverty_level", "development_goals", "sp_assessment_type"),
    "D2": ("spm_officer",),
    "D3": ("credit_products", "savings_products"),
    "D5": ("hr_policy_topics",),
}
DIMENSION_STRIPS = {
    "D6": ("borrowers_per_officer", "borrowers_per_staff", "portfolio_growth", "borrower_growth")
}


@dataclass(frozen=True, slots=True)
class Facts:
    """Public facts about who reported."""

    invited: int
    approved: int
    contributors: int
    named: tuple[str, ...]
    other_currency: int
    imported: bool


def chapter_of(
    code: str,
    title: str,
    lede: str,
    blocks: Iterable[Block | None],
    key_figures: tuple[KeyFigure, ...] = (),
) -> Chapter | None:
    """A chapter of the blocks that exist; None where it would be empty."""
    kept = tuple(block for block in blocks if block is not None)
    if not kept and not key_figures:
        return None
    return Chapter(code=code, title=title, lede=lede, key_figures=key_figures, blocks=kept)


def reported(draft: Draft, facts: Facts) -> Chapter | None:
    """Who reported, and who is behind the figures."""
    counted = KeyFigure(
        _("Members in the figures"),
        str(facts.contributors),
        _("approved and agreed to count"),
    )
    key: tuple[KeyFigure, ...] = (counted,)
    if not facts.imported:
        rate = round(100 * facts.approved / facts.invited) if facts.invited else 0
        key = (
            KeyFigure(
                _("Members that reported"),
                _("%(count)s of %(total)s") % {"count": facts.approved, "total": facts.invited},
                _("invited members whose return is approved"),
            ),
            KeyFigure(_("Response rate"), draft.percent(rate), _("approved returns of invited members")),
            counted,
        )
    key += draft.keys("branches_total")
    unnamed = facts.contributors - len(facts.named)
    paragraphs = []
    if unnamed:
        paragraphs.append(
            ngettext(
                "%(count)s further member is in the figures and is not named.",
                "%(count)s further members are in the figures and are not named.",
                unnamed,
            )
            % {"count": unnamed}
        )
    names = Prose(_("Members that agreed to be named"), tuple(paragraphs), facts.named, id="named")
    return chapter_of(
        "reported",
        _("Who reported"),
        _("The figures of this report come from members whose return was approved and who agreed to count."),
        [
            draft.choices("legal-form", _("Under which legal form do members work?"), "legal_form"),
            draft.bars(
                "status",
                _("How many members are supervised and hold savings?"),
                ("regulated", "takes_deposits"),
            ),
            names if facts.named or unnamed else None,
        ],
        key,
    )


def outreach(draft: Draft) -> Chapter | None:
    """Clients and how they are reached."""
    methods = ("borrowers_individual", "borrowers_solidarity", "borrowers_village", "borrowers_other_method")
    return chapter_of(
        "outreach",
        _("Outreach"),
        _("How many clients members serve, who they are, and how they are reached."),
        [
            draft.bars(
                "clients",
                _("Whom do members serve?"),
                (
                    "pct_female_borrowers",
                    "pct_rural_borrowers",
                    "pct_youth_borrowers",
                    "pct_female_depositors",
                ),
                formula=_("all members together: sum over sum, in per cent"),
            ),
            draft.bars(
                "methods",
                _("Through which method do borrowers receive loans?"),
                methods,
                formula=_("borrowers of all members together"),
                maximum=None,
            ),
            draft.strip(
                "sizes",
                _("How large is a member, and how large is a loan?"),
                [code for code in SIZES if not (code.endswith("_usd") and draft.currency == "USD")],
                _("each member counts once"),
            ),
            draft.choices("targets", _("Which groups do members set out to serve?"), "target_groups"),
        ],
        draft.keys("active_clients", "active_borrowers", "depositors", "gross_loan_portfolio"),
    )


def indexes(draft: Draft) -> list[tuple[Dimension, str]]:
    """The dimensions with the code of their practice index, where it has a cell."""
    found = [(one, f"practice_index_{one.code.lower()}") for one in draft.catalogue.dimensions]
    return [(one, code) for one, code in found if draft.has(code)]


def practices(draft: Draft) -> Chapter | None:
    """All dimensions at a glance."""
    found = indexes(draft)
    if len(found) < 2:
        return None
    rows = [
        Row(
            one.label,
            (draft.value(code, Kind.MEAN),),
            draft.band(code, Kind.MEAN),
            Writer(draft.language),
            levels=draft.levels(code, Kind.MEAN),
        )
        for one, code in found
    ]
    write = Writer(draft.language)
    formula = _("mean over members; yes counts 100, partly 50, no 0")
    radar = draft.figure(
        "radar",
        _("How far are the dimensions in place?"),
        Shape.RADAR if len(rows) >= 3 else Shape.BARS,
        rows,
        series=(_("Mean of members"),),
        write=write,
        formula=formula,
        maximum=100,
    )
    dots = draft.figure(
        "dots",
        _("Which dimensions are furthest, and which least in place?"),
        Shape.DOTS,
        sorted(rows, key=_by_value),
        series=(_("Mean of members"),),
        write=write,
        formula=formula,
        maximum=100,
    )
    spread = draft.strip(
        "spread",
        _("How much do members differ?"),
        [code for _one, code in found],
        _("practice index of each member"),
    )
    note = Prose(
        _("How to read the practice indexes"),
        (
            _(
                "A practice index is the plain average of a member's own answers to the practices of a dimension, from "
                "0 (none in place) to 100 (all in place). It is not an SPI score and not a rating."
            ),
        ),
    )
    return chapter_of(
        "practices",
        _("Social performance management at a glance"),
        _("What members have in place in the dimensions of the Universal Standards, by their own answers."),
        [radar, dots if len(rows) >= 3 else None, spread, note if radar else None],
        draft.keys("practice_index", "cp_index", "spi_score"),
    )


def _by_value(row: Row) -> float:
    value = row.values[0]
    return -value if isinstance(value, int | float) else 1.0


def dimension(draft: Draft, one: Dimension) -> Chapter | None:
    """The practices of one dimension."""
    code = one.code.lower()
    title = _("%(code)s: %(label)s") % {"code": one.code, "label": one.label}
    blocks: list[Block | None] = [
        draft.answers(f"{code}-answers", _("Which practices are in place?"), one.scored_indicators),
        draft.bars(
            f"{code}-ratios",
            _ratio_question(one.code),
            DIMENSION_RATIOS.get(one.code, ()),
            formula=_("all members together: sum over sum, in per cent"),
        ),
        draft.strip(f"{code}-strip", _("How much do members differ?"), DIMENSION_STRIPS.get(one.code, ())),
    ]
    blocks += [
        draft.choices(f"{code}-{choice.replace('_', '-')}", _question(draft, choice), choice)
        for choice in DIMENSION_CHOICES.get(one.code, ())
    ]
    return chapter_of(
        code,
        title,
        _("How many members have the practices of this dimension in place."),
        blocks,
        draft.keys(f"practice_index_{code}"),
    )


def _question(draft: Draft, code: str) -> str:
    questions = {
        "target_poverty_level": _("Which poverty level do members aim at?"),
        "development_goals": _("Which changes do members work towards?"),
        "sp_assessment_type": _("What kind of assessment did members have last?"),
        "spm_officer": _("Who is in charge of social performance?"),
        "credit_products": _("Which loans do members offer?"),
        "savings_products": _("How can clients save?"),
        "hr_policy_topics": _("What does the staff policy cover?"),
    }
    return questions.get(code) or _("What did members answer to “%(label)s”?") % {"label": draft.label(code)}


def _ratio_question(dimension_code: str) -> str:
    questions = {
        "D2": _("Who sits on the board?"),
        "D3": _("Do clients stay, and what else do they use?"),
        "D7": _("How green is the portfolio?"),
    }
    return questions.get(dimension_code) or _("What do the figures say?")


def protection(draft: Draft) -> Chapter | None:
    """The eight areas of client protection, complaints and certification."""
    return chapter_of(
        "client-protection",
        _("Client protection by area"),
        _("What members do so that clients are treated well, by their own answers."),
        [
            draft.answers("protection", _("In which areas do members protect their clients?"), PROTECTION),
            draft.bars(
                "complaints",
                _("Are complaints heard and solved?"),
                ("complaints_mechanism", "complaint_resolution_rate", "complaint_on_time_rate"),
                formula=_("share of members with a procedure; closed complaints of all members together"),
            ),
            draft.choices("certification", _("Which members are certified?"), "cp_certification"),
            draft.choices("credit-bureau", _("Do members use a credit bureau?"), "credit_bureau_use"),
        ],
        draft.keys("cp_index", "complaints_per_1000", "complaint_resolution_rate"),
    )
