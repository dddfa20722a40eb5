"""The sentences at the head of a member's report: true because they are built from its figures, left out otherwise."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reporting.datasets.member_figures import Own
from reporting.scoring import Judgement
from reporting.statistics import Place

MOST = 5


def messages(own: Own, counts: Mapping[Place, int], judgement: Judgement) -> tuple[str, ...]:
    """At most five sentences."""
    sentences = [
        *_clients(own),
        *_practices(own, judgement),
        *_place(own, counts),
        *_risk(own),
        *_first_year(own),
    ]
    return tuple(sentences[:MOST])


def _clients(own: Own) -> Iterator[str]:
    borrowers, women = own.words("active_borrowers"), own.words("pct_female_borrowers")
    if not borrowers:
        return
    values = {"mfi": own.name, "borrowers": borrowers, "women": women}
    if women:
        yield _("%(mfi)s serves %(borrowers)s active borrowers; %(women)s of them are women.") % values
    else:
        yield _("%(mfi)s serves %(borrowers)s active borrowers.") % values
    change, _in_points = own.change("active_borrowers")
    if change is None:
        return
    said = {"change": own.change_words("active_borrowers").lstrip("+−"), "year": own.since}
    if change >= 1:
        yield _("It reaches %(change)s more borrowers than in %(year)s.") % said
    elif change <= -1:
        yield _("It reaches %(change)s fewer borrowers than in %(year)s.") % said
    else:
        yield _("The number of borrowers is about that of %(year)s.") % said


def _practices(own: Own, judgement: Judgement) -> Iterator[str]:
    index, before = own.value("practice_index"), own.before("practice_index")
    if index is not None:
        values = {"now": own.words("practice_index"), "year": own.since}
        if before is None:
            yield _("Its practice index is %(now)s of 100 points.") % values
        else:
            values["before"] = own.words("practice_index", before)
            if values["before"] == values["now"]:
                yield _("Its practice index is %(now)s of 100 points, as in %(year)s.") % values
            elif index > before:
                yield (
                    _("Its practice index rose from %(before)s to %(now)s of 100 points since %(year)s.")
                    % values
                )
            else:
                yield (
                    _("Its practice index fell from %(before)s to %(now)s of 100 points since %(year)s.")
                    % values
                )
    strong = next((one for one in judgement.strengths if one.is_dimension), None)
    weak = next((one for one in judgement.gaps if one.is_dimension), None)
    if strong is not None and weak is not None and strong.value > weak.value:
        yield _("It is furthest in “%(best)s”; most is left to do in “%(least)s”.") % {
            "best": own.catalogue.dimension(strong.code).label,
            "least": own.catalogue.dimension(weak.code).label,
        }


def _place(own: Own, counts: Mapping[Place, int]) -> Iterator[str]:
    total = sum(counts.values())
    if not total:
        return
    yield ngettext(
        "Of the %(total)s figure shown here that can be compared, %(within)s is within the middle half of members, "
        "%(above)s above and %(below)s below it.",
        "Of the %(total)s figures shown here that can be compared, %(within)s are within the middle half of members, "
        "%(above)s above and %(below)s below it.",
        total,
    ) % {
        "total": total,
        "within": counts[Place.WITHIN],
        "above": counts[Place.ABOVE],
        "below": counts[Place.BELOW],
    }


def _risk(own: Own) -> Iterator[str]:
    now, before = own.words("par30_ratio"), own.before("par30_ratio")
    if not now:
        return
    if before is None:
        yield _("%(now)s of its portfolio is overdue by more than 30 days.") % {"now": now}
    else:
        yield _("%(now)s of its portfolio is overdue by more than 30 days, after %(before)s in %(year)s.") % {
            "now": now,
            "before": own.words("par30_ratio", before),
            "year": own.since,
        }


def _first_year(own: Own) -> Iterator[str]:
    if own.last is None:
        yield _(
            "This is its first approved return here: from the next one on this report shows the course of years."
        )
