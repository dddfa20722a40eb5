"""Mails about releases and reports: members and donors learn of a new edition, whoever asked of a finished report."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from members.enums import ASSOCIATION_ROLES, DONOR_ROLES, INSTITUTION_ROLES
from members.models import Membership, RoleAssignment, SharingAgreement, User
from members.services.letters import Letter, letter, tell
from reporting.models import Release
from reporting.selectors.jobs import file_words
from spm_portal.common.models import Job
from spm_portal.common.origin import address_of


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

    def words(_reader: User) -> Letter:
        values = _values(release) | {"address": address_of("release", association.slug, release.pk)}
        return letter(
            _("%(association)s published “%(round)s”, edition %(edition)s") % values,
            _(
                "%(association)s has published the figures of “%(round)s”, edition %(edition)s.\n\n"
                "Open the release:\n%(address)s"
            )
            % values,
        )

    tell(
        User.objects.filter(pk__in=roles.values("user_id")).order_by("email"),
        words,
        purpose="release.published",
        about=release.pk,
        at=at,
        association_id=association.pk,
    )


def report_ready(job: Job, release: Release, user: User, *, at: datetime) -> None:
    """Tell the person who asked that the report can be downloaded; once per making of it."""

    def words(_reader: User) -> Letter:
        values = _report_values(job, release)
        return letter(
            _("The report “%(round)s” is ready") % values,
            _(
                "The report of %(association)s, “%(round)s”, edition %(edition)s, is ready (%(file)s).\n\n"
                "Download it:\n%(address)s"
            )
            % values,
        )

    tell(
        [user],
        words,
        purpose="report.ready",
        about=_making(job),
        at=at,
        association_id=release.association_id,
    )


def report_failed(job: Job, release: Release, user: User, *, at: datetime) -> None:
    """Tell the person who asked that the report could not be made."""

    def words(_reader: User) -> Letter:
        values = _report_values(job, release)
        return letter(
            _("The report “%(round)s” could not be made") % values,
            _(
                "The report of %(association)s, “%(round)s”, edition %(edition)s (%(file)s), could not be made. "
                "Try again on this page; if it fails again, tell the platform's operator.\n\n%(address)s"
            )
            % values,
        )

    tell(
        [user],
        words,
        purpose="report.failed",
        about=_making(job),
        at=at,
        association_id=release.association_id,
    )


def _making(job: Job) -> str:
    # a job that is queued again is a new making, with a new moment at which it was asked for
    return f"{job.pk}:{job.created_at.timestamp():.0f}"


def _values(release: Release) -> dict[str, object]:
    return {
        "association": release.association.label,
        "round": release.round.name,
        "edition": release.number,
    }


def _report_values(job: Job, release: Release) -> dict[str, object]:
    return _values(release) | {
        "address": address_of("job", release.association.slug, job.pk),
        "file": file_words(job),
    }
