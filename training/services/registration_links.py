"""Sending a registered person the own link once more, to an address that may be corrected on the way."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from members.models import User
from members.services.letters import Letter, letter
from spm_portal.common.audit import acting, record
from spm_portal.common.refusal import Refused
from training.enums import LIVE_REGISTRATIONS
from training.models import Participant, Registration
from training.services.links import has_living_link
from training.services.person_links import link_of
from training.services.registrations import locked_registration
from training.services.session_letters import facts, to_person


def may_send(registration: Registration, *, at: datetime) -> bool:
    """Whether the person still has a page to open, and an address."""
    return (
        registration.state in LIVE_REGISTRATIONS
        and registration.participant.erased_at is None
        and has_living_link(registration, at=at)
    )


def send_again(*, registration_id: UUID, email: str, by: User, at: datetime) -> Registration:
    """Mail the own link to the person; another address than the one kept takes its place, in all registrations.

    The links that went to the old address end.

    Raises PermissionDenied, and Refused for an address that is none or somebody else's, and where the link has ended.
    """
    address = email.strip().lower()
    with transaction.atomic(), acting(by):
        one = locked_registration(registration_id, by, "training.change_registration")
        person = one.participant
        if not may_send(one, at=at):
            raise Refused(_("This person has no page to open any more, so that there is no link to send."))
        try:
            validate_email(address)
        except ValidationError:
            raise Refused(
                _("Correct the e-mail address of %(name)s: the link to the own page goes there.")
                % {"name": person.name}
            ) from None
        is_other = address != person.email
        if is_other:
            _correct(person, address)
        record(
            "registration.link_sent", one, by=by, at=at, association_id=one.association_id, corrected=is_other
        )
        # twice within a minute is a double click
        to_person(
            one,
            lambda: _words(one),
            purpose="registration.link",
            about=f"{one.pk}:{address}:{at:%Y-%m-%dT%H:%M}",
            at=at,
        )
    return one


def _correct(person: Participant, address: str) -> None:
    others = Participant.objects.filter(
        association=person.association_id,
        institution=person.institution_id,
        email=address,
        erased_at__isnull=True,
    )
    taken = others.exclude(pk=person.pk).first()
    if taken is not None:
        raise Refused(
            _("%(email)s is the address of %(name)s. Each person needs an own address.")
            % {"email": address, "name": taken.name}
        )
    person.email = address
    person.save(update_fields=["email"])
    # whoever got mail at the old address opens nothing any more; the next mail brings the new link of each
    Registration.objects.filter(participant=person).update(token_hash=None)


def _words(one: Registration) -> Letter:
    said = facts(one.session) | {"name": one.participant.name}
    return letter(
        _("Your page about “%(title)s”") % said,
        _("Hello %(name)s,") % said,
        "",
        _("here is the link to your own page about “%(title)s” once more. It is yours alone:") % said,
        link_of(one),
    )
