"""Donors whom an association may name as those who pay: it has or had an agreement with them."""

from uuid import UUID

from django.db.models import QuerySet

from members.models import Donor, SharingAgreement


def donors_of(association_id: UUID) -> QuerySet[Donor]:
    """By name."""
    agreements = SharingAgreement.objects.filter(association=association_id)
    return Donor.objects.filter(pk__in=agreements.values("donor_id")).order_by("name")


def is_donor_of(donor_id: UUID, association_id: UUID) -> bool:
    """Whether the association may name this donor."""
    return donors_of(association_id).filter(pk=donor_id).exists()
