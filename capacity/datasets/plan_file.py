"""The plan as tables for files: every item, and what open items cost by currency and area of support."""

from decimal import Decimal

from django.utils.translation import gettext as _

from capacity.selectors.plan import Card, Plan, Sum
from spm_portal.common.table_files import Cell, Sheet


def sheets(plan: Plan) -> tuple[Sheet, Sheet]:
    """Items first: CSV has them alone."""
    return _items(plan), _sums(plan)


def _items(plan: Plan) -> Sheet:
    headers = (
        _("What will be done"), _("Status"), _("Overdue"), _("Area"), _("Category"), _("Code"), _("Capacity"),
        _("Level at the start"), _("Goal level"), _("Level now"), _("Owner"), _("Starts on"), _("Due on"), _("Cost"),
        _("Currency"), _("Paid for by donors"), _("Area of donor support"), _("Why this area"), _("Waits for"),
        _("Evidence that shows it is done"), _("Description"), _("Shared with"),
    )  # fmt: skip
    return Sheet(_("Plan"), headers, tuple(_row(card) for card in plan.cards))


def _row(card: Card) -> tuple[Cell, ...]:
    item = card.item
    return (
        item.title,
        str(item.get_status_display()),
        _("yes") if card.is_overdue else "",
        card.area.title,
        card.category,
        item.item,
        card.capacity.text,
        item.from_level,
        item.goal_level,
        card.now.level if card.now else None,
        card.owner,
        item.starts_on.isoformat() if item.starts_on else "",
        item.due_on.isoformat() if item.due_on else "",
        _number(item.cost),
        item.currency,
        _number(card.money_paid_for) if card.paid_for else None,
        card.support.title if card.support else "",
        card.support_why,
        item.depends_on.title if item.depends_on else "",
        item.done_when,
        item.description,
        ", ".join(card.shared_with),
    )


def _sums(plan: Plan) -> Sheet:
    headers = (
        _("Area of donor support"), _("Currency"), _("Open items"), _("Without a cost"), _("Cost"),
        _("Paid for by donors"), _("Still missing"),
    )  # fmt: skip
    rows = [
        (one.area.title if one.area else _("None chosen"), *_sum(each))
        for one in plan.by_support
        for each in one.sums
    ]
    rows += [(_("All open items"), *_sum(each)) for each in plan.sums]
    return Sheet(_("Costs"), headers, tuple(rows))


def _sum(one: Sum) -> tuple[Cell, ...]:
    return (
        one.currency,
        one.items,
        one.without_cost,
        _number(one.cost),
        _number(one.paid_for),
        _number(one.missing),
    )


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
