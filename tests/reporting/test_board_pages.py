"""Pages of rounds: the list, the board, opening and settings, by whom they may be seen and what they say."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from members.enums import Role
from members.models import User
from reporting.enums import Move, ReturnState
from reporting.models import Round, Submission, Transition
from reporting.selectors.rounds import SORTS, board_of
from spm_portal.common.models import MailMessage
from tests.browsers import signed_in, text_of
from tests.cast import Cast
from tests.factories.members import InstitutionFactory, MembershipFactory, person
from tests.factories.reporting import CatalogueVersionFactory, RoundFactory, SubmissionFactory
from tests.reporting.returns_in_review import open_question

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def board(cast: Cast) -> Round:
    """A round of Amani with Kilimo in draft, Umoja submitted late, Pamoja approved; due two days ago."""
    due = timezone.now() - timedelta(days=2)
    opened: Round = RoundFactory(association=cast.amani, year=2024, due_at=due)
    SubmissionFactory(
        round=opened, institution=cast.kilimo, required_count=98, answered_count=64, error_count=37
    )
    late = SubmissionFactory(
        round=opened,
        institution=cast.umoja,
        state=ReturnState.SUBMITTED,
        submitted_at=due + timedelta(days=1),
        touched_at=due + timedelta(days=1),
        touched_by=cast.other_signatory,
        warning_count=3,
    )
    Transition.objects.create(
        submission=late,
        association=late.association,
        institution=late.institution,
        move=Move.SUBMIT,
        from_state="draft",
        to_state="submitted",
        at=due + timedelta(days=1),
        by=cast.other_signatory,
    )
    open_question(late, cast.reviewer)
    SubmissionFactory(
        round=opened, institution=cast.pamoja, approved=True, submitted_at=due - timedelta(days=1)
    )
    return opened


ADDRESSES = ["rounds/", "rounds/2024/", "rounds/2024/settings/", "rounds/new/", ""]
SEEN = {
    "manager": (200, 200, 200, 200, 200),
    "reviewer": (200, 200, 403, 403, 200),
    "signatory": (200, 403, 403, 403, 200),
    "editor": (200, 403, 403, 403, 200),
    "ex_member": (404, 404, 404, 404, 404),
    "donor": (403, 403, 403, 403, 200),
    "other_manager": (404, 404, 404, 404, 404),
    "stranger_signatory": (404, 404, 404, 404, 404),
    "operator": (404, 404, 404, 404, 404),
    "nobody": (404, 404, 404, 404, 404),
}


@pytest.mark.parametrize("part", SEEN)
def test_who_sees_which_page_of_rounds(cast: Cast, board: Round, part: str):
    client = signed_in(cast.people[part])
    codes = tuple(client.get(f"/a/amani/{address}").status_code for address in ADDRESSES)
    assert codes == SEEN[part]


def test_visitors_sign_in_first(board: Round):
    for address in ADDRESSES:
        answer = Client().get(f"/a/amani/{address}")
        assert (answer.status_code, answer["Location"].startswith("/accounts/login/")) == (302, True)


def test_a_round_of_a_neighbour_is_not_there(cast: Cast, board: Round):
    RoundFactory(association=cast.baobab, year=2023, name="Neighbour's canary")
    client = signed_in(cast.manager)
    assert client.get("/a/amani/rounds/2023/").status_code == 404
    assert "canary" not in text_of(client.get("/a/amani/rounds/"))


def test_the_board_says_where_each_member_stands(cast: Cast, board: Round):
    text = text_of(signed_in(cast.reviewer).get("/a/amani/rounds/2024/"))
    for words in (
        "Kilimo Savings",
        "64 of 98",
        "2 days overdue",
        "submitted late",
        "submitted in time",
        "Other signatory",
        "3 members in all: 1 approved, 1 to review, 1 with the members.",
    ):
        assert words in text, words


def test_errors_are_apart_from_questions_not_answered_yet(cast: Cast, board: Round):
    """Thirty-seven errors, of which thirty-four are the questions that are still open."""
    row = next(
        row
        for row in board_of(board, at=timezone.now()).rows
        if row.submission.institution_id == cast.kilimo.pk
    )
    assert row.errors == 3


@pytest.mark.parametrize(
    ("only", "names"),
    [
        ("draft", {"Kilimo Savings"}),
        ("submitted", {"Umoja Credit"}),
        ("overdue", {"Kilimo Savings"}),
        ("returned", set()),
        ("nonsense", {"Kilimo Savings", "Umoja Credit", "Pamoja Bank"}),
    ],
)
def test_the_board_shows_one_state_alone(cast: Cast, board: Round, only: str, names: set[str]):
    text = text_of(signed_in(cast.manager).get("/a/amani/rounds/2024/", {"state": only}))
    assert {name for name in ("Kilimo Savings", "Umoja Credit", "Pamoja Bank") if name in text} == names
    assert names or "No return is in this state" in text


@pytest.mark.parametrize("key", SORTS)
def test_every_column_sorts_both_ways(cast: Cast, board: Round, key: str):
    names = [
        [row.submission.institution.name for row in board_of(board, at=timezone.now(), sort=sort).rows]
        for sort in (key, f"-{key}")
    ]
    assert sorted(names[0]) == sorted(names[1])
    first, last = names[0][0], names[1][0]
    assert first != last
    answer = signed_in(cast.manager).get("/a/amani/rounds/2024/", {"sort": f"-{key}"})
    assert 'aria-sort="descending"' in answer.content.decode()


def test_an_unknown_sort_is_no_sort(cast: Cast, board: Round):
    text = text_of(signed_in(cast.manager).get("/a/amani/rounds/2024/", {"sort": "institution__password"}))
    assert text.index("Kilimo") < text.index("Pamoja") < text.index("Umoja")


def test_the_board_takes_as_many_queries_for_thirty_members_as_for_one(cast: Cast):
    counts = []
    for year, members in ((2021, 1), (2022, 3), (2023, 30)):
        opened = RoundFactory(association=cast.amani, year=year)
        for _ in range(members):
            toucher = person(Role.INSTITUTION_EDITOR, made := InstitutionFactory())
            SubmissionFactory(round=opened, institution=made, touched_by=toucher, touched_at=timezone.now())
        client = signed_in(cast.manager)
        client.get(f"/a/amani/rounds/{year}/")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(f"/a/amani/rounds/{year}/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] == counts[2]


def test_the_list_and_home_take_as_many_queries_for_three_rounds_as_for_one(cast: Cast):
    for part in ("manager", "signatory", "donor"):
        counts: list[list[int]] = []
        for year in (2020, 2021, 2022):
            for institution in (cast.kilimo, cast.umoja):
                SubmissionFactory(
                    round=Round.objects.filter(association=cast.amani, year=year).first()
                    or RoundFactory(association=cast.amani, year=year),
                    institution=institution,
                    state=ReturnState.SUBMITTED,
                )
            client, row = signed_in(cast.people[part]), []
            for address in ("/a/amani/rounds/", "/a/amani/"):
                client.get(address)
                with CaptureQueriesContext(connection) as captured:
                    client.get(address)
                row.append(len(captured))
            counts.append(row)
        assert counts[0] == counts[1] == counts[2], part
        Submission.objects.all().delete()
        Round.objects.all().delete()


def test_empty_pages_say_what_comes_next(cast: Cast):
    assert "Open the first round" in text_of(signed_in(cast.manager).get("/a/amani/"))
    assert "A manager of the association opens it" in text_of(signed_in(cast.reviewer).get("/a/amani/"))
    assert "No round yet" in text_of(signed_in(cast.manager).get("/a/amani/rounds/"))
    assert "no catalogue" in text_of(signed_in(cast.manager).get("/a/amani/rounds/new/"))
    RoundFactory(association=cast.amani)
    assert "No member is invited yet" in text_of(signed_in(cast.manager).get("/a/amani/rounds/2024/"))


def form_of(cast: Cast, **changes: Any) -> dict[str, Any]:
    """A filled form for a new round."""
    return {
        "name": "Report 2025",
        "code": "2025",
        "year": "2025",
        "period_end": "2025-12-31",
        "form_length": "core",
        "sections": ["PRO", "OUT"],
        "due_date": (timezone.now() + timedelta(days=40)).date().isoformat(),
        "due_time": "18:00",
        "exchange_rate_usd": "129.5",
        "gni_per_capita": "",
        "institutions": [str(cast.kilimo.pk), str(cast.umoja.pk)],
    } | changes


def test_the_form_suggests_the_usual_round(cast: Cast):
    CatalogueVersionFactory()
    text = signed_in(cast.manager).get("/a/amani/rounds/new/").content.decode()
    year = timezone.now().year - 1
    assert f'value="Report {year}"' in text
    assert f'value="{year}-12-31"' in text
    assert text.count("checked") >= 15 + 3 + 1  # all sections, all present members, the full form
    assert "Zamani" not in text


def test_a_round_opens_after_its_summary(cast: Cast):
    CatalogueVersionFactory()
    cast.amani.time_zone = "Africa/Nairobi"
    cast.amani.save()
    User.objects.filter(pk=cast.manager.pk).update(language="fr")
    client = signed_in(cast.manager)
    form = form_of(cast, exchange_rate_usd="129,5")  # as French writes it
    preview = client.post("/a/amani/rounds/new/", form | {"preview": "1"})
    assert preview.status_code == 200
    text = text_of(preview)
    assert "18:00 (Africa/Nairobi)" in text
    assert "15:00 (UTC)" in text
    assert "10 questions dans 2 sections" in text
    assert "prévenues par e-mail : 3" in text
    assert not Round.objects.exists()
    seen = preview.context["preview"]["seen"]
    other = client.post("/a/amani/rounds/new/", form | {"open": "1", "seen": seen, "name": "Changed"})
    assert "Voici ce qui va se passer" in text_of(other), "what was changed after the summary is shown again"
    assert not Round.objects.exists()
    for _ in range(2):  # a double click
        opened = client.post("/a/amani/rounds/new/", form | {"open": "1", "seen": seen})
        assert opened["Location"] == "/a/amani/rounds/2025/"
    made = Round.objects.get()
    assert (made.due_at.hour, made.sections, made.opened_by) == (15, ["PRO", "OUT"], cast.manager)
    assert str(made.exchange_rate_usd) == "129.500000"
    assert made.submissions.count() == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"due_date": "2020-01-01"}, "The due time has passed already"),
        ({"year": "2024"}, "so that is the reporting year"),
        ({"sections": []}, "Switch on at least one section"),
        ({"institutions": []}, "Tick at least one member"),
        ({"exchange_rate_usd": "many"}, "has-error"),
        ({"exchange_rate_usd": "129,5"}, "has-error"),  # to an English reader this is no number
        ({"exchange_rate_usd": "-3"}, "above zero"),
        ({"code": "new"}, "is an address of the portal"),
        ({"code": "a b"}, "has-error"),
        ({"due_time": "25:00"}, "has-error"),
    ],
)
@pytest.mark.parametrize("button", ["preview", "open"])
def test_a_fault_in_the_form_is_said_at_its_field(
    cast: Cast, changes: dict[str, Any], words: str, button: str
):
    CatalogueVersionFactory()
    answer = signed_in(cast.manager).post("/a/amani/rounds/new/", form_of(cast, **changes) | {button: "1"})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not Round.objects.exists()


def test_a_time_that_clocks_skip_is_refused(cast: Cast):
    CatalogueVersionFactory()
    cast.amani.time_zone = "Africa/Cairo"
    cast.amani.save()
    skipped = {"due_date": "2027-04-30", "due_time": "00:30", "year": "2026", "period_end": "2026-12-31"}
    answer = signed_in(cast.manager).post("/a/amani/rounds/new/", form_of(cast, **skipped) | {"preview": "1"})
    assert "put forward" in text_of(answer)


def test_nobody_invites_the_members_of_a_neighbour(cast: Cast):
    CatalogueVersionFactory()
    answer = signed_in(cast.manager).post(
        "/a/amani/rounds/new/", form_of(cast, institutions=[str(cast.mbuyu.pk)]) | {"open": "1"}
    )
    assert answer.status_code == 422
    assert "Mbuyu" not in text_of(answer)
    assert not Round.objects.exists()


def test_the_summary_names_members_without_anybody_to_answer(cast: Cast):
    CatalogueVersionFactory()
    silent = MembershipFactory(association=cast.amani, institution=InstitutionFactory(name="Kimya & Sons"))
    form = form_of(cast, institutions=[str(silent.institution.pk)]) | {"preview": "1"}
    text = text_of(signed_in(cast.manager).post("/a/amani/rounds/new/", form))
    assert "Nobody can answer for these members yet" in text
    assert escape("Kimya & Sons") in text


def test_the_settings_change_invite_close_and_reopen(cast: Cast, board: Round):
    client = signed_in(cast.manager)
    address = "/a/amani/rounds/2024/settings/"
    day = (timezone.now() + timedelta(days=30)).date()
    due = {"action": "due", "due_date": day.isoformat(), "due_time": "12:00"}
    assert client.post(address, due).status_code == 302
    assert Round.objects.get(pk=board.pk).due_at == datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    assert MailMessage.objects.filter(purpose="round.due_changed").count() == 2
    newcomer = MembershipFactory(association=cast.amani).institution
    assert client.post(address, {"action": "invite", "institutions": [newcomer.pk]}).status_code == 302
    assert board.submissions.filter(institution=newcomer).exists()
    assert client.post(address, {"action": "close"}).status_code == 302
    assert not Round.objects.get(pk=board.pk).is_open
    assert "It is closed since" in text_of(client.get(address))
    assert client.post(address, {"action": "reopen"}).status_code == 302
    assert Round.objects.get(pk=board.pk).is_open
    assert client.post(address, {"action": "invite"}).status_code == 422
    assert client.post(address, {"action": "burn"}).status_code == 404


def test_home_tells_staff_what_waits_and_what_happened(cast: Cast, board: Round):
    text = text_of(signed_in(cast.reviewer).get("/a/amani/"))
    assert "Needs your review" in text
    assert "Umoja Credit: Submitted" in text
    member = text_of(signed_in(cast.other_signatory).get("/a/amani/"))
    assert "Umoja Credit: Submitted" in member
    assert "Kilimo" not in member
    donor = text_of(signed_in(cast.donor).get("/a/amani/"))
    assert "Umoja" not in donor
