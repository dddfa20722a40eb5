"""Consents of an MFI and agreements with donors: who decides, what is kept, what stops at once."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from members.access import access_of, forget
from members.enums import ConsentPurpose
from members.models import Consent, SharingAgreement
from members.services import consents, donors
from spm_portal.common.models import AuditEvent
from spm_portal.common.refusal import Refused
from tests.cast import Cast

NAMED = ConsentPurpose.NAMED


def call(cast: Cast, part: str, **changes) -> dict:
    return {
        "association": cast.amani,
        "institution": cast.kilimo,
        "purpose": NAMED,
        "by": getattr(cast, part),
        "at": timezone.now(),
        **changes,
    }


@pytest.mark.parametrize(
    "part", ["manager", "reviewer", "editor", "other_signatory", "donor", "operator", "nobody"]
)
def test_only_the_signatory_consents(cast: Cast, part: str):
    with pytest.raises(PermissionDenied):
        consents.give(**call(cast, part))
    with pytest.raises(PermissionDenied):
        consents.withdraw(**call(cast, part))
    assert not Consent.objects.exists()


def test_given_withdrawn_and_given_again_leave_their_history(cast: Cast):
    first = consents.give(**call(cast, "signatory"))
    assert consents.give(**call(cast, "signatory")) == first
    assert consents.withdraw(**call(cast, "signatory")) == first
    assert consents.withdraw(**call(cast, "signatory")) is None
    second = consents.give(**call(cast, "signatory"))
    assert second != first
    assert list(Consent.objects.live()) == [second]
    verbs = AuditEvent.objects.filter(object_type="members.consent").order_by("at")
    assert list(verbs.values_list("verb", flat=True)) == ["consent.give", "consent.withdraw", "consent.give"]
    assert [event.pgh_label for event in first.events.order_by("pgh_id")] == ["insert", "update"]
    assert first.events.last().pgh_context.metadata["user"] == str(cast.signatory.pk)


def test_purposes_and_associations_are_apart(cast: Cast):
    consents.give(
        association=cast.amani,
        institution=cast.pamoja,
        purpose=NAMED,
        by=cast.shared_signatory,
        at=timezone.now(),
    )
    live = Consent.objects.live()
    assert not live.filter(purpose=ConsentPurpose.BENCHMARK).exists()
    assert not live.filter(association=cast.baobab).exists()


def test_a_former_member_withdraws_but_gives_nothing_new(cast: Cast):
    with pytest.raises(Refused, match="not a member"):
        consents.give(**call(cast, "ex_member", institution=cast.zamani))
    Consent.objects.create(
        association=cast.amani, institution=cast.zamani, purpose=NAMED, given_at=timezone.now()
    )
    assert consents.withdraw(**call(cast, "ex_member", institution=cast.zamani)) is not None


def test_an_unknown_purpose_is_an_error(cast: Cast):
    with pytest.raises(ValueError, match="everything"):
        consents.give(**call(cast, "signatory", purpose="everything"))


@pytest.mark.parametrize("part", ["reviewer", "signatory", "donor", "other_manager", "operator"])
def test_only_the_manager_shares(cast: Cast, part: str):
    with pytest.raises(PermissionDenied):
        donors.share(
            association=cast.amani,
            donor=cast.savanna,
            since=date(2025, 1, 1),
            by=getattr(cast, part),
            at=timezone.now(),
        )


def test_sharing_opens_the_releases_and_ending_closes_them(cast: Cast):
    assert cast.amani.pk not in access_of(cast.other_donor).donor_in
    agreement = donors.share(
        association=cast.amani,
        donor=cast.savanna,
        since=date(2025, 1, 1),
        by=cast.manager,
        at=timezone.now(),
    )
    forget(cast.other_donor)
    assert cast.amani.pk in access_of(cast.other_donor).donor_in
    donors.end_sharing(agreement_id=agreement.pk, until=date(2025, 1, 31), by=cast.manager, at=timezone.now())
    forget(cast.other_donor)
    assert cast.amani.pk not in access_of(cast.other_donor).donor_in
    verbs = AuditEvent.objects.about(agreement).order_by("at").values_list("verb", flat=True)
    assert list(verbs) == ["sharing.start", "sharing.end"]


def test_agreements_never_overlap_and_end_once(cast: Cast):
    with pytest.raises(Refused, match="already"):
        donors.share(
            association=cast.amani,
            donor=cast.horizon,
            since=date(2025, 1, 1),
            by=cast.manager,
            at=timezone.now(),
        )
    agreement = SharingAgreement.objects.get(donor=cast.horizon)
    end = {"agreement_id": agreement.pk, "by": cast.manager, "at": timezone.now()}
    with pytest.raises(Refused, match="must not be before"):
        donors.end_sharing(until=date(2019, 1, 1), **end)
    donors.end_sharing(until=date(2025, 1, 1), **end)
    with pytest.raises(Refused, match="an end already"):
        donors.end_sharing(until=date(2025, 2, 1), **end)
    with pytest.raises(PermissionDenied):
        donors.end_sharing(**{**end, "by": cast.other_manager}, until=date(2025, 1, 1))


def test_operators_make_donors(cast: Cast):
    with pytest.raises(PermissionDenied):
        donors.create_donor(name="New", slug="new", by=cast.manager, at=timezone.now())
    assert donors.create_donor(name="New", slug="new", by=cast.operator, at=timezone.now()).slug == "new"
    with pytest.raises(ValidationError):
        donors.create_donor(name="New", slug="new", by=cast.operator, at=timezone.now())
