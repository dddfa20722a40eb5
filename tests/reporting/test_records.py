"""Rounds, editions and the register as records that may stand as evidence: what they say, and of whom."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from members.selectors import records
from reporting.enums import ReturnState
from reporting.models import Round
from tests.factories.members import AssociationFactory
from tests.factories.releases import released
from tests.factories.reporting import OPENED, RoundFactory, SubmissionFactory

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

AT = OPENED + timedelta(days=400)
KINDS = ("response_rate", "reviewed_returns", "members_register")


def with_returns(of_round: Round) -> Round:
    """Three members invited: one draft, one handed in, one approved."""
    for state in (ReturnState.DRAFT, ReturnState.SUBMITTED, ReturnState.APPROVED):
        SubmissionFactory(round=of_round, state=state)
    return of_round


def test_a_round_tells_how_many_handed_in_and_were_reviewed() -> None:
    of_round = with_returns(RoundFactory(name="SP data 2025", code="2025"))
    foreign = with_returns(RoundFactory())
    RoundFactory(association=of_round.association)  # nobody invited: says nothing

    response, reviewed, register = records.offered(of_round.association, KINDS, AT)

    assert response.title == "SP data 2025: 2 of 3 members handed in (67 %)"
    assert dict(response.facts) == {"round": "2025", "invited": 3, "handed_in": 2}
    assert reviewed.title == "SP data 2025: returns approved after review 1, questions asked 0"
    assert register.facts["members"] == 3
    assert register.title.startswith("Register of members: 3 members on ")
    assert records.offered_one(foreign.association, "response_rate", "2025", AT) is None
    assert records.offered_one(of_round.association, "response_rate", "2025", AT) == response


def test_an_edition_tells_its_number_and_members() -> None:
    association = AssociationFactory()
    release = released(association, 5)

    (edition,) = records.offered(association, ["editions_published"], release.published_at)

    assert edition.facts["contributors"] == 5
    assert edition.key == f"{release.round.code}-1"


def test_before_its_time_there_is_nothing_and_unknown_kinds_give_nothing() -> None:
    of_round = with_returns(RoundFactory())
    assert records.offered(of_round.association, ["response_rate"], OPENED - timedelta(days=900)) == []
    assert records.offered(of_round.association, ["sessions_unheard_of"], AT) == []
    assert records.label_of("sessions_unheard_of") == "sessions_unheard_of"


def test_many_rounds_are_read_with_as_many_queries_as_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    first = with_returns(RoundFactory(code="one"))
    with django_assert_num_queries(3):
        records.offered(first.association, KINDS, AT)
    for number in range(3):
        with_returns(RoundFactory(association=first.association, code=f"more{number}"))
    with django_assert_num_queries(3):
        assert len(records.offered(first.association, KINDS, AT)) == 3 + 3 + 1
