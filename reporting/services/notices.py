"""Mails about rounds and returns: who is told what, each in their own language, each at most once."""

import zoneinfo
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import formats, translation
from django.utils.translation import gettext as _

from members.enums import ASSOCIATION_ROLES, INSTITUTION_ROLES
from members.models import Association, RoleAssignment, User
from reporting.enums import Move, ReturnState
from reporting.models import Round, Submission, Transition
from spm_portal.common import mail


def moved(submission: Submission, transition: Transition, *, receipt: str, at: datetime) -> None:
    """Tell both sides of a move: everybody who works on this return at the MFI and at the association."""
    staff = RoleAssignment.objects.live().filter(
        association_id=submission.association_id, role__in=ASSOCIATION_ROLES
    )
    staff_ids = set(staff.values_list("user_id", flat=True))
    people = people_of([submission.institution_id])[submission.institution_id]
    told = {user.pk: user for user in people}
    if transition.move != Move.SIGN:  # a first signature concerns the MFI alone
        told |= {user.pk: user for user in User.objects.filter(pk__in=staff_ids)}
    mfi = {user.pk for user in people}
    for user in sorted(told.values(), key=lambda user: user.email):
        with translation.override(user.language):
            page = "return" if user.pk in mfi else "return_review"
            subject, text = _words(submission, transition, receipt)
            lines = [text]
            if transition.comment:
                lines += ["", _("Comment:"), transition.comment]
            lines += ["", _("Open the return:"), _address(submission.association, submission, page)]
            mail.write(
                purpose=f"return.{transition.move}",
                to=user.email,
                subject=subject,
                text="\n".join(lines),
                at=at,
                key=f"{transition.pk}:{user.pk}",
                association_id=submission.association_id,
            )


def round_opened(opened: Round, submissions: Sequence[Submission], *, at: datetime) -> None:
    """Tell the people of each invited member that a round is open and by when it asks for their return."""
    people = people_of(submission.institution_id for submission in submissions)
    for submission in submissions:
        for user in people[submission.institution_id]:
            with translation.override(user.language):
                values = _round_values(opened, submission)
                mail.write(
                    purpose="round.opened",
                    to=user.email,
                    subject=_("%(association)s: the round “%(round)s” is open") % values,
                    text=_(
                        "%(association)s asks %(mfi)s for its return “%(round)s”.\n"
                        "It is due on %(due)s.\n\n"
                        "Open the return:\n%(address)s"
                    )
                    % values,
                    at=at,
                    key=f"round.opened:{submission.pk}:{user.pk}",
                    association_id=opened.association_id,
                )


def due_changed(changed: Round, *, at: datetime) -> None:
    """Tell the people of the members who hold their return that it is due at another moment."""
    held = Submission.objects.filter(round=changed, state__in=[ReturnState.DRAFT, ReturnState.RETURNED])
    submissions = list(held.select_related("institution"))
    people = people_of(submission.institution_id for submission in submissions)
    for submission in submissions:
        for user in people[submission.institution_id]:
            with translation.override(user.language):
                values = _round_values(changed, submission)
                mail.write(
                    purpose="round.due_changed",
                    to=user.email,
                    subject=_("%(association)s: “%(round)s” is now due on %(due)s") % values,
                    text=_(
                        "The return of %(mfi)s for “%(round)s” is now due on %(due)s.\n\n"
                        "Open the return:\n%(address)s"
                    )
                    % values,
                    at=at,
                    key=f"round.due:{submission.pk}:{changed.due_at.isoformat()}:{user.pk}",
                    association_id=changed.association_id,
                )


def people_of(institutions: Iterable[UUID]) -> Mapping[UUID, list[User]]:
    """Signatories and editors by institution, each person once, in one query."""
    found: dict[UUID, dict[UUID, User]] = defaultdict(dict)
    roles = (
        RoleAssignment.objects.live()
        .filter(institution__in=list(institutions), role__in=INSTITUTION_ROLES)
        .select_related("user")
        .order_by("user__email")
    )
    for role in roles:
        if role.institution_id is not None:
            found[role.institution_id][role.user_id] = role.user
    return defaultdict(list, {pk: list(users.values()) for pk, users in found.items()})


def _round_values(opened: Round, submission: Submission) -> dict[str, str]:
    return {
        "association": opened.association.label,
        "round": opened.name,
        "mfi": submission.institution.label,
        "due": moment(submission.due.at, opened.association.time_zone),
        "address": _address(opened.association, submission, "return"),
    }


def moment(at: datetime, time_zone: str) -> str:
    """A moment in words in the association's time zone, which is named."""
    local = at.astimezone(zoneinfo.ZoneInfo(time_zone))
    day = formats.date_format(local, "DATE_FORMAT")
    return f"{day}, {local:%H:%M} ({time_zone})"


def _address(association: Association, submission: Submission, page: str) -> str:
    return address_of(page, association.slug, submission.pk)


def address_of(page: str, *parts: str | UUID) -> str:
    """The whole address of a page, for mails."""
    return f"{settings.PUBLIC_ORIGIN}{reverse(page, args=parts)}"


def _words(submission: Submission, transition: Transition, receipt: str) -> tuple[str, str]:
    """Subject and first line about a move, in the language that is active."""
    values = {
        "mfi": submission.institution.label,
        "round": submission.round.name,
        "association": submission.association.label,
        "person": str(transition.by or ""),
        "receipt": receipt,
    }
    if transition.move == Move.SUBMIT:
        if transition.to_state == ReturnState.RESUBMITTED:
            return (
                _("%(mfi)s: return “%(round)s” resubmitted (%(receipt)s)") % values,
                _("%(person)s resubmitted the return of %(mfi)s to %(association)s. Receipt: %(receipt)s.")
                % values,
            )
        return (
            _("%(mfi)s: return “%(round)s” submitted (%(receipt)s)") % values,
            _("%(person)s submitted the return of %(mfi)s to %(association)s. Receipt: %(receipt)s.")
            % values,
        )
    if transition.move == Move.SIGN:
        return (
            _("%(mfi)s: a second signature is needed for “%(round)s”") % values,
            _(
                "%(person)s signed the return of %(mfi)s. Another signatory of the MFI now checks and signs it."
            )
            % values,
        )
    if transition.move == Move.START_REVIEW:
        return (
            _("%(mfi)s: return “%(round)s” is in review") % values,
            _("%(association)s has started to review the return of %(mfi)s.") % values,
        )
    if transition.move == Move.SEND_BACK:
        return (
            _("%(mfi)s: please correct the return “%(round)s”") % values,
            _(
                "%(association)s returned the return of %(mfi)s with questions. Answer them, correct what is wrong "
                "and submit it again."
            )
            % values,
        )
    if transition.move == Move.APPROVE:
        return (
            _("%(mfi)s: return “%(round)s” approved") % values,
            _("%(association)s approved the return of %(mfi)s. Thank you.") % values,
        )
    return (
        _("%(mfi)s: return “%(round)s” re-opened") % values,
        _("%(association)s re-opened the approved return of %(mfi)s. Correct it and submit it again.")
        % values,
    )
