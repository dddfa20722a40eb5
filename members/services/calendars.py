"""The secret address of a person's calendar feed: made, replaced, removed."""

from datetime import datetime

from django.db import transaction

from members.models import User
from spm_portal.common import audit
from spm_portal.common.tokens import hash_of, new_token


def renew(*, user: User, at: datetime) -> str:
    """Make a secret of 256 bits and forget the one before; only its hash is kept, so it is shown once."""
    token = new_token()
    _write(user, hash_of(token), at, "person.calendar_made")
    return token


def remove(*, user: User, at: datetime) -> None:
    """Forget the secret: the address stops to work. Without one nothing happens."""
    if user.calendar_token_hash:
        _write(user, "", at, "person.calendar_removed")


def _write(user: User, value: str, at: datetime, verb: str) -> None:
    with transaction.atomic(), audit.acting(user):
        person = User.objects.select_for_update().get(pk=user.pk)
        person.calendar_token_hash = user.calendar_token_hash = value
        person.save(update_fields=["calendar_token_hash"])
        audit.record(verb, person, by=user, at=at)


def person_of(token: str) -> User | None:
    """Whose calendar this secret opens; nobody's for unknown ones and for people who may not sign in."""
    return User.objects.filter(calendar_token_hash=hash_of(token), is_active=True).first()
