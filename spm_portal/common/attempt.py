"""Calling a service for a form, so that a refusal appears beside the field it is about."""

from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, QueryDict

from spm_portal.common.refusal import Refused

T = TypeVar("T")


def attempt(form: BaseForm, call: Callable[[], T]) -> T | None:
    """The service's answer, or None after its refusal was written into the form's errors."""
    try:
        return call()
    except Refused as refusal:
        form.add_error(None, str(refusal.message))
    except ValidationError as error:
        for field, messages in _by_field(error).items():
            form.add_error(field if field in form.fields else None, messages)
    return None


def tried(form: BaseForm, call: Callable[[], object], words: str) -> str:
    """The words that tell of success if the form is valid and its service did the work; otherwise nothing, and the
    form says why.
    """
    return words if form.is_valid() and attempt(form, call) is not None else ""


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with; None for a page that is only looked at, also where nothing was filled in."""
    return request.POST if request.method == "POST" else None


def _by_field(error: ValidationError) -> dict[str, list[str]]:
    if hasattr(error, "error_dict"):
        return error.message_dict
    return {NON_FIELD_ERRORS: error.messages}
