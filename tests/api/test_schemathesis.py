"""Schemathesis asks every operation what the schema allows, and more: no 5xx, and no breach of the schema."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from members.enums import Role
from reporting.models import Submission
from tests.api.reading import BASE, key_of, report
from tests.cast import Cast
from tests.factories.members import give_role
from tests.factories.reporting import default_catalogue
from tests.permissions.helpers_of_capacity import add_capacity
from tests.permissions.helpers_of_training import add_training

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
QUIET = settings(
    max_examples=8,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def kind_of(case: Any) -> str:
    """The first word of the address."""
    return str(case.operation.path.removeprefix(BASE).split("/")[0])


@pytest.fixture
def one_connection() -> Iterator[None]:
    """The server's handler closes connections between requests; the test's transaction lives in one."""
    moments = (request_started, request_finished)
    for moment in moments:
        moment.disconnect(close_old_connections)
    yield
    for moment in moments:
        moment.connect(close_old_connections)


@pytest.mark.usefixtures("one_connection")
def test_no_operation_breaks_its_promises(cast: Cast, settings: Any):
    """Real ids stand in for made-up ones, so that more than 404 is met; content that fits gets real questions."""
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    reported, things = report(cast), add_capacity(cast, token="a-token")
    give_role(cast.signatory, Role.ASSOCIATION_REVIEWER, cast.amani)  # reads capacities too
    headers = {"Authorization": f"Bearer {key_of(cast.signatory)}", "Accept-Encoding": "identity"}
    schema = schemathesis.openapi.from_wsgi(f"{BASE}schema/", get_wsgi_application(), headers=headers)
    trained = add_training(cast, token="a-token")
    ids = {
        "works": trained.work.pk,
        "courses": trained.course.pk,
        "sessions": trained.session.pk,
        "registrations": trained.registration.pk,
        "certificates": trained.certificate.pk,
        "catalogues": reported.release.catalogue_id,
        "releases": reported.release.pk,
        "frameworks": things.agreed.framework_id,
        "assessments": things.agreed.pk,
        "returns": reported.own.pk,
    }
    codes = [one.code for one in default_catalogue().indicators]
    met: set[tuple[str, int]] = set()
    operations = [one.ok() for one in schema.get_all_operations()]
    assert len(operations) == 36

    for operation in operations:

        @QUIET
        @given(case=operation.as_strategy(), data=st.data())
        def ask(case: Any, data: st.DataObject) -> None:
            if "id" in case.path_parameters and data.draw(st.integers(0, 4)):
                case.path_parameters["id"] = str(ids[kind_of(case)])
            if "slug" in case.path_parameters and data.draw(st.integers(0, 4)):
                case.path_parameters["slug"] = "amani"
            if "code" in case.path_parameters and data.draw(st.integers(0, 4)):
                case.path_parameters["code"] = trained.certificate.code
            if isinstance(case.body, dict) and "people" in case.body and data.draw(st.integers(0, 4)):
                case.body["institution"] = str(cast.kilimo.pk)
            if isinstance(case.body, dict) and "answers" in case.body and not data.draw(st.integers(0, 2)):
                # chance alone rarely writes an answer that can be read
                value = data.draw(st.integers(0, 99) | st.booleans() | st.none())
                code = data.draw(st.sampled_from(codes))
                case.body = {"answers": [{"code": code, "value": value, "version": 0}]}
            elif isinstance(case.body, dict) and isinstance(case.body.get("answers"), list):
                for one in case.body["answers"]:
                    if isinstance(one, dict) and data.draw(st.integers(0, 4)):
                        one["code"] = data.draw(st.sampled_from(codes))
                        one.setdefault("value", data.draw(st.integers() | st.booleans() | st.none()))
            response = case.call(headers=headers)
            met.add((f"{case.method} {kind_of(case)}", response.status_code))
            case.validate_response(response, checks=list(CHECKS))

        ask()

    # it would prove little if all had been refused
    assert {("GET returns", 200), ("PATCH returns", 400), ("POST returns", 200)} <= met
    assert {("GET assessments", 200), ("GET frameworks", 200), ("GET associations", 200)} <= met
    assert {("GET works", 200), ("GET certificates", 200), ("POST sessions", 400)} <= met
    assert {status for kind, status in met if kind == "PATCH returns"} & {200, 409, 422}
    assert Submission.objects.filter(pk=reported.own.pk).exists()
