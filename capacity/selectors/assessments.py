"""Assessments of an association and who of their raters has handed in; no score is read here."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from capacity.enums import Stage
from capacity.models import Assessment, Rater
from members.models import Association, User

LIVE = Q(raters__removed_at=None, raters__pk__isnull=False)


@dataclass(frozen=True, slots=True)
class RaterLine:
    """A rater on the board of an assessment."""

    rater: Rater
    way: str  # account, link or paper
    link_ended: bool


@dataclass(frozen=True, slots=True)
class Board:
    """An assessment with its raters; `own` is the place of the person who looks."""

    assessment: Assessment
    raters: tuple[RaterLine, ...]
    own: Rater | None

    @property
    def handed_in(self) -> int:
        """How many raters have handed in."""
        return sum(line.rater.submitted_at is not None for line in self.raters)

    @property
    def waiting(self) -> int:
        """How many raters have not."""
        return len(self.raters) - self.handed_in


def way_of(rater: Rater) -> str:
    """How the rater scores."""
    if rater.on_paper:
        return "paper"
    return "account" if rater.user_id else "link"


def assessments_of(association: Association, user: User) -> QuerySet[Assessment]:
    """The assessments that the person may see, newest first, each with `invited` and `handed_in`."""
    return (
        Assessment.objects.visible_to(user)
        .filter(association=association)
        .select_related("framework")
        .defer("framework__document")
        .annotate(
            invited=Count("raters", filter=Q(raters__removed_at=None)),
            handed_in=Count("raters", filter=LIVE & Q(raters__submitted_at__isnull=False)),
        )
        .order_by("-as_of", "-opened_at", "pk")
    )


def board_of(assessment: Assessment, user: User, *, at: datetime) -> Board:
    """The board of one assessment, in one query."""
    found = (
        Rater.objects.filter(assessment=assessment, removed_at=None)
        .select_related("user")
        .order_by("invited_at", "name", "pk")
    )
    lines = tuple(
        RaterLine(one, way_of(one), bool(one.link_ends_at and one.link_ends_at <= at)) for one in found
    )
    own = next((line.rater for line in lines if line.rater.user_id == user.pk), None)
    return Board(assessment, lines, own)


def open_assessment(association: Association) -> Assessment | None:
    """The newest assessment that is not agreed yet."""
    return (
        Assessment.objects.filter(association=association)
        .exclude(stage=Stage.AGREED)
        .select_related("framework")
        .defer("framework__document")
        .order_by("-opened_at", "pk")
        .first()
    )
