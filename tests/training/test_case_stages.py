"""The stages of a case: every legal move by the table, every other one refused, and what each stage asks for."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from spm_portal.common.models import AuditEvent, MailMessage
from spm_portal.common.refusal import Refused
from tests.cast import Cast
from tests.training.case_world import NOW, case_at, with_all
from training.assistance.moves import MOVES
from training.enums import CaseStage, RatingSide
from training.models import Case, CaseRating
from training.services import case_steps

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
FORWARD = [(old, new) for old, targets in MOVES.items() for new in targets[:1]]


def moved(case: Case) -> int:
    return AuditEvent.objects.filter(verb="case.moved", object_id=case.pk).count()


def test_the_table_of_moves(cast: Cast) -> None:
    """Every pair of stages: legal ones go through with one audit row, others are refused and change nothing."""
    for old in CaseStage:
        for new in CaseStage:
            if new in (old, CaseStage.STOPPED):
                continue
            case = case_at(cast, old)
            with_all(case, to=new)
            if new in MOVES[old]:
                assert case_steps.move(case_id=case.pk, to=new, by=cast.manager, at=NOW).stage == new
                assert moved(case) == 1
            else:
                with pytest.raises(Refused, match="cannot go to"):
                    case_steps.move(case_id=case.pk, to=new, by=cast.manager, at=NOW)
                case.refresh_from_db()
                assert (case.stage, moved(case)) == (old, 0)


@pytest.mark.parametrize(("old", "new"), [pair for pair in FORWARD if pair[0] != CaseStage.REQUESTED])
def test_a_stage_asks_for_what_it_needs_first(cast: Cast, old: CaseStage, new: CaseStage) -> None:
    bare = {"expert": None} if old == CaseStage.CALL else {}
    case = case_at(cast, old, **bare)
    with pytest.raises(Refused, match="yet:"):
        case_steps.move(case_id=case.pk, to=new, by=cast.manager, at=NOW)
    with_all(case, to=new)
    case_steps.move(case_id=case.pk, to=new, by=cast.manager, at=NOW)


def test_a_second_click_is_harmless_and_both_sides_are_told_once(cast: Cast) -> None:
    case = case_at(cast, CaseStage.TERMS)
    with_all(case, to=CaseStage.CALL)
    for _click in range(2):
        case_steps.move(case_id=case.pk, to=CaseStage.CALL, by=cast.manager, at=NOW)
    assert moved(case) == 1
    told = MailMessage.objects.filter(purpose__startswith="case.moved").values_list("purpose", "to")
    assert set(told) == {
        ("case.moved.staff", cast.second_manager.email),
        ("case.moved.staff", cast.reviewer.email),
        ("case.moved.member", cast.signatory.email),
        ("case.moved.member", cast.editor.email),
    }
    assert len(told) == 4


@pytest.mark.parametrize("stage", [stage for stage in CaseStage if MOVES[stage]])
def test_an_open_case_is_stopped_with_a_reason(cast: Cast, stage: CaseStage) -> None:
    case = case_at(cast, stage)
    with pytest.raises(Refused, match="why the case is stopped"):
        case_steps.stop(case_id=case.pk, reason=" ", by=cast.manager, at=NOW)
    for reason in ("The member left.", "Again"):
        case_steps.stop(case_id=case.pk, reason=reason, by=cast.manager, at=NOW)
    case.refresh_from_db()
    assert (case.stage, case.end_reason, case.ended_at) == (CaseStage.STOPPED, "The member left.", NOW)
    assert moved(case) == 1


def test_a_member_takes_back_a_request_but_not_a_call(cast: Cast) -> None:
    early, late = case_at(cast, CaseStage.DIAGNOSIS), case_at(cast, CaseStage.CALL)
    case_steps.stop(case_id=early.pk, reason="We found help.", by=cast.signatory, at=NOW)
    with pytest.raises(PermissionDenied):
        case_steps.stop(case_id=late.pk, reason="We found help.", by=cast.signatory, at=NOW)
    with pytest.raises(PermissionDenied):
        case_steps.stop(case_id=late.pk, reason="x", by=cast.other_manager, at=NOW)


def test_only_a_manager_says_that_the_contract_is_signed(cast: Cast) -> None:
    case = case_at(cast, CaseStage.CONTRACT)
    with_all(case, to=CaseStage.DELIVERY)
    with pytest.raises(PermissionDenied):
        case_steps.move(case_id=case.pk, to=CaseStage.DELIVERY, by=cast.reviewer, at=NOW)
    assert case_steps.move(case_id=case.pk, to=CaseStage.DELIVERY, by=cast.manager, at=NOW)


def test_going_back_to_the_call_drops_expert_and_contract(cast: Cast) -> None:
    case = case_at(cast, CaseStage.CONTRACT, contract_number="C-9")
    expert = case.expert
    case_steps.move(case_id=case.pk, to=CaseStage.CALL, by=cast.manager, at=NOW)
    case.refresh_from_db()
    assert (case.expert, case.selection_reason, case.contract_number) == (None, "", "")
    assert expert is not None
    assert MailMessage.objects.filter(purpose="case.moved.expert", to=expert.email).count() == 1


def test_a_missing_rating_holds_a_case_for_thirty_days_at_most(cast: Cast) -> None:
    case = case_at(cast, CaseStage.RATING)
    case.follow_up_on = (NOW + timedelta(days=90)).date()
    case.save()
    CaseRating.objects.create(
        association=cast.amani, case=case, side=RatingSide.MEMBER, score=4, given_at=NOW
    )
    with pytest.raises(Refused, match="the expert’s rating"):
        case_steps.move(case_id=case.pk, to=CaseStage.FOLLOW_UP, by=cast.manager, at=NOW)
    later = NOW + timedelta(days=30)
    case_steps.move(case_id=case.pk, to=CaseStage.FOLLOW_UP, by=cast.manager, at=later)
