"""The plan: items from gaps and by hand, changes that overwrite nobody's, steps with what they need, what moved."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from capacity.datasets.plan_file import sheets
from capacity.datasets.plan_history import history_of
from capacity.datasets.plan_time import timeline_of
from capacity.enums import OfferState, PlanStatus, Stage
from capacity.models import Assessment, Consensus, PlanItem, PlanUpdate
from capacity.selectors.plan import plan_of
from capacity.selectors.proposals import proposals_of, unplanned
from capacity.services import plan as services
from capacity.services.plan import PlanFields, PlanItemChanged
from capacity.states import PLAN_STEPS, is_circle
from members.enums import Role
from members.models import Association, User
from spm_portal.common.models import AuditEvent
from spm_portal.common.refusal import Refused
from tests.factories.capacity import (
    AssessmentFactory,
    PlanItemFactory,
    SupportOfferFactory,
    default_framework,
)
from tests.factories.members import LONG_AGO, AssociationFactory, UserFactory, person

pytestmark = pytest.mark.django_db

NOW = timezone.now()
SECONDS = count(1)
TODAY = date(2026, 3, 10)


@pytest.fixture
def association() -> Association:
    found: Association = AssociationFactory(slug="aaa", currency="KES")
    return found


@pytest.fixture
def manager(association: Association) -> User:
    return person(Role.ASSOCIATION_MANAGER, association)


def agreed(
    association: Association, levels: dict[str, int | None], as_of: date = date(2025, 6, 30)
) -> Assessment:
    """An agreed assessment; None is "not applicable"."""
    by = UserFactory()
    made: Assessment = AssessmentFactory(
        association=association,
        title=f"Capacity {as_of.year}",
        stage=Stage.AGREED,
        as_of=as_of,
        agreed_at=LONG_AGO.replace(year=as_of.year),
        agreed_by=by,
        opened_by=by,
    )
    Consensus.objects.bulk_create(
        Consensus(
            association=association,
            assessment=made,
            item=code,
            level=level,
            not_applicable=level is None,
            reason="" if level is not None else "not ours",
            decided_at=NOW,
            decided_by=by,
        )
        for code, level in levels.items()
    )
    return made


def fields(item: PlanItem | None = None, **changes: Any) -> PlanFields:
    base = (
        PlanFields(**{name: getattr(item, name) for name in services.NAMES})
        if item is not None
        else PlanFields(title="Train two reviewers", goal_level=3)
    )
    return replace(base, **changes)


def add(association: Association, by: User, item: str = "A2-SY1", **changes: Any) -> PlanItem:
    return services.add_item(
        association=association,
        framework=default_framework(),
        item=item,
        values=fields(**changes),
        by=by,
        at=later(),
    )


def later() -> datetime:
    """A moment after every earlier one: of one moment, nobody knows what came first."""
    return NOW + timedelta(seconds=next(SECONDS))


def change(item: PlanItem, by: User, version: int | None = None, **changes: Any) -> PlanItem:
    return services.change_item(
        item_id=item.pk,
        version=item.version if version is None else version,
        values=fields(item, **changes),
        by=by,
        at=later(),
    )


def step(item: PlanItem, by: User, status: str, **words: Any) -> PlanItem:
    item.refresh_from_db()
    return services.step(item_id=item.pk, version=item.version, status=status, by=by, at=later(), **words)


class TestProposals:
    def test_a_gap_becomes_an_item_with_goal_area_of_support_and_evidence(self, association, manager):
        assessment = agreed(association, {"A1-KS1": 0, "A1-SY1": 1, "A2-SY1": 3, "A2-KS1": None})
        framework = default_framework().document
        gap = next(one for one in proposals_of(assessment) if one.item.code == "A1-KS1")
        assert [one.item.code for one in proposals_of(assessment)] == ["A1-KS1", "A1-SY1"]
        raw = framework["areas"][0]["items"][0]
        assert [(one.area.code, one.why) for one in gap.support] == [
            (s["area"], s["why"]) for s in raw["support"]
        ]
        call = {"assessment": assessment, "chosen": ["A1-KS1"], "by": manager, "at": NOW}
        made = services.propose_items(**call)
        assert services.propose_items(**call) == []  # a double click
        (item,) = made
        assert (item.from_level, item.goal_level, item.status) == (0, 3, PlanStatus.PROPOSED)
        assert (item.support_area, item.currency) == (raw["support"][0]["area"], "KES")
        assert item.done_when == raw["proof"][3][:500]
        assert unplanned(assessment) == 1
        step(item, manager, PlanStatus.DROPPED, text="Another network does it.")
        assert unplanned(assessment) == 1  # dropping was a decision: it is not asked about again
        assert list(AuditEvent.objects.about(item).order_by("at").values_list("verb", flat=True)) == [
            "plan.propose",
            "plan.step",
        ]

    def test_what_is_no_gap_is_refused_and_nothing_half_is_left(self, association, manager):
        assessment = agreed(association, {"A1-KS1": 0, "A2-SY1": 4})
        for code in ("A2-SY1", "nonsense"):
            with pytest.raises(Refused, match=code):
                services.propose_items(assessment=assessment, chosen=["A1-KS1", code], by=manager, at=NOW)
        assert not PlanItem.objects.exists()


class TestWhatAnItemMaySay:
    @pytest.mark.parametrize(
        ("changes", "field", "words"),
        [
            ({"title": "  "}, "title", "what will be done"),
            ({"goal_level": 5}, "goal_level", "0 to 4"),
            ({"currency": "KSH"}, "currency", "ISO 4217, such as KES"),
            ({"currency": "DEM"}, "currency", "no currency"),  # gone since 2002
            ({"cost": Decimal("-1")}, "cost", "0 or more"),
            ({"cost": Decimal("NaN")}, "cost", "0 or more"),
            ({"cost": Decimal("10.005")}, "cost", "two decimals"),
            ({"cost": Decimal(10) ** 13}, "cost", "12 digits"),
            ({"support_area": "DS77"}, "support_area", "DS77"),
            ({"starts_on": date(2026, 5, 2), "due_on": date(2026, 5, 1)}, "due_on", "not be before"),
            ({"owner_name": "x" * 151}, "owner_name", "150"),
        ],
    )
    def test_faults_are_told_by_field(self, association, manager, changes, field, words):
        with pytest.raises(ValidationError, match=words) as caught:
            add(association, manager, **changes)
        assert list(caught.value.message_dict) == [field]
        assert not PlanItem.objects.exists()

    def test_every_fault_is_told_at_once(self, association, manager):
        with pytest.raises(ValidationError) as caught:
            add(association, manager, item="Z9", title="", currency="?", cost=Decimal(-1))
        assert set(caught.value.message_dict) == {"item", "title", "currency", "cost"}

    def test_the_currency_is_the_association_s_unless_said_otherwise(self, association, manager):
        assert add(association, manager).currency == "KES"
        assert add(association, manager, currency="usd").currency == "USD"

    def test_the_goal_is_above_the_level_that_was_agreed(self, association, manager):
        assessment = agreed(association, {"A2-SY1": 3})
        call = {
            "association": association,
            "framework": assessment.framework,
            "assessment": assessment,
            "item": "A2-SY1",
            "by": manager,
            "at": NOW,
        }
        with pytest.raises(ValidationError, match="above the level at the start, 3"):
            services.add_item(**call, values=fields(goal_level=3))
        assert services.add_item(**call, values=fields(goal_level=4)).from_level == 3

    def test_owners_work_at_the_association_and_are_one(self, association, manager):
        with pytest.raises(ValidationError, match="works at the association"):
            add(association, manager, owner=person(Role.ASSOCIATION_MANAGER, AssociationFactory()))
        with pytest.raises(ValidationError, match="not both"):
            add(association, manager, owner=manager, owner_name="Treasurer")
        assert add(association, manager, owner=manager).owner == manager

    def test_a_currency_stays_while_an_offer_counts_in_it(self, association, manager):
        item = add(association, manager, cost=Decimal(500))
        offer = SupportOfferFactory(item=item, currency="KES")
        with pytest.raises(ValidationError, match="offered support for this item in KES") as caught:
            change(item, manager, currency="USD")
        assert list(caught.value.message_dict) == ["currency"]
        offer.state = OfferState.DECLINED
        offer.save()
        assert change(item, manager, currency="USD").currency == "USD"


class TestChanges:
    def test_nobody_s_change_is_lost(self, association, manager):
        item = add(association, manager)
        change(item, manager, title="By somebody else")
        with pytest.raises(PlanItemChanged) as caught:
            change(item, manager, title="Mine")  # with the version of an older page
        assert caught.value.item.title == "By somebody else"
        item.refresh_from_db()
        assert (item.title, item.version) == ("By somebody else", 2)

    def test_saving_the_same_changes_nothing(self, association, manager):
        item = add(association, manager)
        assert change(item, manager, version=99).version == 1
        assert AuditEvent.objects.about(item).count() == 1

    def test_outsiders_are_refused_at_every_door(self, association, manager):
        item = add(association, manager)
        stranger = person(Role.ASSOCIATION_MANAGER, AssociationFactory())
        for call in (
            lambda: add(association, stranger),
            lambda: change(item, stranger, title="Mine"),
            lambda: step(item, stranger, PlanStatus.DROPPED, text="No"),
            lambda: services.write_word(item_id=item.pk, by=stranger, at=NOW, text="Hello"),
            lambda: services.write_word(item_id=UUID(int=0), by=manager, at=NOW, text="Hello"),
            lambda: services.propose_items(
                assessment=agreed(association, {"A1-KS1": 0}), chosen=["A1-KS1"], by=stranger, at=NOW
            ),
        ):
            with pytest.raises(PermissionDenied):
                call()


class TestSteps:
    def test_the_whole_life_with_what_each_step_needs(self, association, manager):
        item = add(association, manager)
        with pytest.raises(Refused, match="who does it and until when"):
            step(item, manager, PlanStatus.PLANNED)
        change(item, manager, owner_name="The treasurer", due_on=date(2026, 12, 1))
        step(item, manager, PlanStatus.PLANNED)
        with pytest.raises(ValidationError, match="needs a due day"):
            change(PlanItem.objects.get(), manager, due_on=None)
        step(item, manager, PlanStatus.UNDER_WAY)
        with pytest.raises(Refused, match="shows that it is done"):
            step(item, manager, PlanStatus.DONE)
        with pytest.raises(Refused, match="whole address"):
            step(item, manager, PlanStatus.DONE, url="javascript:alert(1)")
        step(item, manager, PlanStatus.DONE, url="https://example.org/minute.pdf")
        with pytest.raises(Refused, match="cannot become “Proposed”"):
            step(item, manager, PlanStatus.PROPOSED, text="?")
        with pytest.raises(Refused, match="Say why"):
            step(item, manager, PlanStatus.UNDER_WAY)
        step(item, manager, PlanStatus.UNDER_WAY, text="The board sent it back.")
        said = PlanUpdate.objects.filter(item=item).order_by("at").values_list("status", "url", "text")
        assert list(said) == [
            ("planned", "", ""),
            ("under_way", "", ""),
            ("done", "https://example.org/minute.pdf", ""),
            ("under_way", "", "The board sent it back."),
        ]

    def test_dropping_needs_a_reason(self, association, manager):
        item = add(association, manager)
        with pytest.raises(Refused, match="Say why"):
            step(item, manager, PlanStatus.DROPPED, url="https://example.org")
        assert step(item, manager, PlanStatus.DROPPED, text="No money").status == PlanStatus.DROPPED

    def test_a_step_from_an_old_page_is_refused(self, association, manager):
        item = add(association, manager)
        change(item, manager, title="Newer")
        with pytest.raises(PlanItemChanged):
            services.step(item_id=item.pk, version=1, status="dropped", text="No", by=manager, at=NOW)

    def test_a_word_says_something(self, association, manager):
        item = add(association, manager)
        for words, message in (({}, "Write what happened"), ({"text": "x" * 5000}, "at most 4000")):
            with pytest.raises(Refused, match=message):
                services.write_word(item_id=item.pk, by=manager, at=NOW, **words)

    def test_every_step_leads_somewhere_known(self):
        assert set(PLAN_STEPS) == set(PlanStatus)
        assert all(PLAN_STEPS.values())


class TestWaiting:
    def test_what_waits_begins_when_the_other_is_done(self, association, manager):
        ready = {"owner": manager, "due_on": date(2026, 12, 1)}
        first = add(association, manager, title="First", **ready)
        second = add(association, manager, depends_on=first, **ready)
        step(second, manager, PlanStatus.PLANNED)
        with pytest.raises(Refused, match="waits for “First”, which is “Proposed”"):
            step(second, manager, PlanStatus.UNDER_WAY)
        step(first, manager, PlanStatus.PLANNED)
        step(first, manager, PlanStatus.DONE, text="Minute of 3 May")
        assert step(second, manager, PlanStatus.UNDER_WAY).status == PlanStatus.UNDER_WAY

    def test_no_circle_however_long(self, association, manager):
        first = add(association, manager, title="First")
        second = add(association, manager, title="Second", depends_on=first)
        third = add(association, manager, title="Third", depends_on=second)
        for other in (third, second, first):
            with pytest.raises(ValidationError, match="wait for each other") as caught:
                change(first, manager, depends_on=other)
            assert list(caught.value.message_dict) == ["depends_on"]

    def test_circles(self):
        assert is_circle({1: 2, 2: 3, 3: None}, 3, 1)
        assert not is_circle({1: 2, 2: 3, 3: None, 4: None}, 4, 1)
        assert not is_circle({1: 2, 2: 1}, 3, 1)  # a circle of others ends too

    def test_only_items_of_this_plan_that_were_not_dropped(self, association, manager):
        dropped = add(association, manager)
        step(dropped, manager, PlanStatus.DROPPED, text="No")
        for other, words in (
            (PlanItemFactory(), "of this plan"),
            (PlanItem.objects.get(pk=dropped.pk), "dropped"),
        ):
            with pytest.raises(ValidationError, match=words):
                add(association, manager, depends_on=other)


class TestReading:
    def test_sums_by_currency_and_support_area_count_what_is_paid_for_once(self, association, manager):
        item = add(association, manager, cost=Decimal(1000), support_area="DS4")
        add(association, manager, cost=Decimal(50), currency="USD", support_area="DS4")
        add(association, manager, cost=None)
        SupportOfferFactory(item=item, amount=1500, state=OfferState.ACCEPTED)
        SupportOfferFactory(item=item, amount=900)  # only offered
        plan = plan_of(association, on=TODAY)
        assert [(s.currency, s.cost, s.paid_for, s.missing, s.without_cost) for s in plan.sums] == [
            ("KES", 1000, 1000, 0, 1),
            ("USD", 50, 0, 50, 0),
        ]
        assert [(one.area.code if one.area else "", one.items) for one in plan.by_support] == [
            ("DS4", 2),
            ("", 1),
        ]
        table, sums = sheets(plan)
        assert {row[0] for row in table.rows} == {"Train two reviewers"}
        assert len(sums.rows) == 5

    def test_overdue_and_waiting(self, association, manager):
        late = add(association, manager, due_on=TODAY - timedelta(days=1))
        add(association, manager, due_on=TODAY, depends_on=late)
        plan = plan_of(association, on=TODAY)
        assert [card.item for card in plan.overdue] == [late]
        assert [card.waits_for for card in plan.waiting] == [late]
        step(late, manager, PlanStatus.DROPPED, text="No")
        plan = plan_of(association, on=TODAY)
        assert not plan.overdue
        assert [card.waits_for_dropped for card in plan.waiting] == [True]
        drawn = timeline_of(plan, rtl=False)
        assert [len(quarter.cards) for quarter in drawn.quarters] == [1]
        assert "Q1" in drawn.quarters[0].title

    def test_a_later_assessment_shows_what_moved(self, association, manager):
        first = agreed(association, {"A1-KS1": 0, "A1-SY1": 1, "A2-SY1": 1})
        items = {
            item.item: item
            for item in services.propose_items(
                assessment=first, chosen=["A1-KS1", "A1-SY1", "A2-SY1"], by=manager, at=NOW
            )
        }
        assert not plan_of(association, on=TODAY).looked_at_again
        agreed(AssociationFactory(), {"A1-KS1": 4}, date(2026, 1, 1))  # somebody else's
        agreed(association, {"A1-KS1": 3, "A1-SY1": 1, "A2-SY1": None}, date(2026, 1, 1))
        again = plan_of(association, on=TODAY).looked_at_again
        assert [(card.item, card.moved, card.is_reached) for card in again] == [
            (items["A1-KS1"], 3, True),
            (items["A1-SY1"], 0, False),
        ]

    def test_the_life_of_an_item_tells_what_changed_and_why(self, association, manager):
        item = add(association, manager, cost=Decimal(100))
        change(item, manager, cost=Decimal(250), owner=manager, due_on=date(2026, 12, 1))
        step(item, manager, PlanStatus.PLANNED)
        services.write_word(item_id=item.pk, by=manager, at=later(), text="One signed.")
        lines = history_of(PlanItem.objects.get())
        assert [line.title for line in lines] == ["Word", "Planned", "Changed", "Put into the plan"]
        changes = {
            one.label: (one.old.replace("\xa0", " "), one.new.replace("\xa0", " "))
            for one in lines[2].changes
        }
        assert changes["cost"] == ("KES 100", "KES 250")
        assert changes["owner"] == ("", str(manager))
        assert lines[2].by == str(manager)

    def test_the_same_number_of_queries_for_one_item_and_for_four(
        self, association, manager, django_assert_num_queries
    ):
        agreed(association, {"A2-SY1": 2})
        first = add(association, manager, owner=manager)
        with django_assert_num_queries(6):
            plan_of(association, on=TODAY)
        for _number in range(3):
            SupportOfferFactory(item=add(association, manager, depends_on=first, owner=manager))
        with django_assert_num_queries(6):
            plan_of(association, on=TODAY)
