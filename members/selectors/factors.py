"""Whether a person has a second factor at sign-in."""

from allauth.mfa.models import Authenticator

from members.models import User


def has_second_factor(user: User) -> bool:
    """Whether the person set up an authenticator app or a passkey; recovery codes alone do not count."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    found: bool = Authenticator.objects.filter(user=user, type__in=kinds).exists()
    return found
