"""How much a scholarship pays for one person by its rules, or why it pays nothing."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

CENT = Decimal("0.01")


class No(StrEnum):
    """Why a scholarship pays nothing."""

    CLOSED = "closed"
    FREE = "free"
    CURRENCY = "currency"
    EARLY = "early"
    LATE = "late"
    WOMEN = "women"
    TOPIC = "topic"
    MEMBER_FULL = "member_full"
    SPENT = "spent"


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a scholarship; `share` in percent, amounts in its currency, no topics: for all."""

    currency: str
    starts_on: date
    ends_on: date
    share: int
    most_per_person: Decimal | None
    most_per_member: Decimal | None
    only_women: bool
    topics: tuple[str, ...]
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom it would pay: the price, and what the person, the course and the session are."""

    price: Decimal
    currency: str
    is_woman: bool
    topic: str
    on: date


def most_of(rules: Rules, asked: Asked, *, left: Decimal, left_of_member: Decimal | None) -> Decimal | No:
    """The most that the rules allow, or why they allow nothing.

    `left` is what is left of the budget, `left_of_member` what is left of the most for the person's member (None
    where there is no such limit). A budget that reaches for a part pays that part.
    """
    refusal = _refusal(rules, asked)
    if refusal is not None:
        return refusal
    amount = (asked.price * rules.share / 100).quantize(CENT, rounding=ROUND_DOWN)
    if rules.most_per_person is not None:
        amount = min(amount, rules.most_per_person)
    if left_of_member is not None:
        if left_of_member <= 0:
            return No.MEMBER_FULL
        amount = min(amount, left_of_member)
    if left <= 0:
        return No.SPENT
    amount = min(amount, left)
    return amount if amount > 0 else No.FREE


def _refusal(rules: Rules, asked: Asked) -> No | None:
    checks = (
        (rules.closed, No.CLOSED),
        (asked.price <= 0, No.FREE),
        (asked.currency != rules.currency, No.CURRENCY),
        (asked.on < rules.starts_on, No.EARLY),
        (asked.on > rules.ends_on, No.LATE),
        (rules.only_women and not asked.is_woman, No.WOMEN),
        (bool(rules.topics) and asked.topic not in rules.topics, No.TOPIC),
    )
    return next((reason for wrong, reason in checks if wrong), None)
