"""The signed mark of a workbook: which return, catalogue and versions it was made from."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from reporting.selectors.returns import ReturnSheet
from reporting.workbooks.layout import FORMAT

_SALT = "reporting.workbooks.mark"


class MarkBroken(ValueError):
    """The mark is missing, was edited, or was signed elsewhere."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a workbook comes from. `versions` are those of the answers when it was made (0: none), by code."""

    format: int
    association: str
    round: str
    institution: str
    submission: str
    catalogue: str
    language: str
    made_at: str
    versions: Mapping[str, int]


def mark_of(sheet: ReturnSheet, *, language: str, made_at: str) -> Mark:
    """The mark of a workbook made now."""
    submission = sheet.submission
    return Mark(
        format=FORMAT,
        association=str(submission.association_id),
        round=str(submission.round_id),
        institution=str(submission.institution_id),
        submission=str(submission.pk),
        catalogue=submission.round.catalogue.sha256,
        language=language,
        made_at=made_at,
        versions={code: answer.version for code, answer in sheet.answers.items()},
    )


def signed(mark: Mark) -> tuple[str, str]:
    """The mark as text, and its signature."""
    payload = json.dumps(asdict(mark), sort_keys=True, separators=(",", ":"))
    return payload, _signature(payload, settings.SECRET_KEY)


def opened(payload: str, signature: str) -> Mark:
    """The mark if the signature is ours; raises MarkBroken."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(constant_time_compare(signature, _signature(payload, key)) for key in keys):
        raise MarkBroken
    try:
        fields: dict[str, Any] = json.loads(payload)
        return Mark(**fields)
    except (ValueError, TypeError) as broken:
        raise MarkBroken from broken


def _signature(payload: str, key: str | bytes) -> str:
    return salted_hmac(_SALT, payload, secret=key, algorithm="sha256").hexdigest()
