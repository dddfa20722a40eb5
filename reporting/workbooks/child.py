"""Workbooks of returns opened in a process of their own: read as any workbook, and handed back with remarks."""

import json
from collections.abc import Mapping
from typing import Any

from members.workbooks.child import BookRefused, read, run
from members.workbooks.opening import LENGTH

__all__ = ["BookRefused", "annotated", "read"]


def annotated(content: bytes, remarks: Mapping[str, Any]) -> bytes:
    """The same workbook with remarks (see `annotate`); raises BookRefused."""
    head = json.dumps(remarks).encode()
    return run("reporting.workbooks.opening", "annotate", LENGTH.pack(len(head)) + head + content)
