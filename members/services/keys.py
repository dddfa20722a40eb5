"""Keys of programs: made with scopes and an end, shown once, revoked for good."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from members.enums import KeyScope
from members.models import ApiKey, User
from spm_portal.common import audit
from spm_portal.common.refusal import Refused
from spm_portal.common.tokens import hash_of, new_token

PREFIX = "spm_"  # so that a secret that leaked is recognised
MOST_KEYS = 20
LONGEST = timedelta(days=366)
NOTE_EVERY = timedelta(minutes=1)


def make_key(
    *, user: User, name: str, scopes: Collection[str], lasts: timedelta, at: datetime
) -> tuple[ApiKey, str]:
    """Make a key of one's own; returns it and the token, which nobody sees again.

    Raises Refused for a key without a scope or a name, one that lasts longer than a year, and one too many.
    """
    chosen = [scope.value for scope in KeyScope if scope.value in scopes]
    if not chosen or len(chosen) != len(set(scopes)):
        raise Refused(_("Choose what the key may do."))
    if not name.strip():
        raise Refused(_("Write what the key is for."))
    if not timedelta(0) < lasts <= LONGEST:
        raise Refused(_("A key lasts a year at most."))
    token = PREFIX + new_token()
    with transaction.atomic(), audit.acting(user):
        User.objects.select_for_update().get(pk=user.pk)  # so that two at once are not one too many
        if ApiKey.objects.live().visible_to(user).count() >= MOST_KEYS:
            raise Refused(
                _("You have %(most)s keys already. Revoke one that is no longer used.") % {"most": MOST_KEYS}
            )
        key = ApiKey.objects.create(
            user=user,
            name=name.strip(),
            token_hash=hash_of(token),
            scopes=chosen,
            created_at=at,
            expires_at=at + lasts,
        )
        audit.record("key.make", key, by=user, at=at, name=key.name, scopes=chosen)
    return key, token


def revoke_key(*, key_id: UUID, by: User, at: datetime) -> ApiKey:
    """Make a key of one's own worthless at once; a revoked one stays as it is. Raises PermissionDenied."""
    with transaction.atomic(), audit.acting(by):
        key = ApiKey.objects.select_for_update().get(pk=key_id)
        if key.user_id != by.pk:
            raise PermissionDenied
        if key.revoked_at is None:
            key.revoked_at = at
            key.save(update_fields=["revoked_at"])
            audit.record("key.revoke", key, by=by, at=at, name=key.name)
    return key


def note_use(*, key: ApiKey, at: datetime) -> None:
    """Keep when a key was last used, at most once a minute: reading must not write every time."""
    if key.last_used_at is not None and at - key.last_used_at < NOTE_EVERY:
        return
    before = at - NOTE_EVERY
    rows = ApiKey.objects.filter(pk=key.pk)
    (rows.filter(last_used_at=None) | rows.filter(last_used_at__lte=before)).update(last_used_at=at)
