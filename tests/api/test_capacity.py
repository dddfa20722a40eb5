"""The API about capacities: staff read what is agreed, donors what is shared with them, and that is written down."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from capacity.models import PlanItem, SupportOffer
from spm_portal.common.models import AuditEvent
from tests.api.reading import ask, call, ids, key_of
from tests.cast import Cast
from tests.permissions.helpers_of_capacity import CapacityThings, add_capacity

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

AMANI = "associations/amani/"
LISTS = ("frameworks", "assessments", "plan", "offers")


@pytest.fixture
def things(cast: Cast) -> CapacityThings:
    """What Amani holds."""
    return add_capacity(cast, token="a-token")


def copied(row: Model, **changes: Any) -> Any:
    """The same row once more."""
    twin = type(row)._base_manager.get(pk=row.pk)
    twin._state.adding, twin.pk = True, uuid.uuid4()
    for name, value in changes.items():
        setattr(twin, name, value)
    twin.save(force_insert=True)
    return twin


def logged() -> set[tuple[str, Any]]:
    """What is written down of readings."""
    return {(one.data["source"], one.object_id) for one in AuditEvent.objects.filter(verb="capacity.read")}


def test_staff_read_what_is_agreed_and_nothing_is_written_down(cast: Cast, things: CapacityThings) -> None:
    assert ids(ask(cast.reviewer, f"{AMANI}assessments/")) == {str(things.agreed.pk)}
    assert ids(ask(cast.reviewer, f"{AMANI}plan/")) == {str(one.pk) for one in PlanItem.objects.all()}
    assert ids(ask(cast.reviewer, f"{AMANI}offers/")) == {str(one.pk) for one in SupportOffer.objects.all()}
    assert ids(ask(cast.reviewer, f"{AMANI}frameworks/")) == {
        str(things.agreed.framework_id),
        str(things.session.framework_id),
    }
    for hidden in (things.rating, things.session):
        assert ask(cast.manager, f"assessments/{hidden.pk}/").status == 404
    assert not logged()


def test_an_assessment_is_told_by_level_and_mean(cast: Cast, things: CapacityThings) -> None:
    told = ask(cast.manager, f"assessments/{things.agreed.pk}/").json
    assert told["levels"][0] == {"item": "A1-KS1", "level": 0, "not_applicable": False, "outside": 1}
    assert [one["level"] for one in told["levels"]] == [0, 1, 2, 3, 0, 1]
    # a mean of so few items says nothing
    assert told["overall"] == {"code": "", "value": None, "scored": 6, "not_applicable": 0}
    assert [one["code"] for one in told["areas"]] == ["A1", "A2", "A3", "A4", "A5", "A6"]
    whole = ask(cast.manager, f"frameworks/{things.agreed.framework_id}/").json
    assert sum(len(area["items"]) for area in whole["areas"]) == 56
    assert "CANARY" not in str(told) + str(whole)


def test_a_donor_reads_what_is_shared_and_it_is_written_down(cast: Cast, things: CapacityThings) -> None:
    token = key_of(cast.donor, "read")
    assert ids(call(token, f"{AMANI}plan/")) == {str(things.shared_item.pk)}
    assert logged() == {("api", things.shared_item.pk)}
    assert call(token, f"assessments/{things.agreed.pk}/").status == 200
    offers = call(token, f"{AMANI}offers/")
    assert ids(offers) == {str(things.offer.pk), str(things.accepted.pk)}
    accepted = next(one for one in offers.json["results"] if one["id"] == str(things.accepted.pk))
    assert [one["amount"] for one in accepted["instalments"]] == ["2000.00"]
    assert {one["state"] for one in accepted["obligations"]} == {"submitted", "draft"}
    assert "CANARY-DRAFT" not in str(offers.json)
    assert {one for _, one in logged()} >= {things.shared_item.pk, things.agreed.pk, things.offer.pk}


def test_filters_narrow(cast: Cast, things: CapacityThings) -> None:
    assert not ids(ask(cast.manager, f"{AMANI}plan/?status=done"))
    assert len(ids(ask(cast.manager, f"{AMANI}plan/?status=planned&support_area=DS4"))) == 2
    assert ids(ask(cast.manager, f"{AMANI}offers/?state=accepted")) == {str(things.accepted.pk)}
    assert ask(cast.manager, f"{AMANI}plan/?status=lost").status == 400


@pytest.mark.parametrize("kind", LISTS)
def test_others_get_none(cast: Cast, things: CapacityThings, kind: str) -> None:
    answers = {
        part: ask(getattr(cast, part), f"{AMANI}{kind}/").status
        for part in ("signatory", "other_manager", "other_donor", "nobody")
    }
    assert answers == {"signatory": 403, "other_manager": 404, "other_donor": 404, "nobody": 404}


@pytest.mark.parametrize("part", ["signatory", "other_donor", "nobody"])
def test_single_rows_of_others_are_not_there(cast: Cast, things: CapacityThings, part: str) -> None:
    assert ask(getattr(cast, part), f"assessments/{things.agreed.pk}/").status == 404
    expected = 200 if part == "other_donor" else 404  # Baobab shares with it, and frameworks are everybody's
    assert ask(getattr(cast, part), f"frameworks/{things.agreed.framework_id}/").status == expected


@pytest.mark.parametrize("kind", ["plan", "offers", "assessments"])
def test_a_list_takes_the_same_queries_for_one_row_and_for_more(
    cast: Cast, things: CapacityThings, kind: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert ask(cast.donor, f"{AMANI}{kind}/").status == 200
        return len(found)

    queries()  # what a process reads once
    before = queries()
    item = copied(things.shared_item)
    copied(things.share, item=item)
    copied(things.offer)
    copied(things.agreed)
    assert queries() == before
