"""For every table of the capacity app with a history: how to make rows of it, and a field that may change."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import models

from capacity.enums import DutyState, EventKind, InitiativeRole, ProofKind
from capacity.models import (
    AmbassadorEvent,
    Assessment,
    CapacityConsent,
    Consensus,
    Initiative,
    Instalment,
    Obligation,
    ObligationStep,
    OutsideView,
    PlanItem,
    PlanShare,
    PlanUpdate,
    Proof,
    Rater,
    Score,
    Strategy,
    StrategyGoal,
    SupportOffer,
    WorkLine,
)
from tests.factories.capacity import (
    AssessmentFactory,
    PlanItemFactory,
    RaterFactory,
    SupportOfferFactory,
    default_framework,
)
from tests.factories.members import LONG_AGO, AssociationFactory, DonorFactory, UserFactory

DAY = date(2025, 6, 30)


def of_an_assessment(model: type[Any], **fields: Any) -> models.Model:
    """A row that hangs on an assessment, not stored."""
    parent = AssessmentFactory()
    if model is Score:
        fields["rater"] = RaterFactory(assessment=parent)
    row: models.Model = model(assessment=parent, association=parent.association, item="A1-KS1", **fields)
    return row


def of_an_offer(model: type[Any], **fields: Any) -> models.Model:
    """A row that hangs on an offer, not stored."""
    parent = SupportOfferFactory()
    row: models.Model = model(offer=parent, association=parent.association, donor=parent.donor, **fields)
    return row


def _by() -> dict[str, Any]:
    return {"written_at": LONG_AGO, "written_by": UserFactory()}


def _assessment() -> models.Model:
    return Assessment(
        association=AssociationFactory(),
        framework=default_framework(),
        title="Assessment 2025",
        as_of=DAY,
        due_on=DAY,
        opened_at=LONG_AGO,
        opened_by=UserFactory(),
    )


def _rater() -> models.Model:
    parent = AssessmentFactory()
    return Rater(
        assessment=parent,
        association=parent.association,
        group="board",
        name="Chair",
        invited_at=LONG_AGO,
        invited_by=UserFactory(),
    )


def _plan_item() -> models.Model:
    return PlanItem(
        association=AssociationFactory(),
        framework=default_framework(),
        item="A1-KS1",
        title="Train two trainers",
        goal_level=3,
        currency="KES",
        status_since=LONG_AGO,
        created_at=LONG_AGO,
        created_by=UserFactory(),
    )


def _share() -> models.Model:
    item = PlanItemFactory()
    return PlanShare(
        item=item,
        association=item.association,
        donor=DonorFactory(),
        shared_at=LONG_AGO,
        shared_by=UserFactory(),
    )


def _offer() -> models.Model:
    item = PlanItemFactory()
    return SupportOffer(
        item=item,
        association=item.association,
        donor=DonorFactory(),
        support_area="DS4",
        amount=Decimal(1000),
        currency="KES",
        offered_at=LONG_AGO,
        offered_by=UserFactory(),
    )


def _strategy() -> models.Model:
    return Strategy(
        association=AssociationFactory(),
        first_year=2025,
        last_year=2028,
        changed_at=LONG_AGO,
        changed_by=UserFactory(),
    )


def initiative() -> Initiative:
    """A global initiative that an association carries, not stored."""
    return Initiative(
        association=AssociationFactory(),
        name="Universal Standards",
        role=InitiativeRole.AMBASSADOR,
        since=DAY,
    )


def _occasion() -> models.Model:
    parent = initiative()
    parent.save()
    return AmbassadorEvent(
        initiative=parent,
        association=parent.association,
        kind=EventKind.SPEECH,
        title="Annual meeting",
        held_on=DAY,
        **_by(),
    )


def _consent() -> models.Model:
    return CapacityConsent(
        association=AssociationFactory(), scope="network", given_at=LONG_AGO, given_by=UserFactory()
    )


# table, maker of an unsaved row, field that may change, two values for it
ROWS: tuple[tuple[type[models.Model], Any, str, Any, Any], ...] = (
    (Assessment, _assessment, "minute", "We met.", "We met in May."),
    (Rater, _rater, "name", "Chairwoman", "Chair of the board"),
    (Score, lambda: of_an_assessment(Score, level=2, saved_at=LONG_AGO), "level", 3, 4),
    (
        Consensus,
        lambda: of_an_assessment(Consensus, level=2, decided_at=LONG_AGO, decided_by=UserFactory()),
        "minute",
        "Agreed.",
        "Agreed after a vote.",
    ),
    (
        OutsideView,
        lambda: of_an_assessment(OutsideView, level=2, verifier="Auditor", checked_on=DAY, **_by()),
        "level",
        1,
        3,
    ),
    (
        Proof,
        lambda: of_an_assessment(
            Proof, kind=ProofKind.LINK, title="Policy", url="https://example.org/", added_at=LONG_AGO
        ),
        "title",
        "Policy of 2024",
        "Policy of 2025",
    ),
    (PlanItem, _plan_item, "goal_level", 2, 4),
    (PlanShare, _share, "ended_at", LONG_AGO + timedelta(days=1), LONG_AGO + timedelta(days=2)),
    (Strategy, _strategy, "text", "Clients first.", "Clients and staff first."),
    (
        StrategyGoal,
        lambda: StrategyGoal(association=AssociationFactory(), position=1, text="Half of members report"),
        "measure",
        "Share of members",
        "Share of active members",
    ),
    (
        WorkLine,
        lambda: WorkLine(association=AssociationFactory(), year=2026, text="Two courses"),
        "status",
        "under_way",
        "done",
    ),
    (Initiative, initiative, "note", "Since the launch", "Since the launch in May"),
    (AmbassadorEvent, _occasion, "audience", 40, 45),
    (CapacityConsent, _consent, "purpose", "Comparison", "Research"),
    (SupportOffer, _offer, "conditions", "Yearly report", "Report twice a year"),
    (
        Instalment,
        lambda: of_an_offer(Instalment, number=1, amount=500, due_on=DAY),
        "paid_on",
        DAY,
        DAY + timedelta(days=1),
    ),
    (
        Obligation,
        lambda: of_an_offer(Obligation, title="Report", due_on=DAY, state_since=LONG_AGO),
        "state",
        "draft",
        "submitted",
    ),
)


def plan_update() -> PlanUpdate:
    """A word about a plan item, not stored."""
    item = PlanItemFactory()
    return PlanUpdate(item=item, association=item.association, at=LONG_AGO, by=UserFactory(), text="Begun.")


def obligation_step() -> ObligationStep:
    """A step in the review of a report, not stored."""
    duty = of_an_offer(Obligation, title="Report", due_on=DAY, state_since=LONG_AGO)
    duty.save()
    return ObligationStep(
        obligation=duty,
        association=duty.association,  # type: ignore[attr-defined]
        donor=duty.donor,  # type: ignore[attr-defined]
        state=DutyState.DRAFT,
        at=LONG_AGO,
        by=UserFactory(),
    )
