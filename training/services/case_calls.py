"""The call of a case to experts: whom staff ask, what they answer, and who is chosen with which reasons."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from members.models import User
from spm_portal.common.audit import acting
from spm_portal.common.refusal import Refused
from spm_portal.common.tokens import hash_of, new_token
from spm_portal.common.typed import one_line, paragraphs
from training.enums import CallAnswer, CaseStage
from training.models import Case, CaseCall, Expert
from training.selectors.roster import in_conflict
from training.services import case_call_notices
from training.services.case_steps import locked_case, log, step

MOST_WORDS, MOST_CONFLICT, MOST_RATE = 4000, 300, Decimal("9999999999.99")


def ask(
    *,
    case_id: UUID,
    expert_ids: Iterable[UUID],
    answer_by: date,
    names_member: bool,
    by: User,
    at: datetime,
    today: date,
) -> list[CaseCall]:
    """Ask experts by mail with a personal link; who was asked before is not asked again.

    `names_member` lets them read which MFI it is; otherwise they read its country alone. Raises Refused.
    """
    wanted = list(dict.fromkeys(expert_ids))
    if not wanted:
        raise Refused(_("Choose at least one expert."))
    if answer_by < today:
        raise Refused(_("The day until which experts answer has passed. Choose a later one."))
    with transaction.atomic(), acting(by):
        case = _at_call(case_id, by)
        experts = list(
            Expert.objects.filter(
                pk__in=wanted, association=case.association_id, retired_at__isnull=True
            ).order_by("name")
        )
        if len(experts) != len(wanted):
            raise Refused(_("Somebody was taken off the roster meanwhile. Look at the list anew."))
        silent = [one.name for one in experts if not address_of_expert(one)]
        if silent:
            raise Refused(
                _("There is no e-mail address of %(names)s in the roster. Add it, or leave the person out.")
                % {"names": ", ".join(silent)}
            )
        asked = set(case.calls.filter(expert__in=wanted).values_list("expert_id", flat=True))
        made = []
        for expert in experts:
            if expert.pk in asked:
                continue
            token = new_token()
            call = CaseCall.objects.create(
                association_id=case.association_id,
                case=case,
                expert=expert,
                asked_at=at,
                answer_by=answer_by,
                names_member=names_member,
                token_hash=hash_of(token),
            )
            made.append(call)
            log("case.expert_asked", case, by, at, expert=str(expert.pk), named=names_member)
            case_call_notices.asked(call, token, at=at)
    return made


def send_again(*, call_id: UUID, by: User, at: datetime) -> CaseCall:
    """Mail a new personal link; the old one opens nothing any more. Raises Refused."""
    with transaction.atomic(), acting(by):
        call = _locked_call(call_id, by)
        if call.case.stage not in LIVE:
            raise Refused(_("The call is over, so that its link opens nothing."))
        _new_link(call, at)
        log("case.link_sent", call.case, by, at, call=str(call.pk))
    return call


def answer(
    *,
    call_id: UUID,
    interested: bool,
    words: str,
    day_rate: Decimal | None,
    conflict: str,
    no_conflict: bool,
    at: datetime,
    today: date,
) -> CaseCall:
    """Answer a call as the expert who holds its link; may be changed until somebody was chosen. Raises Refused.

    Who is interested says a rate, how the work would be done, and either that there is no conflict of interest or
    which one; whom nobody told the name of the MFI declares that when chosen.
    """
    words, conflict = paragraphs(words), one_line(conflict)
    with transaction.atomic(), acting(None):
        call = _locked_call(call_id, None)
        case = call.case
        if case.stage != CaseStage.CALL:
            raise Refused(_("The call is closed: an answer can no longer be given or changed."))
        if call.answer == CallAnswer.NONE and call.answer_by < today:
            raise Refused(
                _("The day until which answers were asked for has passed. Write to the association.")
            )
        if len(words) > MOST_WORDS or len(conflict) > MOST_CONFLICT:
            raise Refused(_("Write at most %(limit)d characters.") % {"limit": MOST_WORDS})
        said = CallAnswer.INTERESTED if interested else CallAnswer.DECLINED
        if interested:
            _check_offer(words, day_rate)
            if call.names_member or conflict or no_conflict:
                _check_declared(conflict, no_conflict)
        else:
            day_rate, conflict, no_conflict = None, "", False
        new = {
            "answer": said,
            "words": words,
            "day_rate": day_rate,
            "conflict": conflict,
            "no_conflict": no_conflict and not conflict,
        }
        if all(getattr(call, name) == value for name, value in new.items()):
            return call
        for name, value in new.items():
            setattr(call, name, value)
        call.answered_at = at
        call.save(update_fields=[*new, "answered_at"])
        log("case.call_answered", case, None, at, call=str(call.pk), answer=said.value)
        case_call_notices.answered(call, at=at)
    return call


def declare(*, call_id: UUID, conflict: str, no_conflict: bool, at: datetime) -> CaseCall:
    """Declare a conflict of interest, or that there is none, as the chosen expert. Raises Refused."""
    said = one_line(conflict)
    with transaction.atomic(), acting(None):
        call = _locked_call(call_id, None)
        if call.case.expert_id != call.expert_id:
            raise PermissionDenied
        if call.case.stage != CaseStage.CONTRACT:
            raise Refused(
                _("The contract is signed: write to the association if a conflict of interest arises.")
            )
        if len(said) > MOST_CONFLICT:
            raise Refused(_("Write at most %(limit)d characters.") % {"limit": MOST_CONFLICT})
        _check_declared(said, no_conflict)
        if (call.conflict, call.no_conflict) != (said, no_conflict):
            call.conflict, call.no_conflict = said, no_conflict
            call.save(update_fields=["conflict", "no_conflict"])
            log("case.conflict_declared", call.case, None, at, call=str(call.pk), conflict=bool(said))
            case_call_notices.declared(call, at=at)
    return call


def select(
    *, call_id: UUID, reason: str, by: User, at: datetime, today: date, conflict_reason: str = ""
) -> Case:
    """Choose an expert with written reasons; all who were asked are told. Doing it twice is harmless.

    An expert with a conflict, known or declared, is chosen only with a reason of its own. Raises Refused.
    """
    words, why = paragraphs(reason), one_line(conflict_reason)
    with transaction.atomic(), acting(by):
        call = _locked_call(call_id, by)
        case = call.case
        if case.stage == CaseStage.CONTRACT and case.expert_id == call.expert_id:
            return case
        if case.stage != CaseStage.CALL:
            raise Refused(_("Experts are chosen while the call runs. Look at the case anew."))
        if call.answer != CallAnswer.INTERESTED:
            raise Refused(_("%(name)s did not say to be interested.") % {"name": call.expert.name})
        if not words or len(words) > MOST_WORDS:
            raise Refused(
                _("Write why you choose %(name)s: skills, price, and how others compare.")
                % {"name": call.expert.name}
            )
        not_neutral = in_conflict(case.association, case.institution_id, on=today)
        if (call.conflict or call.expert_id in not_neutral) and not why:
            raise Refused(
                _(
                    "%(name)s has a conflict of interest with this member. Say why you choose this person all the same,"
                    " and what keeps the work neutral."
                )
                % {"name": call.expert.name}
            )
        if len(why) > MOST_CONFLICT:
            raise Refused(_("Write at most %(limit)d characters.") % {"limit": MOST_CONFLICT})
        case.expert, case.selection_reason, case.conflict_reason = call.expert, words, why
        step(case, CaseStage.CONTRACT, by=by, at=at)
        _new_link(call, at, chosen=True)
        case_call_notices.not_chosen(case, at=at)
    return case


LIVE = (
    CaseStage.CALL,
    CaseStage.CONTRACT,
    CaseStage.DELIVERY,
    CaseStage.RATING,
    CaseStage.FOLLOW_UP,
)


def address_of_expert(expert: Expert) -> str:
    """Where an expert is written to: the address of the roster, or that of the account."""
    if expert.email or expert.user is None:
        return expert.email
    return str(expert.user.email)


def chosen_call(call_id: UUID) -> CaseCall:
    """The call of the expert who was chosen, for whoever holds its link; PermissionDenied for every other."""
    call = CaseCall.objects.select_related("expert", "case").filter(pk=call_id).first()
    if call is None or call.case.expert_id != call.expert_id:
        raise PermissionDenied
    return call


def _at_call(case_id: UUID, by: User) -> Case:
    case = locked_case(case_id, by, "training.run_case")
    if case.stage != CaseStage.CALL:
        raise Refused(
            _("Experts are asked at the stage “%(stage)s”. Bring the case there first.")
            % {"stage": CaseStage.CALL.label}
        )
    return case


def _locked_call(call_id: UUID, by: User | None) -> CaseCall:
    """A call with its case under the case's lock."""
    known = CaseCall.objects.filter(pk=call_id).first()
    if known is None:
        raise PermissionDenied
    case = locked_case(known.case_id, by, "training.run_case")
    call = CaseCall.objects.select_related("expert__user").get(pk=call_id)
    call.case = case
    return call


def _new_link(call: CaseCall, at: datetime, *, chosen: bool = False) -> None:
    token = new_token()
    call.token_hash = hash_of(token)
    call.save(update_fields=["token_hash"])
    (case_call_notices.chosen if chosen else case_call_notices.asked)(call, token, at=at)


def _check_offer(words: str, day_rate: Decimal | None) -> None:
    if not words:
        raise Refused(_("Say in a few sentences how you would do the work."))
    if day_rate is None or not Decimal(0) <= day_rate <= MOST_RATE:
        raise Refused(_("Write your rate per day; 0 if you work without a fee."))


def _check_declared(conflict: str, no_conflict: bool) -> None:
    if bool(conflict) == no_conflict:
        raise Refused(
            _(
                "Either declare that you have no conflict of interest with this MFI, or say which one you have."
            )
        )
