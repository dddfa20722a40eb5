"""The reviewer's chooser of the peer group: offered ones alone, kept by the page's links, free where there are none."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from reporting.models import Release, ReleaseCell, Submission
from reporting.selectors import peers as selector
from tests.browsers import signed_in, text_of
from tests.cast import Cast
from tests.factories.reporting import RoundFactory
from tests.reporting.test_workbench import held, release_of, row_of

__all__ = ["held"]
pytestmark = [pytest.mark.integration, pytest.mark.django_db]
NGOS = {
    "key": "ngos:2",
    "code": "ngos",
    "version": 2,
    "name": "NGOs & trusts",
    "n_band": "5-9",
    "rule": {},
    "words": "",
}
BANKS = {**NGOS, "key": "banks:1", "code": "banks", "version": 1, "name": "Banks", "n_band": "10-19"}


def quartiles(release: Release, group: str, lower: float, upper: float) -> None:
    for category, value in (("lower", lower), ("upper", upper)):
        ReleaseCell.objects.create(
            release=release,
            code="branches_total",
            statistic="quartiles",
            group=group,
            category=category,
            position=1,
            published=True,
            value=value,
            n_band="5-9",
        )


def address(submission: Submission) -> str:
    return f"/a/amani/returns/{submission.pk}/review/"


@pytest.fixture
def release(cast: Cast) -> Release:
    """An edition with figures of all members and of two groups."""
    made = release_of(
        RoundFactory(association=cast.amani, year=2023),
        groups=[NGOS, BANKS],
        branches_total=(7, 19),
        board_members=(3, 9),
    )
    quartiles(made, NGOS["key"], 2, 4)
    quartiles(made, BANKS["key"], 8, 9)
    quartiles(made, "dropped:1", 71_113, 71_119)
    return made


def test_the_chosen_group_stands_beside_the_values(cast: Cast, held: Submission, release: Release):
    client = signed_in(cast.reviewer)
    first = text_of(client.get(address(held), {"section": "all"}))
    assert "7 – 19" in row_of(first, "branches_total")
    assert "?section=all&amp;group=ngos%3A2" in first
    assert "?section=all&amp;group=banks%3A1" in first
    assert '<a href="?section=all" aria-current="true">' in first
    page = text_of(client.get(address(held), {"section": "all", "group": "ngos:2"}))
    row = row_of(page, "branches_total")
    assert "2 – 4" in row
    assert "n = 5-9" in row
    assert 'data-label="NGOs &amp; trusts"' in row
    assert "7 – 19" not in page
    assert "3 – 9" not in row_of(
        page, "board_members"
    )  # nothing of this group: no figure of all members instead
    assert escape("Here only those of the peer group “NGOs & trusts”.") in page
    assert f"/a/amani/releases/{release.pk}/?group=ngos%3A2" in page
    assert (
        "71" not in page.partition("<table")[2].partition("</table>")[0].partition("branches_total")[2][:400]
    )


def test_links_of_the_page_keep_the_group(cast: Cast, held: Submission, release: Release):
    page = text_of(signed_in(cast.reviewer).get(address(held), {"section": "OUT", "group": "ngos:2"}))
    inside = [part.partition('"')[0] for part in page.split('href="?')[1:]]
    assert len(inside) > 10
    # but for the chooser's own "All members" and "Banks"
    lost = [one for one in inside if "group=ngos%3A2" not in one]
    assert lost == ["section=OUT", "section=OUT&amp;group=banks%3A1"]
    assert "section=OUT&amp;group=ngos%3A2&amp;ask=active_borrowers" in page


@pytest.mark.parametrize("key", ["dropped:1", "ngos:1", "ngos", "x' or 1=1"])
def test_what_the_edition_does_not_offer_does_not_exist(
    cast: Cast, held: Submission, release: Release, key: str
):
    assert signed_in(cast.reviewer).get(address(held), {"group": key}).status_code == 404


def test_a_group_of_another_edition_does_not_exist(cast: Cast, held: Submission, release: Release):
    assert signed_in(cast.reviewer).get(address(held), {"group": "ngos:2"}).status_code == 200
    quartiles(release_of(release.round, 2, groups=[BANKS], branches_total=(5, 6)), BANKS["key"], 5, 6)
    assert signed_in(cast.reviewer).get(address(held), {"group": "ngos:2"}).status_code == 404
    assert signed_in(cast.reviewer).get(address(held), {"group": "banks:1"}).status_code == 200


def test_a_group_without_a_middle_half_is_no_choice(cast: Cast, held: Submission):
    made = release_of(
        RoundFactory(association=cast.amani, year=2023), groups=[NGOS, BANKS], branches_total=(7, 19)
    )
    quartiles(made, BANKS["key"], 5, 6)
    ReleaseCell.objects.create(
        release=made,
        code="branches_total",
        statistic="median",
        group=NGOS["key"],
        position=1,
        published=True,
        value=3,
    )
    page = text_of(signed_in(cast.reviewer).get(address(held)))
    assert "?group=banks%3A1" in page
    assert "ngos" not in page.partition('aria-label="Peer group"')[2].partition("</nav>")[0]
    assert signed_in(cast.reviewer).get(address(held), {"group": "ngos:2"}).status_code == 404


def test_where_no_group_is_offered_nothing_is_asked_and_nothing_shown(cast: Cast, held: Submission):
    client = signed_in(cast.reviewer)

    def queries(**asked: str) -> int:
        client.get(address(held), asked)  # a process reads the cells of an edition once
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address(held), asked).status_code == 200
        return len(captured)

    of_round = RoundFactory(association=cast.amani, year=2023)
    counts = []
    for number, groups in enumerate((None, [], [NGOS, BANKS]), start=1):
        # an edition before there were groups, one that offers none, one that offers two
        edition = release_of(of_round, number, groups=groups, branches_total=(7, 19))
        for each in groups or ():
            quartiles(edition, each["key"], 5, 6)
        counts.append(queries())
        page = text_of(client.get(address(held), {"section": "all"}))
        assert ("Peer group" in page) == ("group=" in page) == bool(groups)
        assert len(selector.peers_of(held.association).groups) == len(groups or ())
    assert len({*counts, queries(group="ngos:2")}) == 1
