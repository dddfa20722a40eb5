"""The register of global initiatives, and the occasions on which they were carried with the toolkit's documents."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from capacity.enums import EventKind, InitiativeRole
from capacity.models import AmbassadorEvent, Initiative
from capacity.selectors.strategy import initiatives_of
from capacity.services import initiatives as service
from capacity.services.initiatives import Handout, InitiativeFields, OccasionFields
from members.selectors import records
from members.toolkit import item_of, toolkit
from tests.cast import Cast, make_cast

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
STANDARDS = InitiativeFields(
    name="Universal Standards", role=InitiativeRole.AMBASSADOR, since=date(2024, 1, 1)
)
SPEECH = OccasionFields(kind=EventKind.SPEECH, title="Annual meeting", held_on=date(2026, 5, 4), audience=40)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def carried(cast: Cast, values: InitiativeFields = STANDARDS, **more: Any) -> Initiative:
    return service.save_initiative(
        association=cast.amani, values=values, **{"by": cast.manager, "at": AT, **more}
    )


def spoke(cast: Cast, initiative: Initiative, values: OccasionFields = SPEECH) -> AmbassadorEvent:
    return service.save_occasion(initiative=initiative, values=values, by=cast.reviewer, at=AT)


def with_handouts(*handouts: Handout) -> OccasionFields:
    return OccasionFields(
        kind=EventKind.DISTRIBUTION, title="Fair", held_on=date(2026, 5, 4), handouts=handouts
    )


def test_the_toolkit_is_as_its_source_counts_it() -> None:
    numbered = [item for group in toolkit() for item in group.items if item.languages]
    assert len(toolkit()) == 4
    assert (len(numbered), sum(len(item.languages) for item in numbered)) == (17, 25)
    assert item_of("TP-02") is not None
    assert item_of("TP-02").title == "Translation Mission into Social Targets presentation"  # type: ignore[union-attr]
    assert item_of("XX-99") is None


def test_an_initiative_stands_in_the_register_once(cast: Cast) -> None:
    first = carried(cast)
    with pytest.raises(ValidationError, match="in the register already"):
        carried(cast)
    changed = carried(
        cast,
        InitiativeFields(
            name="Universal Standards",
            role=InitiativeRole.ENDORSER,
            since=date(2024, 1, 1),
            until=date(2025, 1, 1),
        ),
        initiative_id=first.pk,
    )
    assert changed.pk == first.pk
    assert carried(cast).pk != first.pk  # carried again later


def test_reviewers_write_occasions_and_only_managers_the_register(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        carried(cast, by=cast.reviewer)
    initiative = carried(cast)
    assert spoke(cast, initiative).written_by == cast.reviewer
    with pytest.raises(PermissionDenied):
        service.save_occasion(initiative=initiative, values=SPEECH, by=cast.other_manager, at=AT)


def test_what_was_handed_out_is_kept_with_the_title_it_had(cast: Cast) -> None:
    event = spoke(cast, carried(cast), with_handouts(Handout("TP-01", "en", 40)))
    assert event.handouts == [
        {
            "code": "TP-01",
            "title": "Introduction to Social Performance presentation",
            "language": "en",
            "copies": 40,
        }
    ]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (with_handouts(Handout("XX-99", "en")), "is not in the Ambassador Toolkit"),
        (with_handouts(Handout("TP-01", "zh")), "has no version in this language"),
        (with_handouts(Handout("TP-01", "en", 0)), "Write between 1 and"),
        (OccasionFields(kind="speech", title="Later", held_on=date(2026, 7, 1)), "still to come"),
        (OccasionFields(kind="speech", title="Before", held_on=date(2023, 7, 1)), "since 2024-01-01"),
        (OccasionFields(kind="speech", title="  ", held_on=date(2026, 5, 1)), "Write what it was"),
    ],
)
def test_an_occasion_that_cannot_be_is_refused_in_words(
    cast: Cast, values: OccasionFields, words: str
) -> None:
    initiative = carried(cast)
    with pytest.raises(ValidationError, match=words):
        spoke(cast, initiative, values)
    assert not AmbassadorEvent.objects.exists()


def test_the_register_counts_occasions_with_one_query(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(3):
        one = carried(
            cast, InitiativeFields(name=f"Initiative {number}", role="ambassador", since=date(2024, 1, 1))
        )
        spoke(cast, one)
        spoke(cast, one)
    with django_assert_num_queries(1):
        counted = list(initiatives_of(cast.amani).values_list("occasions_count", "reached"))
    assert counted == [(2, 80)] * 3


def test_both_stand_as_evidence(cast: Cast) -> None:
    initiative = carried(cast)
    spoke(cast, initiative)
    register, occasion = records.offered(cast.amani, ["initiatives", "ambassador_events"], AT)
    assert register.title == "Carries 1 global initiative: Universal Standards"
    assert occasion.title == "Annual meeting, 2026-05-04 (Universal Standards)"
    assert records.offered(cast.baobab, ["initiatives", "ambassador_events"], AT) == []


def test_the_form_takes_documents_in_rows_and_shows_them_again(client: Client, cast: Cast) -> None:
    initiative = carried(cast)
    client.force_login(cast.reviewer)
    new = reverse("occasion_new", args=[cast.amani.slug, initiative.pk])
    typed = {"kind": "distribution", "title": "Fair", "held_on": "2026-05-04", "copies_0": "25"}

    refused = client.post(new, typed)
    assert refused.status_code == 422
    assert "Choose the document of which these are the copies." in refused.content.decode()

    assert client.post(new, {**typed, "document_0": '["TP-01", "en"]'}).status_code == 302
    event = AmbassadorEvent.objects.get()
    assert event.handouts[0]["copies"] == 25
    edit = client.get(reverse("occasion", args=[cast.amani.slug, initiative.pk, event.pk])).content.decode()
    assert "selected>Introduction to Social Performance presentation (en)" in edit
