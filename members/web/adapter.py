"""What the portal asks of django-allauth beyond its settings."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed: people come in by invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up uninvited."""
        return False
