"""The plan as one reading: every item with what it waits for, what it costs, who pays and what it moved."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from django.db.models import Count, QuerySet

from capacity.enums import OPEN_PLAN, OfferState, PlanStatus
from capacity.frameworks import Area, Framework, Item, Level, Support, SupportArea, compare
from capacity.models import Assessment, PlanItem, PlanShare, SupportOffer
from capacity.selectors.agreed import agreed_assessments, agreed_scores
from capacity.selectors.frameworks import framework_of
from capacity.states import PLAN_STEPS
from members.access import access_of
from members.models import Association, User
from spm_portal.common.money import money

PAID_FOR = (OfferState.ACCEPTED, OfferState.COMPLETED)
Amounts = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Now:
    """Where the capacity of an item stands by the newest agreed assessment after the one that it came from."""

    assessment: Assessment
    level: int
    label: str


@dataclass(frozen=True, slots=True)
class Card:
    """One item of the plan with everything that pages tell of it; `on` is the day it is looked at."""

    item: PlanItem
    framework: Framework
    on: date
    now: Now | None = None
    paid_for: Amounts = field(default_factory=dict)
    offered: int = 0
    shared_with: tuple[str, ...] = ()

    @property
    def capacity(self) -> Item:
        """The capacity it is about."""
        return self.framework.item(self.item.item)

    @property
    def area(self) -> Area:
        """The area of that capacity."""
        return self.framework.area(self.capacity.area)

    @property
    def category(self) -> str:
        """The category as the area prints it."""
        return self.framework.label_of(self.capacity.category, self.capacity.area)

    @property
    def start(self) -> Level | None:
        """The level at the start; None where it was never assessed."""
        return None if self.item.from_level is None else self.framework.level(self.item.from_level)

    @property
    def goal(self) -> Level:
        """The level to reach."""
        return self.framework.level(self.item.goal_level)

    @property
    def goal_proof(self) -> str:
        """What must be seen at the goal."""
        return self.capacity.proof[self.item.goal_level]

    @property
    def support(self) -> SupportArea | None:
        """The area of donor support."""
        known = {one.code: one for one in self.framework.support_areas}
        return known.get(self.item.support_area)

    @property
    def support_why(self) -> str:
        """Why the framework links the capacity to the area of support; empty where people chose another one."""
        mapped: dict[str, Support] = {one.area: one for one in self.capacity.support}
        return mapped[self.item.support_area].why if self.item.support_area in mapped else ""

    @property
    def owner(self) -> str:
        """Who does it; empty for nobody."""
        return str(self.item.owner) if self.item.owner is not None else self.item.owner_name

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do."""
        return self.item.status in OPEN_PLAN

    @property
    def is_overdue(self) -> bool:
        """Open after its due day."""
        return self.is_open and self.item.due_on is not None and self.item.due_on < self.on

    @property
    def waits_for(self) -> PlanItem | None:
        """What has to be done before; None where nothing is, or where it is done."""
        other = self.item.depends_on
        return other if self.is_open and other is not None and other.status != PlanStatus.DONE else None

    @property
    def ends_before_other(self) -> bool:
        """Whether it is due before what it waits for: one of the two days cannot be right."""
        other, due = self.waits_for, self.item.due_on
        return other is not None and due is not None and other.due_on is not None and due < other.due_on

    @property
    def waits_for_dropped(self) -> bool:
        """Whether what it waits for will never be done."""
        return self.waits_for is not None and self.waits_for.status == PlanStatus.DROPPED

    @property
    def moved(self) -> int | None:
        """Levels gained since the start; None where nobody looked again."""
        if self.now is None or self.item.from_level is None:
            return None
        return self.now.level - self.item.from_level

    @property
    def is_reached(self) -> bool:
        """Whether a later assessment found the goal reached."""
        return self.now is not None and self.now.level >= self.item.goal_level

    @property
    def money_paid_for(self) -> Decimal:
        """What donors agreed to pay, in the item's own currency."""
        return self.paid_for.get(self.item.currency, Decimal(0))

    @property
    def missing_money(self) -> Decimal | None:
        """Cost that nobody pays for yet; None without a cost."""
        if self.item.cost is None:
            return None
        return max(self.item.cost - self.money_paid_for, Decimal(0))

    @property
    def cost_words(self) -> str:
        """The cost with its currency; empty without one."""
        return money(self.item.cost, self.item.currency) if self.item.cost is not None else ""

    @property
    def paid_words(self) -> str:
        """What donors agreed to pay, with its currency."""
        return money(self.money_paid_for, self.item.currency)

    @property
    def usual_step(self) -> PlanStatus | None:
        """The next step that needs no words: None where it is done, waits, or lacks an owner or a day."""
        if self.item.status not in (PlanStatus.PROPOSED, PlanStatus.PLANNED):
            return None
        if self.item.due_on is None or not self.owner:
            return None
        if self.item.status == PlanStatus.PLANNED and self.waits_for is not None:
            return None
        return PLAN_STEPS[self.item.status][0]


@dataclass(frozen=True, slots=True)
class Sum:
    """Open items of one currency: their cost, what is paid for, and how many have no cost yet."""

    currency: str
    cost: Decimal
    paid_for: Decimal
    items: int
    without_cost: int

    @property
    def missing(self) -> Decimal:
        """Cost that nobody pays for yet, item by item."""
        return self.cost - self.paid_for

    @property
    def cost_words(self) -> str:
        """The cost with its currency; a dash for nothing."""
        return money(self.cost, self.currency) if self.cost else "–"

    @property
    def paid_words(self) -> str:
        """What is paid for, with its currency; a dash for nothing."""
        return money(self.paid_for, self.currency) if self.paid_for else "–"

    @property
    def missing_words(self) -> str:
        """What is missing, with its currency; a dash for nothing."""
        return money(self.missing, self.currency) if self.missing else "–"


@dataclass(frozen=True, slots=True)
class SupportSum:
    """Open items of one area of support (None: of none), with a sum for each currency."""

    area: SupportArea | None
    sums: tuple[Sum, ...]
    items: int


@dataclass(frozen=True)
class Plan:
    """All items of an association, those that are due first in front; what follows is worked out from them."""

    cards: tuple[Card, ...]
    on: date

    @cached_property
    def open(self) -> tuple[Card, ...]:
        """Items with something still to do."""
        return tuple(card for card in self.cards if card.is_open)

    @cached_property
    def overdue(self) -> tuple[Card, ...]:
        """Open items past their day."""
        return tuple(card for card in self.cards if card.is_overdue)

    @cached_property
    def waiting(self) -> tuple[Card, ...]:
        """Open items that wait for another."""
        return tuple(card for card in self.cards if card.waits_for is not None)

    @cached_property
    def looked_at_again(self) -> tuple[Card, ...]:
        """Items whose capacity a later assessment scored, the furthest moved first."""
        return tuple(
            sorted(
                (card for card in self.cards if card.moved is not None), key=lambda card: -(card.moved or 0)
            )
        )

    @property
    def open_first(self) -> tuple[Card, ...]:
        """Open items, then done ones, then what was dropped."""
        order = (*OPEN_PLAN, PlanStatus.DONE, PlanStatus.DROPPED)
        return tuple(sorted(self.cards, key=lambda card: max(order.index(PlanStatus(card.item.status)), 2)))

    def of(self, status: str) -> tuple[Card, ...]:
        """Items of one status."""
        return tuple(card for card in self.cards if card.item.status == status)

    @cached_property
    def sums(self) -> tuple[Sum, ...]:
        """Costs of open items by currency, the largest number of items first; currencies are never added up."""
        return sums_of(self.open)

    @cached_property
    def by_support(self) -> tuple[SupportSum, ...]:
        """Costs of open items by area of support, in the order of the framework; without an area last."""
        found: dict[SupportArea | None, list[Card]] = defaultdict(list)
        for card in self.open:
            found[card.support].append(card)
        order = sorted(
            found, key=lambda area: (area is None, area.number if area else 0, area.code if area else "")
        )
        return tuple(SupportSum(area, sums_of(found[area]), len(found[area])) for area in order)


def sums_of(cards: Iterable[Card]) -> tuple[Sum, ...]:
    """Costs by currency; what is paid for counts at most up to the cost of its item."""
    found: dict[str, list[Card]] = defaultdict(list)
    for card in cards:
        found[card.item.currency].append(card)
    return tuple(
        Sum(
            currency=currency,
            cost=sum((card.item.cost or Decimal(0) for card in own), Decimal(0)),
            paid_for=sum(
                (min(card.money_paid_for, card.item.cost or Decimal(0)) for card in own), Decimal(0)
            ),
            items=len(own),
            without_cost=sum(card.item.cost is None for card in own),
        )
        for currency, own in sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    )


def items_of(association: Association) -> QuerySet[PlanItem]:
    """The plan's rows with what their cards name, the soonest due first, those without a day last."""
    return (
        PlanItem.objects.filter(association=association)
        .select_related("framework", "assessment", "owner", "depends_on", "association")
        .defer("framework__document")
        .order_by("due_on", "created_at", "pk")
    )


def plan_of(association: Association, *, on: date) -> Plan:
    """The whole plan in six queries, whatever its length."""
    return Plan(cards_of(association, list(items_of(association)), on=on), on)


def due_items_of(user: User) -> QuerySet[PlanItem]:
    """Planned items that the person owns and has still to do, at associations where they work today."""
    return (
        PlanItem.objects.filter(
            owner=user,
            association__in=access_of(user).staff_of,
            status__in=[PlanStatus.PLANNED, PlanStatus.UNDER_WAY],
            due_on__isnull=False,
        )
        .select_related("association")
        .order_by("due_on", "pk")
    )


def offers_of_item(item: PlanItem) -> list[SupportOffer]:
    """What donors offered for one item, the newest first."""
    return list(SupportOffer.objects.filter(item=item).select_related("donor").order_by("-offered_at", "-pk"))


def cards_of(association: Association, items: Sequence[PlanItem], *, on: date) -> tuple[Card, ...]:
    """Cards of some items of one association."""
    keys = [item.pk for item in items]
    shares = PlanShare.objects.filter(item__in=keys, ended_at__isnull=True)
    shared: dict[UUID, list[str]] = defaultdict(list)
    for item, donor in shares.order_by("donor__name").values_list("item_id", "donor__name"):
        shared[item].append(donor)
    paid: dict[UUID, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for item, currency, amount in SupportOffer.objects.filter(item__in=keys, state__in=PAID_FOR).values_list(
        "item_id", "currency", "amount"
    ):
        paid[item][currency] += amount
    offered = dict(
        SupportOffer.objects.filter(item__in=keys, state=OfferState.OFFERED)
        .values_list("item_id")
        .annotate(number=Count("pk"))
    )
    now = _now(association, items)
    return tuple(
        Card(
            item=item,
            framework=framework_of(item.framework),
            on=on,
            now=now.get(item.pk),
            paid_for=dict(paid[item.pk]),
            offered=offered.get(item.pk, 0),
            shared_with=tuple(shared[item.pk]),
        )
        for item in items
    )


def _now(association: Association, items: Sequence[PlanItem]) -> dict[UUID, Now]:
    """What the newest assessment of the same framework found, where it is later than the item's own."""
    newest: dict[str, Assessment] = {}
    for one in agreed_assessments(association):
        newest.setdefault(one.framework.code, one)
    scores = agreed_scores(one.pk for one in newest.values())
    found = {}
    for item in items:
        later = newest.get(item.framework.code)
        if later is None or not _is_later(later, item):
            continue
        level = scores.get(later.pk, {}).get(item.item)
        framework = framework_of(later.framework)
        if isinstance(level, int) and not _is_broken(item, later, framework):
            found[item.pk] = Now(later, level, framework.level(level).label)
    return found


def _is_later(later: Assessment, item: PlanItem) -> bool:
    if item.assessment is not None:
        return (later.as_of, later.agreed_at or later.opened_at) > (
            item.assessment.as_of,
            item.assessment.agreed_at or item.assessment.opened_at,
        )
    return later.agreed_at is not None and later.agreed_at > item.created_at


def _is_broken(item: PlanItem, later: Assessment, framework: Framework) -> bool:
    """Whether a new version of the framework asks something else there: its levels say nothing of the old goal."""
    if item.framework_id == later.framework_id:
        return False
    return item.item in compare(framework_of(item.framework), framework).reasons
