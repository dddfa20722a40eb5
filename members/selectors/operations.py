"""What the platform's operators see: associations, donors, mail and jobs, never a figure of a return."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from members.enums import Role
from members.models import Association, Donor, Membership, RoleAssignment, SharingAgreement
from spm_portal.common.models import Job, JobState, MailMessage, MailState


@dataclass(frozen=True, slots=True)
class Health:
    """Counts that tell an operator whether something needs a hand."""

    mail_waiting: int
    mail_failed: int
    jobs_waiting: int
    jobs_failed: int


def health() -> Health:
    """Waiting and failed mail and jobs, in two queries."""
    mail = MailMessage.objects.aggregate(
        waiting=Count("pk", filter=Q(state=MailState.QUEUED)),
        failed=Count("pk", filter=Q(state=MailState.FAILED)),
    )
    jobs = Job.objects.aggregate(
        waiting=Count("pk", filter=Q(state__in=[JobState.QUEUED, JobState.RUNNING])),
        failed=Count("pk", filter=Q(state=JobState.FAILED)),
    )
    return Health(mail["waiting"], mail["failed"], jobs["waiting"], jobs["failed"])


def associations() -> QuerySet[Association]:
    """All associations with `managers` and `members`, the numbers of both today."""
    managers = (
        RoleAssignment.objects.live()
        .filter(association=OuterRef("pk"), role=Role.ASSOCIATION_MANAGER)
        .order_by()
        .values("association")
        .annotate(n=Count("pk"))
        .values("n")
    )
    members = (
        Membership.objects.current()
        .filter(association=OuterRef("pk"))
        .order_by()
        .values("association")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Association.objects.annotate(
        managers=Coalesce(Subquery(managers, output_field=IntegerField()), 0),
        members=Coalesce(Subquery(members, output_field=IntegerField()), 0),
    ).order_by("name")


def donors() -> QuerySet[Donor]:
    """All donors with `readers` and `associations`, the numbers of both today."""
    readers = (
        RoleAssignment.objects.live()
        .filter(donor=OuterRef("pk"))
        .order_by()
        .values("donor")
        .annotate(n=Count("pk"))
        .values("n")
    )
    sharing = (
        SharingAgreement.objects.current()
        .filter(donor=OuterRef("pk"))
        .order_by()
        .values("donor")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Donor.objects.annotate(
        readers=Coalesce(Subquery(readers, output_field=IntegerField()), 0),
        associations=Coalesce(Subquery(sharing, output_field=IntegerField()), 0),
    ).order_by("name")


def mail_ledger(*, state: str = "", search: str = "") -> QuerySet[MailMessage]:
    """Messages, newest first, of one state and to addresses that contain some letters."""
    rows = MailMessage.objects.order_by("-created_at", "pk").defer("text", "html")
    if state in MailState.values:
        rows = rows.filter(state=state)
    if search:
        rows = rows.filter(Q(to__icontains=search) | Q(subject__icontains=search))
    return rows


def mail_message(pk: UUID) -> MailMessage | None:
    """One message with its text, while that is there."""
    return MailMessage.objects.filter(pk=pk).first()


def jobs(*, state: str = "") -> QuerySet[Job]:
    """Background jobs, newest first."""
    rows = Job.objects.select_related("requested_by").order_by("-created_at", "pk")
    return rows.filter(state=state) if state in JobState.values else rows


def names_of_associations(rows: list[Job]) -> dict[object, str]:
    """Names of the associations that some jobs are for."""
    wanted = {row.association_id for row in rows if row.association_id}
    return dict(Association.objects.filter(pk__in=wanted).values_list("pk", "name"))
