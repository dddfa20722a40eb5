"""Mails about the course of a case: to the member, to the association's staff, and to the chosen expert."""

from collections.abc import Callable
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.models import User
from members.services.letters import Letter, letter
from training.assistance.moves import PATH
from training.enums import CaseStage, DeliverableState, RatingSide
from training.models import Case, Deliverable, Expert
from training.services.case_mail import (
    facts_of,
    tell_asked,
    tell_expert,
    tell_member,
    tell_staff,
    where_the_link_is,
)


def requested(case: Case, *, by: User, at: datetime) -> None:
    """Tell the staff that a member asks for help, and the member's people that it was received."""

    def to_staff(_reader: User) -> Letter:
        facts = facts_of(case)
        return letter(
            _("%(member)s asks for technical assistance: “%(title)s”") % facts,
            _("%(member)s asks (case %(number)s):") % facts,
            "",
            case.request,
            "",
            _("Look at it and begin the diagnosis:\n%(page)s") % facts,
        )

    def to_member(_reader: User) -> Letter:
        facts = facts_of(case)
        return letter(
            _("Your request “%(title)s” was received") % facts,
            _("%(association)s has your request for technical assistance as case %(number)s.") % facts,
            _("You are told by mail whenever it goes on. You can read where it stands here:\n%(page)s")
            % facts,
        )

    tell_staff(case, to_staff, "case.requested", case.pk, by, at)
    tell_member(case, to_member, "case.received", case.pk, None, at)


def moved(
    case: Case,
    old: CaseStage,
    new: CaseStage,
    *,
    expert: Expert | None,
    event_id: object,
    by: User,
    at: datetime,
) -> None:
    """Tell both sides that a case went on, and `expert`, who had been chosen before, where it concerns the work."""

    def words(for_member: bool) -> Callable[[User], Letter]:
        def write(_reader: User) -> Letter:
            facts = facts_of(case)
            facts |= {"stage": str(new.label), "old": str(old.label)}
            return letter(
                _("%(number)s “%(title)s”: %(stage)s") % facts,
                _news(case, old, new, for_member=for_member) % facts,
                "",
                _("The case of %(member)s:\n%(page)s") % facts,
            )

        return write

    tell_staff(case, words(False), "case.moved", event_id, by, at)
    tell_member(case, words(True), "case.moved", event_id, by, at)
    if expert is not None and new in _TO_EXPERT:
        tell_expert(case, expert, lambda: _to_expert(case, new), "case.moved", event_id, at)
    if new == CaseStage.STOPPED and old == CaseStage.CALL:
        tell_asked(case, lambda facts: _stopped_call(facts), "case.call_stopped", at)


def diagnosis_filled(case: Case, *, by: User, at: datetime) -> None:
    """Tell the staff that all questions of the diagnosis are answered."""

    def words(_reader: User) -> Letter:
        facts = facts_of(case)
        return letter(
            _("The diagnosis of “%(title)s” is filled in") % facts,
            _("All questions are answered. Read them, and write what you find:\n%(page)s") % facts,
        )

    tell_staff(case, words, "case.diagnosis_filled", f"{case.pk} {case.diagnosis_form}", by, at)


def delivered(one: Deliverable, *, by: User | None, at: datetime) -> None:
    """Tell staff and member that something was handed in."""
    about = f"{one.pk} {at:%Y-%m-%d %H:%M:%S}"

    def words(_reader: User) -> Letter:
        facts = facts_of(one.case) | {"what": one.title}
        return letter(
            _("“%(what)s” was handed in for “%(title)s”") % facts,
            _("Read it, and accept it or send it back:\n%(page)s") % facts,
        )

    def to_member(_reader: User) -> Letter:
        facts = facts_of(one.case) | {"what": one.title}
        return letter(
            _("“%(what)s” was handed in for “%(title)s”") % facts,
            _(
                "You can read it. If something is missing, tell %(association)s before it accepts it:\n%(page)s"
            )
            % facts,
        )

    tell_staff(one.case, words, "case.delivered", about, by, at)
    tell_member(one.case, to_member, "case.delivered", about, by, at)


def decided(one: Deliverable, *, by: User, at: datetime) -> None:
    """Tell member and expert that something was accepted or sent back."""
    about = f"{one.pk} {at:%Y-%m-%d %H:%M:%S}"
    is_accepted = one.state == DeliverableState.ACCEPTED

    def subject() -> str:
        facts = facts_of(one.case) | {"what": one.title}
        words = (
            _("“%(what)s” was accepted (%(number)s)")
            if is_accepted
            else _("“%(what)s” was sent back (%(number)s)")
        )
        return words % facts

    def said() -> list[str]:
        return [_("They write: “%(answer)s”") % {"answer": one.decision}, ""] if one.decision else []

    def to_member(_reader: User) -> Letter:
        return letter(subject(), *said(), _("The case of %(member)s:\n%(page)s") % facts_of(one.case))

    def to_expert() -> Letter:
        return letter(subject(), *said(), where_the_link_is(one.case))

    tell_member(one.case, to_member, "case.decided", about, by, at)
    if one.case.expert is not None:
        tell_expert(one.case, one.case.expert, to_expert, "case.decided", about, at)


def rated(case: Case, side: RatingSide, *, by: User | None, at: datetime) -> None:
    """Tell the staff that one side gave its rating; what it says, they read on the page."""

    def words(_reader: User) -> Letter:
        facts = facts_of(case) | {"who": str(side.label)}
        return letter(
            _("%(number)s “%(title)s” was rated: %(who)s") % facts,
            _("The case of %(member)s:\n%(page)s") % facts,
        )

    tell_staff(case, words, "case.rated", f"{case.pk} {side}", by, at)


def deliverable_due(one: Deliverable, days: int, *, step: int, at: datetime) -> int:
    """Remind expert and staff of a deliverable, `days` from its due day (below 0: before it); how many were new.

    `step` names the reminder: nobody gets the same one twice.
    """
    case = one.case
    about = f"{one.pk} {one.due_on:%Y-%m-%d} {step:+d}"

    def subject() -> str:
        facts = {"what": one.title, "count": abs(days)}
        if days == 0:
            return _("“%(what)s” is due today") % facts
        if days < 0:
            return (
                ngettext("“%(what)s” is due in %(count)d day", "“%(what)s” is due in %(count)d days", -days)
                % facts
            )
        return ngettext("“%(what)s” is %(count)d day late", "“%(what)s” is %(count)d days late", days) % facts

    def to_staff(_reader: User) -> Letter:
        facts = facts_of(case) | {"expert": case.expert.name if case.expert else ""}
        return letter(subject(), _("%(expert)s hands it in for “%(title)s” of %(member)s:\n%(page)s") % facts)

    def to_expert() -> Letter:
        facts = facts_of(case) | {"due": date_format(one.due_on, "DATE_FORMAT")}
        return letter(
            subject(), _("It is due on %(due)s for “%(title)s”.") % facts, "", where_the_link_is(case)
        )

    if case.expert is not None:
        tell_expert(case, case.expert, to_expert, "case.deliverable_due", about, at)
    return tell_staff(case, to_staff, "case.deliverable_due", about, None, at)


def follow_up_due(case: Case, *, step: int, at: datetime) -> int:
    """Remind the staff of a follow-up; how many were new. `step` names the reminder."""

    def words(_reader: User) -> Letter:
        facts = facts_of(case)
        if case.follow_up_on is not None:
            facts["due"] = date_format(case.follow_up_on, "DATE_FORMAT")
        return letter(
            _("Follow-up of “%(title)s” of %(member)s: %(due)s") % facts,
            _("Ask the member what came of it, write it down, and close the case:\n%(page)s") % facts,
        )

    about = f"{case.pk} {case.follow_up_on} {step:+d}"
    return tell_staff(case, words, "case.follow_up_due", about, None, at)


_TO_EXPERT = (CaseStage.DELIVERY, CaseStage.RATING, CaseStage.CLOSED, CaseStage.STOPPED, CaseStage.CALL)


def _news(case: Case, old: CaseStage, new: CaseStage, *, for_member: bool) -> str:
    """What a stage means for a reader, with places for the facts."""
    plain = _("The case went from “%(old)s” to “%(stage)s”.")
    if new in PATH and (PATH.index(new) < PATH.index(old)):
        return plain
    if new == CaseStage.DIAGNOSIS and not case.diagnosis_form and for_member:
        return _("%(association)s took up your request, and looks with you at where you stand.")
    if old == CaseStage.REQUESTED and new == CaseStage.TERMS:
        return plain
    to_member = {
        CaseStage.DIAGNOSIS: _(
            "%(association)s took up your request. Please answer the questions of the diagnosis."
        ),
        CaseStage.TERMS: _(
            "The diagnosis is done; you can read the findings. The terms of reference come next."
        ),
        CaseStage.CALL: _("The terms of reference are written, and experts are being asked."),
        CaseStage.CONTRACT: _("%(expert)s was chosen. The contract comes next."),
        CaseStage.DELIVERY: _("The contract with %(expert)s is signed, and the work begins."),
        CaseStage.RATING: _("Everything was delivered and accepted. Please rate the work of %(expert)s."),
        CaseStage.FOLLOW_UP: _("You will be asked on %(follow_up)s what came of the work."),
        CaseStage.CLOSED: _("The case is closed. What came of it stands on its page."),
        CaseStage.STOPPED: _("The case was stopped: %(reason)s"),
    }
    to_staff = {
        CaseStage.CONTRACT: _("%(expert)s was chosen. A manager writes the contract."),
        CaseStage.RATING: _("Everything was accepted. Member and expert are asked for their ratings."),
        CaseStage.STOPPED: _("The case was stopped: %(reason)s"),
    }
    found = to_member.get(new) if for_member else to_staff.get(new)
    return found or plain


def _to_expert(case: Case, new: CaseStage) -> Letter:
    facts = facts_of(case)
    news = {
        CaseStage.DELIVERY: _(
            "The contract is signed. Hand in your deliverables and write down your hours by your link."
        ),
        CaseStage.RATING: _(
            "Everything was accepted, thank you. Please rate how it was to work with the member."
        ),
        CaseStage.CLOSED: _("The case is closed. Thank you for your work."),
        CaseStage.STOPPED: _("The case was stopped: %(reason)s"),
        CaseStage.CALL: _("The contract did not come about. The association asks experts again."),
    }
    lines = [news[new] % facts]
    if new == CaseStage.DELIVERY:
        due = case.deliverables.order_by("due_on", "pk")
        lines += ["", *(f"{one.title}: {date_format(one.due_on, 'DATE_FORMAT')}" for one in due)]
    if new in (CaseStage.DELIVERY, CaseStage.RATING):
        lines += ["", where_the_link_is(case)]
    return letter(_("%(number)s “%(title)s”: %(stage)s") % (facts | {"stage": str(new.label)}), *lines)


def _stopped_call(facts: dict[str, str]) -> Letter:
    return letter(
        _("“%(title)s”: the call was stopped") % facts,
        _("%(association)s no longer looks for an expert. There is nothing for you to do.") % facts,
    )
