"""Filters of the pages of technical assistance: which badge a stage, a deliverable or an answer wears."""

from django import template

from training.enums import CallAnswer, CaseStage, DeliverableState

register = template.Library()

_LOOKS = {
    CaseStage.REQUESTED.value: "submitted",
    CaseStage.DIAGNOSIS.value: "in_review",
    CaseStage.TERMS.value: "draft",
    CaseStage.CALL.value: "open",
    CaseStage.CONTRACT.value: "draft",
    CaseStage.DELIVERY.value: "running",
    CaseStage.RATING.value: "answered",
    CaseStage.FOLLOW_UP.value: "in_review",
    CaseStage.CLOSED.value: "done",
    CaseStage.STOPPED.value: "archived",
    DeliverableState.DUE.value: "not_started",
    DeliverableState.DELIVERED.value: "submitted",
    DeliverableState.RETURNED.value: "returned",
    DeliverableState.ACCEPTED.value: "approved",
    CallAnswer.NONE.value: "not_started",
    CallAnswer.INTERESTED.value: "approved",
    CallAnswer.DECLINED.value: "archived",
}


@register.filter
def case_look(state: str) -> str:
    """The badge that a state of a case, a deliverable or a call wears."""
    return _LOOKS.get(str(state), str(state))
