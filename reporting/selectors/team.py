"""How an MFI's people share one return: who has which section, what is flagged, which guests are asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.db.models import QuerySet

from members.enums import INSTITUTION_ROLES
from members.models import Association, RoleAssignment, User
from reporting.catalogue import Indicator, Section
from reporting.models import AnswerFlag, GuestLink, SectionAssignment, Submission
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.returns import ReturnSheet
from reporting.selectors.rounds import WITH_MFI


@dataclass(frozen=True, slots=True)
class Flagged:
    """A question that somebody wants to come back to."""

    indicator: Indicator
    number: str


@dataclass(frozen=True, slots=True)
class SectionForYou:
    """A section that a colleague gave to the person and that is not done."""

    assignment: SectionAssignment
    section: Section | None

    @property
    def title(self) -> str:
        """The section as the form names it."""
        return f"{self.section.number}. {self.section.title}" if self.section else self.assignment.section


def colleagues_of(submission: Submission) -> Sequence[User]:
    """The people who fill in returns of the MFI today, by name; one query."""
    held = RoleAssignment.objects.live().filter(
        institution_id=submission.institution_id, role__in=INSTITUTION_ROLES, user__is_active=True
    )
    return list(User.objects.filter(pk__in=held.values("user_id")).order_by("name", "email"))


def assignments_of(submission: Submission) -> dict[str, SectionAssignment]:
    """Who has which section, by the section's code; one query."""
    rows = SectionAssignment.objects.filter(submission=submission).select_related("assignee", "assigned_by")
    return {row.section: row for row in rows}


def flags_of(sheet: ReturnSheet) -> Sequence[Flagged]:
    """The flagged questions that are asked now, in the order of the form; one query."""
    codes = set(AnswerFlag.objects.filter(submission=sheet.submission).values_list("code", flat=True))
    return [
        Flagged(one, f"{section.number}.{one.order}")
        for section in sheet.sections
        for one in section.indicators
        if one.code in codes and one.code in sheet.computed.relevant
    ]


def guests_of(submission: Submission) -> QuerySet[GuestLink]:
    """The guest links of a return, the newest first."""
    return (
        GuestLink.objects.filter(submission=submission)
        .select_related("created_by")
        .order_by("-created_at", "pk")
    )


def sections_for(user: User, association: Association) -> Sequence[SectionForYou]:
    """The sections that wait for the person in returns that can be filled in now, soonest due first; one query."""
    rows = (
        SectionAssignment.objects.visible_to(user)
        .filter(
            assignee=user,
            done_at__isnull=True,
            association=association,
            submission__state__in=WITH_MFI,
            submission__round__closed_at__isnull=True,
        )
        .select_related("submission__round__catalogue", "submission__institution", "assigned_by")
        .defer("submission__round__catalogue__document")
        .order_by("submission__round__due_at", "assigned_at")
    )
    found = []
    for row in cast("QuerySet[SectionAssignment]", rows):
        catalogue = catalogue_of(row.submission.round.catalogue)
        section = next((one for one in catalogue.sections if one.code == row.section), None)
        found.append(SectionForYou(row, section))
    return found
