"""A member's strengths and gaps in words: why each is one, and for a gap the guidance and the question behind it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reporting.catalogue import Direction, Indicator
from reporting.datasets.member_figures import Own, is_index
from reporting.scoring import Dimension, Figure, Judgement, Point, Range, judge
from reporting.selectors.guidance import Link
from reporting.selectors.rule_words import sign_words
from reporting.statistics import Place

GUIDES = 2  # practices that one gap explains
GOOD = {Direction.HIGHER_BETTER: True, Direction.LOWER_BETTER: False}
SHORTEST = 40  # letters of a first sentence that can stand alone


@dataclass(frozen=True, slots=True)
class Guide:
    """A question behind a gap: how it was answered, what is meant, what shows it, and where to read on.

    For a figure `text` is what the figure means and `formula` how it is worked out from the question and others.
    """

    code: str
    section: str
    label: str
    answer: str
    text: str
    evidence: str = ""
    formula: str = ""
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Advice:
    """A strength or a gap: what it is about, its number, why it is one, and guidance."""

    code: str
    title: str
    figure: str
    reasons: tuple[str, ...]
    guides: tuple[Guide, ...] = ()


def advice_of(own: Own) -> tuple[Judgement, tuple[Advice, ...], tuple[Advice, ...]]:
    """The judgement, and its strengths and gaps in words."""
    found = judge(_dimensions(own), _figures(own))
    return (
        found,
        tuple(_advice(own, point, is_gap=False) for point in found.strengths),
        tuple(_advice(own, point, is_gap=True) for point in found.gaps),
    )


def practice_words(share: float) -> str:
    """How far a practice is in place."""
    if share >= 1:
        return _("in place")
    return _("partly in place") if share > 0 else _("not in place")


def _range(own: Own, code: str) -> Range | None:
    peers = own.peers(code)
    return Range(peers.lower, peers.upper) if peers else None


def _dimensions(own: Own) -> Iterator[Dimension]:
    for one in own.catalogue.dimensions:
        index = f"practice_index_{one.code.lower()}"
        practices = tuple(
            (code, share)
            for code in one.scored_indicators
            if code in own.now.computed.relevant and (share := own.share(code, own.now)) is not None
        )
        yield Dimension(one.code, own.value(index), practices, _range(own, index))


def _figures(own: Own) -> Iterator[Figure]:
    """Every derived figure with a good direction; indexes are judged as dimensions."""
    for part in own.catalogue.derived:
        value = own.value(part.code)
        if part.direction not in GOOD or value is None or is_index(part.code):
            continue
        yield Figure(
            code=part.code,
            value=value,
            is_better_high=GOOD[part.direction],
            middle=_range(own, part.code),
            before=own.before(part.code),
            in_points=part.unit in {"%", "points"},
            family=part.usspm_dimension or part.code,
            inputs=frozenset(own.catalogue.inputs_of(part.code)),
        )


def _advice(own: Own, point: Point, *, is_gap: bool) -> Advice:
    if point.is_dimension:
        index = f"practice_index_{point.code.lower()}"
        return Advice(
            code=point.code,
            title=own.catalogue.dimension(point.code).label,
            figure=_("%(figure)s of 100") % {"figure": own.words(index, point.value)},
            reasons=tuple(_reasons_of_dimension(own, point, index)),
            guides=tuple(_guide(own, code) for code in point.missing[:GUIDES]) if is_gap else (),
        )
    return Advice(
        code=point.code,
        title=own.label(point.code),
        figure=own.words(point.code),
        reasons=tuple(_reasons_of_figure(own, point)),
        guides=_guides_of_figure(own, point.code) if is_gap else (),
    )


def _reasons_of_dimension(own: Own, point: Point, index: str) -> Iterator[str]:
    yield ngettext(
        "%(done)s of %(asked)s practice is in place in full.",
        "%(done)s of %(asked)s practices are in place in full.",
        point.asked,
    ) % {"done": point.in_place, "asked": point.asked}
    if point.place is not None:
        yield _place_words(own, index, point.place)


def _reasons_of_figure(own: Own, point: Point) -> Iterator[str]:
    if point.place is not None and (point.improved is None or point.place is not Place.WITHIN):
        yield _place_words(own, point.code, point.place)
        if own.catalogue.derived_value(point.code).direction is Direction.LOWER_BETTER:
            yield _("Here less is better.")
    if point.improved is not None:
        values = {
            "before": own.words(point.code, own.before(point.code)),
            "now": own.words(point.code),
            "year": own.since,
        }
        yield (
            _("Better than in %(year)s: %(now)s after %(before)s.")
            if point.improved
            else _("Worse than in %(year)s: %(now)s after %(before)s.")
        ) % values


def _place_words(own: Own, code: str, where: Place) -> str:
    peers = own.peers(code)
    if peers is None:
        return ""
    sentence = {
        Place.ABOVE: _("Above the middle half of members, which lies between %(lower)s and %(upper)s."),
        Place.BELOW: _("Below the middle half of members, which lies between %(lower)s and %(upper)s."),
        Place.WITHIN: _("Within the middle half of members, which lies between %(lower)s and %(upper)s."),
    }[where]
    return sentence % {"lower": own.words(code, peers.lower), "upper": own.words(code, peers.upper)}


def _guide(own: Own, code: str) -> Guide:
    """A practice that is not in place: the association's words about it, the catalogue's where it wrote none."""
    indicator = own.catalogue.indicator(code)
    words = own.source.guidance.get(code)
    share = own.share(code, own.now)
    return Guide(
        code=code,
        section=indicator.section,
        label=indicator.label,
        answer=practice_words(share) if share is not None else "",
        text=(words.definition if words else "") or indicator.help,
        evidence=(words.evidence if words else "") or indicator.evidence_prompt or "",
        links=tuple(words.links) if words else (),
    )


def _guides_of_figure(own: Own, code: str) -> tuple[Guide, ...]:
    """What a figure means and how it is worked out, with the first question behind it."""
    part = own.catalogue.derived_value(code)
    asked = [one for one in own.catalogue.inputs_of(code) if isinstance(own.part(one), Indicator)]
    if not asked:
        return ()
    indicator = own.catalogue.indicator(asked[0])
    words = own.source.guidance.get(indicator.code)
    return (
        Guide(
            code=indicator.code,
            section=indicator.section,
            label=indicator.label,
            answer="",
            text=part.help,
            formula=own.catalogue.readable(part.formula, sign_words()),
            links=tuple(words.links) if words else (),
        ),
    )
