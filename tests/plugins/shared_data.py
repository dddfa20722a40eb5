"""The real public data beside the checkout, for tests that read it in place."""

import os
from pathlib import Path

import pytest
from django.conf import settings


def data_dir() -> Path:
    """Where the real data is: the variable SPM_DATA_DIR, or beside the checkout."""
    named = os.environ.get("SPM_DATA_DIR", "").strip()
    return Path(named) if named else Path(settings.BASE_DIR).parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The directory of the real data; skips with what to do where it is absent."""
    found = data_dir()
    if not found.is_dir():
        pytest.skip(f"No real data at {found}. Set SPM_DATA_DIR to the directory that holds mix_market/.")
    return found
