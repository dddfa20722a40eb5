"""Publishing: who counts, what is frozen, what never gets out, and that doing it twice does it once."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction

from members.enums import ConsentPurpose, Role
from members.models import Association, Consent, Institution, SharingAgreement
from reporting.enums import ReturnState
from reporting.models import Answer, Release, ReleaseCell, ReleaseMember, Submission
from reporting.selectors.releases import latest_of, older_release, preview
from reporting.services.releases import PublishRefused, publish
from spm_portal.common.models import AuditEvent, MailMessage
from tests.factories.members import LONG_AGO, AssociationFactory, DonorFactory, InstitutionFactory, person
from tests.factories.releases import approved_round, consent, heard, institutions, released
from tests.factories.reporting import OPENED, CatalogueVersionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def association() -> Association:
    found: Association = AssociationFactory(slug="aaa", currency="KES")
    return found


def cell(release: Release, code: str, statistic: str, category: str = "") -> ReleaseCell:
    return release.cells.get(code=code, statistic=statistic, category=category)


class TestWhoCounts:
    def test_approved_returns_of_members_with_consent_count(self, association: Association) -> None:
        members = institutions(association, 9)
        of_round = approved_round(association, members)
        Submission.objects.filter(institution=members[0]).update(state=ReturnState.IN_REVIEW)
        Consent.objects.filter(institution=members[1], purpose=ConsentPurpose.BENCHMARK).update(
            withdrawn_at=OPENED
        )
        Consent.objects.filter(institution=members[2], purpose=ConsentPurpose.NAMED).delete()
        release = publish(round_id=of_round.pk, by=None, at=OPENED)
        counted = {m.institution_id: m.named for m in release.members.all()}
        assert set(counted) == {m.pk for m in members[2:]}
        assert [pk for pk, named in counted.items() if not named] == [members[2].pk]
        assert (release.invited_count, release.contributor_count, release.method["approved"]) == (9, 7, 8)

    def test_consent_given_to_another_association_does_not_count(self, association: Association) -> None:
        members = institutions(association, 5)
        of_round = approved_round(association, members)
        Consent.objects.filter(institution=members[0]).update(association=AssociationFactory())
        assert preview(of_round).owners == 4

    def test_members_of_one_owner_count_once(self, association: Association) -> None:
        members = institutions(association, 5)
        of_round = approved_round(association, members)
        Institution.objects.filter(pk__in=[m.pk for m in members[:2]]).update(owner_group="Holding")
        with pytest.raises(PublishRefused, match="4 contributors"):
            publish(round_id=of_round.pk, by=None, at=OPENED)
        assert not Release.objects.exists()

    def test_four_contributors_are_too_few_and_five_are_enough(self, association: Association) -> None:
        members = institutions(association, 5)
        of_round = approved_round(association, members)
        Submission.objects.filter(institution=members[0]).update(state=ReturnState.RETURNED)
        with pytest.raises(PublishRefused, match="at least 5"):
            publish(round_id=of_round.pk, by=None, at=OPENED)
        Submission.objects.update(state=ReturnState.APPROVED)
        assert publish(round_id=of_round.pk, by=None, at=OPENED).contributor_count == 5

    def test_the_preview_says_why_a_member_does_not_count(self, association: Association) -> None:
        members = institutions(association, 3)
        of_round = approved_round(association, members)
        Submission.objects.filter(institution=members[0]).update(state=ReturnState.SUBMITTED)
        Consent.objects.filter(institution=members[1]).delete()
        seen = preview(of_round)
        reasons = {one.institution.pk: one.reason for one in seen.others}
        assert "approved" in reasons[members[0].pk]
        assert "agreed" in reasons[members[1].pk]
        assert not seen.enough

    @pytest.mark.parametrize(
        "role",
        [Role.ASSOCIATION_REVIEWER, Role.INSTITUTION_SIGNATORY, Role.DONOR_READER, Role.PLATFORM_OPERATOR],
    )
    def test_only_a_manager_publishes(self, association: Association, role: Role) -> None:
        members = institutions(association, 5)
        of_round = approved_round(association, members)
        organisation: Any = {
            Role.ASSOCIATION_REVIEWER: association,
            Role.INSTITUTION_SIGNATORY: members[0],
            Role.DONOR_READER: DonorFactory(),
        }.get(role)
        with pytest.raises(PermissionDenied):
            publish(round_id=of_round.pk, by=person(role, organisation), at=OPENED)

    def test_a_manager_of_another_association_may_not(self, association: Association) -> None:
        of_round = approved_round(association, institutions(association, 5))
        stranger = person(Role.ASSOCIATION_MANAGER, AssociationFactory())
        with pytest.raises(PermissionDenied):
            publish(round_id=of_round.pk, by=stranger, at=OPENED)


class TestFrozen:
    @pytest.mark.parametrize("model", [Release, ReleaseMember, ReleaseCell])
    def test_the_database_refuses_every_change(self, association: Association, model: Any) -> None:
        released(association, 5)
        for change in (
            lambda: model.objects.update(id=model.objects.first().pk),
            lambda: model.objects.all()._raw_delete("default"),
        ):
            with pytest.raises((IntegrityError, InternalError), match="annot"), transaction.atomic():
                change()

    def test_later_corrections_do_not_move_a_release(self, association: Association) -> None:
        release = released(association, 8)
        before = list(
            release.cells.order_by("position").values_list("code", "statistic", "category", "value")
        )
        Answer.objects.filter(code="active_borrowers").update(number=1)
        Consent.objects.update(withdrawn_at=OPENED)
        after = release.cells.order_by("position").values_list("code", "statistic", "category", "value")
        assert list(after) == before
        assert 1 not in [m.values["active_borrowers"] for m in release.members.all()]

    def test_frozen_values_hold_given_and_derived_ones(self, association: Association) -> None:
        member = released(association, 5).members.first()
        assert member is not None
        assert isinstance(member.values["active_borrowers"], int)
        assert isinstance(member.values["practice_index"], float)
        assert isinstance(member.values["credit_products"], list)


class TestOnce:
    def test_a_double_click_makes_one_release(self, association: Association) -> None:
        manager = person(Role.ASSOCIATION_MANAGER, association)
        of_round = approved_round(association, institutions(association, 6))
        heard(of_round, manager)
        first = publish(round_id=of_round.pk, by=manager, at=OPENED)
        mails = MailMessage.objects.count()
        second = publish(round_id=of_round.pk, by=manager, at=OPENED + timedelta(seconds=1))
        assert first.pk == second.pk
        assert Release.objects.count() == 1
        assert AuditEvent.objects.filter(verb="release.published").count() == 1
        assert MailMessage.objects.count() == mails > 0

    def test_the_same_input_gives_the_same_cells_in_the_same_order(self, association: Association) -> None:
        one = released(association, 8)
        other = released(AssociationFactory(currency="KES"), 8)
        columns = (
            "position",
            "code",
            "statistic",
            "category",
            "published",
            "value",
            "relation",
            "n_band",
            "reason",
        )
        assert list(one.cells.order_by("position").values_list(*columns)) == list(
            other.cells.order_by("position").values_list(*columns)
        )

    def test_an_edition_that_would_show_single_members_is_refused(self, association: Association) -> None:
        members = institutions(association, 8)
        of_round = approved_round(association, members)
        publish(round_id=of_round.pk, by=None, at=OPENED)
        Answer.objects.filter(institution=members[0], code="active_borrowers").update(number=123_456)
        with pytest.raises(PublishRefused, match="1 contributor changed"):
            publish(round_id=of_round.pk, by=None, at=OPENED)
        late = InstitutionFactory()
        consent(association, late)
        Submission.objects.create(
            round=of_round, association=association, institution=late, state=ReturnState.APPROVED,
            state_since=OPENED, currency="KES",
        )  # fmt: skip
        with pytest.raises(PublishRefused, match="2 contributors changed"):
            publish(round_id=of_round.pk, by=None, at=OPENED)

    def test_a_correction_of_many_is_edition_two(self, association: Association) -> None:
        members = institutions(association, 8)
        of_round = approved_round(association, members)
        first = publish(round_id=of_round.pk, by=None, at=OPENED)
        for place, member in enumerate(members[:5]):
            Answer.objects.filter(institution=member, code="staff_total").update(number=300 + place)
        with pytest.raises(PublishRefused, match="Write what changed"):
            publish(round_id=of_round.pk, by=None, at=OPENED, erratum="  ")
        second = publish(round_id=of_round.pk, by=None, at=OPENED, erratum="Staff counted anew.")
        assert (second.number, second.input_sha256 != first.input_sha256) == (2, True)
        assert (first.erratum, second.erratum) == ("", "Staff counted anew.")
        assert latest_of(of_round) == second

    def test_naming_a_member_later_needs_no_change_of_figures(self, association: Association) -> None:
        members = institutions(association, 6)
        of_round = approved_round(association, members)
        Consent.objects.filter(institution=members[0], purpose=ConsentPurpose.NAMED).delete()
        publish(round_id=of_round.pk, by=None, at=OPENED)
        consent(association, members[0], ConsentPurpose.NAMED)
        assert publish(round_id=of_round.pk, by=None, at=OPENED, erratum="One more is named.").number == 2


class TestCells:
    def test_figures_come_from_the_gate(self, association: Association) -> None:
        release = released(association, 12)
        total = sum(m.values["active_borrowers"] for m in release.members.all())
        assert cell(release, "active_borrowers", "sum").value == pytest.approx(total, abs=2.5)
        index = cell(release, "practice_index", "mean")
        mean = sum(m.values["practice_index"] for m in release.members.all()) / 12
        assert index.value == pytest.approx(mean, abs=0.5)
        assert index.n_band == "10-19"

    def test_ratios_are_sums_over_sums(self, association: Association) -> None:
        release = released(association, 12)
        rows = [m.values for m in release.members.all()]
        ratio = 100 * sum(r["female_borrowers"] for r in rows) / sum(r["active_borrowers"] for r in rows)
        assert cell(release, "pct_female_borrowers", "ratio_of_sums").value == pytest.approx(ratio, abs=0.05)
        complaining = [r for r in rows if r.get("complaints_per_1000") is not None]
        each = [r["complaints_per_1000"] for r in complaining]
        found = release.cells.get(code="complaints_per_1000", statistic="ratio_of_sums")
        if found.published:
            assert min(each) <= found.value <= max(each)

    def test_no_smallest_largest_or_rank_is_a_statistic(self, association: Association) -> None:
        statistics = set(released(association, 12).cells.values_list("statistic", flat=True))
        assert statistics <= {
            "sum", "median", "quartiles", "mean", "share_yes", "distribution", "ratio_of_sums",
            "panel_change", "panel_median", "panel_before", "panel_after",
        }  # fmt: skip
        other = released(AssociationFactory(), 9)
        parts = other.cells.filter(statistic="quartiles").values_list("category", flat=True)
        assert set(parts) <= {"lower", "upper", ""}

    def test_quartiles_need_eight_contributors(self, association: Association) -> None:
        seven = released(association, 7)
        assert not seven.cells.filter(statistic="quartiles", published=True).exists()
        assert seven.cells.filter(statistic="median", published=True).exists()
        eight = released(AssociationFactory(), 8)
        assert eight.cells.filter(statistic="quartiles", published=True).exists()

    def test_a_cell_that_is_not_published_carries_no_number(self, association: Association) -> None:
        release = released(association, 6)
        withheld = release.cells.filter(published=False)
        assert withheld.exists()
        assert not withheld.filter(value__isnull=False).exists()
        assert not withheld.exclude(n_band="").exists()
        assert not withheld.filter(reason="").exists()
        with pytest.raises(IntegrityError), transaction.atomic():
            ReleaseCell.objects.create(
                release=release,
                position=9999,
                code="x",
                statistic="sum",
                published=False,
                value=3,
                reason="too_few",
            )

    def test_a_dominated_total_is_not_published(self, association: Association) -> None:
        members = institutions(association, 6)
        of_round = approved_round(association, members)
        Answer.objects.filter(institution=members[0], code="gross_loan_portfolio").update(number=10**12)
        release = publish(round_id=of_round.pk, by=None, at=OPENED)
        assert cell(release, "gross_loan_portfolio", "sum").reason == "dominated"

    def test_what_nobody_answered_is_no_figure(self, association: Association) -> None:
        members = institutions(association, 6)
        of_round = approved_round(association, members)
        Answer.objects.filter(code="spi_score").delete()
        release = publish(round_id=of_round.pk, by=None, at=OPENED)
        assert cell(release, "spi_score", "median").reason == "no_answers"

    def test_amounts_in_another_currency_are_left_out(self, association: Association) -> None:
        members = institutions(association, 8)
        of_round = approved_round(association, members)
        Submission.objects.filter(institution=members[0]).update(currency="USD")
        Answer.objects.filter(institution=members[0], code="total_assets").update(number=10**13)
        release = publish(round_id=of_round.pk, by=None, at=OPENED)
        assert (release.method["currency"], release.method["other_currency"]) == ("KES", 1)
        assert (cell(release, "total_assets", "sum").value or 0) < 10**12
        assert cell(release, "active_borrowers", "sum").published

    def test_sections_that_were_not_asked_have_no_cells(self, association: Association) -> None:
        of_round = approved_round(association, institutions(association, 6))
        of_round.sections = [code for code in of_round.sections if code != "HRM"]
        of_round.save()
        release = publish(round_id=of_round.pk, by=None, at=OPENED)
        assert not release.cells.filter(code__in=["staff_total", "staff_turnover", "practice_index"]).exists()
        assert release.cells.filter(code="practice_index_d1").exists()


class TestProgress:
    def rounds(self, association: Association, before: int, after: int) -> tuple[Release, Release]:
        members = institutions(association, max(before, after))
        version = CatalogueVersionFactory()
        old = approved_round(association, members[:before], year=2023, version=version)
        new = approved_round(association, members[:after], year=2024, version=version)
        return (
            publish(round_id=old.pk, by=None, at=OPENED),
            publish(round_id=new.pk, by=None, at=OPENED),
        )

    def test_change_is_measured_on_the_same_members(self, association: Association) -> None:
        old, new = self.rounds(association, 8, 8)
        before, after = (
            cell(new, "active_borrowers", name).value for name in ("panel_before", "panel_after")
        )
        assert before == cell(old, "active_borrowers", "sum").value
        assert after == cell(new, "active_borrowers", "sum").value
        assert before is not None
        assert after is not None
        change = cell(new, "active_borrowers", "panel_change", "percent").value
        assert change == pytest.approx(100 * (after - before) / before, abs=0.2)
        assert new.method["panel"]["year"] == 2023
        assert older_release(new.round) == old

    def test_few_newcomers_break_the_change_of_totals(self, association: Association) -> None:
        _old, new = self.rounds(association, 8, 10)
        assert cell(new, "active_borrowers", "panel_change").reason == "panel_broken"
        assert not new.cells.filter(
            code="active_borrowers", statistic__in=["panel_before", "panel_after"]
        ).exists()
        # everybody of last year is in the panel: its median would be told for both years
        assert not new.cells.get(code="active_borrowers", statistic="panel_median").published

    def test_the_median_stands_in_where_some_joined_and_some_left(self, association: Association) -> None:
        members = institutions(association, 11)
        version = CatalogueVersionFactory()
        old = approved_round(association, members[:9], year=2023, version=version)
        new = approved_round(association, members[1:], year=2024, version=version)
        publish(round_id=old.pk, by=None, at=OPENED)
        release = publish(round_id=new.pk, by=None, at=OPENED)
        assert cell(release, "active_borrowers", "panel_change").reason == "panel_broken"
        assert release.cells.get(code="active_borrowers", statistic="panel_median").published

    def test_too_small_a_panel_tells_nothing(self, association: Association) -> None:
        members = institutions(association, 10)
        version = CatalogueVersionFactory()
        old = approved_round(association, members[:6], year=2023, version=version)
        new = approved_round(association, members[3:], year=2024, version=version)
        publish(round_id=old.pk, by=None, at=OPENED)
        release = publish(round_id=new.pk, by=None, at=OPENED)
        assert not release.cells.filter(statistic__startswith="panel_", published=True).exists()
        assert release.method["panel"]["n_band"] == ""


def test_members_donors_and_staff_are_told_once_each(association: Association) -> None:
    members = institutions(association, 5)
    of_round = approved_round(association, members)
    donor, stranger = DonorFactory(), DonorFactory()
    SharingAgreement.objects.create(association=association, donor=donor, since=LONG_AGO.date())
    told = [
        person(Role.ASSOCIATION_MANAGER, association),
        person(Role.INSTITUTION_EDITOR, members[0]),
        person(Role.DONOR_READER, donor),
    ]
    person(Role.DONOR_READER, stranger)
    person(Role.INSTITUTION_EDITOR, InstitutionFactory())
    release = publish(round_id=of_round.pk, by=None, at=OPENED)
    mails = MailMessage.objects.filter(purpose="release.published")
    assert sorted(mail.to for mail in mails) == sorted(user.email for user in told)
    assert all(str(release.pk) in mail.text for mail in mails)
