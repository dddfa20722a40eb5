"""Who asks: the person of the portal's own session; a module of its own, since DRF's views import it."""

from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request


class Session(SessionAuthentication):
    """The portal's own sign-in; says 401 to visitors, so that programs tell them from people without the right."""

    def authenticate_header(self, request: Request) -> str:
        """How to sign in."""
        return 'Session realm="api"'
