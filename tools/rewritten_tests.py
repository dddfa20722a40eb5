"""Compiles the tests once, beside the static checks: else each test process would do it again.

pytest rewrites assertions so that a failed one tells its values, and keeps the result beside the file. That takes half
of the time in which tests are collected, and all test processes begin with it at the same moment.
"""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def rewrite(file: Path) -> Path | None:
    """Leave the compiled file where pytest looks for it, and say where; None where pytest has to do it itself."""
    try:
        from _pytest.assertion import rewrite as pytests
    except ImportError:
        return None
    state: Any = SimpleNamespace(trace=lambda _said: None)
    try:
        folder = pytests.get_cache_dir(file)
        folder.mkdir(parents=True, exist_ok=True)
        place = folder / (file.name.removesuffix(".py") + pytests.PYC_TAIL)
        unset: Any = None  # no settings of pytest change what is compiled here
        digest, code = pytests._rewrite_test(file, unset)
        written = pytests._write_pyc(state, code, digest, place)
    except (AttributeError, OSError, SyntaxError, TypeError):
        return None  # another pytest, or a fault that it will tell when it collects the file
    return place if written else None


def main() -> int:
    """Do so for all files of tests."""
    for pattern in ("conftest.py", "test_*.py"):
        for file in sorted((ROOT / "tests").rglob(pattern)):
            rewrite(file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
