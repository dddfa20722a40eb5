"""A case from the request to the follow-up: calls, conflicts, deliverables, hours, costs, ratings, reminders."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from spm_portal.common.models import AuditEvent, MailMessage
from spm_portal.common.refusal import Refused
from spm_portal.common.tokens import row_by_token
from tests.cast import Cast
from tests.factories.training import ExpertFactory
from tests.training.case_world import NOW, TODAY, a_file, call_to, case_at, with_all
from training.enums import CallAnswer, CaseStage, ConflictKind, DeliverableState, RatingSide
from training.models import Case, CaseCall, Deliverable, Expert, ExpertConflict
from training.selectors.case_experts import proposals
from training.selectors.case_ratings import ratings_for
from training.selectors.cases import totals_of
from training.services import (
    case_calls,
    case_contracts,
    case_money,
    case_ratings,
    case_reminders,
    case_steps,
    cases,
    deliverables,
)

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def asked_for(cast: Cast, **other: Any) -> Case:
    said = {
        "association_id": cast.amani.pk,
        "institution_id": cast.kilimo.pk,
        "title": "Social targets",
        "topic": "mission",
        "text": "Our investor asks for targets.",
        "by": cast.signatory,
        "at": NOW,
    }
    return cases.request(**(said | other))


def answers(call: CaseCall, **other: Any) -> CaseCall:
    said = {
        "interested": True,
        "words": "Two visits.",
        "day_rate": Decimal(300),
        "conflict": "",
        "no_conflict": True,
    }
    return case_calls.answer(call_id=call.pk, at=NOW, today=TODAY, **(said | other))


def mails(purpose: str) -> list[str]:
    return sorted(MailMessage.objects.filter(purpose=purpose).values_list("to", flat=True))


# --- Request and diagnosis ----------------------------------------------------------------------------------


def test_a_request_is_kept_once_numbered_and_told(cast: Cast) -> None:
    first, again = asked_for(cast), asked_for(cast)
    assert first.pk == again.pk
    assert (first.number, asked_for(cast, title="Other").number) == ("TA-2026-001", "TA-2026-002")
    assert mails("case.received.member").count(cast.signatory.email) == 2
    assert cast.manager.email in mails("case.requested.staff")
    with pytest.raises(Refused, match="why now"):
        asked_for(cast, text="  ")
    for foreign in (
        {"by": cast.other_signatory},
        {"by": cast.other_manager},
        {"institution_id": cast.zamani.pk},
    ):
        with pytest.raises(PermissionDenied):
            asked_for(cast, **foreign)


def test_both_sides_answer_a_diagnosis_and_staff_find(cast: Cast) -> None:
    case = asked_for(cast)
    cases.take_up(case_id=case.pk, form="pricing:1", by=cast.manager, at=NOW)
    case.refresh_from_db()
    assert (case.stage, case.diagnosis_form) == (CaseStage.DIAGNOSIS, "pricing:1")
    answer = {"apr": (2, "On the wall."), "early": (0, "")}
    cases.answer_diagnosis(case_id=case.pk, answers=answer, by=cast.editor, at=NOW)
    cases.answer_diagnosis(case_id=case.pk, answers={"early": (None, "")}, by=cast.reviewer, at=NOW)
    case.refresh_from_db()
    assert case.diagnosis == {"apr": {"level": 2, "note": "On the wall."}}
    for wrong in ({"apr": (7, "")}, {"unknown": (1, "")}):
        with pytest.raises(Refused, match="Open it again"):
            cases.answer_diagnosis(case_id=case.pk, answers=wrong, by=cast.editor, at=NOW)
    with pytest.raises(PermissionDenied):
        cases.write_findings(case_id=case.pk, findings="x", by=cast.signatory, at=NOW)
    with pytest.raises(PermissionDenied):
        cases.answer_diagnosis(case_id=case.pk, answers=answer, by=cast.other_signatory, at=NOW)
    case_steps.stop(case_id=case.pk, reason="Done alone.", by=cast.manager, at=NOW)
    with pytest.raises(Refused, match="has ended"):
        cases.answer_diagnosis(case_id=case.pk, answers=answer, by=cast.editor, at=NOW)


def test_terms_keep_deliverables_that_stay_and_say_what_is_wrong(cast: Cast) -> None:
    case = case_at(cast, CaseStage.TERMS)
    good = cases.Terms(
        "Targets", "Workshops", Decimal(5), Decimal(1000), "KES", 60, TODAY, TODAY + timedelta(days=30),
        [(None, "Paper", TODAY + timedelta(days=20)), (None, "Minutes", TODAY + timedelta(days=9))],
    )  # fmt: skip
    cases.write_terms(case_id=case.pk, terms=good, by=cast.manager, at=NOW)
    paper = case.deliverables.get(title="Paper")
    fewer = {name: getattr(good, name) for name in good.__slots__} | {
        "deliverables": [(paper.pk, "Paper on targets", paper.due_on)]
    }
    cases.write_terms(case_id=case.pk, terms=cases.Terms(**fewer), by=cast.manager, at=NOW)
    assert list(case.deliverables.values_list("pk", "title")) == [(paper.pk, "Paper on targets")]
    for wrong, words in (
        ({"days": Decimal(0)}, "more than 0"),
        ({"currency": "ABC"}, "three letters"),
        ({"subsidy_share": 101}, "between 0 and 100"),
        ({"ends_on": TODAY - timedelta(days=1)}, "must not be before"),
        ({"deliverables": [(None, "Early", TODAY - timedelta(days=1))]}, "before the first day"),
    ):
        with pytest.raises(Refused, match=words):
            cases.write_terms(case_id=case.pk, terms=cases.Terms(**(fewer | wrong)), by=cast.manager, at=NOW)


# --- Calls and selection ------------------------------------------------------------------------------------


def ask(cast: Cast, case: Case, *experts: Expert, **other: Any) -> list[CaseCall]:
    said = {
        "answer_by": date(2026, 11, 20),
        "names_member": True,
        "by": cast.manager,
        "at": NOW,
        "today": TODAY,
    }
    return case_calls.ask(case_id=case.pk, expert_ids=[one.pk for one in experts], **(said | other))


def test_experts_are_proposed_with_reasons_and_asked_once(cast: Cast) -> None:
    case = case_at(cast, CaseStage.CALL)
    fits = ExpertFactory(association=cast.amani, name="Fits")
    torn = ExpertFactory(association=cast.amani, name="Torn")
    ExpertFactory(association=cast.baobab, name="Elsewhere")
    ExpertConflict.objects.create(
        association=cast.amani, expert=torn, institution=cast.kilimo, kind=ConflictKind.PAID
    )
    offered = proposals(case, language="en", on=TODAY)
    assert [(one.expert.name, one.match.fits) for one in offered] == [("Fits", True), ("Torn", False)]
    assert len(ask(cast, case, fits, torn)) == 2
    assert ask(cast, case, fits) == []
    assert mails("case.call") == sorted([fits.email, torn.email])
    mute = ExpertFactory(association=cast.amani, name="Mute", email="")
    with pytest.raises(Refused, match="no e-mail address of Mute"):
        ask(cast, case, mute)
    with pytest.raises(Refused, match="has passed"):
        ask(cast, case, fits, answer_by=TODAY - timedelta(days=1))


def test_a_call_names_the_member_only_where_staff_say_so(cast: Cast) -> None:
    case = case_at(cast, CaseStage.CALL, title="Targets")
    hidden, told = ExpertFactory(association=cast.amani), ExpertFactory(association=cast.amani)
    unnamed, _named = *ask(cast, case, hidden, names_member=False), *ask(cast, case, told)
    texts = {one.to: one.subject + one.text for one in MailMessage.objects.filter(purpose="case.call")}
    assert cast.kilimo.name not in texts[hidden.email]
    assert cast.kilimo.name in texts[told.email]
    # who does not know the MFI declares nothing yet, and does so when chosen, before the contract
    answers(unnamed, no_conflict=False)
    case_calls.select(call_id=unnamed.pk, reason="Fits.", by=cast.manager, at=NOW, today=TODAY)
    case.refresh_from_db()
    with_all(case, to=CaseStage.DELIVERY)
    with pytest.raises(Refused, match="declaration on conflicts"):
        case_steps.move(case_id=case.pk, to=CaseStage.DELIVERY, by=cast.manager, at=NOW)
    case_calls.declare(call_id=unnamed.pk, conflict="My sister works there.", no_conflict=False, at=NOW)
    with pytest.raises(Refused, match="in spite of the conflict"):
        case_steps.move(case_id=case.pk, to=CaseStage.DELIVERY, by=cast.manager, at=NOW)
    contract = {"number": "C-1", "signed_on": TODAY, "amount": Decimal(900), "by": cast.manager, "at": NOW}
    case_contracts.write(case_id=case.pk, conflict_reason="She is in another branch.", **contract)
    case_steps.move(case_id=case.pk, to=CaseStage.DELIVERY, by=cast.manager, at=NOW)
    with pytest.raises(PermissionDenied):
        case_contracts.write(case_id=case.pk, **(contract | {"by": cast.reviewer}))


def test_an_answer_needs_words_a_rate_and_a_declaration(cast: Cast) -> None:
    case = case_at(cast, CaseStage.CALL)
    call = call_to(case, ExpertFactory(association=cast.amani), names_member=True)
    for wrong, words in (
        ({"words": ""}, "how you would do"),
        ({"day_rate": None}, "rate per day"),
        ({"no_conflict": False}, "Either declare"),
        ({"conflict": "I own it.", "no_conflict": True}, "Either declare"),
    ):
        with pytest.raises(Refused, match=words):
            answers(call, **wrong)
    for _click in range(2):
        answers(call)
    assert AuditEvent.objects.filter(verb="case.call_answered").count() == 1
    assert answers(call, interested=False, words="No time.").answer == CallAnswer.DECLINED
    late = call_to(case, ExpertFactory(association=cast.amani), answer_by=TODAY - timedelta(days=1))
    with pytest.raises(Refused, match="has passed"):
        answers(late)


def test_a_conflict_is_chosen_only_with_a_reason_and_others_are_thanked(cast: Cast) -> None:
    case = case_at(cast, CaseStage.CALL)
    first, torn, silent = (ExpertFactory(association=cast.amani) for _one in range(3))
    calls = {one.pk: call_to(case, one, names_member=True) for one in (first, torn, silent)}
    answers(calls[first.pk])
    answers(calls[torn.pk], conflict="I advised them.", no_conflict=False)
    choose = {"by": cast.manager, "at": NOW, "today": TODAY}
    with pytest.raises(Refused, match="did not say to be interested"):
        case_calls.select(call_id=calls[silent.pk].pk, reason="Best.", **choose)
    with pytest.raises(Refused, match="why you choose"):
        case_calls.select(call_id=calls[first.pk].pk, reason=" ", **choose)
    with pytest.raises(Refused, match="has a conflict of interest"):
        case_calls.select(call_id=calls[torn.pk].pk, reason="Best.", **choose)
    old = calls[torn.pk].token_hash
    for _click in range(2):
        case_calls.select(
            call_id=calls[torn.pk].pk, reason="Best.", conflict_reason="Two years ago.", **choose
        )
    case.refresh_from_db()
    assert (case.stage, case.expert, case.conflict_reason) == (CaseStage.CONTRACT, torn, "Two years ago.")
    assert mails("case.not_chosen.expert") == sorted([first.email, silent.email])
    assert mails("case.chosen") == [torn.email]
    assert CaseCall.objects.get(pk=calls[torn.pk].pk).token_hash != old
    with pytest.raises(Refused, match="while the call runs"):
        case_calls.select(call_id=calls[first.pk].pk, reason="Best.", **choose)


# --- The work -----------------------------------------------------------------------------------------------


def test_deliverables_go_back_and_forth_until_they_are_accepted(cast: Cast, media_root: Any) -> None:
    case = case_at(cast, CaseStage.DELIVERY)
    call, other = case.calls.get(), call_to(case, ExpertFactory(association=cast.amani))
    one = case.deliverables.get()
    link = {"deliverable_id": one.pk, "by": None, "call_id": call.pk, "at": NOW}
    with pytest.raises(Refused, match="Attach a file"):
        deliverables.hand_in(note="", **link)
    with pytest.raises(Refused, match="content is something else"):
        deliverables.hand_in(note="", upload=a_file(content=b"MZ program"), **link)
    with pytest.raises(PermissionDenied):
        deliverables.hand_in(note="x", **(link | {"call_id": other.pk}))
    for _click in range(2):
        deliverables.hand_in(note="First try", upload=a_file(), **link)
    assert AuditEvent.objects.filter(verb="case.delivered").count() == 1
    staff = {"deliverable_id": one.pk, "by": cast.reviewer, "at": NOW}
    with pytest.raises(Refused, match="what is to be done"):
        deliverables.send_back(words="", **staff)
    with pytest.raises(PermissionDenied):
        deliverables.accept(**(staff | {"by": cast.signatory}))
    deliverables.send_back(words="Add the sources.", **staff)
    deliverables.hand_in(note="With sources", **link)
    for _click in range(2):
        deliverables.accept(**staff)
    kept = Deliverable.objects.get()
    assert (kept.state, kept.name, kept.decided_by) == (
        DeliverableState.ACCEPTED,
        "report.pdf",
        cast.reviewer,
    )
    with pytest.raises(Refused, match="was accepted"):
        deliverables.hand_in(note="Late", **link)
    assert AuditEvent.objects.filter(verb="case.deliverable_accepted").count() == 1


def test_hours_and_costs_are_summed_and_shared(cast: Cast) -> None:
    case = case_at(cast, CaseStage.DELIVERY, subsidy_share=33)
    empty = case_at(cast, CaseStage.REQUESTED)
    log = {"case_id": case.pk, "worked_on": TODAY, "note": "Visit", "at": NOW, "today": TODAY}
    call = case.calls.get()
    for _click in range(2):
        line = case_money.add_hours(hours=Decimal("6.5"), by=None, call_id=call.pk, **log)
    assert line.who == "Grace Njeri"
    with pytest.raises(Refused, match="more than 24 hours"):
        case_money.add_hours(hours=Decimal(18), by=cast.manager, **log)
    with pytest.raises(Refused, match="must not lie ahead"):
        case_money.add_hours(
            **(log | {"worked_on": TODAY + timedelta(days=1)}), hours=Decimal(1), by=cast.manager
        )
    mine = case_money.add_hours(hours=Decimal(2), by=cast.manager, who="Amina", **log)
    with pytest.raises(PermissionDenied):
        case_money.take_hours_away(hours_id=mine.pk, by=None, call_id=call.pk, at=NOW)
    spend = {
        "case_id": case.pk,
        "kind": "fee",
        "text": "",
        "spent_on": TODAY,
        "by": cast.reviewer,
        "today": TODAY,
    }
    for _click in range(2):
        case_money.add_cost(amount=Decimal("100.01"), at=NOW, **spend)
    case_money.add_cost(amount=Decimal("100.01"), at=NOW + timedelta(minutes=5), **spend)
    totals = totals_of([case.pk, empty.pk])
    one = totals[case.pk]
    assert (one.hours, one.cost) == (Decimal("8.50"), Decimal("200.02"))
    assert (one.association_part, one.member_part) == (Decimal("66.01"), Decimal("134.01"))
    assert (totals[empty.pk].hours, totals[empty.pk].cost) == (0, 0)


def test_neither_side_reads_the_others_rating_too_early(cast: Cast) -> None:
    case = case_at(cast, CaseStage.RATING)
    call = case.calls.get()
    with pytest.raises(PermissionDenied):
        case_ratings.rate(case_id=case.pk, score=5, words="", by=cast.manager, at=NOW)
    for _click in range(2):
        case_ratings.rate(case_id=case.pk, score=4, words="Good.", by=cast.editor, at=NOW)
    with pytest.raises(Refused, match="not changed"):
        case_ratings.rate(case_id=case.pk, score=1, words="", by=cast.signatory, at=NOW)
    given = list(case.ratings.all())
    assert ratings_for(RatingSide.EXPERT, given, at=NOW) == []
    assert ratings_for(RatingSide.MEMBER, given, at=NOW) == given
    month = NOW + timedelta(days=30)
    assert ratings_for(RatingSide.EXPERT, given, at=month) == given
    with pytest.raises(Refused, match="time for rating has passed"):
        case_ratings.rate(case_id=case.pk, score=2, words="", by=None, call_id=call.pk, at=month)
    case_ratings.rate(case_id=case.pk, score=5, words="", by=None, call_id=call.pk, at=NOW)
    assert len(ratings_for(RatingSide.EXPERT, list(case.ratings.all()), at=NOW)) == 2


def test_reminders_go_out_once_a_step(cast: Cast) -> None:
    case = case_at(cast, CaseStage.DELIVERY)
    followed = case_at(cast, CaseStage.FOLLOW_UP, follow_up_on=date(2026, 12, 1))
    due = NOW.replace(month=11, day=30)
    assert case_reminders.send_due(at=NOW) == 0
    assert case_reminders.send_due(at=due) == 3  # manager, second manager, reviewer
    assert (
        case_reminders.send_due(at=due + timedelta(days=1)) == 3
    )  # the follow-up of today; the deliverable was told
    assert case_reminders.send_due(at=due + timedelta(days=1)) == 0
    assert case.expert is not None
    assert mails("case.deliverable_due.expert") == [case.expert.email]
    cases.write_outcome(case_id=followed.pk, outcome="Targets hold.", by=cast.manager, at=NOW)
    late = due + timedelta(days=4)
    assert case_reminders.send_due(at=late) == 3
    assert case_reminders.send_due(at=due + timedelta(days=40)) == 0


def test_a_new_link_ends_the_old_one(cast: Cast) -> None:
    case = case_at(cast, CaseStage.CALL)
    (call,) = ask(cast, case, ExpertFactory(association=cast.amani))
    first = MailMessage.objects.get(purpose="case.call").text
    token = first.split("/training/call/")[1].split("/")[0]
    assert row_by_token(CaseCall.objects.all(), token) == call
    case_calls.send_again(call_id=call.pk, by=cast.reviewer, at=NOW)
    assert row_by_token(CaseCall.objects.all(), token) is None
    assert len(mails("case.call")) == 2
