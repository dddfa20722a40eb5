"""What the portal asks of django-allauth beyond its settings."""

from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed: people come in by invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up uninvited."""
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The address in the mail: of the portal as configured, never of the Host header of a request."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.PUBLIC_ORIGIN + path.replace("UID-KEY", quote(key))
