"""What is missing is installed where that is allowed, and otherwise the message holds the exact command."""

import subprocess

import pytest

from tools import setup_system
from tools.setup_system import Need


def need(what: str, *, present: bool, apt: str = "libx", brew: str = "x") -> Need:
    return Need(what, lambda: present, (apt,), (brew,))


@pytest.fixture
def machine(monkeypatch):
    """A machine with one group of needs, some programs and a user; records the commands that run."""
    commands: list[list[str]] = []

    def make(
        needs: list[Need],
        *,
        programs: set[str],
        root: bool,
        platform: str = "linux",
        sudo_works: bool = False,
    ):
        def run(command, **_options):
            commands.append([str(part) for part in command])
            allowed = command[-1] != "true" or sudo_works
            return subprocess.CompletedProcess(command, 0 if allowed else 1, "", "")

        monkeypatch.setattr(setup_system, "NEEDS", {"pdf": needs})
        monkeypatch.setattr(
            setup_system.shutil, "which", lambda name: f"/bin/{name}" if name in programs else None
        )
        monkeypatch.setattr(setup_system.os, "geteuid", lambda: 0 if root else 1000)
        monkeypatch.setattr(setup_system.subprocess, "run", run)
        monkeypatch.setattr(setup_system.sys, "platform", platform)
        return commands

    return make


def test_nothing_missing_runs_nothing(machine):
    commands = machine([need("Pango", present=True)], programs={"apt-get"}, root=True)
    setup_system.ensure(["pdf"])
    assert commands == []


def test_without_privileges_the_exact_command_is_named(machine):
    machine([need("Pango", present=False, apt="libpango-1.0-0")], programs={"apt-get"}, root=False)
    with pytest.raises(SystemExit) as caught:
        setup_system.ensure(["pdf"])
    assert "Missing on this machine: Pango" in str(caught.value)
    assert "sudo apt-get install -y -q --no-install-recommends libpango-1.0-0" in str(caught.value)


def test_mac_names_brew(machine):
    machine([need("Pango", present=False, brew="pango")], programs=set(), root=False, platform="darwin")
    with pytest.raises(SystemExit, match="brew install pango"):
        setup_system.ensure(["pdf"])


def test_unknown_package_manager_says_so(machine):
    machine([need("Pango", present=False)], programs=set(), root=True)
    with pytest.raises(
        SystemExit, match=r"Missing on this machine: Pango\. Install them with its package manager"
    ):
        setup_system.ensure(["pdf"])


@pytest.mark.parametrize(("root", "prefix"), [(True, []), (False, ["/bin/sudo", "-n"])])
def test_installs_as_root_or_by_sudo(machine, root, prefix):
    state = {"installed": False}
    lacking = Need("Pango", lambda: state["installed"], ("libpango-1.0-0",), ("pango",))
    commands = machine([lacking], programs={"apt-get", "sudo"}, root=root, sudo_works=True)
    with pytest.raises(SystemExit, match="Still missing after the installation: Pango"):
        setup_system.ensure(["pdf"])
    assert [*prefix, "apt-get", "update", "-q"] in commands
    assert commands[-1] == [
        *prefix, "apt-get", "install", "-y", "-q", "--no-install-recommends", "libpango-1.0-0"
    ]  # fmt: skip


def test_one_package_of_several_needs_is_named_once(machine):
    machine([need("A", present=False), need("B", present=False)], programs={"apt-get"}, root=False)
    with pytest.raises(SystemExit) as caught:
        setup_system.ensure(["pdf"])
    assert str(caught.value).count("libx") == 1


def test_named_chromium_wins(monkeypatch, tmp_path):
    program = tmp_path / "my-chromium"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(program))
    assert setup_system.chromium() == str(program)
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "none"))
    assert setup_system.chromium() is None


@pytest.mark.parametrize(
    ("system", "package"),
    [
        ("ID=debian\n", "chromium-headless-shell"),
        ("ID=ubuntu\nID_LIKE=debian\n", "chromium"),
        (None, "chromium"),
    ],
)
def test_debian_has_a_chromium_without_a_window(monkeypatch, tmp_path, system, package):
    release = tmp_path / "os-release"
    if system is not None:
        release.write_text(system)
    monkeypatch.setattr(setup_system, "OS_RELEASE", release)
    assert setup_system.chromium_package() == package


@pytest.mark.parametrize(
    ("programs", "enough"),
    [({"chromium"}, False), ({"chromium", "chromium-headless-shell"}, True), (set(), False)],
)
def test_on_debian_the_slower_chromium_is_not_enough(monkeypatch, machine, programs, enough):
    machine([], programs=programs, root=True)
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(setup_system, "chromium_package", lambda: "chromium-headless-shell")
    assert setup_system.has_chromium() is enough
