"""The child process that writes remarks into uploaded workbooks, bounded as the one that reads them.

`python -m reporting.workbooks.opening annotate`: remarks and file come in by standard input, the annotated file goes
out by standard output. Knows no Django, no settings and no secrets.
"""

import json
import sys

from members.workbooks.opening import LENGTH, do, read_workbook

__all__ = ["read_workbook"]


def _annotate(given: bytes) -> bytes:
    from reporting.workbooks.annotate import annotate  # late: openpyxl is loaded when the process is bounded

    (length,) = LENGTH.unpack_from(given)
    start = LENGTH.size + length
    return annotate(given[start:], json.loads(given[LENGTH.size : start]))


if __name__ == "__main__":
    sys.exit(do({"annotate": _annotate}))
