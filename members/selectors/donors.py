"""With whom an association shares, and with whom it could."""

from django.db.models import QuerySet

from members.models import Association, Donor, SharingAgreement


def agreements_of(association: Association) -> tuple[list[SharingAgreement], list[SharingAgreement]]:
    """Agreements that hold today or later, and past ones, newest first."""
    rows = list(
        SharingAgreement.objects.filter(association=association)
        .select_related("donor")
        .order_by("-since", "donor__name")
    )
    past = set(
        SharingAgreement.objects.filter(association=association)
        .exclude(pk__in=SharingAgreement.objects.current().values("pk"))
        .filter(until__isnull=False)
        .values_list("pk", flat=True)
    )
    return [one for one in rows if one.pk not in past], [one for one in rows if one.pk in past]


def donors_to_choose(association: Association) -> QuerySet[Donor]:
    """Donors with whom the association has no agreement without an end."""
    return Donor.objects.exclude(
        pk__in=SharingAgreement.objects.filter(association=association, until__isnull=True).values("donor_id")
    ).order_by("name")
