"""Mails about the call of a case: to the experts who are asked, and to staff about what they answer."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.models import User
from members.services.letters import Letter, letter
from spm_portal.common.origin import address_of
from training.enums import CallAnswer
from training.models import Case, CaseCall
from training.services.case_mail import facts_of, tell_asked, tell_staff, to_the_call, unnamed


def asked(call: CaseCall, token: str, *, at: datetime) -> None:
    """Send the call to an expert, with the personal link to the terms."""
    case = call.case

    def words() -> Letter:
        facts = facts_of(case) | {
            "expert": call.expert.name,
            "whom": case.institution.name if call.names_member else unnamed(case),
            "until": date_format(call.answer_by, "DATE_FORMAT"),
        }
        return letter(
            _("%(association)s asks whether you would advise a member: “%(title)s”") % facts,
            _("Hello %(expert)s,") % facts,
            "",
            _(
                "%(association)s looks for an expert for %(whom)s. Read the terms of reference and answer by %(until)s:"
            )
            % facts,
            "",
            address_of("call_link", token),
            "",
            _(
                "You say there whether you are interested, your rate, and whether you have a conflict of interest."
            )
            % facts,
            _("The link is for you alone: please do not pass it on."),
        )

    to_the_call(call, words, "case.call", at)


def answered(call: CaseCall, *, at: datetime) -> None:
    """Tell the staff what an expert answered."""
    case = call.case

    def words(_reader: User) -> Letter:
        facts = facts_of(case) | {"expert": call.expert.name}
        is_interested = call.answer == CallAnswer.INTERESTED
        subject = (
            _("%(expert)s is interested in “%(title)s”")
            if is_interested
            else _("%(expert)s declines “%(title)s”")
        )
        said = [_("They write: “%(answer)s”") % {"answer": call.words}, ""] if call.words else []
        return letter(
            subject % facts,
            *said,
            _("Compare the answers:\n%(page)s")
            % {"page": address_of("case_call", case.association.slug, case.pk)},
        )

    tell_staff(case, words, "case.call_answered", f"{call.pk} {at:%Y-%m-%d %H:%M:%S}", None, at)


def declared(call: CaseCall, *, at: datetime) -> None:
    """Tell the staff what the chosen expert declares about conflicts of interest."""
    case = call.case

    def words(_reader: User) -> Letter:
        facts = facts_of(case) | {"expert": call.expert.name}
        subject = (
            _("%(expert)s declares a conflict of interest in “%(title)s”")
            if call.conflict
            else _("%(expert)s declares no conflict of interest in “%(title)s”")
        )
        said = [_("They write: “%(answer)s”") % {"answer": call.conflict}, ""] if call.conflict else []
        return letter(subject % facts, *said, _("The case of %(member)s:\n%(page)s") % facts)

    tell_staff(case, words, "case.declared", f"{call.pk} {at:%Y-%m-%d %H:%M:%S}", None, at)


def chosen(call: CaseCall, token: str, *, at: datetime) -> None:
    """Tell the chosen expert, with a new personal link that serves until the end of the case."""
    case = call.case

    def words() -> Letter:
        facts = facts_of(case) | {"expert": call.expert.name}
        return letter(
            _("You are chosen for “%(title)s” of %(member)s") % facts,
            _("Hello %(expert)s,") % facts,
            "",
            _(
                "%(association)s chose you. The contract comes next; from then on you hand in deliverables here:"
            )
            % facts,
            "",
            address_of("call_link", token),
            "",
            _(
                "Keep this mail: the link serves you until the end of the case. The one of the call no longer opens."
            ),
        )

    to_the_call(call, words, "case.chosen", at)


def not_chosen(case: Case, *, at: datetime) -> None:
    """Thank the other experts who were asked and did not decline."""
    tell_asked(case, _other_chosen, "case.not_chosen", at)


def _other_chosen(facts: dict[str, str]) -> Letter:
    return letter(
        _("“%(title)s”: another expert was chosen") % facts,
        _("%(association)s thanks you for your answer to its call. It chose another expert this time.")
        % facts,
    )
