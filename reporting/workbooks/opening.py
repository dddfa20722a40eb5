"""The child process that opens uploaded workbooks: guards, reads or annotates one file, and ends.

`python -m reporting.workbooks.opening read|annotate`: the file comes in by standard input, the answer goes out by
standard output. Knows no Django, no settings and no secrets; bounds itself in memory and processor time first.
"""

import json
import resource
import struct
import sys
import warnings
from typing import Any

MEMORY = 300 * 2**20
SECONDS = 9
LENGTH = struct.Struct(">Q")


def read_workbook(content: bytes) -> dict[str, Any]:
    """What stands in a workbook, as `cells.read_cells` gives it, if it is one that may be opened; raises Refused."""
    from reporting.workbooks.cells import read_cells
    from reporting.workbooks.guard import guard

    guard(content)
    return read_cells(content)


def main() -> int:
    """Do what the command line says; 0 and the answer, or 3 and a refusal as JSON."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")
    from reporting.workbooks.guard import Refused

    work, out = sys.argv[1], sys.stdout.buffer
    try:
        given = sys.stdin.buffer.read()
        if work == "read":
            out.write(json.dumps(read_workbook(given)).encode())
        else:
            from reporting.workbooks.annotate import annotate

            (length,) = LENGTH.unpack_from(given)
            start = LENGTH.size + length
            remarks = json.loads(given[LENGTH.size : start])
            out.write(annotate(given[start:], remarks))
    except Refused as refusal:
        out.write(json.dumps({"code": refusal.code, "parts": refusal.parts}).encode())
        return 3
    except MemoryError:
        out.write(b'{"code": "too_heavy", "parts": {}}')
        return 3
    except Exception as fault:  # noqa: BLE001 - a file fails in more ways than can be listed
        sys.stderr.write(f"{type(fault).__name__}: {fault}"[:500])
        out.write(b'{"code": "not_a_workbook", "parts": {}}')
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
