"""Pages of the plan and of what donors see: what they do with what is typed, also by two people at once."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from capacity.enums import ConsentScope, PlanStatus
from capacity.models import CapacityConsent, PlanItem, PlanShare
from capacity.services import donor_reads, sharing
from capacity.services.sharing import ItemAndDonor
from members.models import SharingAgreement
from spm_portal.common.models import AuditEvent
from spm_portal.common.refusal import Refused
from tests.browsers import signed_in
from tests.capacity.test_plan import agreed
from tests.cast import Cast
from tests.factories.capacity import PlanItemFactory, SupportOfferFactory, default_framework
from tests.factories.members import DonorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(cast: Cast) -> PlanItem:
    found: PlanItem = PlanItemFactory(
        association=cast.amani, created_by=cast.manager, title="Train two reviewers"
    )
    return found


@pytest.fixture
def client(cast: Cast) -> Client:
    return signed_in(cast.manager)


def at(name: str, *parts: Any) -> str:
    return reverse(name, args=["amani", *parts])


def typed(item: PlanItem, **changes: Any) -> dict[str, Any]:
    return {
        "version": item.version,
        "title": item.title,
        "goal_level": item.goal_level,
        "currency": item.currency,
        **changes,
    }


class TestPlanPages:
    def test_an_empty_plan_says_what_to_do(self, cast: Cast, client: Client):
        assert "Open one, or add an item by hand" in client.get(at("plan")).text
        assert "No assessment is agreed yet" in client.get(at("plan_proposals")).text
        assert client.get(at("plan_item_new")).status_code == 200
        agreed(cast.amani, {"A1-KS1": 0})
        assert "found 1 gap." in client.get(at("plan")).text

    def test_gaps_are_ticked_into_the_plan(self, cast: Cast, client: Client):
        agreed(cast.amani, {"A1-KS1": 0, "A1-SY1": 1})
        page = client.get(at("plan_proposals")).text
        why = default_framework().document["areas"][0]["items"][0]["support"][0]["why"]
        assert why in page
        nothing = client.post(at("plan_proposals"), {})
        assert nothing.status_code == 422
        assert "Tick at least one gap." in nothing.text
        assert client.post(at("plan_proposals"), {"chosen": ["A1-KS1"]}).status_code == 302
        assert PlanItem.objects.get().item == "A1-KS1"
        assert client.post(at("plan_proposals"), {"chosen": ["A9-XX9"]}).status_code == 422

    def test_an_item_by_hand_starts_with_the_proof_of_its_goal(self, cast: Cast, client: Client):
        default_framework()
        unknown = client.get(at("plan_item_new") + "?capacity=Z1")
        assert unknown.status_code == 422
        assert "no capacity “Z1”" in unknown.text
        page = client.get(at("plan_item_new") + "?capacity=A1-KS1").text
        proof = default_framework().document["areas"][0]["items"][0]["proof"]
        assert proof[3] in page
        assert proof[4] in page
        sent = {
            "item": "A1-KS1",
            "title": "Follow the sector",
            "goal_level": 3,
            "cost": "12,500.50",
            "currency": "kes",
            "owner": str(cast.reviewer.pk),
        }
        assert client.post(at("plan_item_new"), sent).status_code == 302
        made = PlanItem.objects.get(title="Follow the sector")
        assert (str(made.cost), made.currency, made.owner) == ("12500.50", "KES", cast.reviewer)

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"cost": "500 USD"}, "Remove “USD”"),
            ({"currency": "XYZ"}, "“XYZ” is no currency"),
            ({"due_on": "soon"}, "year-month-day"),
            ({"goal_level": "9"}, "Select a valid choice"),
        ],
    )
    def test_what_cannot_be_comes_back_with_the_words(self, client: Client, item: PlanItem, changes, words):
        answer = client.post(at("plan_item_edit", item.pk), typed(item, title="Kept words", **changes))
        assert answer.status_code == 422
        assert words in answer.text
        assert "Kept words" in answer.text
        item.refresh_from_db()
        assert item.title == "Train two reviewers"

    def test_two_people_at_once_see_each_other_s_words(self, cast: Cast, client: Client, item: PlanItem):
        first = signed_in(cast.reviewer)
        assert first.post(at("plan_item_edit", item.pk), typed(item, title="Theirs")).status_code == 302
        clash = client.post(at("plan_item_edit", item.pk), typed(item, title="Mine"))
        assert clash.status_code == 409
        assert "Theirs" in clash.text
        assert "Mine" in clash.text
        assert clash.context["clash"] == [("What will be done", "Theirs")]
        again = clash.context["form"]["version"].value()
        answer = client.post(at("plan_item_edit", item.pk), typed(item, title="Mine", version=again))
        assert answer.status_code == 302
        item.refresh_from_db()
        assert (item.title, item.version) == ("Mine", 3)

    def test_steps_from_the_board_and_words_from_the_page(self, client: Client, item: PlanItem):
        PlanItem.objects.update(owner_name="The treasurer", due_on=date(2030, 1, 1))
        sent = {"version": 1, "status": "planned", "back": "board"}
        assert client.post(at("plan_item", item.pk), sent).url == at("plan")
        late = client.post(at("plan_item", item.pk), sent)
        assert late.status_code == 422  # it is planned already, and the form no longer offers that
        stale = client.post(at("plan_item", item.pk), {"version": 1, "status": "under_way"})
        assert stale.status_code == 409
        bare = client.post(at("plan_item", item.pk), {"version": 2, "status": "done"})
        assert "Say what shows that it is done" in bare.text
        word = {"version": 2, "status": "stays", "text": "<b>Half</b> of it"}
        assert client.post(at("plan_item", item.pk), word).status_code == 302
        assert "&lt;b&gt;Half&lt;/b&gt; of it" in client.get(at("plan_item", item.pk)).text

    def test_an_item_that_waits_says_for_what(self, cast: Cast, client: Client, item: PlanItem):
        other = PlanItemFactory(association=cast.amani, depends_on=item, due_on=date(2030, 1, 1))
        PlanItem.objects.filter(pk=item.pk).update(due_on=date(2031, 1, 1))
        page = client.get(at("plan_item", other.pk)).text
        assert "It waits for “Train two reviewers” (Proposed)" in page
        assert "before what it waits for" in page
        assert '<form method="post" class="form" novalidate>' in page  # it is sent to this page
        assert "Waiting for this" in client.get(at("plan_item", item.pk)).text

    def test_filters_and_files(self, cast: Cast, client: Client, item: PlanItem):
        PlanItem.objects.update(support_area="DS4", title="=1+1", cost="10.50", due_on=date(2020, 1, 1))
        PlanItemFactory(association=cast.amani, item="A1-KS1", title="Another", owner=cast.manager)
        for name in ("plan", "plan_timeline", "plan_list"):
            page = client.get(at(name) + "?area=A1&mine=1").text
            assert "Another" in page
            assert "=1+1" not in page
            assert "No item is like that." in client.get(at(name) + "?support=DS9").text
        file = client.get(at("plan_file", "csv"))
        rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
        assert [row[0] for row in rows] == ["What will be done", "'=1+1", "Another"]
        assert "10.5" in rows[1]
        assert client.get(at("plan_file", "xlsx")).content[:2] == b"PK"
        assert client.get(at("plan_file", "pdf")).status_code == 404

    def test_items_of_others_do_not_exist(self, client: Client):
        other = PlanItemFactory()
        for name in ("plan_item", "plan_item_edit"):
            assert client.get(at(name, other.pk)).status_code == 404

    @pytest.mark.parametrize("name", ["plan", "plan_timeline", "plan_list", "capacity_sharing"])
    def test_queries_do_not_grow(
        self, cast: Cast, client: Client, item: PlanItem, name, django_assert_max_num_queries
    ):
        agreed(cast.amani, {"A2-SY1": 2, "A1-KS1": 0})
        client.get(at(name))  # frameworks are read once a process
        with django_assert_max_num_queries(200) as one:
            client.get(at(name))
        for _number in range(3):
            more = PlanItemFactory(
                association=cast.amani, depends_on=item, owner=cast.manager, due_on=date(2030, 1, 1)
            )
            PlanShare.objects.create(
                association=cast.amani,
                item=more,
                donor=cast.horizon,
                shared_at=timezone.now(),
                shared_by=cast.manager,
            )
            SupportOfferFactory(item=more, donor=cast.horizon)
        with django_assert_max_num_queries(len(one.captured_queries)):
            assert client.get(at(name)).status_code == 200


class TestSharing:
    def change(self, cast: Cast, **parts: Any) -> int:
        return sharing.change(association=cast.amani, at=timezone.now(), **{"by": cast.manager, **parts})

    def test_each_step_is_in_the_trail_and_a_double_click_is_one(self, cast: Cast, item: PlanItem):
        cell = ItemAndDonor(item.pk, cast.horizon.pk)
        assert self.change(cast, share=[cell], open_to=[cast.horizon.pk]) == 2
        assert self.change(cast, share=[cell, cell], open_to=[cast.horizon.pk]) == 0
        assert PlanItem.objects.visible_to(cast.donor).get() == item
        assert self.change(cast, end=[cell], close_to=[cast.horizon.pk]) == 2
        assert not PlanItem.objects.visible_to(cast.donor).exists()
        verbs = AuditEvent.objects.filter(association_id=cast.amani.pk).order_by("at", "pk")
        assert set(verbs.values_list("verb", flat=True)) == {
            "plan.share",
            "plan.unshare",
            "capacity.consent_given",
            "capacity.consent_withdrawn",
        }
        assert set(verbs.values_list("data__donor", flat=True)) == {str(cast.horizon.pk)}

    def test_what_cannot_be_changes_nothing(self, cast: Cast, item: PlanItem):
        stranger, good = PlanItemFactory(), ItemAndDonor(item.pk, cast.horizon.pk)
        dropped = PlanItemFactory(association=cast.amani, status=PlanStatus.DROPPED)
        for share, words in (
            ([good, ItemAndDonor(item.pk, cast.savanna.pk)], "no longer"),
            ([good, ItemAndDonor(stranger.pk, cast.horizon.pk)], "not in the plan"),
            ([good, ItemAndDonor(dropped.pk, cast.horizon.pk)], "was dropped"),
        ):
            with pytest.raises(Refused, match=words):
                self.change(cast, share=share)
        with pytest.raises(PermissionDenied):
            self.change(cast, share=[good], by=cast.reviewer)
        assert not PlanShare.objects.exists()

    def test_consents_have_a_purpose_and_an_end(self, cast: Cast):
        call = {
            "association": cast.amani,
            "by": cast.manager,
            "at": timezone.now(),
            "scope": ConsentScope.DONOR,
        }
        with pytest.raises(ValidationError, match="Name the donor"):
            sharing.give_consent(**call)
        with pytest.raises(ValidationError, match="passed already"):
            sharing.give_consent(**call, donor=cast.horizon, until=date(2020, 1, 1))
        with pytest.raises(Refused, match="no longer"):
            sharing.give_consent(**call, donor=cast.savanna)
        first = sharing.give_consent(**call, donor=cast.horizon, purpose=" Renewal ")
        assert first == sharing.give_consent(**call, donor=cast.horizon, purpose="Renewal")
        second = sharing.give_consent(**call, donor=cast.horizon, purpose="Renewal", until=date(2090, 1, 1))
        assert list(CapacityConsent.objects.live()) == [second]
        CapacityConsent.objects.update(until=date(2020, 1, 1))  # it lapsed: given again it holds again
        third = sharing.give_consent(**call, donor=cast.horizon, purpose="Renewal", until=None)
        assert list(CapacityConsent.objects.live()) == [third]
        assert sharing.withdraw_consent(**call, donor=cast.horizon) == third
        assert sharing.withdraw_consent(**call, donor=cast.horizon) is None

    def test_the_table_changes_only_what_this_person_ticked(self, cast: Cast, client: Client, item: PlanItem):
        other = PlanItemFactory(association=cast.amani)
        here, there = f"{cast.horizon.pk}:{item.pk}", f"{cast.horizon.pk}:{other.pk}"
        # a colleague shares the other item while this page is open
        self.change(cast, share=[ItemAndDonor(other.pk, cast.horizon.pk)], by=cast.second_manager)
        sent = {"action": "table", "was": [], "open": [here, str(cast.horizon.pk)]}
        assert client.post(at("capacity_sharing"), sent).status_code == 302
        assert PlanShare.objects.filter(ended_at=None).count() == 2
        page = client.get(at("capacity_sharing")).text
        assert page.count('name="was"') == 3
        client.post(at("capacity_sharing"), {"action": "table", "was": [here, there], "open": [there]})
        assert PlanShare.objects.get(ended_at=None).item == other
        for action, count in (("network_give", 2), ("network_give", 2), ("network_withdraw", 1)):
            client.post(at("capacity_sharing"), {"action": action})
            assert CapacityConsent.objects.live().count() == count
        for bad in ({"action": "table", "open": ["nonsense"]}, {"action": "all"}):
            assert client.post(at("capacity_sharing"), bad).status_code == 400
        assert signed_in(cast.reviewer).post(at("capacity_sharing"), sent).status_code == 403

    def test_managers_read_who_opened_what(self, cast: Cast, client: Client, item: PlanItem):
        for one in (item, PlanItemFactory(association=cast.amani)):
            self.change(cast, share=[ItemAndDonor(one.pk, cast.horizon.pk)])
        hidden = PlanItemFactory(association=cast.amani)
        asked = {"donor": cast.horizon, "by": cast.donor}
        donor_reads.open_room(**asked, association_slug="amani", at=timezone.now())
        donor_reads.open_item(**asked, item_id=hidden.pk, at=timezone.now())
        page = client.get(at("capacity_sharing")).text
        assert "Horizon Fund opened 2 things" in page
        assert "Horizon Fund asked for something that it does not see" in page

    def test_a_donor_whose_agreement_ended_is_shown_as_resting(
        self, cast: Cast, client: Client, item: PlanItem
    ):
        gone = DonorFactory(name="Gone Fund")
        SharingAgreement.objects.create(
            association=cast.amani, donor=gone, since=date(2020, 1, 1), until=date(2020, 12, 31)
        )
        assert "Gone Fund" not in client.get(at("capacity_sharing")).text
        PlanShare.objects.create(
            association=cast.amani, item=item, donor=gone, shared_at=timezone.now(), shared_by=cast.manager
        )
        assert "agreement ended: sees nothing" in client.get(at("capacity_sharing")).text
        client.post(at("capacity_sharing"), {"action": "table", "was": [f"{gone.pk}:{item.pk}"]})
        assert not PlanShare.objects.filter(ended_at=None).exists()
