"""The SP strategy, its goals and work plan: what is written, what is refused, and that nobody's words are lost."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from capacity.enums import WorkStatus
from capacity.models import Strategy, StrategyGoal, WorkLine
from capacity.selectors.strategy import strategy_page
from capacity.services import strategy as service
from capacity.services.strategy import GoalFields, StrategyChanged, StrategyFields, WorkFields
from members.selectors import records
from spm_portal.common.models import AuditEvent
from tests.cast import Cast, make_cast
from tests.factories.capacity import PlanItemFactory

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = AT.date()
FOUR_YEARS = StrategyFields(first_year=2025, last_year=2028, text="Reach the **poorest**.")


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def write(cast: Cast, values: StrategyFields = FOUR_YEARS, version: int = 0, **more: Any) -> Strategy:
    return service.save_strategy(
        association=cast.amani, values=values, version=version, **{"by": cast.manager, "at": AT, **more}
    )


def test_the_strategy_is_written_once_and_a_second_click_changes_nothing(cast: Cast) -> None:
    first = write(cast)
    again = write(cast)

    assert again.pk == first.pk
    assert Strategy.objects.get().version == 1
    assert AuditEvent.objects.filter(verb="strategy.write").count() == 1


def test_two_managers_who_write_at_once_lose_nothing(cast: Cast) -> None:
    write(cast)
    write(cast, StrategyFields(first_year=2025, last_year=2029), version=1)

    with pytest.raises(StrategyChanged):
        write(cast, StrategyFields(first_year=2025, last_year=2028, officer="Asha"), version=1)

    assert Strategy.objects.get().last_year == 2029


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (StrategyFields(first_year=2028, last_year=2025), "last_year"),
        (StrategyFields(first_year=25, last_year=2025), "first_year"),
        (StrategyFields(first_year=2025, last_year=2028, text="x" * 20_001), "text"),
    ],
)
def test_a_strategy_that_cannot_be_is_refused_at_its_field(
    cast: Cast, values: StrategyFields, field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        write(cast, values)
    assert list(refused.value.message_dict) == [field]
    assert not Strategy.objects.exists()


def test_only_managers_of_the_association_write(cast: Cast) -> None:
    for person in (cast.reviewer, cast.other_manager, cast.signatory, cast.donor):
        with pytest.raises(PermissionDenied):
            write(cast, by=person)
    assert not Strategy.objects.exists()


def test_goals_and_lines_of_another_association_are_as_if_they_did_not_exist(cast: Cast) -> None:
    goal = service.save_goal(
        association=cast.baobab, values=GoalFields(text="Theirs"), by=cast.other_manager, at=AT
    )
    with pytest.raises(PermissionDenied):
        service.save_goal(
            association=cast.amani, values=GoalFields(text="Ours"), by=cast.manager, at=AT, goal_id=goal.pk
        )
    with pytest.raises(ValidationError, match="your own strategy"):
        service.save_work_line(
            association=cast.amani,
            values=WorkFields(year=2026, text="Courses", goal=goal),
            by=cast.manager,
            at=AT,
        )
    with pytest.raises(ValidationError, match="your own plan"):
        service.save_work_line(
            association=cast.amani,
            values=WorkFields(year=2026, text="Courses", plan_item=PlanItemFactory()),
            by=cast.manager,
            at=AT,
        )
    goal.refresh_from_db()
    assert goal.text == "Theirs"


def lines(cast: Cast, *quarters: int | None, year: int = 2026) -> list[WorkLine]:
    return [
        service.save_work_line(
            association=cast.amani,
            values=WorkFields(year=year, text=f"Course {quarter}", quarter=quarter),
            by=cast.manager,
            at=AT,
        )
        for quarter in quarters
    ]


def test_the_page_shows_a_year_by_quarter_and_counts_what_is_done(cast: Cast) -> None:
    write(cast)
    *_others, last = lines(cast, 2, None, 1)
    lines(cast, 4, year=2027)
    WorkLine.objects.filter(pk=last.pk).update(status=WorkStatus.DONE)

    page = strategy_page(cast.amani, today=TODAY)

    assert [quarter.number for quarter in page.quarters] == [1, 2, 0]
    assert (page.done, page.lines, page.years) == (1, 3, (2026, 2027))
    assert strategy_page(cast.amani, today=TODAY, year=2027).year == 2027
    assert strategy_page(cast.amani, today=TODAY, year=1999).year == 2026


def test_a_page_of_many_lines_takes_as_many_queries_as_one(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    write(cast)
    lines(cast, 1)
    with django_assert_num_queries(5):
        strategy_page(cast.amani, today=TODAY)
    lines(cast, 2, 3)
    with django_assert_num_queries(5):
        strategy_page(cast.amani, today=TODAY)


def test_a_goal_that_is_reached_stays_to_be_read(cast: Cast) -> None:
    goal = service.save_goal(
        association=cast.amani, values=GoalFields(text="Half report"), by=cast.manager, at=AT
    )
    for _twice in range(2):
        service.retire_goal(goal=goal, by=cast.manager, at=AT)

    page = strategy_page(cast.amani, today=TODAY)
    assert (page.goals, page.retired) == ((), (StrategyGoal.objects.get(),))
    assert AuditEvent.objects.filter(verb="strategy.goal.retire").count() == 1


def test_the_strategy_stands_as_evidence_with_its_officer_or_the_vacant_post(cast: Cast) -> None:
    assert records.offered(cast.amani, ["strategy"], AT) == []
    write(cast)
    (vacant,) = records.offered(cast.amani, ["strategy"], AT)
    assert vacant.title == "SP strategy 2025–2028, the post of the SPM officer is vacant"
    write(cast, StrategyFields(first_year=2025, last_year=2028, officer="Asha Otieno"), version=1)
    (named,) = records.offered(cast.amani, ["strategy"], AT)
    assert named.title == "SP strategy 2025–2028, SPM officer: Asha Otieno"
    assert named.facts["version"] == 2


def test_the_forms_say_where_the_fault_is_and_keep_what_was_typed(client: Client, cast: Cast) -> None:
    client.force_login(cast.manager)
    address = reverse("strategy_edit", args=[cast.amani.slug])
    typed = {"version": "0", "first_year": "2028", "last_year": "2025", "officer": "Asha Otieno"}

    refused = client.post(address, typed)
    assert refused.status_code == 422
    assert "The last year comes before the first one." in refused.content.decode()
    assert "Asha Otieno" in refused.content.decode()

    assert client.post(address, {**typed, "last_year": "2030"}).status_code == 302
    shown = client.get(reverse("strategy", args=[cast.amani.slug])).content.decode()
    assert "Asha Otieno" in shown
