"""The child process that opens uploaded workbooks: guards and reads one file, and ends.

`python -m members.workbooks.opening read`: the file comes in by standard input, the answer goes out by standard
output. Knows no Django, no settings and no secrets; bounds itself in memory and processor time first. An app with
other work to do on a file has a module of its own that calls `do`.
"""

import json
import resource
import struct
import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any

MEMORY = 300 * 2**20
SECONDS = 9
LENGTH = struct.Struct(">Q")


def read_workbook(content: bytes) -> dict[str, Any]:
    """What stands in a workbook, as `cells.read_cells` gives it, if it is one that may be opened; raises Refused."""
    from members.workbooks.cells import read_cells
    from members.workbooks.guard import guard

    guard(content)
    return read_cells(content)


def do(works: Mapping[str, Callable[[bytes], bytes]]) -> int:
    """Do the work that the command line names; 0 and the answer, or 3 and a refusal as JSON."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")
    from members.workbooks.guard import Refused

    out = sys.stdout.buffer
    try:
        out.write(works[sys.argv[1]](sys.stdin.buffer.read()))
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


def _read(given: bytes) -> bytes:
    return json.dumps(read_workbook(given)).encode()


if __name__ == "__main__":
    sys.exit(do({"read": _read}))
