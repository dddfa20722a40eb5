"""Mails about releases and reports: members and donors learn of a new edition, whoever asked of a finished report."""

from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from members.enums import ASSOCIATION_ROLES, DONOR_ROLES, INSTITUTION_ROLES
from members.models import Membership, RoleAssignment, SharingAgreement, User
from reporting.models import Release
from spm_portal.common import mail
from spm_portal.common.models import Job


def published(release: Release, *, at: datetime) -> None:
    """Tell the association's staff, the people of its members and the readers of donors with an agreement."""
    association = release.association
    members = Membership.objects.current().filter(association=association).values("institution_id")
    donors = SharingAgreement.objects.current().filter(association=association).values("donor_id")
    roles = RoleAssignment.objects.live().filter(
        Q(association=association, role__in=ASSOCIATION_ROLES)
        | Q(institution_id__in=members, role__in=INSTITUTION_ROLES)
        | Q(donor_id__in=donors, role__in=DONOR_ROLES)
    )
    for user in User.objects.filter(pk__in=roles.values("user_id")).order_by("email"):
        with translation.override(user.language):
            values = {
                "association": association.label,
                "round": release.round.name,
                "edition": release.number,
                "address": address("release", release.association.slug, release.pk),
            }
            mail.write(
                purpose="release.published",
                to=user.email,
                subject=_("%(association)s published “%(round)s”, edition %(edition)s") % values,
                text=_(
                    "%(association)s has published the figures of “%(round)s”, edition %(edition)s.\n\n"
                    "Open the release:\n%(address)s"
                )
                % values,
                at=at,
                key=f"release.published:{release.pk}:{user.pk}",
                association_id=association.pk,
            )


def report_ready(job: Job, release: Release, user: User, *, at: datetime) -> None:
    """Tell the person who asked that the report can be downloaded; once per making of it."""
    with translation.override(user.language):
        values = _report_values(job, release)
        mail.write(
            purpose="report.ready",
            to=user.email,
            subject=_("The report “%(round)s” is ready") % values,
            text=_(
                "The report of %(association)s, “%(round)s”, edition %(edition)s, is ready as a PDF.\n\n"
                "Download it:\n%(address)s"
            )
            % values,
            at=at,
            key=_key(job, "ready"),
            association_id=release.association_id,
        )


def report_failed(job: Job, release: Release, user: User, *, at: datetime) -> None:
    """Tell the person who asked that the report could not be made."""
    with translation.override(user.language):
        values = _report_values(job, release)
        mail.write(
            purpose="report.failed",
            to=user.email,
            subject=_("The report “%(round)s” could not be made") % values,
            text=_(
                "The report of %(association)s, “%(round)s”, edition %(edition)s, could not be made. "
                "Try again on this page; if it fails again, tell the platform's operator.\n\n%(address)s"
            )
            % values,
            at=at,
            key=_key(job, "failed"),
            association_id=release.association_id,
        )


def _key(job: Job, outcome: str) -> str:
    # a job that is queued again is a new making, with a new moment at which it was asked for
    return f"report.{outcome}:{job.pk}:{job.created_at.timestamp():.0f}"


def _report_values(job: Job, release: Release) -> dict[str, object]:
    return {
        "association": release.association.label,
        "round": release.round.name,
        "edition": release.number,
        "address": address("job", release.association.slug, job.pk),
    }


def address(name: str, *args: object) -> str:
    """The full address of a page, for a mail."""
    return f"{settings.PUBLIC_ORIGIN}{reverse(name, args=args)}"
