"""How the API takes requests: parameters, filters, pages, errors, and the number of queries."""

import base64
from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.models import Association, User
from reporting.enums import ReturnState
from reporting.models import CatalogueVersion, Submission
from tests.api.reading import BASE, ask, ids
from tests.cast import Cast
from tests.factories.members import InstitutionFactory, MembershipFactory, give_role
from tests.factories.releases import approved_round, institutions
from tests.factories.reporting import OPENED, RoundFactory, SubmissionFactory

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

ADDRESSES = ("", "me/", "associations/", "associations/amani/", "associations/amani/returns/")


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_unknown_parameter_is_refused_with_the_known_ones(cast: Cast, address: str):
    told = ask(cast.manager, f"{address}?colour=blue&page_sise=3")
    assert (told.status, told.code) == (400, "invalid")
    assert set(told.json["error"]["fields"]) == {"colour", "page_sise"}
    known = {
        "associations/": "cursor, page_size.",
        "associations/amani/returns/": "round, state, cursor, page_size.",
    }
    assert known.get(address, "none.") in told.json["error"]["fields"]["colour"][0]


def test_the_address_of_a_row_takes_no_filter_of_the_list(cast: Cast):
    submission = SubmissionFactory(round=RoundFactory(association=cast.amani), institution=cast.kilimo)
    assert ask(cast.manager, f"returns/{submission.pk}/?state=draft").status == 400
    assert ask(cast.manager, "schema/?format=json").status == 400


def test_filters(cast: Cast):
    rounds = [RoundFactory(association=cast.amani, year=year) for year in (2023, 2024)]
    old, new = (SubmissionFactory(round=one, institution=cast.kilimo) for one in rounds)
    Submission.objects.filter(pk=old.pk).update(state=ReturnState.APPROVED)
    address = "associations/amani/returns/"
    assert ids(ask(cast.manager, f"{address}?round=2023")) == {str(old.pk)}
    assert ids(ask(cast.manager, f"{address}?state=draft")) == {str(new.pk)}
    assert ids(ask(cast.manager, f"{address}?round=2023&state=draft")) == set()
    assert ids(ask(cast.manager, f"{address}?round=none-such")) == set()
    told = ask(cast.manager, f"{address}?state=lost")
    assert "draft, submitted" in told.json["error"]["fields"]["state"][0]


def test_nulls_and_strange_sizes_are_refused(cast: Cast):
    address = "associations/amani/returns/"
    assert ask(cast.manager, f"{address}?round=%00").status == 400
    for size in ("0", "101", "-1", "x", "", "1e1", "٣", "9" * 40):
        told = ask(cast.manager, f"{address}?page_size={quote(size)}")
        assert (told.status, set(told.json["error"]["fields"])) == (400, {"page_size"})


@pytest.mark.parametrize("inside", ["p=%00", "o=-1", "o=x", "r=x"], ids=str)
def test_a_cursor_of_ones_own_making_is_refused(cast: Cast, inside: str):
    cursor = quote(base64.b64encode(inside.encode()).decode())
    told = ask(cast.manager, f"associations/amani/returns/?cursor={cursor}")
    assert (told.status, set(told.json["error"]["fields"])) == (400, {"cursor"})


def test_a_cursor_that_is_no_base64_is_refused(cast: Cast):
    for cursor in ("x", "é", "%00", "a" * 5001):
        told = ask(cast.manager, f"associations/amani/returns/?cursor={quote(cursor, safe='%')}")
        assert told.status == 400, cursor


def test_pages_hold_every_row_once_there_and_back(cast: Cast):
    expected = []
    for year in (2024, 2023):
        of_round = RoundFactory(association=cast.amani, year=year)
        made = [SubmissionFactory(round=of_round, institution=InstitutionFactory()) for _ in range(5)]
        expected += sorted((str(one.pk) for one in made), reverse=True)
    found, address = [], "associations/amani/returns/?page_size=3"
    pages = []
    while address:
        told = ask(cast.manager, address)
        pages.append([row["id"] for row in told.json["results"]])
        found += pages[-1]
        address = (told.json["next"] or "").partition(BASE)[2]
    assert found == expected
    assert [len(page) for page in pages] == [3, 3, 3, 1]
    back = ask(cast.manager, told.json["previous"].partition(BASE)[2])
    assert [row["id"] for row in back.json["results"]] == pages[-2]


def test_an_unforeseen_fault_is_told_without_its_inside(cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog):
    def fail(user: User) -> None:
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr("members.api.roles_of", fail)
    told = ask(cast.manager, "me/")
    assert (told.status, told.code) == (500, "server_error")
    assert b"secret" not in told.content
    assert b"Traceback" not in told.content
    assert "secret of the inside" in caplog.text


def test_html_is_not_spoken(cast: Cast):
    told = ask(cast.manager, "me/", accept="text/html")
    assert (told.status, told.code) == (406, "not_acceptable")
    assert ask(cast.manager, "me/", accept="text/html,*/*;q=0.8").status == 200


# --- The number of queries does not grow with the rows ------------------------------------------------------


def _associations(cast: Cast) -> None:
    association = Association.objects.create(
        name="One more", slug=f"more-{Association.objects.count()}", created_at=OPENED
    )
    give_role(cast.manager, "association_manager", association)


def _catalogue(cast: Cast) -> None:
    base = RoundFactory(association=cast.baobab, year=1990 + CatalogueVersion.objects.count()).catalogue
    CatalogueVersion.objects.create(
        association=cast.amani,
        name="Own",
        version=str(CatalogueVersion.objects.count()),
        document=base.document,
        sha256=base.sha256,
        loaded_at=OPENED,
    )


def _round(cast: Cast) -> None:
    RoundFactory(association=cast.amani, year=2000 + cast.amani.rounds.count())


def _return(cast: Cast) -> None:
    of_round = cast.amani.rounds.first() or RoundFactory(association=cast.amani)
    institution = InstitutionFactory()
    MembershipFactory(association=cast.amani, institution=institution)
    SubmissionFactory(round=of_round, institution=institution)


def _release(cast: Cast) -> None:
    from reporting.services.releases import publish

    year = 2010 + cast.amani.rounds.count()
    of_round = approved_round(cast.amani, institutions(cast.amani, 5), year=year)
    publish(round_id=of_round.pk, by=None, at=OPENED)


LISTS = {
    "associations/": _associations,
    "associations/amani/catalogues/": _catalogue,
    "associations/amani/rounds/": _round,
    "associations/amani/returns/": _return,
    "associations/amani/releases/": _release,
}


@pytest.mark.parametrize("address", LISTS)
def test_a_list_takes_the_same_queries_for_one_row_and_for_three(cast: Cast, address: str):
    make: Callable[[Cast], None] = LISTS[address]
    counts = []
    ask(cast.manager, address)  # what a process reads once
    for rows in (1, 3):
        while len(ids(ask(cast.manager, address))) < rows:
            make(cast)
        with CaptureQueriesContext(connection) as queries:
            told = ask(cast.manager, address)
        counts.append(len(queries))
        assert len(told.json["results"]) >= rows
    assert counts[0] == counts[1]
