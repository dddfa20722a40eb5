"""Prepared queries say what the ORM says for the same values, whatever was asked before."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections, transaction
from django.db.models import Count

from members.models import Association, Membership
from spm_portal.common.prepared import LONGEST, Prepared, count_in
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_each_call_is_filled_with_its_own_values(cast: Cast) -> None:
    by_key = Prepared(lambda pk: Association.objects.filter(pk=pk))
    assert by_key(cast.amani.pk) == [cast.amani]
    assert by_key(cast.baobab.pk) == [cast.baobab]
    assert by_key(uuid4()) == []


def test_rows_are_those_of_the_orm_with_related_objects_and_annotations(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    def members(association: Any, institutions: Any) -> Any:
        return (
            Membership.objects.filter(
                institution__in=institutions, association=association, left_on__isnull=True
            )
            .select_related("institution")
            .only("joined_on", "institution__name")
            .annotate(roles=Count("institution__role_assignments"))
            .order_by("institution__name")
        )

    prepared = Prepared(members)
    for association, institutions in (
        (cast.amani.pk, [cast.umoja.pk, cast.kilimo.pk, cast.mbuyu.pk]),
        (cast.baobab.pk, [cast.mbuyu.pk, cast.umoja.pk, cast.pamoja.pk]),
    ):
        told = [
            (one.pk, one.joined_on, one.institution.name, one.roles)
            for one in members(association, institutions)
        ]
        assert len(told) == 2
        with django_assert_num_queries(1):
            rows = prepared(association, institutions)
            assert [(one.pk, one.joined_on, one.institution.name, one.roles) for one in rows] == told


def test_lists_of_any_length_are_asked_for(cast: Cast) -> None:
    among = Prepared(lambda keys: Association.objects.filter(pk__in=keys).values_list("slug", flat=True))
    both = [cast.amani.pk, cast.baobab.pk]
    assert among([]) == []
    assert among(both[:1]) == [cast.amani.slug]
    for strangers in (0, 1, LONGEST - 2, LONGEST):
        found = among([*both, *(uuid4() for _ in range(strangers))])
        assert sorted(found) == sorted([cast.amani.slug, cast.baobab.slug])


def test_days_are_asked_for_and_rows_counted(cast: Cast) -> None:
    def joined_between(association: Any, first: Any, last: Any) -> Any:
        return count_in(
            Membership.objects.filter(association=association, joined_on__gt=first, joined_on__lte=last)
        )

    prepared, day = Prepared(joined_between), timedelta(days=1)
    joined = Membership.objects.filter(association=cast.amani).values_list("joined_on", flat=True)
    at = joined[0]
    there = sum(one == at for one in joined)
    assert there
    assert prepared(cast.amani.pk, at - day, at) == [there]
    assert prepared(cast.amani.pk, at, at) == []
    assert prepared(cast.amani.pk, date(1900, 1, 1), date(1900, 1, 2)) == []


def test_the_orm_writes_the_sql_once(cast: Cast) -> None:
    written = []

    def build(pk: Any) -> Any:
        written.append(pk)
        return Association.objects.filter(pk=pk)

    by_key = Prepared(build)
    assert by_key(cast.amani.pk) == by_key(cast.amani.pk) == [cast.amani]
    assert len(written) == 1


def test_a_value_that_the_query_does_not_ask_for_is_a_fault_of_the_code(cast: Cast) -> None:
    careless = Prepared(lambda pk, _other: Association.objects.filter(pk=pk))
    with pytest.raises(ValueError, match="does not ask"):
        careless(cast.amani.pk, cast.baobab.pk)


def test_rows_are_locked_in_a_transaction_alone(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = Prepared(lambda pk: Association.objects.select_for_update().filter(pk=pk))
    assert locked(cast.amani.pk) == [cast.amani]
    with monkeypatch.context() as outside:
        outside.setattr(connections["default"], "in_atomic_block", False)
        with pytest.raises(transaction.TransactionManagementError):
            locked(cast.amani.pk)
