"""Each test process copies the database that `make test` made beside the static checks, where there is one."""

import os

import pytest
from django.db import connections


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Takes the place of pytest-django's fixture, which does nothing. Migrations that came later still run."""
    template = os.environ.get("TEST_DB_TEMPLATE")
    if template:
        connections["default"].settings_dict["TEST"]["TEMPLATE"] = template
