"""Capacities over many associations: who counts from when, what the gate lets through, and that nothing tells one."""

from datetime import UTC, date, datetime
from itertools import count

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from capacity.enums import ConsentScope, Stage
from capacity.models import Assessment, CapacityConsent, Consensus
from capacity.selectors.frameworks import framework_of
from members.enums import Role
from members.models import Association, User
from reporting.datasets.network_capacities import network_capacities, sheets
from reporting.selectors.network_capacities import OVERALL, years
from tests.factories.capacity import AssessmentFactory, default_framework
from tests.factories.members import AssociationFactory, UserFactory, person

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

TODAY = date(2026, 5, 1)
LEVELS = (1, 3, 2, 4, 1, 2, 3, 2)
_number = count()


@pytest.fixture
def writer() -> User:
    """Whoever writes the rows."""
    made: User = UserFactory()
    return made


def assessed(
    writer: User,
    level: int,
    *,
    year: int = 2025,
    association: Association | None = None,
    consent: bool = True,
) -> Assessment:
    """An association that agreed on one level throughout, with one item above and one below, and lets it count."""
    at = datetime(year, 9, 1, tzinfo=UTC)
    found: Assessment = AssessmentFactory(
        association=association or AssociationFactory(slug=f"net-{next(_number)}"),
        as_of=date(year, 6, 30),
        stage=Stage.AGREED,
        agreed_at=at,
        agreed_by=writer,
        opened_by=writer,
    )
    Consensus.objects.bulk_create(
        Consensus(
            association=found.association,
            assessment=found,
            item=item.code,
            level=level,
            decided_at=at,
            decided_by=writer,
        )
        for item in framework_of(found.framework).items
    )
    if consent:
        CapacityConsent.objects.create(
            association=found.association, scope=ConsentScope.NETWORK, given_at=at, given_by=writer
        )
    return found


def overall(today: date = TODAY) -> float | None:
    """The mean of everything, as published."""
    shown = network_capacities(framework_of(default_framework()), today)
    return next((line.number for line in shown.lines if line.code == OVERALL), None)


def test_a_mean_needs_five_associations_that_agreed(writer: User) -> None:
    for level in LEVELS[:4]:
        assessed(writer, level)
    assessed(writer, 4, consent=False)
    assert overall() is None
    assessed(writer, 1)
    assert overall() == pytest.approx(2.2)
    shown = network_capacities(framework_of(default_framework()), TODAY)
    assert {line.number for line in shown.lines} == {2.2}
    assert {line.band for line in shown.lines} == {"5-9"}
    # the file says the same, and its rows have no number where nothing is published
    (sheet,) = sheets(shown)
    assert len(sheet.rows) == len(shown.lines) == 1 + 6 + 18


def test_it_counts_from_the_end_of_the_year_and_for_three_years(writer: User) -> None:
    for level in LEVELS[:5]:
        assessed(writer, level)
    assert overall(date(2025, 12, 31)) is None
    assert overall(date(2026, 1, 1)) == overall(date(2028, 12, 31)) == pytest.approx(2.2)
    # on the last day of 2028 they are three and a half years old
    assert overall(date(2029, 1, 1)) is None


def test_who_joins_alone_cannot_be_worked_out(writer: User) -> None:
    """The mean of five beside that of the same five and one more would tell the sixth: the earlier one stays."""
    for level in LEVELS[:5]:
        assessed(writer, level)
    assessed(writer, 4, year=2026)
    shown = network_capacities(framework_of(default_framework()), date(2027, 2, 1))
    assert {line.number for line in shown.lines} == {2.2}
    assert all(line.is_kept for line in shown.lines)


def test_a_withdrawn_consent_ends_with_the_year_and_changes_no_year_before(writer: User) -> None:
    made = [assessed(writer, level) for level in LEVELS[:5]]
    CapacityConsent.objects.filter(association=made[0].association).update(
        withdrawn_at=datetime(2026, 3, 1, tzinfo=UTC)
    )
    assert overall(TODAY) == pytest.approx(2.2)
    assert overall(date(2027, 2, 1)) is None


def test_extreme_scores_tell_everybody_and_are_not_published(writer: User) -> None:
    for _number in range(6):
        assessed(writer, 4)
    assert overall() is None


def test_an_agreement_of_last_year_takes_the_place_of_the_one_before(writer: User) -> None:
    for level in LEVELS[:6]:
        first = assessed(writer, level, year=2024)
        assessed(writer, min(level + 1, 4), association=first.association, consent=False)
    found = years(framework_of(default_framework()), TODAY)
    assert [one.ends_on.year for one in found] == [2024, 2025]
    assert found[0].assessments.keys() == found[1].assessments.keys()
    assert not {*found[0].assessments.values()} & {*found[1].assessments.values()}


def test_the_page_and_the_file_name_no_association_and_take_no_more_queries_for_more(
    client: Client, writer: User
) -> None:
    client.force_login(person(Role.PLATFORM_OPERATOR))
    taken = []
    for level in LEVELS[:5]:
        assessed(writer, level)
        client.get(reverse("operator_capacities"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("operator_capacities"))
        taken.append(len(queries))
    assert taken[0] == taken[-1]
    page = client.get(reverse("operator_capacities"))
    said = page.content.decode()
    assert page.status_code == 200
    assert "2.2" in said
    file = client.get(reverse("operator_capacities_file", args=["csv"]))
    assert file.content.decode("utf-8-sig").count("2.2") == 25
    assert client.get(reverse("operator_capacities"), {"framework": "none"}).status_code == 404
    for association in Association.objects.all():
        assert association.name not in said
