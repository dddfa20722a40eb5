"""Consents of an MFI to what its association does with its approved figures: given, withdrawn, never deleted."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from members.enums import ConsentPurpose
from members.models import Association, Consent, Institution, Membership, User
from members.services.permission import permit
from spm_portal.common import audit
from spm_portal.common.refusal import Refused


def give(
    *, association: Association, institution: Institution, purpose: str, by: User | None, at: datetime
) -> Consent:
    """Give a consent; one that is given stays as it is. Raises Refused for an MFI that is no member today."""
    permit(by, "members.give_consent", institution)
    purpose = ConsentPurpose(purpose)
    with transaction.atomic(), audit.acting(by, reason="consent given"):
        Institution.objects.select_for_update().get(pk=institution.pk)  # a double click gives once
        if not Membership.objects.current().filter(association=association, institution=institution).exists():
            raise Refused(
                _("%(name)s is not a member of this association today.") % {"name": institution.name}
            )
        consent, created = Consent.objects.get_or_create(
            association=association,
            institution=institution,
            purpose=purpose,
            withdrawn_at=None,
            defaults={"given_at": at, "given_by": by},
        )
        if created:
            _record("consent.give", consent, by, at)
    return consent


def withdraw(
    *, association: Association, institution: Institution, purpose: str, by: User | None, at: datetime
) -> Consent | None:
    """Withdraw a consent for coming releases, also after leaving; None where none was given."""
    permit(by, "members.give_consent", institution)
    with transaction.atomic(), audit.acting(by, reason="consent withdrawn"):
        consent = (
            Consent.objects.live()
            .select_for_update(of=("self",))
            .filter(association=association, institution=institution, purpose=ConsentPurpose(purpose))
            .first()
        )
        if consent is None:
            return None
        consent.withdrawn_at = at
        consent.save(update_fields=["withdrawn_at"])
        _record("consent.withdraw", consent, by, at)
    return consent


def _record(verb: str, consent: Consent, by: User | None, at: datetime) -> None:
    audit.record(
        verb,
        consent,
        by=by,
        at=at,
        association_id=consent.association_id,
        institution=str(consent.institution_id),
        purpose=consent.purpose,
    )
