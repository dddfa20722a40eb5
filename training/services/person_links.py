"""The personal link of a registered person: the same in every mail to an address, made anew when needed.

It is made of the portal's key, the registration and the address: a corrected address has another link.
"""

from django.utils.crypto import salted_hmac

from spm_portal.common.origin import address_of
from spm_portal.common.tokens import hash_of
from training.models import Registration

SALT = "training.participant"


def token_of(registration: Registration) -> str:
    """The secret of 256 bits that opens the person's page; the table holds its hash alone."""
    told = f"{registration.pk}:{registration.participant.email}"
    return salted_hmac(SALT, told, algorithm="sha256").hexdigest()


def link_of(registration: Registration) -> str:
    """The address for the person's mails; writes the hash down where the table holds none or another one."""
    token = token_of(registration)
    kept = hash_of(token)
    if registration.token_hash != kept:
        registration.token_hash = kept
        registration.save(update_fields=["token_hash"])
    return address_of("registration_link", token)
