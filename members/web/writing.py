"""The base of API views that change something: one transaction, one history source, one effect per idempotency key."""

import hashlib
import json
import string
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from members.models import IdempotentRequest
from members.services.idempotency import claim_key, keep_answer
from spm_portal.common import audit
from spm_portal.common.api.errors import Refusal
from spm_portal.common.api.views import Guarded

HEADER = "Idempotency-Key"
LONGEST = 200
SOURCE = "api"
_PRINTABLE = frozenset(string.ascii_letters + string.digits + string.punctuation)

IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    description=(
        "Any text of your own, different for every change, such as a UUID. The same request with the same key is "
        "done once and answered twice alike; another request with it is refused."
    ),
    examples=[OpenApiExample("A UUID", value="7f0c2a52-9a0e-4a55-8a3a-0d1f2f4b8c11")],
)


class Writing(Guarded):
    """A view whose changes go through `once`."""

    http_method_names = ["post"]

    def once(self, request: Request, change: Callable[[], Response]) -> Response:
        """Make the change in one transaction and answer; a repeat under the same key gets the first answer again.

        The row of the key is written in that transaction: a second request waits for the first, and a change that
        failed with an exception leaves no row, so that it may be tried again.
        """
        key = _key_of(request)
        with transaction.atomic(), audit.acting(request.user, source=SOURCE):
            if key is None:
                return change()
            fingerprint = _fingerprint(request)
            kept, is_first = claim_key(
                user=request.user, key=key, request_sha256=fingerprint, at=timezone.now()
            )
            if not is_first:
                return _again(kept, fingerprint)
            response = change()
            keep_answer(kept=kept, status=response.status_code, body=_text(response.data))
            return response


def _key_of(request: Request) -> str | None:
    key: str | None = request.headers.get(HEADER)
    if key is None:
        return None
    if not 0 < len(key) <= LONGEST or not _PRINTABLE.issuperset(key):
        message = _("Give 1 to %(most)s letters, digits and signs without blanks.") % {"most": LONGEST}
        raise exceptions.ValidationError({HEADER: [message]})
    return key


def _fingerprint(request: Request) -> str:
    """The same for the same method, address and content, however the JSON is laid out."""
    asked = [request.method, request.path, request.data]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _text(data: Any) -> str:
    """As text, since the database would put the fields of an object into another order."""
    return str(JSONRenderer().render(data), "utf-8")


def _again(kept: IdempotentRequest, fingerprint: str) -> Response:
    if kept.request_sha256 != fingerprint:
        message = _("This idempotency key was used for another request. Take a new one for each change.")
        raise Refusal(422, "idempotency_key_reused", message)
    return Response(json.loads(str(kept.body)), status=kept.status, headers={"Idempotent-Replay": "true"})
