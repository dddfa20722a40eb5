"""The one way in which a case of technical assistance goes from stage to stage, and what each stage asks for."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from members.access import forget
from members.models import User
from members.services.permission import permit
from spm_portal.common.audit import acting, record
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import one_line
from training.assistance.diagnosis import missing
from training.assistance.moves import ENDED, MEMBER_MAY_STOP, may_move
from training.enums import CaseStage, DeliverableState, RatingSide
from training.models import Case
from training.selectors.case_ratings import OPENS_AFTER
from training.selectors.diagnosis_forms import form_of
from training.services import case_notices, needs

MOST_REASON = 300
# who is needed for a move, where it is not whoever runs the case
PERMISSIONS = {CaseStage.DELIVERY: "training.contract_case"}


def move(*, case_id: UUID, to: str, by: User, at: datetime, meets_need: bool = False) -> Case:
    """Bring a case to another stage and tell both sides; doing it twice is harmless.

    `meets_need` says, of a case that is closed, that the need it came from is met by it.
    Raises PermissionDenied, and Refused with what is missing. Stopping needs a reason and is `stop`.
    """
    if to not in CaseStage.values or to == CaseStage.STOPPED:
        raise Refused(_("There is no such stage."))
    with transaction.atomic(), acting(by):
        case = locked_case(case_id, by, PERMISSIONS.get(CaseStage(to), "training.run_case"))
        if step(case, CaseStage(to), by=by, at=at) and meets_need and case.stage == CaseStage.CLOSED:
            _meet_need(case, by=by, at=at)
    return case


def stop(*, case_id: UUID, reason: str, by: User, at: datetime) -> Case:
    """Stop a case with a reason that both sides read; doing it twice is harmless.

    The member itself may take its request back until the terms are agreed. Raises PermissionDenied and Refused.
    """
    words = one_line(reason)
    with transaction.atomic(), acting(by):
        case = locked_case(case_id, by, "training.view_case")
        if not by.has_perm("training.run_case", case) and case.stage not in (
            *MEMBER_MAY_STOP,
            CaseStage.STOPPED,
        ):
            raise PermissionDenied
        if case.stage == CaseStage.STOPPED:
            return case
        if not words or len(words) > MOST_REASON:
            raise Refused(
                _("Say in at most %(limit)d characters why the case is stopped. Both sides read it.")
                % {"limit": MOST_REASON}
            )
        case.end_reason = words
        step(case, CaseStage.STOPPED, by=by, at=at, reason=words)
    return case


def step(case: Case, to: CaseStage, *, by: User, at: datetime, reason: str = "") -> bool:
    """Take one step with a case whose row is locked; whether it was taken now. Raises Refused."""
    old = CaseStage(case.stage)
    if old == to:
        return False
    if not may_move(old, to):
        raise Refused(
            _("This case is at “%(stage)s” now, from where it cannot go to “%(to)s”. Look at it anew.")
            % {"stage": old.label, "to": to.label}
        )
    lacks = lacking(case, to, at=at)
    if lacks:
        raise Refused(
            _("The case cannot go to “%(to)s” yet: %(lacks)s.") % {"to": to.label, "lacks": "; ".join(lacks)}
        )
    expert = case.expert if old != CaseStage.CALL else None  # who was chosen before this step
    _prepare(case, to, at)
    case.stage = to
    case.save()
    event = record(
        "case.moved",
        case,
        by=by,
        at=at,
        association_id=case.association_id,
        reason=reason,
        case=str(case.pk),
        before=old.value,
        stage=to.value,
    )
    case_notices.moved(case, old, to, expert=expert, event_id=event.pk, by=by, at=at)
    return True


def lacking(case: Case, to: str, *, at: datetime) -> list[str]:
    """What a case lacks for a stage, in words that say what to do; going back lacks nothing."""
    checks = {
        (CaseStage.DIAGNOSIS, CaseStage.TERMS): _diagnosis_lacks,
        (CaseStage.TERMS, CaseStage.CALL): _terms_lack,
        (CaseStage.CALL, CaseStage.CONTRACT): _selection_lacks,
        (CaseStage.CONTRACT, CaseStage.DELIVERY): _contract_lacks,
        (CaseStage.DELIVERY, CaseStage.RATING): _deliverables_lack,
        (CaseStage.FOLLOW_UP, CaseStage.CLOSED): _outcome_lacks,
    }
    if (case.stage, to) == (CaseStage.RATING, CaseStage.FOLLOW_UP):
        return _ratings_lack(case, at)
    check = checks.get((CaseStage(case.stage), CaseStage(to)))
    return check(case) if check is not None else []


def locked_case(case_id: UUID, by: User | None, permission: str) -> Case:
    """A case under its row lock until the transaction ends; PermissionDenied without the permission.

    `by` is None for whoever holds the personal link of a call: the caller has checked it.
    """
    if by is not None:
        forget(by)  # roles as they are now, not as the request found them
    found = (
        Case.objects.select_for_update(of=("self",), no_key=True)
        .select_related("association", "institution", "expert")
        .filter(pk=case_id)
        .first()
    )
    if found is None:
        raise PermissionDenied  # hidden and absent cases answer alike
    permit(by, permission, found)
    return found


def still_open(case: Case) -> None:
    """Refuse whatever changes a case that has ended."""
    if case.stage in ENDED:
        raise Refused(_("This case has ended. Nothing of it changes any more."))


def log(verb: str, case: Case, by: User | None, at: datetime, **data: Any) -> None:
    """One audit row about a case; `data` must be JSON."""
    record(verb, case, by=by, at=at, association_id=case.association_id, case=str(case.pk), **data)


def _meet_need(case: Case, *, by: User, at: datetime) -> None:
    """Mark the need that the case came from as met, in the language in which needs are written."""
    if case.need_id is not None:
        with translation.override(case.association.language):
            words = _("Case %(number)s was closed: %(title)s") % {"number": case.number, "title": case.title}
        needs.meet_by([case.need_id], words, by=by, at=at)


def _prepare(case: Case, to: CaseStage, at: datetime) -> None:
    """What a stage changes by itself."""
    if to == CaseStage.TERMS and case.stage == CaseStage.DIAGNOSIS:
        case.diagnosed_at = at
    if case.stage == CaseStage.CONTRACT and to == CaseStage.CALL:
        # the expert did not sign: another one may be chosen
        case.expert, case.selection_reason, case.conflict_reason = None, "", ""
        case.contract_number, case.contract_on, case.contract_amount = "", None, None
        case.contract_file, case.contract_name, case.contract_type = "", "", ""
    if to in ENDED:
        case.ended_at = at


def _diagnosis_lacks(case: Case) -> list[str]:
    form = form_of(case.association, case.diagnosis_form)
    left = len(missing(form, case.diagnosis)) if form is not None else 0
    return [
        *([_("questions of the diagnosis without an answer: %(count)d") % {"count": left}] if left else []),
        *([] if case.findings else [_("findings of the diagnosis")]),
    ]


def _terms_lack(case: Case) -> list[str]:
    needed = (
        (bool(case.objectives), _("objectives")),
        (bool(case.scope), _("scope of work")),
        (bool(case.days), _("days of work")),
        (case.budget is not None, _("budget")),
        (case.starts_on is not None and case.ends_on is not None, _("first and last day")),
        (case.deliverables.exists(), _("at least one deliverable with its day")),
    )
    return [words for there, words in needed if not there]


def _selection_lacks(case: Case) -> list[str]:
    return [] if case.expert_id and case.selection_reason else [_("an expert, chosen with written reasons")]


def _contract_lacks(case: Case) -> list[str]:
    needed = (
        (bool(case.contract_number), _("number of the contract")),
        (case.contract_on is not None, _("day on which it was signed")),
        (case.contract_amount is not None, _("amount of the contract")),
    )
    call = case.calls.filter(expert=case.expert_id).first()
    declares = (
        ()
        if call is None
        else (
            (call.no_conflict or bool(call.conflict), _("the expert’s declaration on conflicts of interest")),
            (
                not call.conflict or bool(case.conflict_reason),
                _(
                    "why the expert does the work in spite of the conflict of interest (on the page of the contract)"
                ),
            ),
        )
    )
    return [words for there, words in (*needed, *declares) if not there]


def _deliverables_lack(case: Case) -> list[str]:
    left = list(case.deliverables.exclude(state=DeliverableState.ACCEPTED).order_by("due_on", "title"))
    return [_("accepted deliverable: %(title)s") % {"title": one.title} for one in left[:5]]


def _ratings_lack(case: Case, at: datetime) -> list[str]:
    lacks = [] if case.follow_up_on else [_("the day of the follow-up")]
    given = {one.side: one for one in case.ratings.all()}
    waited = any(one.given_at + OPENS_AFTER <= at for one in given.values())
    decided = case.deliverables.order_by("-decided_at").values_list("decided_at", flat=True).first()
    waited = waited or (decided is not None and decided + OPENS_AFTER <= at)
    if not waited:
        if RatingSide.MEMBER not in given:
            lacks.append(_("the member’s rating (or 30 days)"))
        if RatingSide.EXPERT not in given:
            lacks.append(_("the expert’s rating (or 30 days)"))
    return lacks


def _outcome_lacks(case: Case) -> list[str]:
    return [] if case.outcome else [_("what came of it")]
