"""Invitations: offering a role to an e-mail address, taking it back, accepting it once."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from members.enums import Role
from members.models import Association, Invitation, RoleAssignment, User
from members.rules import Organisation, may_grant
from members.services.letters import Letter, letter, tell_address
from members.services.roles import check_role, grant_role, held_in
from spm_portal.common import audit
from spm_portal.common.origin import address_of
from spm_portal.common.refusal import Refused
from spm_portal.common.tokens import hash_of, new_token


@dataclass(frozen=True, slots=True)
class Accepted:
    """What accepting an invitation led to."""

    user: User
    assignment: RoleAssignment
    new_person: bool


def organisation_of(holder: Invitation | RoleAssignment) -> Organisation:
    """The organisation that a role or invitation is about; None is the platform."""
    return holder.association or holder.institution or holder.donor


def invite(
    *, email: str, role: str, organisation: Organisation, by: User, at: datetime
) -> tuple[Invitation, str]:
    """Offer a role by e-mail; returns the invitation and its token, which is stored nowhere.

    An older open invitation of the same address to the same role is revoked. Raises PermissionDenied where `by` has
    no say in that role, Refused where the person holds it, ValidationError for a bad address.
    """
    wanted = check_role(role, organisation)
    if not may_grant(by, wanted, organisation):
        raise PermissionDenied
    address = email.strip().lower()
    validate_email(address)
    if address == by.email.lower():
        raise Refused(_("You cannot invite yourself. Ask a colleague who may give this role."))
    with transaction.atomic(), audit.acting(by, reason="invitation"):
        # the inviter's row serialises double clicks, so that the older of two links is always revoked
        User.objects.select_for_update().get(pk=by.pk)
        person = _person(address)
        held = RoleAssignment.objects.live().filter(user__email=address, role=wanted, **held_in(organisation))
        if held.exists():
            raise Refused(_("%(email)s holds this role already.") % {"email": address})
        Invitation.objects.open().filter(email=address, role=wanted, **held_in(organisation)).update(
            revoked_at=Now()
        )
        token = new_token()
        invitation = Invitation.objects.create(
            email=address,
            role=wanted,
            **held_in(organisation),
            token_hash=hash_of(token),
            invited_by=by,
            created_at=at,
            expires_at=at + timedelta(days=settings.INVITATION_DAYS),
        )
        audit.record(
            "invitation.send",
            invitation,
            by=by,
            at=at,
            association_id=invitation.association_id,
            email=address,
            role=wanted.value,
        )
        _send(invitation, token, organisation, person.language if person else "", at)
    return invitation, token


def _person(address: str) -> User | None:
    return User.objects.filter(email=address).first()


def _send(
    invitation: Invitation, token: str, organisation: Organisation, language: str, at: datetime
) -> None:
    own = organisation.language if isinstance(organisation, Association) else invitation.invited_by.language

    def words() -> Letter:
        context = {
            "organisation": str(organisation) if organisation is not None else _("the portal"),
            "role": Role(invitation.role).label,
            "inviter": str(invitation.invited_by),
            "link": address_of("invitation", token),
            "days": settings.INVITATION_DAYS,
        }
        return letter(
            _("%(inviter)s invites you to %(organisation)s") % context,
            render_to_string("members/mail/invitation.txt", context),
        )

    tell_address(
        invitation.email,
        language or own,
        words,
        purpose="invitation",
        key=f"invitation:{invitation.pk}",
        at=at,
        association_id=invitation.association_id,
    )


def revoke(*, invitation_id: UUID, by: User, at: datetime) -> bool:
    """Take an invitation back; false where it was accepted, revoked or has run out already."""
    with transaction.atomic(), audit.acting(by, reason="invitation revoked"):
        invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation_id)
        if not may_grant(by, Role(invitation.role), organisation_of(invitation)):
            raise PermissionDenied
        if not Invitation.objects.open().filter(pk=invitation_id).update(revoked_at=Now()):
            return False
        audit.record("invitation.revoke", invitation, by=by, at=at, association_id=invitation.association_id)
    return True


def resend(*, invitation_id: UUID, by: User, at: datetime) -> Invitation:
    """Send a fresh link that replaces the older one. Raises Refused for an accepted invitation."""
    invitation = Invitation.objects.get(pk=invitation_id)
    if invitation.used_at is not None:
        raise Refused(_("This invitation was accepted already."))
    renewed, _token = invite(
        email=invitation.email,
        role=invitation.role,
        organisation=organisation_of(invitation),
        by=by,
        at=at,
    )
    return renewed


def find_open(token: str) -> Invitation | None:
    """The invitation that a token opens, if it can still be accepted by anybody."""
    return (
        Invitation.objects.open()
        .select_related("association", "institution", "donor", "invited_by")
        .filter(token_hash=hash_of(token))
        .first()
    )


def accept(
    *,
    token: str,
    at: datetime,
    by: User | None = None,
    name: str = "",
    password: str = "",
    language: str = "",
) -> Accepted:
    """Take up the role: as the signed-in person `by`, or as a new person with a name and a password.

    Works once: one guarded UPDATE by the database's clock decides. Raises Refused for a link that does not work (any
    more), for another address than the invited one and for a person who has an account and must sign in first;
    ValidationError for a password that is too weak.
    """
    invitation = find_open(token)
    if invitation is None:
        raise Refused(_("This link does not work any more. Ask the person who invited you for a new one."))
    organisation = organisation_of(invitation)
    if not may_grant(invitation.invited_by, Role(invitation.role), organisation):
        raise Refused(_("The person who invited you may not do so any more. Ask for a new invitation."))
    if by is not None and by.email.lower() != invitation.email.lower():
        raise Refused(_("This invitation is for another e-mail address. Sign out and open the link again."))
    if by is None and _person(invitation.email) is not None:
        raise Refused(_("You have an account. Sign in, then open the link again."))
    user = by or _new_person(invitation.email, name, password, language, at)
    try:
        with transaction.atomic(), audit.acting(user, reason="invitation accepted"):
            # the foreign key to the new person is checked at commit, so that this one statement can come first
            won = Invitation.objects.open().filter(pk=invitation.pk).update(used_at=Now(), used_by_id=user.pk)
            if not won:
                raise Refused(_("This link was used already."))
            if by is None:
                user.save(force_insert=True)
                EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
            assignment = grant_role(
                user=user, role=invitation.role, organisation=organisation, at=at, by=invitation.invited_by
            )
            audit.record(
                "invitation.accept", invitation, by=user, at=at, association_id=invitation.association_id
            )
    except IntegrityError as error:
        raise Refused(_("You have an account. Sign in, then open the link again.")) from error
    return Accepted(user=user, assignment=assignment, new_person=by is None)


def _new_person(email: str, name: str, password: str, language: str, at: datetime) -> User:
    """A person who is not stored yet; raises ValidationError for a weak password."""
    user = User(id=uuid.uuid4(), email=email, name=name.strip(), date_joined=at)
    if language:
        user.language = language
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error.error_list}) from error
    user.set_password(password)
    return user
