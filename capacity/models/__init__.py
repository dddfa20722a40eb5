"""Tables of the capacity app."""

from capacity.models.assessment import Assessment, Consensus, OutsideView, Proof, Rater, Score
from capacity.models.framework import FrameworkVersion
from capacity.models.plan import PlanItem, PlanShare, PlanUpdate
from capacity.models.strategy import AmbassadorEvent, Initiative, Strategy, StrategyGoal, WorkLine
from capacity.models.support import CapacityConsent, Instalment, Obligation, ObligationStep, SupportOffer

__all__ = [
    "AmbassadorEvent",
    "Assessment",
    "CapacityConsent",
    "Consensus",
    "FrameworkVersion",
    "Initiative",
    "Instalment",
    "Obligation",
    "ObligationStep",
    "OutsideView",
    "PlanItem",
    "PlanShare",
    "PlanUpdate",
    "Proof",
    "Rater",
    "Score",
    "Strategy",
    "StrategyGoal",
    "SupportOffer",
    "WorkLine",
]
