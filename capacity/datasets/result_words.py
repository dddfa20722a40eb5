"""Sentences about the results of an assessment: what raters gave, why items break, what a board should see first."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from capacity.datasets.result_parts import AreaLine, ItemLine, Results
from capacity.frameworks import BreakReason
from capacity.scoring import Spread
from spm_portal.common.numbers import format_number

MOST_RISEN = 10


def spread_words(spread: Spread, language: str) -> str:
    """What the raters gave an item: lowest, highest and median, and who said that it does not apply."""
    parts = []
    if spread.lowest is not None and spread.highest is not None and spread.median is not None:
        if spread.lowest == spread.highest:
            parts.append(_("level %(level)s") % {"level": spread.lowest})
        else:
            parts.append(
                _("%(lowest)s to %(highest)s, median %(median)s")
                % {
                    "lowest": spread.lowest,
                    "highest": spread.highest,
                    "median": format_number(float(spread.median), language=language),
                }
            )
    if spread.not_applicable:
        parts.append(
            ngettext(
                "%(count)s says that it does not apply",
                "%(count)s say that it does not apply",
                spread.not_applicable,
            )
            % {"count": spread.not_applicable}
        )
    return "; ".join(parts)


def break_words(reason: BreakReason | None) -> str:
    """Why an item cannot be compared with the last assessment."""
    if reason is None:
        return ""
    return {
        BreakReason.SCALE: _("The scale has other levels now."),
        BreakReason.ADDED: _("The framework asks this for the first time."),
        BreakReason.REMOVED: _("The framework asks this no more."),
        BreakReason.TEXT: _("The item asks for something else now."),
        BreakReason.PROOF: _("Other things must be seen at its levels now."),
    }[reason]


def moves_of(results: Results) -> tuple[ItemLine, ...]:
    """The items that rose most, then all that fell: what went down has to be talked about."""
    return (*results.before.risen[:MOST_RISEN], *results.before.fallen) if results.before else ()


def found_otherwise(results: Results) -> tuple[ItemLine, ...]:
    """Items of which another level was found from outside, the widest apart first."""
    found = (item for item in results.items if item.outside and item.outside.difference)
    return tuple(sorted(found, key=lambda item: -abs((item.outside and item.outside.difference) or 0)))


def messages_of(results: Results) -> tuple[str, ...]:
    """What a board should see first, in at most five sentences."""
    found = (_standing(results), _change(results), _weak(results), _raters(results), _outside(results))
    return tuple(sentence for sentence in found if sentence)


def _standing(results: Results) -> str:
    write = results.write
    told = [area for area in results.areas if area.value is not None]
    if results.overall is None or len(told) < 2:
        return _("Too few items have a level to tell one figure for the whole association.")
    ranked = sorted(told, key=lambda area: -(area.value or 0))
    words = {
        "overall": write(results.overall),
        "highest": results.highest,
        "strong": _named(ranked[0], results),
        "weak": _named(ranked[-1], results),
    }
    return (
        _("The association stands at %(overall)s of %(highest)s. Strongest is %(strong)s, weakest %(weak)s.")
        % words
    )


def _named(area: AreaLine, results: Results) -> str:
    return _("“%(area)s” (%(level)s)") % {"area": area.title, "level": results.write(area.value or 0)}


def _change(results: Results) -> str:
    before = results.before
    if before is None:
        return _("This is the first agreed assessment with this framework: there is no change to tell yet.")
    risen, fallen = len(before.risen), len(before.fallen)
    words = {"title": before.title, "risen": risen, "fallen": fallen, "same": before.same}
    if before.overall is None:
        return (
            _(
                "Since “%(title)s” %(risen)s items rose, %(fallen)s fell and %(same)s stayed. Too many items cannot be "
                "compared to tell one change for the whole association."
            )
            % words
        )
    words["change"] = results.write_change(before.overall)
    return (
        _(
            "Since “%(title)s” the association moved by %(change)s levels: %(risen)s items rose, %(fallen)s fell and "
            "%(same)s stayed."
        )
        % words
    )


def _weak(results: Results) -> str:
    count = len(results.weakest)
    if not count:
        return ""
    first = results.weakest[0]
    return ngettext(
        "%(count)s item is at %(limit)s or below: “%(item)s” (%(level)s).",
        "%(count)s items are at %(limit)s or below; the lowest is “%(item)s” (%(level)s).",
        count,
    ) % {"count": count, "limit": results.limits["weak"], "item": first.text, "level": first.label}


def _raters(results: Results) -> str:
    count, total = len(results.disputed), len(results.items)
    if results.raters < 2:
        return _("One rater scored alone: nothing can be said about differences between views.")
    if not count:
        return _("The %(raters)s raters saw no item very differently.") % {"raters": results.raters}
    return ngettext(
        "The %(raters)s raters were far apart on %(count)s of %(total)s items before they talked.",
        "The %(raters)s raters were far apart on %(count)s of %(total)s items before they talked.",
        count,
    ) % {"raters": results.raters, "count": count, "total": total}


def _outside(results: Results) -> str:
    if not results.verified or results.verified_difference is None:
        return _("Nobody from outside has checked these levels yet.")
    over = sum(area.overstated for area in results.areas)
    under = sum(area.understated for area in results.areas)
    return _(
        "From outside %(verified)s of %(total)s levels were checked: %(over)s were found lower, %(under)s higher, "
        "on average %(difference)s."
    ) % {
        "verified": results.verified,
        "total": results.verified_of,
        "over": over,
        "under": under,
        "difference": results.write_change(results.verified_difference),
    }
