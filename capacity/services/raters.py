"""Inviting raters by account, by a personal link or on paper, and knowing who stands behind a link."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from capacity.enums import RaterGroup, Stage
from capacity.models import Assessment, Rater, Score
from capacity.selectors.frameworks import framework_of
from capacity.selectors.rating import raters
from capacity.services.assessments import run_by
from members.models import User
from members.selectors.readers import staff_of
from members.services.letters import Letter, letter, tell, tell_address
from spm_portal.common.audit import acting, record
from spm_portal.common.origin import address_of
from spm_portal.common.refusal import Refused
from spm_portal.common.tokens import hash_of, new_token, row_by_key, row_by_token
from spm_portal.common.typed import one_line

WAYS = ("account", "link", "paper")
GRACE = timedelta(days=30)  # links go on working after the due day: a late score is better than none
MAX_NAME = 150
MAX_RATERS = 40


def invite(
    *,
    assessment_id: UUID,
    way: str,
    group: str,
    name: str = "",
    email: str = "",
    user_id: UUID | None = None,
    by: User,
    at: datetime,
) -> Rater:
    """Add a rater and write to them, except on paper.

    `way` is account (`user_id`, somebody of the staff), link (`name` and `email`) or paper (`name`). Inviting the same
    person or address again gives the rater who is there. Raises AssessmentForbidden, and Refused with what to correct.
    """
    if group not in RaterGroup.values:
        raise Refused(_("Choose from which side this person looks at the association."))
    with transaction.atomic(), acting(by):
        assessment = run_by(assessment_id, by)
        person = _colleague(assessment, user_id) if way == "account" else None
        called, address = _who(way, name, email, person)
        live = Rater.objects.filter(assessment=assessment, removed_at=None)
        known = live.filter(user=person) if person else live.filter(email=address) if address else live.none()
        present = known.first()
        if present is not None:
            return present
        if way == "paper" and live.filter(name__iexact=called, on_paper=True).exists():
            raise Refused(
                _(
                    "%(name)s is a rater on paper already. Tell two people of one name apart, such as by initials."
                )
                % {"name": called}
            )
        if live.count() >= MAX_RATERS:
            raise Refused(_("An assessment has at most %(limit)s raters.") % {"limit": MAX_RATERS})
        token = new_token() if way == "link" else ""
        made: Rater = Rater.objects.create(
            association_id=assessment.association_id,
            assessment=assessment,
            group=group,
            name=called,
            email=address,
            user=person,
            on_paper=way == "paper",
            token_hash=hash_of(token) if token else None,
            link_ends_at=_ends(assessment, at) if token else None,
            invited_at=at,
            invited_by=by,
        )
        _record("capacity.rater_invited", made, by, at, way=way, group=group)
        if token:
            _send_link(made, token, at)
        elif person is not None and person.pk != by.pk:
            _tell_colleague(made, person, at)
    return made


def send_again(*, rater_id: UUID, by: User, at: datetime) -> Rater:
    """Make a new link for a rater and mail it; the old one opens nothing any more. Raises Refused."""
    with transaction.atomic(), acting(by):
        rater = _run_rater(rater_id, by)
        if rater.token_hash is None:
            raise Refused(_("Only raters by link have a link to send."))
        token = new_token()
        rater.token_hash, rater.link_ends_at = hash_of(token), _ends(rater.assessment, at)
        rater.save(update_fields=["token_hash", "link_ends_at"])
        _record("capacity.rater_link_sent", rater, by, at)
        _send_link(rater, token, at)
    return rater


def take_off(*, rater_id: UUID, by: User, at: datetime) -> Rater:
    """Take a rater off the assessment; what was scored is kept and counts no more. Doing it twice is harmless."""
    with transaction.atomic(), acting(by):
        rater = _run_rater(rater_id, by, also_removed=True)
        if rater.removed_at is None:
            rater.removed_at = at
            rater.save(update_fields=["removed_at"])
            kept = Score.objects.filter(rater=rater).count()
            _record("capacity.rater_taken_off", rater, by, at, scores=kept)
    return rater


def rater_by_token(token: str, *, at: datetime) -> Rater | None:
    """The rater behind a living link."""
    return _living(row_by_token(raters(), token), at)


def rater_by_key(rater_id: UUID, key: str, *, at: datetime) -> Rater | None:
    """The rater whose link a browser opened before; `key` is what it keeps in its signed cookie."""
    return _living(row_by_key(raters(), rater_id, key), at)


def link_lives(rater: Rater, *, at: datetime) -> bool:
    """Whether the rater's link opens the form: taken off, run out and the session's beginning end it."""
    return (
        rater.token_hash is not None
        and rater.removed_at is None
        and rater.link_ends_at is not None
        and rater.link_ends_at > at
        and rater.assessment.stage == Stage.RATING
    )


def _living(rater: Rater | None, at: datetime) -> Rater | None:
    return rater if rater is not None and link_lives(rater, at=at) else None


def _run_rater(rater_id: UUID, by: User, *, also_removed: bool = False) -> Rater:
    rater = Rater.objects.get(pk=rater_id)
    assessment = run_by(rater.assessment_id, by)
    rater = Rater.objects.get(pk=rater_id)  # as it is now that nobody else changes it
    rater.assessment = assessment
    if rater.removed_at is not None and not also_removed:
        raise Refused(_("This rater was taken off. Invite the person again."))
    return rater


def _colleague(assessment: Assessment, user_id: UUID | None) -> User:
    found = next((one for one in staff_of(assessment.association_id) if one.pk == user_id), None)
    if found is None:
        raise Refused(_("Choose somebody who works for your association."))
    return found


def _who(way: str, name: str, email: str, person: User | None) -> tuple[str, str]:
    """Name and address of a new rater, checked."""
    if way not in WAYS:
        raise Refused(_("Choose how this person scores: with an account, by a link, or on paper."))
    if person is not None:
        return str(person)[:MAX_NAME], ""
    called = one_line(name)
    if not called or len(called) > MAX_NAME:
        raise Refused(
            _("Write the name of the rater, in at most %(limit)s characters.") % {"limit": MAX_NAME}
        )
    if way == "paper":
        return called, ""
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise Refused(_("Enter an e-mail address, such as name@example.org.")) from None
    return called, address


def _ends(assessment: Assessment, at: datetime) -> datetime:
    due = datetime.combine(assessment.due_on, time(23, 59), tzinfo=UTC)
    return max(due, at) + GRACE


def _send_link(rater: Rater, token: str, at: datetime) -> None:
    """In the association's language: nobody knows the rater's."""
    assessment = rater.assessment
    association = assessment.association
    items = len(framework_of(assessment.framework).items)

    def words() -> Letter:
        values = {
            "rater": rater.name,
            "association": association.label,
            "title": assessment.title,
            "items": items,
            "due": date_format(assessment.due_on, "DATE_FORMAT"),
        }
        return letter(
            _("%(association)s asks how you see its capacities") % values,
            _("Hello %(rater)s,") % values,
            "",
            _(
                "%(association)s looks at its own capacities and asks for your view: “%(title)s”. You score %(items)s"
                " items, each with one click. You need no account: open this link."
            )
            % values,
            "",
            address_of("rater_link", token),
            "",
            _("Please hand in by %(due)s. You can stop and go on at any time: every score is saved at once.")
            % values,
            _("No other rater sees your scores before all sit down together, and you see nobody else's.")
            % values,
            _("The link is for you alone: please do not pass it on."),
        )

    tell_address(
        rater.email,
        association.language,
        words,
        purpose="capacity.rater_invited",
        key=f"capacity.rater:{rater.pk}:{(rater.token_hash or '')[:16]}",
        at=at,
        association_id=assessment.association_id,
    )


def _tell_colleague(rater: Rater, person: User, at: datetime) -> None:
    assessment = rater.assessment
    page = address_of("rating", assessment.association.slug, rater.pk)

    def words(_reader: User) -> Letter:
        values = {"title": assessment.title, "due": date_format(assessment.due_on, "DATE_FORMAT")}
        return letter(
            _("Please score in “%(title)s”") % values,
            _("You are one of the raters of “%(title)s”. Please hand in by %(due)s.") % values,
            "",
            page,
            "",
            _("No other rater sees your scores before all sit down together, and you see nobody else's."),
        )

    tell(
        [person],
        words,
        purpose="capacity.rater_asked",
        about=rater.pk,
        at=at,
        association_id=assessment.association_id,
    )


def _record(verb: str, rater: Rater, by: User, at: datetime, **data: Any) -> None:
    record(
        verb,
        rater,
        by=by,
        at=at,
        association_id=rater.association_id,
        assessment=str(rater.assessment_id),
        **data,
    )
