"""The register of an association's members as pages show it."""

from dataclasses import dataclass

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from members.models import Association, Institution, Membership, RoleAssignment, User

SORTS = {
    "name": "institution__name",
    "country": "institution__country",
    "kind": "kind",
    "joined": "joined_on",
    "left": "left_on",
    "people": "people",
}


@dataclass(frozen=True, slots=True)
class RegisterCounts:
    """How many memberships hold today and how many have ended."""

    present: int
    former: int


def memberships(
    association: Association, *, sort: str = "name", former: bool = False, search: str = ""
) -> QuerySet[Membership]:
    """Present or former memberships with their MFI and `people`, the number of its people who may sign in.

    `sort` is a key of SORTS, with a leading minus for descending; an unknown one sorts by name.
    """
    people = (
        RoleAssignment.objects.live()
        .filter(institution=OuterRef("institution"))
        .order_by()
        .values("institution")
        .annotate(n=Count("user", distinct=True))
        .values("n")
    )
    rows = Membership.objects.filter(association=association)
    current = Membership.objects.current().values("pk")
    rows = rows.exclude(pk__in=current) if former else rows.filter(pk__in=current)
    if search:
        rows = rows.filter(institution__name__icontains=search)
    column = SORTS.get(sort.removeprefix("-"), SORTS["name"])
    order = F(column).desc(nulls_last=True) if sort.startswith("-") else F(column).asc(nulls_last=True)
    return (
        rows.select_related("institution")
        .annotate(people=Coalesce(Subquery(people, output_field=IntegerField()), 0))
        .order_by(order, "institution__name", "pk")
    )


def counts(association: Association) -> RegisterCounts:
    """How many members there are, and were."""
    all_rows = Membership.objects.filter(association=association)
    present = Membership.objects.current().filter(association=association).count()
    return RegisterCounts(present=present, former=all_rows.count() - present)


def member_for(user: User, association: Association) -> QuerySet[Institution]:
    """Present and former members of this association that the person may see."""
    return Institution.objects.visible_to(user).filter(
        pk__in=Membership.objects.filter(association=association).values("institution_id")
    )


def history_of(association: Association, institution: Institution) -> list[Membership]:
    """Memberships of one MFI in one association, newest first."""
    return list(
        Membership.objects.filter(association=association, institution=institution).order_by("-joined_on")
    )


def known_institutions(association: Association) -> QuerySet[Institution]:
    """MFIs of other associations that are not members of this one today; for operators only."""
    return Institution.objects.exclude(
        pk__in=Membership.objects.current().filter(association=association).values("institution_id")
    ).order_by("name")
