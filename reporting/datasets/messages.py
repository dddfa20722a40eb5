"""Key messages: sentences that are true because they are built from published figures, and left out otherwise."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from reporting.catalogue import Indicator
from reporting.datasets.chapters import PROTECTION, Facts, indexes
from reporting.datasets.chapters_results import change_words
from reporting.datasets.draft import YES, Draft
from reporting.datasets.parts import Message
from reporting.disclosure import Kind, Relation

NOTEWORTHY = 5
"""Points of a hundred that two figures must lie apart before a sentence calls one higher."""


MOST = 11
"""Sentences that fit on one page in every language."""

Sentence = tuple[str, str]


def messages(draft: Draft, facts: Facts) -> tuple[Message, ...]:
    """The sentences of the key messages page, in the order of the chapters, no more than fit on it."""
    sentences = [
        *_response(draft, facts),
        *_outreach(draft),
        *_practices(draft),
        *_protection(draft),
        *_prices(draft),
        *_staff(draft),
        *_poverty(draft),
        *_results(draft),
        *_progress(draft),
    ]
    return tuple(Message(text, chapter) for chapter, text in _fitting(sentences))


def _fitting(sentences: list[Sentence]) -> list[Sentence]:
    """Every chapter keeps its first sentence; of the further ones, the last go first."""
    kept = list(sentences)
    for place in range(len(sentences) - 1, 0, -1):
        if len(kept) <= MOST:
            break
        if any(chapter == sentences[place][0] for chapter, _text in sentences[:place]):
            kept.remove(sentences[place])
    return kept


def _response(draft: Draft, facts: Facts) -> Iterator[Sentence]:
    values = {"count": facts.approved, "total": facts.invited, "year": draft.year}
    if facts.imported:
        yield (
            "reported",
            _("This report is about %(count)s members; their figures for %(year)s come from a public source.")
            % {"count": facts.contributors, "year": draft.year},
        )
    elif facts.approved == facts.invited:
        yield "reported", _("All %(total)s invited members reported for %(year)s.") % values
    else:
        yield "reported", _("%(count)s of %(total)s invited members reported for %(year)s.") % values


def _outreach(draft: Draft) -> Iterator[Sentence]:
    borrowers, women = draft.words("active_borrowers"), draft.words("pct_female_borrowers")
    rural, portfolio = draft.words("pct_rural_borrowers"), draft.words("gross_loan_portfolio")
    if borrowers and women:
        yield (
            "outreach",
            _("Together members serve %(borrowers)s active borrowers; %(women)s of them are women.")
            % {"borrowers": borrowers, "women": women},
        )
    elif borrowers:
        yield (
            "outreach",
            _("Together members serve %(borrowers)s active borrowers.") % {"borrowers": borrowers},
        )
    if portfolio and rural:
        yield (
            "outreach",
            _("Their gross loan portfolio is %(portfolio)s; %(rural)s of borrowers live in rural areas.")
            % {"portfolio": portfolio, "rural": rural},
        )
    elif portfolio:
        yield "outreach", _("Their gross loan portfolio is %(portfolio)s.") % {"portfolio": portfolio}
    loan = draft.words("avg_loan_balance", Kind.MEDIAN)
    if loan:
        yield "outreach", _("At the median member a borrower owes %(amount)s on average.") % {"amount": loan}
    yield from _targets(draft)


def _targets(draft: Draft) -> Iterator[Sentence]:
    """The largest published share of members that name a group they serve."""
    part = draft.catalogue.find("target_groups")
    if not isinstance(part, Indicator):
        return
    cells = draft.all_of("target_groups", Kind.DISTRIBUTION)
    shares = [(cell.value, cell.category) for cell in cells if cell.value is not None]
    if not shares:
        return
    share, category = max(shares)
    choice = part.choice_spelled(category)
    if choice is not None and not choice.exclusive and choice.value != "other":
        yield (
            "outreach",
            _("%(share)s of members name “%(group)s” among the groups they set out to serve.")
            % {"group": choice.label, "share": draft.percent(share)},
        )


def _practices(draft: Draft) -> Iterator[Sentence]:
    write = draft.writer("practice_index")
    found = [
        (number, one.label)
        for one, code in indexes(draft)
        if (number := draft.number(code, Kind.MEAN)) is not None
    ]
    if len(found) < 3:
        return
    best, least = max(found), min(found)
    if best[0] - least[0] < NOTEWORTHY:
        return
    yield (
        "practices",
        _(
            "Of the dimensions with a published index, “%(best)s” is furthest in place (%(high)s of 100 points) and "
            "“%(least)s” least (%(low)s)."
        )
        % {"best": best[1], "high": write(best[0]), "least": least[1], "low": write(least[0])},
    )


def _protection(draft: Draft) -> Iterator[Sentence]:
    index = draft.words("cp_index", Kind.MEAN)
    shares = []
    for code in PROTECTION:
        cell = draft.cell(code, Kind.DISTRIBUTION, YES)
        if (
            cell is not None
            and cell.category == YES
            and cell.value is not None
            and cell.relation == Relation.EQUAL
        ):
            shares.append((cell.value, draft.label(code)))
    if index:
        yield (
            "client-protection",
            _("The client-protection index of members is %(index)s of 100 points on average.")
            % {"index": index},
        )
    if len(shares) >= 3 and max(shares)[0] - min(shares)[0] >= NOTEWORTHY:
        least = min(shares)
        yield (
            "client-protection",
            _(
                "Among the areas of client protection, “%(area)s” has the lowest published share of "
                "a full yes: %(share)s."
            )
            % {"area": least[1], "share": draft.percent(least[0])},
        )


def _prices(draft: Draft) -> Iterator[Sentence]:
    stated, full = draft.words("nominal_rate", Kind.MEDIAN), draft.words("apr_main_product", Kind.MEDIAN)
    if stated and full:
        yield (
            "prices",
            _(
                "The median stated yearly interest rate is %(stated)s; the median annual percentage rate is %(full)s."
            )
            % {"stated": stated, "full": full},
        )


def _staff(draft: Draft) -> Iterator[Sentence]:
    women, leaders = draft.number("pct_women_staff"), draft.number("pct_women_managers")
    if women is None or leaders is None:
        return
    values = {"women": draft.percent(women), "leaders": draft.percent(leaders)}
    if abs(women - leaders) < NOTEWORTHY:
        yield "staff", _("Women are %(women)s of the staff and %(leaders)s of managers.") % values
    elif leaders < women:
        yield "staff", _("Women are %(women)s of the staff, but only %(leaders)s of managers.") % values
    else:
        yield "staff", _("Women are %(women)s of the staff and as many as %(leaders)s of managers.") % values


def _poverty(draft: Draft) -> Iterator[Sentence]:
    share = draft.words("poverty_measured")
    if share:
        yield "poverty", _("%(share)s of members measure the poverty of their clients.") % {"share": share}


def _results(draft: Draft) -> Iterator[Sentence]:
    oss, risk = draft.number("oss"), draft.words("par30_ratio")
    if oss is None or oss == 100:  # a rounded 100 may lie on either side
        return
    values = {"oss": draft.writer("oss")(oss), "risk": risk}
    covers = oss >= 100
    if risk and covers:
        text = _(
            "Members together cover their costs (operational self-sufficiency %(oss)s); %(risk)s of the portfolio is "
            "overdue by more than 30 days."
        )
    elif risk:
        text = _(
            "Members together do not cover their costs (operational self-sufficiency %(oss)s); %(risk)s of the "
            "portfolio is overdue by more than 30 days."
        )
    elif covers:
        text = _("Members together cover their costs (operational self-sufficiency %(oss)s).")
    else:
        text = _("Members together do not cover their costs (operational self-sufficiency %(oss)s).")
    yield "results", text % values


def _progress(draft: Draft) -> Iterator[Sentence]:
    if draft.panel_year is None:
        return
    for code, sentence in (
        ("practice_index", _("the practice index")),
        ("active_borrowers", _("the number of active borrowers")),
    ):
        if code in draft.broken:
            continue
        change = draft.cell(code, "panel_change")
        if change is None or change.value is None:
            change = draft.cell(code, "panel_median")
            sentence = _("the median of %(what)s") % {"what": sentence}
        if change is None or change.value is None:
            continue
        values = {
            "year": draft.panel_year,
            "what": sentence,
            "change": change_words(draft, abs(change.value), change.category).lstrip("+"),
        }
        if change.value > 0:
            yield "progress", _("On the same members as in %(year)s, %(what)s rose by %(change)s.") % values
        elif change.value < 0:
            yield "progress", _("On the same members as in %(year)s, %(what)s fell by %(change)s.") % values
        else:
            yield "progress", _("On the same members as in %(year)s, %(what)s did not change.") % values
