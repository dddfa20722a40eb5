"""What the pages of the plan share: which items are looked at, key figures, and columns of the board."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from capacity.enums import PlanStatus
from capacity.frameworks import Area, SupportArea
from capacity.selectors.plan import Card, Plan, Sum, plan_of
from capacity.selectors.proposals import newest_agreed, unplanned
from members.models import User
from members.web.guards import AssociationRequest
from spm_portal.common.money import money

MOST_DONE = 8
ISOLATE, END_OF_ISOLATE = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which items a reader looks at: by the codes of an area and a support area, and their own alone."""

    area: str = ""
    support: str = ""
    mine: bool = False

    @classmethod
    def of(cls, query: QueryDict) -> "Chosen":
        """What the address says."""
        return cls(query.get("area", ""), query.get("support", ""), "mine" in query)

    @property
    def query(self) -> str:
        """The same as a part of an address, with its question mark; empty for everything."""
        parts = {"area": self.area, "support": self.support, "mine": "1" if self.mine else ""}
        kept = {name: value for name, value in parts.items() if value}
        return f"?{urlencode(kept)}" if kept else ""

    def shows(self, card: Card, user: User) -> bool:
        """Whether an item is among them."""
        return (
            (not self.area or card.area.code == self.area)
            and (not self.support or card.item.support_area == self.support)
            and (not self.mine or card.item.owner_id == user.pk)
        )


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """Items of one status; `more` are those left out."""

    status: PlanStatus
    cards: tuple[Card, ...]
    number: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.number - len(self.cards)


def page_of(request: AssociationRequest, view: str) -> dict[str, Any]:
    """What every page of the plan shows around its own part; `view` is the name of its address."""
    whole = plan_of(request.association, on=timezone.localdate())
    chosen = Chosen.of(request.GET)
    shown = Plan(tuple(card for card in whole.cards if chosen.shows(card, request.user)), whole.on)
    newest = newest_agreed(request.association)
    return {
        "view": view,
        "views": [
            {
                "label": label,
                "url": reverse(name, args=[request.association.slug]) + chosen.query,
                "here": name == view,
            }
            for name, label in (
                ("plan", _("Board")),
                ("plan_timeline", _("Timeline")),
                ("plan_list", _("List and costs")),
            )
        ],
        "whole": whole,
        "plan": shown,
        "chosen": chosen,
        "areas": _areas(whole),
        "supports": _supports(whole),
        "tiles": tiles_of(shown),
        "newest": newest,
        "unplanned": unplanned(newest) if newest else 0,
    }


def _areas(plan: Plan) -> list[Area]:
    return sorted({card.area.code: card.area for card in plan.cards}.values(), key=lambda area: area.number)


def _supports(plan: Plan) -> list[SupportArea]:
    found = {card.support.code: card.support for card in plan.cards if card.support is not None}
    return sorted(found.values(), key=lambda area: area.number)


def columns_of(plan: Plan) -> list[BoardColumn]:
    """The board from left to right; of what is done the newest alone."""
    columns = [
        BoardColumn(status, plan.of(status), len(plan.of(status)))
        for status in (PlanStatus.PROPOSED, PlanStatus.PLANNED, PlanStatus.UNDER_WAY)
    ]
    done = sorted(plan.of(PlanStatus.DONE), key=lambda card: card.item.status_since, reverse=True)
    return [*columns, BoardColumn(PlanStatus.DONE, tuple(done[:MOST_DONE]), len(done))]


def tiles_of(plan: Plan) -> list[dict[str, Any]]:
    """Key figures of open items; amounts by currency, never added up."""
    late = len(plan.overdue)
    waiting = len(plan.waiting)
    return [
        {"label": _("Open items"), "figure": len(plan.open)},
        {
            "label": _("Overdue"),
            "figure": late,
            "note": ngettext("%(count)s waits for another item", "%(count)s wait for another item", waiting)
            % {"count": waiting}
            if waiting
            else "",
        },
        {
            "label": _("Cost of open items"),
            "figure": amounts([(one.cost, one.currency) for one in plan.sums]),
            "note": _without_cost(plan),
        },
        {
            "label": _("Still to be paid for"),
            "figure": amounts([(one.missing, one.currency) for one in plan.sums]),
            "note": _paid_for(plan.sums),
        },
    ]


def amounts(pairs: list[tuple[Decimal, str]]) -> str:
    """Amounts of several currencies in one line; a dash for none."""
    found = [money(amount, currency) for amount, currency in pairs if amount]
    if len(found) < 2:
        return "".join(found) or "–"
    # each keeps its own order of number and code where people write from right to left
    return " + ".join(f"{ISOLATE}{one}{END_OF_ISOLATE}" for one in found)


def _without_cost(plan: Plan) -> str:
    missing = sum(one.without_cost for one in plan.sums)
    words = ngettext("%(count)s item without a cost", "%(count)s items without a cost", missing)
    return words % {"count": missing} if missing else ""


def _paid_for(sums: tuple[Sum, ...]) -> str:
    paid = [(one.paid_for, one.currency) for one in sums if one.paid_for]
    return _("%(amounts)s paid for by donors") % {"amounts": amounts(paid)} if paid else ""
