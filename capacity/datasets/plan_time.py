"""The plan over time: the drawing by quarters, and the items of each quarter as a list."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from capacity.enums import PlanStatus
from capacity.selectors.plan import Card, Plan
from spm_portal.common.charts import NARROW, WIDE, Chart, SpanRow, Spec, Style, spans
from spm_portal.common.charts.spans import quarter_of, quarter_words

OVERDUE_COLOUR = 1
COLOURS = {PlanStatus.PROPOSED: 5, PlanStatus.PLANNED: 2, PlanStatus.UNDER_WAY: 0, PlanStatus.DONE: 4}


@dataclass(frozen=True, slots=True)
class Quarter:
    """Items due in one quarter; `title` is empty for those without a day."""

    title: str
    is_past: bool
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """`wide` is None where no item has a day."""

    wide: Chart | None
    narrow: Chart | None
    quarters: tuple[Quarter, ...]


def timeline_of(plan: Plan, *, rtl: bool) -> Timeline:
    """Everything but what was dropped, in the order of due days."""
    kept = [card for card in plan.cards if card.item.status != PlanStatus.DROPPED]
    by_quarter: dict[date | None, list[Card]] = defaultdict(list)
    for card in kept:
        by_quarter[quarter_of(card.item.due_on) if card.item.due_on else None].append(card)
    this = quarter_of(plan.on)
    quarters = [
        Quarter(f"{quarter_words(first)} {first.year}", first < this, tuple(by_quarter[first]))
        for first in sorted(key for key in by_quarter if key is not None)
    ]
    if None in by_quarter:
        quarters.append(Quarter("", False, tuple(by_quarter[None])))
    return Timeline(
        wide=_draw(kept, plan.on, replace(WIDE, rtl=rtl)),
        narrow=_draw(kept, plan.on, replace(NARROW, rtl=rtl)),
        quarters=tuple(quarters),
    )


def _draw(cards: list[Card], on: date, style: Style) -> Chart | None:
    rows = tuple(
        SpanRow(
            label=card.item.title,
            end=card.item.due_on,
            start=card.item.starts_on,
            series=OVERDUE_COLOUR if card.is_overdue else COLOURS[PlanStatus(card.item.status)],
            detail=_("Overdue") if card.is_overdue else str(card.item.get_status_display()),
        )
        for card in cards
        if card.item.due_on is not None
    )
    if not rows:
        return None
    name = "narrow" if style.narrow else "wide"
    return spans(Spec(id=f"plan-{name}", title=_("What is due when?"), style=style), rows, today=on)
