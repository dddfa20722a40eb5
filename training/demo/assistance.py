"""Needs and technical assistance of the demonstration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from uuid import UUID

from members.selectors import checklists
from training.assistance.diagnosis import DiagnosisForm
from training.demo.cast import Cast
from training.enums import CaseCostKind, CaseStage, NeedState, Topic
from training.models import Case, CaseCall, Course, Deliverable, Expert, NeedsSurvey
from training.selectors.diagnosis_forms import form_for, form_of
from training.services import (
    case_calls,
    case_contracts,
    case_money,
    case_ratings,
    case_steps,
    cases,
    deliverables,
    needs,
    needs_surveys,
    training_plan,
)
from training.services.cases import Terms
from training.services.needs import NeedFields
from training.services.needs_surveys import ReplyLine, SurveyFields
from training.services.training_plan import PlanFields

WISHES: Mapping[str, Mapping[str, ReplyLine]] = {
    "Tumaini": {
        "pricing": ReplyLine(people=3, urgency=2),
        "indicators": ReplyLine(people=2, urgency=3, note="Two new data officers"),
    },
    "Jitegemee": {
        "client_protection": ReplyLine(people=6, urgency=3),
        "pricing": ReplyLine(people=4, urgency=2),
    },
    "Upendo": {
        "mission": ReplyLine(people=5, urgency=2),
        "client_assessment": ReplyLine(people=3, urgency=1),
    },
    "Umoja": {"client_protection": ReplyLine(people=8, urgency=3, note="After complaints in two branches")},
}
TOPICS = ("mission", "client_protection", "pricing", "indicators", "client_assessment")


def ask_for_needs(cast: Cast) -> NeedsSurvey:
    """A needs assessment for next year that four members answered so far, needs that staff confirmed, and a plan."""
    year = cast.at.year + 1
    survey = needs_surveys.save_survey(
        association=cast.association,
        values=SurveyFields(
            title=f"What do you need in {year}?",
            year=year,
            topics=TOPICS,
            question="What keeps your people from coming to our courses?",
            closes_at=cast.hour(20, time(23, 59)),
        ),
        by=cast.manager,
        at=cast.moment(-25),
        survey=None,
    )
    survey = needs_surveys.open_survey(survey=survey, by=cast.manager, at=cast.moment(-24))
    for days, (member, lines) in enumerate(WISHES.items()):
        needs_surveys.save_reply(
            survey=survey,
            institution=cast.members[member],
            lines=lines,
            answer="Three days away from the branch are too long." if days % 2 else "",
            by=cast.people[member],
            at=cast.moment(-20 + days),
        )
    noted = needs.note_need(
        association=cast.association,
        values=NeedFields(
            institution=cast.members["Daraja"],
            year=cast.at.year,
            topic=Topic.PRICING,
            reason="Its price list leaves out two fees, as the review of the last return found.",
            people=4,
            urgency=3,
            course=Course.objects.get(association=cast.association, code="SPM-203"),
        ),
        by=cast.reviewer,
        at=cast.moment(-60),
    )
    if noted.state == NeedState.PROPOSED:
        needs.decide_need(
            need=noted,
            state=NeedState.CONFIRMED,
            note="Invited to the next course on prices.",
            course=noted.course,
            people=4,
            by=cast.manager,
            at=cast.moment(-55),
        )
    needs.propose_needs(
        association=cast.association, year=cast.at.year, by=cast.reviewer, at=cast.moment(-10)
    )
    training_plan.save_plan(
        association=cast.association,
        year=cast.at.year,
        currency=cast.association.currency,
        lines={
            Topic.INTRODUCTION: PlanFields(sessions=1, people=20, budget=Decimal(100_000)),
            Topic.MISSION: PlanFields(sessions=1, people=16, budget=Decimal(150_000)),
            Topic.CLIENT_PROTECTION: PlanFields(sessions=2, people=36, budget=Decimal(360_000)),
            Topic.INDICATORS: PlanFields(sessions=1, people=25, budget=Decimal(40_000)),
            Topic.PRICING: PlanFields(sessions=1, people=12, budget=Decimal(90_000)),
        },
        by=cast.manager,
        at=cast.moment(-300),
    )
    return survey


@dataclass(frozen=True, slots=True)
class _Help:
    """A case: whose, on what, how many days ago it was asked for, how far it is, and what it should move."""

    member: str
    title: str
    topic: Topic
    begun: int
    until: CaseStage
    indicators: tuple[str, ...] = ()
    outcome: str = ""
    need: str = ""  # how staff knew of it
    section: str = ""  # of the catalogue, as the form of its diagnosis


def help_before(cast: Cast, trainers: Sequence[Expert]) -> None:
    """Two cases of the last published year, closed, of members who also came to a course: before and after show."""
    begun = -cast.days_since(7, 24)
    done = (
        _Help(
            "Upendo",
            "Answer complaints in time",
            Topic.CLIENT_PROTECTION,
            begun,
            CaseStage.CLOSED,
            ("complaints_mechanism", "cp_complaints", "complaint_on_time_rate"),
            "Complaints are written down in every branch and read by the management each month.",
        ),
        _Help(
            "Kilimo",
            "One price list for all branches",
            Topic.PRICING,
            begun,
            CaseStage.CLOSED,
            ("discloses_apr", "transparency_index", "price_gap"),
            "All branches show the same price list; the annual rate stands on every contract.",
        ),
    )
    for number, one in enumerate(done, start=1):
        _case(cast, number, one, trainers)


def help_members(cast: Cast, trainers: Sequence[Expert]) -> None:
    """Three cases: one closed with its result, one under way, one that was just asked for."""
    lately = (
        _Help(
            "Upendo",
            "Set targets that the board follows",
            Topic.MISSION,
            -270,
            CaseStage.CLOSED,
            ("social_targets", "board_reviews_sp", "practice_index_d1"),
            "The board follows five targets a quarter; two branches have met theirs.",
            "Its board asked at the annual meeting how to set targets.",
        ),
        _Help(
            "Umoja",
            "A complaints mechanism that clients use",
            Topic.CLIENT_PROTECTION,
            -95,
            CaseStage.DELIVERY,
            ("complaints_mechanism", "complaint_on_time_rate"),
            section="CLP",
        ),
        _Help(
            "Jitegemee",
            "Read our portfolio by poverty",
            Topic.CLIENT_ASSESSMENT,
            -4,
            CaseStage.REQUESTED,
            ("poverty_measured", "client_data_segmented"),
        ),
    )
    for number, one in enumerate(lately, start=1):
        _case(cast, number, one, trainers)


def _section(cast: Cast, code: str) -> DiagnosisForm | None:
    offered = checklists.offered(cast.association)
    key = next((name.key for name in offered if name.key.endswith(f":{code}")), "")
    return form_of(cast.association, key)


def _case(cast: Cast, number: int, one: _Help, trainers: Sequence[Expert]) -> None:
    staff, member, begun, until = cast.manager, one.member, one.begun, one.until
    case = cases.request(
        association_id=cast.association.pk,
        institution_id=cast.members[member].pk,
        title=one.title,
        topic=one.topic,
        text="We tried by ourselves and did not get far. Our board asks for it before the end of the year.",
        by=cast.people[member],
        at=cast.moment(begun),
        indicators=one.indicators,
        need_id=_need(cast, one),
    )
    if until == CaseStage.REQUESTED:
        return
    form = _section(cast, one.section) if one.section else form_for(one.topic)
    if form is None:
        raise LookupError(f"There is no form of diagnosis on {one.topic}.")
    cases.take_up(case_id=case.pk, form=form.key, by=staff, at=cast.moment(begun + 4))
    cases.answer_diagnosis(
        case_id=case.pk,
        answers={question.code: (at % 3, "") for at, question in enumerate(form.questions)},
        by=cast.people[member],
        at=cast.moment(begun + 10),
    )
    cases.write_findings(
        case_id=case.pk,
        findings="The policy is there; nobody in the branches works by it, and no figure shows whether it holds.",
        by=staff,
        at=cast.moment(begun + 14),
    )
    case_steps.move(case_id=case.pk, to=CaseStage.TERMS, by=staff, at=cast.moment(begun + 15))
    cases.write_terms(
        case_id=case.pk,
        terms=Terms(
            objectives="Branch managers work by it, and the board sees one page a quarter.",
            scope="Two visits, a workshop of two days, and help by telephone in between.",
            days=Decimal(9),
            budget=Decimal(420_000),
            currency=cast.association.currency,
            subsidy_share=60,
            starts_on=cast.day(begun + 40),
            ends_on=cast.day(begun + 130),
            deliverables=[
                (None, "Inception report", cast.day(begun + 50)),
                (None, "Workshop and final report", cast.day(begun + 120)),
            ],
        ),
        by=staff,
        at=cast.moment(begun + 18),
    )
    case_steps.move(case_id=case.pk, to=CaseStage.CALL, by=staff, at=cast.moment(begun + 20))
    _contract(cast, case, number, begun, trainers)
    _deliver(cast, case, one)


def _contract(cast: Cast, case: Case, number: int, begun: int, trainers: Sequence[Expert]) -> None:
    calls = case_calls.ask(
        case_id=case.pk,
        expert_ids=[one.pk for one in trainers],
        answer_by=cast.day(begun + 30),
        names_member=True,
        by=cast.manager,
        at=cast.moment(begun + 20),
        today=cast.day(begun + 20),
    )
    chosen = next(one for one in calls if one.expert_id == trainers[0].pk)
    for one in calls:
        case_calls.answer(
            call_id=one.pk,
            interested=one == chosen,
            words="I begin with two days in branches, then the workshop." if one == chosen else "",
            day_rate=Decimal(42_000) if one == chosen else None,
            conflict="",
            no_conflict=one == chosen,
            at=cast.moment(begun + 24),
            today=cast.day(begun + 24),
        )
    case_calls.select(
        call_id=chosen.pk,
        reason="The only answer, and she did the same for another member with good results.",
        by=cast.manager,
        at=cast.moment(begun + 31),
        today=cast.day(begun + 31),
    )
    if CaseCall.objects.get(pk=chosen.pk).case.stage == CaseStage.CALL:
        case_steps.move(case_id=case.pk, to=CaseStage.CONTRACT, by=cast.manager, at=cast.moment(begun + 32))
    case_contracts.write(
        case_id=case.pk,
        number=f"TA/{cast.moment(begun).year}/{number}",
        signed_on=cast.day(begun + 36),
        amount=Decimal(378_000),
        by=cast.manager,
        at=cast.moment(begun + 36),
        upload=None,
        conflict_reason=None,
    )
    case_steps.move(case_id=case.pk, to=CaseStage.DELIVERY, by=cast.manager, at=cast.moment(begun + 37))


def _deliver(cast: Cast, case: Case, help_: _Help) -> None:
    member, begun, until = help_.member, help_.begun, help_.until
    due = list(Deliverable.objects.filter(case=case).order_by("due_on"))
    ready = due if until == CaseStage.CLOSED else due[:1]
    for at, one in enumerate(ready):
        day = begun + 50 + at * 65
        deliverables.hand_in(
            deliverable_id=one.pk,
            note="Handed in by mail and kept with the contract.",
            by=cast.manager,
            at=cast.moment(day),
            upload=None,
            call_id=None,
        )
        deliverables.accept(
            deliverable_id=one.pk, by=cast.manager, at=cast.moment(day + 3), words="Thank you."
        )
        case_money.add_hours(
            case_id=case.pk,
            worked_on=cast.day(day - 2),
            hours=Decimal(8),
            note="Visit of two branches",
            by=cast.manager,
            at=cast.moment(day),
            today=cast.day(day),
            who="Dr. Wairimu Karanja",
            call_id=None,
        )
        case_money.add_cost(
            case_id=case.pk,
            kind=CaseCostKind.FEE,
            text=one.title,
            amount=Decimal(189_000),
            spent_on=cast.day(day + 3),
            by=cast.manager,
            at=cast.moment(day + 3),
            today=cast.day(day + 3),
        )
    if until != CaseStage.CLOSED:
        return
    over = begun + 125
    case_steps.move(case_id=case.pk, to=CaseStage.RATING, by=cast.manager, at=cast.moment(over))
    call = CaseCall.objects.get(case=case, no_conflict=True)
    member_words, expert_words = "She listened to our branches first.", "The board took part in person."
    case_ratings.rate(
        case_id=case.pk,
        score=5,
        words=member_words,
        by=cast.people[member],
        at=cast.moment(over + 3),
        call_id=None,
    )
    case_ratings.rate(
        case_id=case.pk, score=4, words=expert_words, by=None, at=cast.moment(over + 4), call_id=call.pk
    )
    cases.plan_follow_up(case_id=case.pk, on=cast.day(over + 90), by=cast.manager, at=cast.moment(over + 5))
    case_steps.move(case_id=case.pk, to=CaseStage.FOLLOW_UP, by=cast.manager, at=cast.moment(over + 5))
    cases.write_outcome(
        case_id=case.pk,
        outcome=help_.outcome,
        by=cast.manager,
        at=cast.moment(over + 95),
    )
    case_steps.move(
        case_id=case.pk, to=CaseStage.CLOSED, by=cast.manager, at=cast.moment(over + 96), meets_need=True
    )


def _need(cast: Cast, one: _Help) -> UUID | None:
    """The need that the case answers, as staff noted it a month before; None where there was none."""
    if not one.need:
        return None
    values = NeedFields(
        institution=cast.members[one.member], year=cast.at.year, topic=one.topic, reason=one.need, urgency=2
    )
    noted = needs.note_need(
        association=cast.association, values=values, by=cast.reviewer, at=cast.moment(one.begun - 30)
    )
    return noted.pk
