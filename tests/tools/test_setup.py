"""Installing: the system's packages come beside those of Python, and what cannot be installed ends the setup."""

from pathlib import Path

import pytest

from tools import setup


@pytest.fixture
def installer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands in for the script that installs the system's packages; notes the groups that it is asked for."""
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "KNOWN_AFTER", 0.5)
    (tmp_path / "tools").mkdir()
    return tmp_path / "tools" / "setup_system.py"


def test_what_may_not_be_installed_ends_the_setup_before_the_rest_begins(installer: Path) -> None:
    installer.write_text("raise SystemExit(3)")
    begun = False
    with pytest.raises(SystemExit) as ended, setup.system_packages(["pdf"]):
        begun = True
    assert ended.value.code == 3
    assert not begun


def test_system_packages_are_installed_meanwhile(installer: Path) -> None:
    noted, go = installer.with_name("noted"), installer.with_name("go")
    installer.write_text(
        "import pathlib, sys, time\n"
        f"while not pathlib.Path({str(go)!r}).exists(): time.sleep(0.02)\n"
        f"pathlib.Path({str(noted)!r}).write_text(' '.join(sys.argv[1:]))"
    )
    with setup.system_packages(["pdf", "tests"]):
        assert not noted.exists()
        go.touch()
    assert noted.read_text() == "pdf tests"


def test_an_installation_that_fails_later_ends_the_setup(installer: Path) -> None:
    go = installer.with_name("go")
    installer.write_text(
        "import pathlib, time\n"
        f"while not pathlib.Path({str(go)!r}).exists(): time.sleep(0.02)\n"
        "raise SystemExit(4)"
    )
    with pytest.raises(SystemExit) as ended, setup.system_packages(["pdf"]):
        go.touch()  # the rest is done, and then it ends
    assert ended.value.code == 4
    assert go.exists()
