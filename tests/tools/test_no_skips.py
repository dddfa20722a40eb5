"""In CI a skipped test fails, elsewhere it stays a skip."""

import pytest

pytest_plugins = ["pytester"]

SUITE = """
    import pytest

    def test_passes():
        pass

    @pytest.mark.skip(reason="install the thing")
    def test_marked():
        pass

    def test_skips_inside():
        pytest.skip("install the other thing")

    @pytest.mark.xfail(strict=True)
    def test_expected_failure():
        assert False
"""
MODULE = """
    import pytest
    pytest.importorskip("no_such_module_anywhere")
"""


@pytest.fixture
def outcomes(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    def run(ci: str) -> tuple[dict[str, int], str]:
        monkeypatch.setenv("CI", ci)
        pytester.makepyfile(test_suite=SUITE, test_module=MODULE)
        options = ["-p", "tests.plugins.no_skips", "-p", "no:django", "--continue-on-collection-errors"]
        result = pytester.runpytest_inprocess(*options)
        return result.parseoutcomes(), result.stdout.str()

    return run


def test_elsewhere_a_skip_stays_a_skip(outcomes):
    counts, _ = outcomes("")
    assert counts == {"passed": 1, "skipped": 3, "xfailed": 1}


def test_in_ci_a_skip_fails_with_its_reason(outcomes):
    counts, output = outcomes("true")
    assert "skipped" not in counts
    assert counts["failed"] + counts["errors"] == 3
    assert counts["xfailed"] == 1
    assert "Skipped tests fail when CI=true. Skipped: install the thing" in output
    assert "install the other thing" in output
