"""What the pages of technical assistance share: the way of a case, what comes next, and who looks at it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from members.models import User
from training.assistance.diagnosis import missing
from training.assistance.moves import ENDED, MEMBER_MAY_STOP, PATH, has_reached
from training.enums import CaseStage, RatingSide
from training.models import Case
from training.selectors.diagnosis_forms import form_of
from training.services.case_steps import lacking


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at a case: staff, a manager among them, or people of the member."""

    is_staff: bool
    is_manager: bool
    is_member: bool

    @classmethod
    def of(cls, user: User, case: Case) -> "Reader":
        """What the person may do with this case."""
        return cls(
            user.has_perm("training.run_case", case),
            user.has_perm("training.contract_case", case),
            user.has_perm("training.rate_case", case),
        )


@dataclass(frozen=True, slots=True)
class Stop:
    """One stage on the way of a case."""

    label: str
    state: str


@dataclass(frozen=True, slots=True)
class Next:
    """What a reader does next: words, a page to open, or a move to make with what it still lacks."""

    title: str
    text: str
    route: str = ""
    action: str = ""
    to: str = ""
    button: str = ""
    lacks: tuple[str, ...] = ()


def way_of(case: Case) -> list[Stop]:
    """The stages of a case with what is done, for the line of stages; a stopped case has the last ones open."""
    if case.stage == CaseStage.STOPPED:
        return [Stop(str(CaseStage.REQUESTED.label), "done"), Stop(str(CaseStage.STOPPED.label), "failed")]
    here = PATH.index(CaseStage(case.stage))
    last = case.stage == CaseStage.CLOSED
    return [
        Stop(str(stage.label), "done" if at < here or last else "current" if at == here else "todo")
        for at, stage in enumerate(PATH)
    ]


def may_stop(case: Case, reader: Reader) -> bool:
    """Whether this reader may stop the case, or take the request back."""
    if case.stage in ENDED:
        return False
    return reader.is_staff or (reader.is_member and case.stage in MEMBER_MAY_STOP)


def back_of(case: Case, reader: Reader) -> tuple[str, str] | None:
    """The stage to which staff may take the case besides the usual next one, with the words of the button."""
    words = {
        CaseStage.REQUESTED: (CaseStage.TERMS, _("Go on without a diagnosis")),
        CaseStage.TERMS: (CaseStage.DIAGNOSIS, _("Back to the diagnosis")),
        CaseStage.CALL: (CaseStage.TERMS, _("Back to the terms of reference")),
        CaseStage.CONTRACT: (CaseStage.CALL, _("No contract: back to the call")),
    }
    found = words.get(CaseStage(case.stage)) if reader.is_staff else None
    return (found[0].value, found[1]) if found else None


def next_of(case: Case, reader: Reader, *, at: datetime) -> Next | None:
    """What this reader does next; None where nothing is to be done and nothing waits."""
    if reader.is_staff:
        return _next_of_staff(case, reader, at)
    return _next_of_member(case) if reader.is_member else None


def shows(case: Case, stage: CaseStage) -> bool:
    """Whether a case has come so far that a part of its page has something to show."""
    if case.stage == CaseStage.STOPPED:
        return {
            CaseStage.DIAGNOSIS: bool(case.diagnosis_form or case.findings),
            CaseStage.TERMS: bool(case.objectives),
            CaseStage.CALL: True,
            CaseStage.CONTRACT: case.expert_id is not None,
        }.get(stage, case.contract_on is not None)
    return has_reached(case.stage, stage)


def _next_of_staff(case: Case, reader: Reader, at: datetime) -> Next | None:
    def move(title: str, text: str, to: CaseStage, button: str, route: str = "", action: str = "") -> Next:
        return Next(title, text, route, action, to.value, button, tuple(lacking(case, to, at=at)))

    stage = CaseStage(case.stage)
    if stage == CaseStage.REQUESTED:
        return Next(
            _("Begin the diagnosis"), _("Choose the form that fits best. The member is asked to fill it in.")
        )
    if stage == CaseStage.DIAGNOSIS:
        return move(
            _("Find out where the member stands"),
            _("The member or you answer the questions; then you write what you find."),
            CaseStage.TERMS,
            _("On to the terms of reference"),
            "case_diagnosis",
            _("Questions and findings"),
        )
    if stage == CaseStage.TERMS:
        return move(
            _("Write the terms of reference"),
            _("What is to be done, by when, for how much, and what the association pays."),
            CaseStage.CALL,
            _("Open the call to experts"),
            "case_terms",
            _("Write the terms"),
        )
    if stage == CaseStage.CALL:
        return Next(
            _("Ask experts and choose one"),
            _("The roster is sorted by who fits. Answers stand beside each other."),
            "case_call",
            _("Experts and answers"),
        )
    if stage == CaseStage.CONTRACT:
        if not reader.is_manager:
            return Next(
                _("A manager writes the contract"), _("Number, day and amount are kept with the case.")
            )
        return move(
            _("Sign the contract"),
            _("Write down number, day and amount. The work begins when the contract is signed."),
            CaseStage.DELIVERY,
            _("The contract is signed: begin"),
            "case_contract",
            _("The contract"),
        )
    if stage == CaseStage.DELIVERY:
        return move(
            _("The work is under way"),
            _("Deliverables are handed in by the expert and accepted by you."),
            CaseStage.RATING,
            _("Everything is accepted: ask for ratings"),
        )
    if stage == CaseStage.RATING:
        return move(
            _("Ratings, and a day for the follow-up"),
            _("Member and expert rate each other. Neither reads the other’s rating before both gave one."),
            CaseStage.FOLLOW_UP,
            _("On to the follow-up"),
        )
    if stage == CaseStage.FOLLOW_UP:
        return move(
            _("Ask what came of it"),
            _("Talk to the member on the day of the follow-up, and write down what changed."),
            CaseStage.CLOSED,
            pgettext("case", "Close the case"),
        )
    return None


def _next_of_member(case: Case) -> Next | None:
    stage = CaseStage(case.stage)
    if stage == CaseStage.REQUESTED:
        return Next(_("Your request is being looked at"), _("You are told by mail when it goes on."))
    if stage == CaseStage.DIAGNOSIS:
        form = form_of(case.association, case.diagnosis_form)
        left = len(missing(form, case.diagnosis)) if form is not None else 0
        if left:
            return Next(
                _("Please answer the questions of the diagnosis"),
                _("Questions without an answer: %(count)d. You can stop and go on at any time.")
                % {"count": left},
                "case_diagnosis",
                _("Answer the questions"),
            )
        return Next(_("The association writes the findings"), _("You are told by mail when it goes on."))
    waiting = {
        CaseStage.TERMS: _("The association writes the terms of reference"),
        CaseStage.CALL: _("Experts are being asked"),
        CaseStage.CONTRACT: _("The contract is being signed"),
    }
    if stage in waiting:
        return Next(waiting[stage], _("You are told by mail when it goes on."))
    if stage == CaseStage.DELIVERY:
        return Next(
            _("The work is under way"),
            _(
                "You see here what is handed in. If something is missing, tell the association before it accepts it."
            ),
        )
    if stage == CaseStage.RATING and not case.ratings.filter(side=RatingSide.MEMBER).exists():
        return Next(
            _("Please rate the work of the expert"),
            _("The form stands below. The expert does not read your rating before giving one too."),
        )
    return None
