"""Errors of the API: one shape for all, in words, and nothing of the inside."""

import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from spm_portal.common.api.session import SECOND_FACTOR, SecondFactorMissing

log = logging.getLogger(__name__)

INVALID, NOT_FOUND, FORBIDDEN, FAILED = "invalid", "not_found", "permission_denied", "server_error"


class Refusal(exceptions.APIException):
    """A request that is understood and not done, with the status, the code for programs and the words for people."""

    def __init__(
        self, status: int, code: str, message: str, fields: Mapping[str, list[str]] | None = None
    ) -> None:
        super().__init__(message, code)
        self.status_code = status
        self.fields = fields


def body(code: str, message: str, fields: Mapping[str, list[str]] | None = None) -> dict[str, Any]:
    """The answer to a request that failed: a code for programs, a sentence for people, and what is wrong by field."""
    return {"error": {"code": code, "message": message, "fields": dict(fields or {})}}


def second_factor_missing(request: HttpRequest) -> HttpResponse:
    """The answer to a person who must set up a second factor first."""
    return JsonResponse(body(SECOND_FACTOR, str(SecondFactorMissing.default_detail)), status=403)


def handle(failure: Exception, context: Mapping[str, Any]) -> Response:
    """Turn any exception of a view into an answer; what nobody foresaw is logged and told as status 500.

    Hidden and absent rows answer with the same bytes: the message never names what was looked for.
    """
    set_rollback()
    if isinstance(failure, Http404 | exceptions.NotFound):
        message = _("There is nothing at this address, or you may not see it.")
        return Response(body(NOT_FOUND, message), status=404)
    if isinstance(failure, PermissionDenied | exceptions.PermissionDenied):
        return Response(body(FORBIDDEN, _("Your roles do not allow this.")), status=403)
    if isinstance(failure, exceptions.ValidationError):
        message = _("The request cannot be used as it is. See what is wrong with each field.")
        return Response(body(INVALID, message, _by_field(failure.detail)), status=400)
    if isinstance(failure, exceptions.APIException):
        told = body(_code(failure), str(failure.detail), getattr(failure, "fields", None))
        return Response(told, status=failure.status_code, headers=_headers(failure))
    log.error("A view of the API failed: %s", type(context.get("view")).__name__, exc_info=failure)
    message = _("Something went wrong on our side. Nothing was changed; try again later.")
    return Response(body(FAILED, message), status=500)


def _code(failure: exceptions.APIException) -> str:
    codes = failure.get_codes()
    return codes if isinstance(codes, str) else str(failure.default_code)


def _headers(failure: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if getattr(failure, "auth_header", None):
        headers["WWW-Authenticate"] = str(failure.auth_header)
    if getattr(failure, "wait", None):
        headers["Retry-After"] = str(int(failure.wait))
    return headers


def _by_field(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """Messages by the path of the field, such as `answers.0.value`; `request` for the request as a whole."""
    if isinstance(detail, dict):
        pairs = [(str(name), inner) for name, inner in detail.items()]
    elif isinstance(detail, list) and any(isinstance(inner, dict | list) for inner in detail):
        pairs = [(str(place), inner) for place, inner in enumerate(detail)]
    else:
        messages = detail if isinstance(detail, list) else [detail]
        return {prefix or "request": [str(message) for message in messages]} if messages else {}
    found: dict[str, list[str]] = {}
    for name, inner in pairs:
        found |= _by_field(inner, f"{prefix}.{name}" if prefix else name)
    return found
