"""What is compiled beside the static checks is what pytest itself reads, and its assertions tell their values."""

from pathlib import Path

import pytest
from _pytest.assertion.rewrite import _read_pyc

from tools.rewritten_tests import rewrite

SOURCE = "def fail(found):\n    assert found == 2\n"


def test_pytest_reads_it_and_a_failed_assertion_tells_its_values(tmp_path: Path) -> None:
    file = tmp_path / "test_of_something.py"
    file.write_text(SOURCE)
    place = rewrite(file)
    assert place is not None
    code = _read_pyc(file, place)
    assert code is not None, "pytest would compile it once more"
    module: dict[str, object] = {}
    exec(code, module)
    with pytest.raises(AssertionError, match="assert 1 == 2"):
        module["fail"](1)  # type: ignore[operator]
    file.write_text(SOURCE.replace("2", "3"))
    assert _read_pyc(file, place) is None


def test_a_file_with_a_fault_is_left_to_pytest(tmp_path: Path) -> None:
    file = tmp_path / "test_of_nothing.py"
    file.write_text("def (:\n")
    assert rewrite(file) is None
