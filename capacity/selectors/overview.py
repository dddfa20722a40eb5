"""Where an association stands with its capacities, and what waits: a few counts in a constant number of queries."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from capacity.enums import OPEN_PLAN, DutyState, OfferState, Stage
from capacity.models import Assessment, Consensus, Obligation, PlanItem, Rater, Strategy, SupportOffer
from capacity.selectors.assessments import open_assessment
from capacity.selectors.results import last_agreed
from members.models import Association, User

OWED = (DutyState.DUE, DutyState.DRAFT, DutyState.QUESTIONS)


@dataclass(frozen=True, slots=True)
class Overview:
    """What the first page shows; `own` is the place of the person among the raters of the open assessment."""

    last: Assessment | None
    going: Assessment | None
    own: Rater | None
    raters: int
    handed_in: int
    decided: int
    plan: int
    plan_open: int
    plan_overdue: int
    offers_waiting: int
    duties: int
    duties_late: int
    strategy: Strategy | None


def overview_of(association: Association, user: User, *, today: date) -> Overview:
    """The overview of one association."""
    going = open_assessment(association)
    raters = list(Rater.objects.filter(assessment=going, removed_at=None)) if going else []
    plan = PlanItem.objects.filter(association=association).aggregate(
        all=Count("pk"),
        open=Count("pk", filter=Q(status__in=OPEN_PLAN)),
        overdue=Count("pk", filter=Q(status__in=OPEN_PLAN, due_on__lt=today)),
    )
    duties = Obligation.objects.filter(association=association, state__in=OWED).aggregate(
        all=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today))
    )
    return Overview(
        last=last_agreed(association, user),
        going=going,
        own=next((one for one in raters if one.user_id == user.pk), None),
        raters=len(raters),
        handed_in=sum(one.submitted_at is not None for one in raters),
        decided=Consensus.objects.filter(assessment=going).count()
        if going and going.stage == Stage.SESSION
        else 0,
        plan=plan["all"],
        plan_open=plan["open"],
        plan_overdue=plan["overdue"],
        offers_waiting=SupportOffer.objects.filter(association=association, state=OfferState.OFFERED).count(),
        duties=duties["all"],
        duties_late=duties["late"],
        strategy=Strategy.objects.filter(association=association).first(),
    )
