"""The OpenAPI schema: filters as the views declare them, errors on every operation, who must sign in how."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from spm_portal.common.api.views import Guarded

ERROR = {
    "type": "object",
    "description": "What every request that failed answers with.",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "fields"],
            "properties": {
                "code": {"type": "string", "description": "For programs; does not change with the language."},
                "message": {"type": "string", "description": "For people, in the language of the person."},
                "fields": {
                    "type": "object",
                    "description": "What is wrong with each field or query parameter.",
                    "additionalProperties": {"type": "array", "items": {"type": "string"}},
                },
            },
        }
    },
}
FAILURES = {
    "400": "A parameter or the content is unknown or cannot be used.",
    "401": "Nobody is signed in, or the key does not open anything.",
    "403": "The person's roles or the key's scopes do not allow this, or a second factor is asked for first.",
    "404": "There is nothing at this address, or the person may not see it.",
    "406": "The API speaks JSON only.",
    "429": "Too many requests with this key; `Retry-After` says when to come back.",
}
WITH_CONTENT = {"415": "The content must be JSON."}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema tells of the session."""

    target_class = "spm_portal.common.api.session.Session"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """The session's cookie."""
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema tells of keys."""

    target_class = "members.web.tokens.Bearer"
    name = "key"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """The header of a key."""
        return {"type": "http", "scheme": "bearer"}


class StrictContent(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """How the schema tells that content takes no further fields."""

    target_class = "spm_portal.common.api.content.Strict"
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Any) -> dict[str, Any]:
        """The serializer's own schema, closed."""
        own: Any = auto_schema
        found: dict[str, Any] = own._map_serializer(self.target, direction, bypass_extensions=True)
        return found | {"additionalProperties": False}


class Operation(AutoSchema):
    """An operation with the filters that its view declares."""

    def get_override_parameters(self) -> list[Any]:
        """The filters of a list as query parameters."""
        view = self.view
        filters = view.list_filters() if isinstance(view, Guarded) else ()
        return [
            OpenApiParameter(one.name, str, description=one.description, enum=one.choices or None)
            for one in filters
        ]


def document_failures(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the errors to every operation of the finished schema."""
    result["components"].setdefault("schemas", {})["Error"] = ERROR
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    for operations in result["paths"].values():
        for operation in operations.values():
            failures = FAILURES | (WITH_CONTENT if "requestBody" in operation else {})
            for status, description in failures.items():
                operation["responses"].setdefault(status, {"description": description, "content": content})
    return result
