"""Examples of the schema: what goes in and what comes out."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

ERROR = {"$ref": "#/components/schemas/Error"}

_PROGRESS: dict[str, Any] = {
    "required": 92,
    "answered": 40,
    "sections": [{"section": "OUT", "required": 12, "answered": 9}],
}
_STORED = {"value": 24, "missing": None, "note": "", "version": 1}
_SAVED = {
    "code": "branches_total",
    "result": "saved",
    "message": "",
    "stored": _STORED,
    "yours": None,
}
_OTHER = {"value": 25, "missing": None, "note": None, "version": 0}


def _failure(code: str, message: str, fields: dict[str, list[str]]) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "fields": fields}}


_CONFLICT = "Somebody else changed answers meanwhile. Look at both values, then send your choice again."
_REFUSED = "Some answers cannot be kept as they are. See what is wrong with each."

ANSWERS = [
    OpenApiExample(
        "A value and a reason for none",
        request_only=True,
        value={
            "answers": [
                {"code": "branches_total", "value": 24, "version": 0},
                {
                    "code": "green_products",
                    "missing": "not_available",
                    "note": "Counted from next year.",
                    "version": 0,
                },
            ]
        },
    ),
    OpenApiExample(
        "Saved",
        response_only=True,
        status_codes=["200"],
        value={"results": [_SAVED], "progress": _PROGRESS},
    ),
    OpenApiExample(
        "Conflict",
        response_only=True,
        status_codes=["409"],
        value=_failure("conflict", _CONFLICT, {"branches_total": [_CONFLICT]})
        | {"results": [_SAVED | {"result": "conflict", "yours": _OTHER}], "progress": _PROGRESS},
    ),
    OpenApiExample(
        "Refused",
        response_only=True,
        status_codes=["422"],
        value=_failure("refused", _REFUSED, {"branches_total": ["Only a whole number fits here."]})
        | {
            "results": [
                _SAVED | {"result": "refused", "message": "Only a whole number fits here.", "stored": None}
            ],
            "progress": _PROGRESS,
        },
    ),
]
PROBLEMS = OpenApiExample(
    "A warning without a reason",
    response_only=True,
    status_codes=["200"],
    value={
        "ready": False,
        "findings": [
            {
                "rule": "W01",
                "severity": "warning",
                "indicators": ["active_clients"],
                "section": "OUT",
                "message": "Active clients changed by more than half. Check the figure, or say why.",
                "reason": None,
            }
        ],
        "progress": _PROGRESS,
    },
)
EXPLANATION = OpenApiExample(
    "A reason", request_only=True, value={"rule": "W01", "reason": "We merged in May."}
)
SUBMIT = OpenApiExample("As I read it", request_only=True, value={"version": 1})
