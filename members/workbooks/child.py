"""Opens workbooks in a process of their own, so that no file can hurt the worker; refusals in words."""

import json
import logging
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

WALL_SECONDS = 10
log = logging.getLogger(__name__)


class BookRefused(ValueError):
    """A file that cannot be taken; the text says why and what to do."""


def read(content: bytes) -> dict[str, Any]:
    """What stands in an uploaded workbook, as `opening.read_workbook` gives it; raises BookRefused."""
    found: dict[str, Any] = json.loads(run("members.workbooks.opening", "read", content))
    return found


def run(module: str, work: str, given: bytes) -> bytes:
    """Run a child module with nothing of our environment; whatever becomes of it, there is an answer in time.

    Raises BookRefused.
    """
    command = [sys.executable, "-m", module, work]
    try:
        done = subprocess.run(  # noqa: S603 - our own module with fixed words
            command,
            input=given,
            capture_output=True,
            timeout=WALL_SECONDS,
            check=False,
            cwd=settings.BASE_DIR,
            env={"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
        )
    except subprocess.TimeoutExpired:
        raise BookRefused(refusal_text("too_heavy", {})) from None
    if done.returncode == 0:
        return done.stdout
    if done.stderr:
        log.info("a workbook was not opened: %s", done.stderr[-500:].decode(errors="replace"))
    code, parts = "too_heavy", {}
    if done.returncode == 3:
        answer = json.loads(done.stdout)
        code, parts = answer["code"], answer["parts"]
    raise BookRefused(refusal_text(code, parts))


def refusal_text(code: str, parts: Mapping[str, Any]) -> str:
    """Why a file was not opened, in the language of the person, with what to do."""
    texts = {
        "too_large": _(
            "The file is larger than %(limit)s MB. Remove pictures and extra sheets, and send it again."
        ),
        "old_or_locked": _(
            "The file is protected by a password or in the old Excel format. Save it as .xlsx without a password."
        ),
        "not_a_workbook": _(
            "The file is no Excel workbook, or it is damaged. Download the workbook again and copy your figures into"
            " it."
        ),
        "too_many_parts": _(
            "The file holds too many parts. Download the workbook again and copy your figures into it."
        ),
        "unpacks_too_large": _(
            "The file unpacks to more than %(limit)s MB. Download the workbook again and copy your figures into it."
        ),
        "macros": _("The file contains macros. Save it as a plain .xlsx workbook and send it again."),
        "links_to_files": _(
            "The file has links to other files. Paste the figures as values (Data → Edit links → Break link) and send"
            " it again."
        ),
        "embedded": _("The file has other files inside. Remove them and send it again."),
        "entities": _("The file contains code that a workbook does not need. Download the workbook again."),
        "far_away": _(
            "There is something in cell %(cell)s, far below or beside the form. Delete the rows and columns behind the"
            " form and send it again."
        ),
        "too_many_sheets": _(
            "The file has more than %(limit)s sheets. Send the workbook of the portal alone."
        ),
        "too_much_text": _(
            "The file holds more text than a form can. Send the workbook of the portal alone."
        ),
        "too_heavy": _(
            "The file is too heavy to open. Download the workbook again and copy your figures into it as values."
        ),
    }
    return texts.get(code, texts["not_a_workbook"]) % dict(parts)
