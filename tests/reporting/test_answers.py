"""Writing answers: versions, conflicts, refusals, history, counters, files and reasons."""

import pytest

from reporting.selectors.returns import load_sheet
from tests.factories.reporting import SubmissionFactory, sample

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def test_the_sample_comes_back_as_it_was_given():
    submission = SubmissionFactory(filled=True)
    sheet = load_sheet(submission)
    assert sheet.values == {
        code: tuple(value) if isinstance(value, list) else value for code, value in sample()["values"].items()
    }
    assert [str(found) for found in sheet.findings] == []
    for code, figure in sample()["expected_derived"].items():
        assert sheet.computed.derived[code] == pytest.approx(figure, abs=1e-3), code
