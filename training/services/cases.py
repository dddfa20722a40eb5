"""Cases of technical assistance: asked for by a member, diagnosed, put into terms, followed up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from members.access import access_of, forget
from members.models import Association, Membership, User
from spm_portal.common.audit import acting
from spm_portal.common.money import currencies
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import one_line, paragraphs
from training.assistance.diagnosis import DOES_NOT_APPLY, LEVELS, missing
from training.enums import CaseStage, DeliverableState, NeedState, Topic
from training.models import Case, Deliverable, Need
from training.selectors.diagnosis_forms import form_of
from training.services import case_notices, needs
from training.services.case_steps import locked_case, log, step, still_open

MOST_TITLE, MOST_TEXT, MOST_NOTE, MOST_CODES = 200, 8000, 1000, 40
MOST_DELIVERABLES = 20
MOST_MONEY, MOST_DAYS = Decimal("999999999999.99"), Decimal("99999.9")


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of reference of a case; `deliverables` are titles with their days.

    `indicators` are the codes that the case should move; None leaves those that it has.
    """

    objectives: str
    scope: str
    days: Decimal | None
    budget: Decimal | None
    currency: str
    subsidy_share: int
    starts_on: date | None
    ends_on: date | None
    deliverables: Sequence[tuple[UUID | None, str, date]]
    indicators: Sequence[str] | None = None


def request(
    *,
    association_id: UUID,
    institution_id: UUID,
    title: str,
    topic: str,
    text: str,
    by: User,
    at: datetime,
    indicators: Iterable[str] = (),
    need_id: UUID | None = None,
) -> Case:
    """Ask for technical assistance, as the member or as staff for it; the same request sent again is kept once.

    Raises PermissionDenied for people of neither side, and Refused with what to correct.
    """
    title, words = one_line(title), paragraphs(text)
    if not title or len(title) > MOST_TITLE:
        raise Refused(_("Give the case a title of at most %(limit)d characters.") % {"limit": MOST_TITLE})
    if not words or len(words) > MOST_TEXT:
        raise Refused(
            _("Say what you need and why now, in at most %(limit)d characters.") % {"limit": MOST_TEXT}
        )
    if topic not in Topic.values:
        raise Refused(_("Choose a topic."))
    codes = _codes(indicators)
    forget(by)
    with transaction.atomic(), acting(by):
        # numbers of an association are given one after the other
        association = Association.objects.select_for_update(no_key=True).filter(pk=association_id).first()
        if association is None or not _may_ask(association, institution_id, by):
            raise PermissionDenied
        known = Case.objects.filter(
            association=association,
            institution=institution_id,
            stage=CaseStage.REQUESTED,
            title=title,
            request=words,
        ).first()
        if known is not None:
            return known
        need = _need(association, institution_id, need_id, by)
        made = Case.objects.create(
            association=association,
            institution_id=institution_id,
            number=_next_number(association, at),
            title=title,
            topic=topic,
            request=words,
            indicators=codes,
            need=need,
            requested_at=at,
            requested_by=by,
            currency=association.currency or "USD",
        )
        log("case.requested", made, by, at, topic=topic)
        if need is not None and by.has_perm("training.decide_need", need):
            with translation.override(association.language):
                words = _("Answered by case %(number)s: %(title)s") % {"number": made.number, "title": title}
            needs.confirm_by(need, words, by=by, at=at)
        case_notices.requested(made, by=by, at=at)
    return made


def take_up(*, case_id: UUID, form: str, by: User, at: datetime) -> Case:
    """Begin the diagnosis with a form, or without one where `form` is empty; twice is harmless. Raises Refused."""
    with transaction.atomic(), acting(by):
        case = locked_case(case_id, by, "training.run_case")
        _check_form(case, form)
        if case.stage == CaseStage.REQUESTED:
            case.diagnosis_form, case.diagnosis = form, {}
        step(case, CaseStage.DIAGNOSIS, by=by, at=at)
    return case


def change_form(*, case_id: UUID, form: str, by: User, at: datetime) -> Case:
    """Take another form; what was answered stays with the old one and goes. Raises Refused."""
    with transaction.atomic(), acting(by):
        case = _at_diagnosis(case_id, by, "training.run_case")
        _check_form(case, form)
        if case.diagnosis_form != form:
            case.diagnosis_form, case.diagnosis = form, {}
            case.save(update_fields=["diagnosis_form", "diagnosis"])
            log("case.form_changed", case, by, at, form=form)
    return case


def answer_diagnosis(
    *, case_id: UUID, answers: Mapping[str, tuple[int | None, str]], by: User, at: datetime
) -> Case:
    """Write levels and notes of questions; the member and staff may. Raises Refused.

    A level is 0 to 3 or DOES_NOT_APPLY; None takes it away.
    """
    with transaction.atomic(), acting(by):
        case = _at_diagnosis(case_id, by, "training.answer_case")
        form = form_of(case.association, case.diagnosis_form)
        if form is None:
            raise Refused(_("This case has no form to fill in."))
        kept = dict(case.diagnosis)
        for code, (level, note) in answers.items():
            if form.question(code) is None or level not in (None, *LEVELS, DOES_NOT_APPLY):
                raise Refused(_("The form has changed since you opened it. Open it again."))
            words = paragraphs(note)
            if len(words) > MOST_NOTE:
                raise Refused(_("Write notes of at most %(limit)d characters.") % {"limit": MOST_NOTE})
            kept.pop(code, None)
            if level is not None or words:
                kept[code] = {"level": level, "note": words}
        if kept == case.diagnosis:
            return case
        was_whole = not missing(form, case.diagnosis)
        case.diagnosis = kept
        case.save(update_fields=["diagnosis"])
        log("case.diagnosis_answered", case, by, at, answers=len(kept))
        if not was_whole and not missing(form, kept):
            case_notices.diagnosis_filled(case, by=by, at=at)
    return case


def write_findings(*, case_id: UUID, findings: str, by: User, at: datetime) -> Case:
    """Write what the diagnosis found; the member reads it. Raises Refused."""
    words = paragraphs(findings)
    if not words or len(words) > MOST_TEXT:
        raise Refused(_("Write the findings in at most %(limit)d characters.") % {"limit": MOST_TEXT})
    with transaction.atomic(), acting(by):
        case = _at_diagnosis(case_id, by, "training.run_case")
        if case.findings != words:
            case.findings = words
            case.save(update_fields=["findings"])
            log("case.findings_written", case, by, at)
    return case


def write_terms(*, case_id: UUID, terms: Terms, by: User, at: datetime) -> Case:
    """Write the terms of reference with their deliverables, as long as no expert was asked. Raises Refused."""
    with transaction.atomic(), acting(by):
        case = locked_case(case_id, by, "training.run_case")
        if case.stage != CaseStage.TERMS:
            raise Refused(
                _("Terms are written at the stage “%(stage)s”. Bring the case there first.")
                % {"stage": CaseStage.TERMS.label}
            )
        _check_terms(terms)
        case.objectives, case.scope = paragraphs(terms.objectives), paragraphs(terms.scope)
        for name in ("days", "budget", "currency", "subsidy_share", "starts_on", "ends_on"):
            setattr(case, name, getattr(terms, name))
        if terms.indicators is not None:
            case.indicators = _codes(terms.indicators)
        case.save()
        _write_deliverables(case, terms.deliverables)
        log("case.terms_written", case, by, at, deliverables=len(terms.deliverables))
    return case


def plan_follow_up(*, case_id: UUID, on: date, by: User, at: datetime) -> Case:
    """Say when somebody looks at what came of the case. Raises Refused."""
    with transaction.atomic(), acting(by):
        case = locked_case(case_id, by, "training.run_case")
        if case.stage not in (CaseStage.DELIVERY, CaseStage.RATING, CaseStage.FOLLOW_UP):
            raise Refused(_("A follow-up is planned once the work is under way."))
        if case.follow_up_on != on:
            case.follow_up_on = on
            case.save(update_fields=["follow_up_on"])
            log("case.follow_up_planned", case, by, at, on=on.isoformat())
    return case


def write_outcome(*, case_id: UUID, outcome: str, by: User, at: datetime) -> Case:
    """Write what came of the case, at its follow-up; the member reads it. Raises Refused."""
    words = paragraphs(outcome)
    if not words or len(words) > MOST_TEXT:
        raise Refused(
            _("Write what came of it in at most %(limit)d characters: what changed, and how you know.")
            % {"limit": MOST_TEXT}
        )
    with transaction.atomic(), acting(by):
        case = locked_case(case_id, by, "training.run_case")
        if case.stage != CaseStage.FOLLOW_UP:
            raise Refused(
                _("What came of a case is written at the stage “%(stage)s”.")
                % {"stage": CaseStage.FOLLOW_UP.label}
            )
        if case.outcome != words:
            case.outcome, case.followed_up_at = words, at
            case.save(update_fields=["outcome", "followed_up_at"])
            log("case.outcome_written", case, by, at)
    return case


def _codes(indicators: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(one_line(code)[:64] for code in indicators if one_line(code)))[:MOST_CODES]


def _may_ask(association: Association, institution_id: UUID, by: User) -> bool:
    """Whether the MFI is a member of the association today and the person works for one of the two."""
    is_member = (
        Membership.objects.current().filter(association=association, institution=institution_id).exists()
    )
    access = access_of(by)
    return is_member and (institution_id in access.works_for or association.pk in access.staff_of)


def _need(association: Association, institution_id: UUID, need_id: UUID | None, by: User) -> Need | None:
    if need_id is None:
        return None
    found = Need.objects.filter(pk=need_id, association=association, institution=institution_id).first()
    is_open_to = found is not None and (
        found.state == NeedState.CONFIRMED or by.has_perm("training.decide_need", found)
    )
    if not is_open_to:
        raise Refused(_("This need is not one of the member."))
    return found


def _next_number(association: Association, at: datetime) -> str:
    """Such as TA-2026-007; counted in the association's year."""
    start = f"TA-{at.astimezone(ZoneInfo(association.time_zone)).year}-"
    given = Case.objects.filter(association=association, number__startswith=start)
    tails = [number.removeprefix(start) for number in given.values_list("number", flat=True)]
    return f"{start}{max((int(tail) for tail in tails if tail.isdigit()), default=0) + 1:03d}"


def _at_diagnosis(case_id: UUID, by: User, permission: str) -> Case:
    case = locked_case(case_id, by, permission)
    still_open(case)
    if case.stage != CaseStage.DIAGNOSIS:
        raise Refused(_("The diagnosis of this case is not open."))
    return case


def _check_form(case: Case, form: str) -> None:
    if form and form_of(case.association, form) is None:
        raise Refused(_("There is no such form. Choose one of the list."))


def _check_terms(terms: Terms) -> None:
    if len(terms.objectives) > MOST_TEXT or len(terms.scope) > MOST_TEXT:
        raise Refused(_("Write at most %(limit)d characters in one box.") % {"limit": MOST_TEXT})
    if terms.days is not None and not Decimal(0) < terms.days <= MOST_DAYS:
        raise Refused(_("The days of work must be more than 0."))
    if terms.budget is not None and not Decimal(0) <= terms.budget <= MOST_MONEY:
        raise Refused(_("The budget must not be below 0, and have at most 12 digits before the decimals."))
    if terms.currency not in currencies():
        raise Refused(_("Write the currency as three letters, such as KES or USD."))
    if not 0 <= terms.subsidy_share <= 100:
        raise Refused(_("The association pays between 0 and 100 percent."))
    if terms.starts_on and terms.ends_on and terms.ends_on < terms.starts_on:
        raise Refused(_("The last day must not be before the first."))
    if len(terms.deliverables) > MOST_DELIVERABLES:
        raise Refused(_("Write at most %(limit)d deliverables.") % {"limit": MOST_DELIVERABLES})
    for _pk, title, due_on in terms.deliverables:
        if not one_line(title) or len(one_line(title)) > MOST_TITLE:
            raise Refused(
                _("Each deliverable has a title of at most %(limit)d characters.") % {"limit": MOST_TITLE}
            )
        if terms.starts_on and due_on < terms.starts_on:
            raise Refused(
                _("“%(title)s” is due before the first day of the work.") % {"title": one_line(title)}
            )


def _write_deliverables(case: Case, lines: Sequence[tuple[UUID | None, str, date]]) -> None:
    """Make the deliverables those of the lines; what was handed in already stays."""
    held = {one.pk: one for one in case.deliverables.all()}
    for pk, title, due_on in lines:
        one = held.pop(pk, None) if pk is not None else None
        if one is None:
            Deliverable.objects.create(
                association_id=case.association_id, case=case, title=one_line(title), due_on=due_on
            )
        elif (one.title, one.due_on) != (one_line(title), due_on):
            one.title, one.due_on = one_line(title), due_on
            one.save(update_fields=["title", "due_on"])
    for one in held.values():
        if one.state == DeliverableState.DUE:
            one.delete()
