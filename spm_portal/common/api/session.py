"""Who asks, by the portal's own session, and refusals at the door; a module of its own, since DRF's views import it."""

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import APIException
from rest_framework.request import Request

SECOND_FACTOR = "second_factor_required"


class SecondFactorMissing(APIException):
    """A person whose role asks for a second factor has none."""

    status_code = 403
    default_code = SECOND_FACTOR
    default_detail = _("Your role needs a second factor at sign-in. Set it up in the portal first.")


class Session(SessionAuthentication):
    """The portal's own sign-in; says 401 to visitors, so that programs tell them from people without the right."""

    def authenticate_header(self, request: Request) -> str:
        """How to sign in."""
        return 'Session realm="api"'
