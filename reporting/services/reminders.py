"""Reminders around the due moment, each step of each return once, with escalation; and those asked by hand."""

import zoneinfo
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import rules
from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.access import forget
from members.enums import INSTITUTION_ROLES, Reminders, Role
from members.models import Association, RoleAssignment, User
from reporting.due import days_between, newest_step
from reporting.enums import ReturnState
from reporting.models import Reminder, Submission
from reporting.services import deadline_mails
from reporting.services.outcomes import Outcome, known_returns
from spm_portal.common import audit

# From these steps on the signatories are told too, and the association's managers: what nobody did is theirs to do.
TO_SIGNATORIES, TO_MANAGERS = -1, 7
# Two clicks on “remind” within this time are one.
PAUSE = timedelta(minutes=10)
BY_HAND = "by hand"


class ReminderForbidden(Exception):
    """The person may not remind the members of one of these rounds."""


def send_due(*, at: datetime) -> int:
    """Send what is due at this moment; how many steps of returns were done.

    Run as often as wanted, by as many workers as wanted: the ledger's row is unique and in the transaction of its
    mails. After an outage only the newest missed step of each return is sent. A return that was ever submitted, or
    whose round is closed, gets none.
    """
    waiting = Submission.objects.filter(_open()).values("association_id")
    return sum(_send_for(one, at) for one in Association.objects.filter(pk__in=waiting).order_by("pk"))


def _open() -> Q:
    return Q(state=ReturnState.DRAFT, imported=False, round__closed_at=None, round__imported=False)


def _send_for(association: Association, at: datetime) -> int:
    """The due steps of one association in one transaction."""
    steps = _due_steps(association, at)
    if not steps:
        return 0
    with transaction.atomic():
        # whoever submits at this moment is passed over: the next run sees what became of it
        held = set(
            Submission.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
            .filter(_open(), pk__in=[submission.pk for submission, _step in steps])
            .values_list("pk", flat=True)
        )
        mine = _claim([(one, step) for one, step in steps if one.pk in held], at)
        told = _tell(association, mine, at)
        for reminder in mine:
            Reminder.objects.filter(pk=reminder.pk).update(recipients=told[reminder.submission_id])
    return len(mine)


def _due_steps(association: Association, at: datetime) -> Sequence[tuple[Submission, int]]:
    """Returns with their newest step that has come and was not done."""
    zone = zoneinfo.ZoneInfo(association.time_zone)
    drafts = (
        Submission.objects.filter(_open(), association=association)
        .select_related("institution", "round")
        .with_extension()
        .annotate(extended_at=Max("extensions__granted_at"))
        .order_by("institution__name", "pk")
    )
    found = []
    for one in drafts:
        one.association = association
        # what was asked, or put off, after a step's moment makes the step pointless
        since = max(filter(None, (one.round.opened_at, one.state_since, one.extended_at)))
        step = newest_step(one.due.at, zone, at=at, since=since)
        if step is not None:
            found.append((one, step))
    done = set(
        Reminder.objects.filter(submission__in=[one.pk for one, _step in found]).values_list(
            "submission_id", "step"
        )
    )
    return [(one, step) for one, step in found if (one.pk, label_of(one, step)) not in done]


def label_of(submission: Submission, step: int) -> str:
    """What the ledger calls a step: days and the due day they count from, since an extension begins them anew."""
    zone = zoneinfo.ZoneInfo(submission.association.time_zone)
    return f"{step:+d} {submission.due.at.astimezone(zone):%Y-%m-%d}"


def _claim(steps: Iterable[tuple[Submission, int]], at: datetime) -> Sequence[Reminder]:
    """Write the ledger's rows; those that another worker wrote meanwhile are not among the answer."""
    rows = [
        Reminder(
            pk=uuid4(),
            association_id=one.association_id,
            institution_id=one.institution_id,
            submission=one,
            step=label_of(one, step),
            at=at,
        )
        for one, step in steps
    ]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    written = set(Reminder.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    return [row for row in rows if row.pk in written]


@dataclass(slots=True)
class _People:
    """Who works for the members and who manages, without those who want no reminders."""

    editors: dict[UUID, list[User]] = field(default_factory=lambda: defaultdict(list))
    signatories: dict[UUID, list[User]] = field(default_factory=lambda: defaultdict(list))
    managers: list[User] = field(default_factory=list)

    def of(self, institution_id: UUID, step: int) -> list[User]:
        """Whom a step tells at the member."""
        editors, signatories = self.editors[institution_id], self.signatories[institution_id]
        people = [*editors, *signatories] if step >= TO_SIGNATORIES or not editors else editors
        return list({user.pk: user for user in people}.values())


def _people(association: Association, institutions: Collection[UUID]) -> _People:
    """Everybody who may be told, in two queries."""
    found = _People()
    live = RoleAssignment.objects.live().filter(user__is_active=True).exclude(user__reminders=Reminders.NONE)
    of_members = live.filter(institution__in=institutions, role__in=INSTITUTION_ROLES)
    for role in of_members.select_related("user").order_by("user__email"):
        if role.institution_id is not None:
            kind = found.editors if role.role == Role.INSTITUTION_EDITOR else found.signatories
            kind[role.institution_id].append(role.user)
    managers = live.filter(association=association, role=Role.ASSOCIATION_MANAGER)
    found.managers = [role.user for role in managers.select_related("user").order_by("user__email")]
    return found


def _tell(association: Association, reminders: Sequence[Reminder], at: datetime) -> Mapping[UUID, int]:
    """Write the mails; how many people were told about each return."""
    people = _people(association, {one.institution_id for one in reminders})
    lines: dict[User, list[Reminder]] = defaultdict(list)
    late: list[Reminder] = []
    told: dict[UUID, int] = defaultdict(int)
    for reminder in reminders:
        step = int(reminder.step.split()[0])
        for user in people.of(reminder.institution_id, step):
            lines[user].append(reminder)
            told[reminder.submission_id] += 1
        if step >= TO_MANAGERS:
            late.append(reminder)
            told[reminder.submission_id] += len(people.managers)
    for user, own in lines.items():
        _write(user, own, at)
    if late:
        for manager in people.managers:
            _write(manager, late, at, to_staff=True)
    return told


def _write(user: User, reminders: Sequence[Reminder], at: datetime, *, to_staff: bool = False) -> None:
    association = reminders[0].submission.association
    zone = zoneinfo.ZoneInfo(user.time_zone or association.time_zone)
    due = [
        deadline_mails.Due(
            submission=one.submission,
            step=one.step,
            days=days_between(at, one.submission.due.at, zone),
            locked=one.submission.is_locked(at),
        )
        for one in reminders
    ]
    deadline_mails.remind(user, due, at=at, digest=user.reminders == Reminders.DIGEST, to_staff=to_staff)


def remind_now(*, submission_ids: Collection[UUID], by: User, at: datetime) -> Sequence[Outcome]:
    """Remind the people of these members at once; what became of each, by the members' names.

    Only of returns that the members hold; a second time within some minutes writes nothing. Raises ReminderForbidden.
    """
    with transaction.atomic(), audit.acting(by):
        forget(by)  # roles as they are now, not as the request found them
        submissions = known_returns(submission_ids)
        if not all(rules.has_perm("reporting.remind_members", by, one) for one in submissions):
            raise ReminderForbidden(_("Only people of the association can do this."))
        recent = set(
            Reminder.objects.filter(
                submission__in=[one.pk for one in submissions], step__startswith=BY_HAND, at__gt=at - PAUSE
            ).values_list("submission_id", flat=True)
        )
        return [_remind_one(one, by, at, again=one.pk in recent) for one in submissions]


def _remind_one(submission: Submission, by: User, at: datetime, *, again: bool) -> Outcome:
    if not submission.round.is_open:
        return Outcome(submission, False, _("The round is closed."))
    if not submission.is_editable:
        return Outcome(submission, False, _("Nothing is due: the association holds the return."))
    if again:
        return Outcome(submission, False, _("Reminded a moment ago."))
    people = _people(submission.association, [submission.institution_id])
    users = people.of(submission.institution_id, TO_SIGNATORIES)
    if not users:
        return Outcome(submission, False, _("Nobody works for this member who wants reminders."))
    reminder = Reminder.objects.create(
        association_id=submission.association_id,
        institution_id=submission.institution_id,
        submission=submission,
        step=f"{BY_HAND} {at:%Y-%m-%d %H:%M:%S}",
        at=at,
        by=by,
        recipients=len(users),
    )
    for user in users:
        _write(user, [reminder], at)
    audit.record(
        "return.reminded",
        submission,
        by=by,
        at=at,
        association_id=submission.association_id,
        people=len(users),
    )
    words = ngettext("%(count)s person reminded", "%(count)s people reminded", len(users))
    return Outcome(submission, True, words % {"count": len(users)})
