"""In continuous integration a skipped test is a failure: what is not run proves nothing."""

import os
from collections.abc import Generator
from typing import Any

import pytest

ADVICE = "Skipped tests fail when CI=true."


def in_ci() -> bool:
    """Whether this run is one of continuous integration."""
    return os.environ.get("CI", "").strip().lower() in {"1", "true", "yes"}


def reason_of(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Why the test was skipped, as its author wrote it."""
    detail = report.longrepr
    return str(detail[2]) if isinstance(detail, tuple) else str(detail)


def fail_if_skipped(report: Any) -> None:
    """Turn a skip into a failure in CI; an expected failure is not a skip."""
    if in_ci() and report.skipped and not hasattr(report, "wasxfail"):
        reason = reason_of(report)
        report.outcome = "failed"
        report.longrepr = f"{ADVICE} {reason}"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skip inside a test or by a mark."""
    report = yield
    fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A whole module skipped while it is collected, as importorskip does."""
    report = yield
    fail_if_skipped(report)
    return report
