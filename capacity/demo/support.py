"""What donors see of the plan, offer, pay and are owed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from capacity.demo.assessments import Cast
from capacity.enums import ConsentScope
from capacity.models import PlanItem, SupportOffer
from capacity.services import instalments, obligations, offers, sharing
from members.models import Donor, User


@dataclass(frozen=True, slots=True)
class Partner:
    """A donor, who reads for it, and the items that are shared with it."""

    donor: Donor
    reader: User
    items: tuple[str, ...]


OF_FIRST = ("form", "quality", "trainers", "officer", "poverty")
OF_SECOND = ("code", "trainers", "poverty")
NEW_OF_FIRST = ("diagnostic", "analyst", "swahili", "certify")
NEW_OF_SECOND = ("swahili", "library", "certify")


@dataclass(frozen=True, slots=True)
class Support:
    """Writes what happens between the association and its donors; days count from today."""

    cast: Cast
    items: Mapping[str, PlanItem]
    at: datetime

    def moment(self, day: int) -> datetime:
        """The moment so many days from today."""
        return self.at + timedelta(days=day)

    def day(self, day: int) -> date:
        """The same as a date."""
        return self.moment(day).date()

    def share(self, partner: Partner, day: int, *, opens: bool) -> None:
        """Show a donor the items, and the assessments if that is agreed too."""
        sharing.change(
            association=self.cast.association,
            share=[sharing.ItemAndDonor(self.items[key].pk, partner.donor.pk) for key in partner.items],
            open_to=[partner.donor.pk] if opens else [],
            by=self.cast.manager,
            at=self.moment(day),
        )

    def offer(
        self, partner: Partner, key: str, amount: int, day: int, *, conditions: str, ends: int
    ) -> SupportOffer:
        """An offer for a plan item, in its currency and area of support."""
        item = self.items[key]
        return offers.make(
            item_id=item.pk,
            donor_id=partner.donor.pk,
            amount=Decimal(amount),
            currency=item.currency,
            support_area=item.support_area,
            conditions=conditions,
            starts_on=self.day(day + 20),
            ends_on=self.day(ends),
            by=partner.reader,
            at=self.moment(day),
        )

    def accept(self, offer: SupportOffer, day: int, words: str) -> None:
        """The association accepts."""
        offers.accept(offer_id=offer.pk, answer=words, by=self.cast.manager, at=self.moment(day))

    def pay(
        self,
        partner: Partner,
        offer: SupportOffer,
        parts: tuple[tuple[int, int, str], ...],
        *,
        paid: int,
        received: int,
    ) -> None:
        """Plan instalments (amount, day, condition) and mark the first ones as paid and as received."""
        made = instalments.plan(
            offer_id=offer.pk,
            parts=[instalments.Part(Decimal(amount), self.day(day), text) for amount, day, text in parts],
            by=partner.reader,
            at=self.moment(parts[0][1] - 5),
        )
        for place, one in enumerate(made):
            due = parts[place][1]
            if place < paid:
                instalments.mark_paid(
                    instalment_id=one.pk,
                    on=self.day(due),
                    today=self.day(due),
                    by=partner.reader,
                    at=self.moment(due),
                )
            if place < received:
                instalments.mark_received(
                    instalment_id=one.pk,
                    on=self.day(due + 4),
                    today=self.day(due + 4),
                    by=self.cast.manager,
                    at=self.moment(due + 4),
                )

    def owe(
        self,
        partner: Partner,
        offer: SupportOffer,
        title: str,
        due: int,
        *,
        state: str = "due",
        text: str = "",
    ) -> None:
        """Something owed: nothing written yet (due), a draft, handed in, asked about, or accepted."""
        duty = obligations.add(
            offer_id=offer.pk,
            title=title,
            due_on=self.day(due),
            by=partner.reader,
            at=self.moment(min(due - 60, -30)),
        )
        if state == "due":
            return
        said: dict[str, Any] = {
            "obligation_id": duty.pk,
            "text": text,
            "version": duty.version,
            "by": self.cast.reviewer,
        }
        if state == "draft":
            obligations.save_draft(**said, at=self.moment(-2))
            return
        day = min(due - 4, -4)
        obligations.hand_in(**said, at=self.moment(day))
        review: dict[str, Any] = {"obligation_id": duty.pk, "by": partner.reader, "at": self.moment(day + 3)}
        if state == "questions":
            obligations.ask(
                **review, text="How many of the signed members report complaints? Please add the numbers."
            )
        elif state == "accepted":
            obligations.accept(**review, text="Thank you, clear and complete.")


def open_to_donors(support: Support, first: Partner, second: Partner) -> dict[str, SupportOffer]:
    """The first year: items shared, offers made and accepted before the work begins."""
    support.share(first, -355, opens=True)
    support.share(second, -352, opens=True)
    found = {
        "form": support.offer(
            first, "form", 1_600_000, -352, ends=-120, conditions="A report at half time and one at the end."
        ),
        "code": support.offer(
            second, "code", 500_000, -348, ends=-60, conditions="The code covers complaints of clients."
        ),
    }
    support.accept(found["form"], -350, "Gladly. The board thanks you.")
    support.accept(found["code"], -346, "Accepted; complaints are chapter 4.")
    return found


def go_on(support: Support, found: dict[str, SupportOffer], first: Partner, second: Partner) -> None:
    """What was paid and reported of the first offers, and the second year's."""
    form, code = found["form"], found["code"]
    support.pay(
        first,
        form,
        ((800_000, -330, ""), (800_000, -200, "After the report at half time")),
        paid=2,
        received=2,
    )
    half = "Six members tried the form; their words changed 14 questions. 310 000 KES of the grant are left."
    end = "All 24 members reported online. The review took 40 % less time than the year before."
    support.owe(first, form, "Report at half time", -210, state="accepted", text=half)
    support.owe(first, form, "Final report with accounts", -125, state="accepted", text=end)
    offers.write_outcome(
        offer_id=form.pk,
        outcome="One form for all members. Data collection went from level 1 to level 3 in the next assessment.",
        by=support.cast.manager,
        at=support.moment(-110),
    )
    offers.complete(offer_id=form.pk, by=first.reader, at=support.moment(-100))

    support.pay(
        second, code, ((300_000, -310, ""), (200_000, -70, "After the general meeting")), paid=2, received=1
    )
    support.owe(
        second, code, "Report on the code", -60, state="questions",
        text="21 of 24 members signed the code at the general meeting. Two complaints were handled.",
    )  # fmt: skip

    trainers = support.offer(
        first, "trainers", 1_800_000, -135, ends=200, conditions="Half of the trainers are women."
    )
    support.accept(trainers, -130, "Accepted. Three of the four candidates are women.")
    support.pay(
        first, trainers,
        ((700_000, -110, ""), (600_000, -12, "After the first course"), (500_000, 100, "After two trainings each")),
        paid=1, received=1,
    )  # fmt: skip
    began = "Two candidates finished the first course; the second course begins in January."
    support.owe(first, trainers, "Report on the first course", -20, state="submitted", text=began)
    support.owe(first, trainers, "Accounts of the first half year", -3, state="draft", text="Spent so far:")
    support.owe(first, trainers, "Report on trainings held", 25)
    support.owe(first, trainers, "Final report", 210)

    declined = support.offer(
        second, "poverty", 250_000, -80, ends=90, conditions="Names of the clients who are interviewed."
    )
    offers.decline(
        offer_id=declined.pk,
        answer="We cannot hand out names of clients. We would gladly talk about figures without names.",
        by=support.cast.manager,
        at=support.moment(-76),
    )


def offer_anew(support: Support, first: Partner, second: Partner) -> None:
    """What waits for an answer today."""
    support.share(first, -12, opens=False)
    support.share(second, -12, opens=False)
    support.offer(
        first, "diagnostic", 700_000, -6, ends=180, conditions="The tool is open for other associations."
    )
    support.offer(second, "swahili", 120_000, -4, ends=120, conditions="")
    mistaken = support.offer(second, "library", 5_400_000, -5, ends=200, conditions="")
    offers.withdraw(offer_id=mistaken.pk, by=second.reader, at=support.moment(-5) + timedelta(hours=2))


def count_in_network(cast: Cast, at: datetime) -> None:
    """The association lets its assessments count in figures about many."""
    sharing.give_consent(
        association=cast.association,
        scope=ConsentScope.NETWORK,
        purpose="Figures of the regional network.",
        by=cast.manager,
        at=at,
    )
