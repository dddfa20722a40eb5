"""Opening rounds, inviting members, moving the due time, closing: who may, what is written, who is told."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.models import Institution, RoleAssignment, User
from reporting.enums import FormLength, ReturnState
from reporting.models import Round, Submission
from reporting.selectors.rounds import period_end_before
from reporting.services import rounds
from reporting.services.rounds import RoundForbidden, RoundRefused, RoundSpec
from spm_portal.common.models import AuditEvent, MailMessage
from tests.cast import Cast
from tests.factories.members import AssociationFactory
from tests.factories.reporting import CatalogueVersionFactory, RoundFactory, SubmissionFactory

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

NOW = datetime(2025, 1, 20, 8, tzinfo=UTC)


def spec(**changes: Any) -> RoundSpec:
    """A round for 2024, due in spring."""
    fields: dict[str, Any] = {
        "code": "2024",
        "name": "Report 2024",
        "year": 2024,
        "period_end": date(2024, 12, 31),
        "catalogue": CatalogueVersionFactory(),
        "due_at": datetime(2025, 4, 30, 21, tzinfo=UTC),
    }
    return RoundSpec(**(fields | changes))


def open_it(
    cast: Cast, *, by: User | None = None, members: list[Institution] | None = None, **changes: Any
) -> Round:
    return rounds.open_round(
        association=cast.amani,
        spec=spec(**changes),
        institutions=[cast.kilimo, cast.umoja] if members is None else members,
        by=by or cast.manager,
        at=NOW,
    )


def test_a_round_gives_each_member_a_return_and_tells_its_people(cast: Cast):
    opened = open_it(cast, exchange_rate_usd=Decimal("129.5"))
    returns = Submission.objects.filter(round=opened)
    assert {one.institution for one in returns} == {cast.kilimo, cast.umoja}
    assert {(one.state, one.currency, one.association) for one in returns} == {
        (ReturnState.DRAFT, "KES", cast.amani)
    }
    assert set(MailMessage.objects.values_list("to", flat=True)) == {
        "signatory@example.org",
        "editor@example.org",
        "other_signatory@example.org",
    }
    assert AuditEvent.objects.about(opened).get().data == {"code": "2024", "imported": False, "invited": 2}
    assert opened.context["exchange_rate_usd"] == 129.5


def test_the_counters_of_a_new_return_are_those_of_an_empty_form(cast: Cast):
    from reporting.services.answers import import_answers

    for form_length in FormLength:
        opened = open_it(cast, code=f"2024-{form_length}", form_length=form_length, sections=("PRO", "OUT"))
        fresh = opened.submissions.first()
        assert fresh is not None
        counted = Submission.objects.get(pk=fresh.pk)
        import_answers(submission_id=fresh.pk, values={}, at=NOW)  # counts again
        again = Submission.objects.get(pk=fresh.pk)
        for name in ("required_count", "answered_count", "error_count", "warning_count"):
            assert getattr(again, name) == getattr(counted, name), name
        assert again.required_count > 0


@pytest.mark.parametrize("part", ["reviewer", "signatory", "other_manager", "donor", "operator", "nobody"])
def test_only_a_manager_opens_and_runs_a_round(cast: Cast, part: str):
    by = cast.people[part]
    with pytest.raises(RoundForbidden):
        open_it(cast, by=by)
    opened = open_it(cast)
    pk = opened.pk
    with pytest.raises(RoundForbidden):
        rounds.invite(round_id=pk, institution_ids=[cast.pamoja.pk], by=by, at=NOW)
    with pytest.raises(RoundForbidden):
        rounds.change_due(round_id=pk, due_at=NOW + timedelta(days=300), by=by, at=NOW)
    with pytest.raises(RoundForbidden):
        rounds.close_round(round_id=pk, by=by, at=NOW)
    with pytest.raises(RoundForbidden):
        rounds.reopen_round(round_id=pk, by=by, at=NOW)
    assert Round.objects.get(pk=pk).due_at == opened.due_at


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"due_at": NOW}, "due"),
        ({"year": 2023}, "year"),
        ({"sections": ()}, "sections"),
        ({"sections": ("PRO", "NOPE")}, "sections"),
    ],
    ids=["due in the past", "year of another period", "no section", "unknown section"],
)
def test_a_round_that_makes_no_sense_is_refused(cast: Cast, changes: dict[str, Any], field: str):
    with pytest.raises(RoundRefused) as caught:
        open_it(cast, **changes)
    assert caught.value.field == field
    assert not Round.objects.exists()


def test_a_code_is_taken_once_in_an_association(cast: Cast):
    open_it(cast)
    with pytest.raises(RoundRefused, match="2024") as caught:
        open_it(cast)
    assert caught.value.field == "code"
    RoundFactory(association=cast.baobab, year=2024)
    assert Round.objects.filter(code="2024").count() == 2


def test_only_present_members_are_invited(cast: Cast):
    for stranger in (cast.mbuyu, cast.zamani):
        with pytest.raises(RoundRefused, match=stranger.name) as caught:
            open_it(cast, members=[cast.kilimo, stranger])
        assert caught.value.field == "institutions"
    assert not Round.objects.exists()
    assert not MailMessage.objects.exists()


def test_another_associations_catalogue_is_not_for_us(cast: Cast):
    foreign = CatalogueVersionFactory(association=cast.baobab)
    with pytest.raises(RoundRefused) as caught:
        open_it(cast, catalogue=foreign)
    assert caught.value.field == "catalogue"


def test_sections_keep_the_order_of_the_catalogue(cast: Cast):
    assert open_it(cast, sections=("OUT", "PRO")).sections == ["PRO", "OUT"]


def test_inviting_again_is_harmless(cast: Cast):
    opened = open_it(cast, members=[cast.kilimo])
    MailMessage.objects.all().delete()
    wanted = [cast.kilimo.pk, cast.umoja.pk]
    assert rounds.invite(round_id=opened.pk, institution_ids=wanted, by=cast.manager, at=NOW) == 1
    assert rounds.invite(round_id=opened.pk, institution_ids=wanted, by=cast.manager, at=NOW) == 0
    assert [mail.to for mail in MailMessage.objects.all()] == ["other_signatory@example.org"]
    assert AuditEvent.objects.about(opened).filter(verb="round.members_invited").count() == 1


def test_a_new_due_time_is_told_to_those_who_hold_their_return(cast: Cast):
    opened = open_it(cast)
    opened.submissions.filter(institution=cast.umoja).update(state=ReturnState.SUBMITTED)
    MailMessage.objects.all().delete()
    later = opened.due_at + timedelta(days=14)
    for _ in range(2):
        rounds.change_due(round_id=opened.pk, due_at=later, by=cast.manager, at=NOW)
    assert sorted(mail.to for mail in MailMessage.objects.all()) == [
        "editor@example.org",
        "signatory@example.org",
    ]
    assert Round.objects.get(pk=opened.pk).due_at == later
    assert AuditEvent.objects.filter(verb="round.due_changed").count() == 1


def test_closing_and_opening_again(cast: Cast):
    opened = open_it(cast)
    for _ in range(2):
        assert not rounds.close_round(round_id=opened.pk, by=cast.manager, at=NOW).is_open
    with pytest.raises(RoundRefused, match="closed"):
        rounds.invite(round_id=opened.pk, institution_ids=[cast.pamoja.pk], by=cast.manager, at=NOW)
    with pytest.raises(RoundRefused, match="closed"):
        rounds.change_due(round_id=opened.pk, due_at=NOW + timedelta(days=200), by=cast.manager, at=NOW)
    for _ in range(2):
        assert rounds.reopen_round(round_id=opened.pk, by=cast.manager, at=NOW).is_open
    verbs = AuditEvent.objects.about(opened).order_by("verb").values_list("verb", flat=True)
    assert list(verbs) == ["round.closed", "round.opened", "round.reopened"]


def test_an_imported_round_tells_nobody_and_is_closed(cast: Cast):
    opened = rounds.open_round(
        association=cast.amani,
        spec=spec(due_at=datetime(2020, 1, 1, tzinfo=UTC)),
        institutions=[cast.kilimo, cast.zamani],
        by=None,
        at=NOW,
        imported=True,
    )
    assert opened.submissions.count() == 2
    assert not opened.is_open
    assert not MailMessage.objects.exists()


def test_opening_takes_no_more_statements_for_more_members(cast: Cast):
    """Apart from the mails of each person, which is why nobody is there to be told."""
    RoleAssignment.objects.filter(institution__isnull=False).update(ended_at=NOW)
    counts = []
    for number, members in enumerate(([cast.umoja], [cast.kilimo], [cast.kilimo, cast.umoja, cast.pamoja])):
        with CaptureQueriesContext(connection) as captured:
            open_it(cast, code=f"r{number}", members=members)
        counts.append(len(captured))
    assert counts[1] == counts[2]  # the first one warmed the catalogue


@pytest.mark.parametrize(
    ("month", "day", "today", "expected"),
    [
        (12, 31, date(2026, 1, 10), date(2025, 12, 31)),
        (12, 31, date(2025, 12, 31), date(2024, 12, 31)),
        (6, 30, date(2026, 7, 1), date(2026, 6, 30)),
        (6, 30, date(2026, 3, 1), date(2025, 6, 30)),
        (2, 29, date(2026, 3, 1), date(2026, 2, 28)),
        (2, 31, date(2024, 3, 1), date(2024, 2, 29)),
    ],
)
def test_the_suggested_period_is_the_fiscal_year_that_ended_last(
    month: int, day: int, today: date, expected: date
):
    association = AssociationFactory.build(fiscal_year_end_month=month, fiscal_year_end_day=day)
    assert period_end_before(association, today) == expected


def test_a_round_of_another_association_has_no_members_of_ours(cast: Cast):
    SubmissionFactory(round__association=cast.baobab, institution=cast.mbuyu)
    opened = open_it(cast)
    assert cast.mbuyu.pk not in opened.submissions.values_list("institution_id", flat=True)
