"""Who asks, by the key of a program; imports no views, since DRF's views import it."""

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from members.access import access_of
from members.models import ApiKey, User
from members.selectors.factors import has_second_factor
from members.services.keys import note_use
from spm_portal.common.api.session import SecondFactorMissing
from spm_portal.common.tokens import hash_of

SCHEME = "bearer"
LONGEST = 200


class Bearer(BaseAuthentication):
    """`Authorization: Bearer …`: acts as the person who made the key, within its scopes and time.

    A token that is unknown, revoked or expired, and one whose person is gone or holds no role any more, are answered
    alike. A person whose role asks for a second factor must have one, though a program never shows it.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """The person and the key; None where the request names no key."""
        scheme, _blank, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != SCHEME:
            return None
        token = secret.strip()
        key = None
        if 0 < len(token) <= LONGEST:
            key = ApiKey.objects.live().select_related("user").filter(token_hash=hash_of(token)).first()
        access = access_of(key.user) if key is not None else None
        if key is None or access is None or not access.has_any:
            raise AuthenticationFailed(_("This key does not open anything. Make a new one in your profile."))
        if access.needs_second_factor and not has_second_factor(key.user):
            raise SecondFactorMissing
        note_use(key=key, at=timezone.now())
        # the middleware saw a visitor; it puts the language back when the request ends
        translation.activate(key.user.language)
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        """How to identify oneself."""
        return 'Bearer realm="api"'
