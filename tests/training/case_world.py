"""Cases of technical assistance of Kilimo at Amani, brought to a stage by the services."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from spm_portal.common.tokens import hash_of
from tests.cast import Cast
from tests.factories.training import CaseFactory, ExpertFactory
from training.enums import CallAnswer, CaseStage, DeliverableState, RatingSide
from training.models import Case, CaseCall, CaseRating, Deliverable, Expert

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 2)
PDF = b"%PDF-1.4\n%%EOF\n"
ORDER = list(CaseStage)


def case_at(cast: Cast, stage: CaseStage, *, expert: Expert | None = None, **fields: Any) -> Case:
    """A case with everything that its stage needs, and nothing that only the next one asks for."""
    reached = ORDER.index(stage)
    held: dict[str, Any] = {"stage": stage}
    if stage == CaseStage.STOPPED:
        held |= {"end_reason": "The member left."}
    elif reached >= ORDER.index(CaseStage.CALL):
        held |= {
            "findings": "Targets are missing.",
            "objectives": "Three social targets.",
            "scope": "Two workshops and a paper.",
            "days": Decimal(5),
            "budget": Decimal(300000),
            "subsidy_share": 60,
            "starts_on": date(2026, 11, 10),
            "ends_on": date(2026, 12, 20),
        }
    of_kilimo = {"association": cast.amani, "institution": cast.kilimo, "requested_by": cast.signatory}
    if stage != CaseStage.STOPPED and reached >= ORDER.index(CaseStage.CONTRACT):
        expert = expert or ExpertFactory(association=cast.amani, name="Grace Njeri")
        held |= {"expert": expert, "selection_reason": "Knows targets best."}
    case: Case = CaseFactory(**of_kilimo, **(held | fields))
    if "objectives" in held:
        state = (
            DeliverableState.ACCEPTED if reached > ORDER.index(CaseStage.DELIVERY) else DeliverableState.DUE
        )
        Deliverable.objects.create(
            association=cast.amani,
            case=case,
            title="Paper on targets",
            due_on=date(2026, 12, 1),
            state=state,
            decided_by=cast.manager if state == DeliverableState.ACCEPTED else None,
            decided_at=NOW if state == DeliverableState.ACCEPTED else None,
        )
    if expert is not None and "expert" in held:
        call_to(
            case, expert, answer=CallAnswer.INTERESTED, no_conflict=True, token_hash=hash_of(link_of(case))
        )
    return case


def link_of(case: Case) -> str:
    """The secret of the link of the expert who was chosen."""
    return f"link-of-{case.pk}"


def call_to(case: Case, expert: Expert, **fields: Any) -> CaseCall:
    """A call of the case to an expert."""
    return CaseCall.objects.create(
        **{
            "association": case.association,
            "case": case,
            "expert": expert,
            "asked_at": NOW,
            "answer_by": date(2026, 11, 20),
            **fields,
        }
    )


def with_all(case: Case, *, to: CaseStage) -> None:
    """Give a case what it needs for the next stage."""
    if to == CaseStage.TERMS:
        case.findings = "Targets are missing."
    elif to == CaseStage.CALL:
        case.objectives, case.scope, case.days, case.budget = (
            "Targets",
            "Workshops",
            Decimal(5),
            Decimal(1000),
        )
        case.starts_on, case.ends_on = date(2026, 11, 10), date(2026, 12, 20)
        Deliverable.objects.create(
            association=case.association, case=case, title="Paper", due_on=date(2026, 12, 1)
        )
    elif to == CaseStage.CONTRACT:
        case.expert = ExpertFactory(association=case.association)
        case.selection_reason = "Knows targets best."
    elif to == CaseStage.DELIVERY:
        case.contract_number, case.contract_on, case.contract_amount = "C-1", TODAY, Decimal(900)
    elif to == CaseStage.RATING:
        case.deliverables.update(
            state=DeliverableState.ACCEPTED, decided_by=case.requested_by, decided_at=NOW
        )
    elif to == CaseStage.FOLLOW_UP:
        case.follow_up_on = date(2027, 5, 1)
        for side in RatingSide:
            CaseRating.objects.create(
                association=case.association, case=case, side=side, score=4, given_at=NOW
            )
    elif to == CaseStage.CLOSED:
        case.outcome = "The board follows three targets."
    case.save()


def a_file(name: str = "report.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    """A file that somebody hands in."""
    return SimpleUploadedFile(name, content)
