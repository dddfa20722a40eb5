"""The schema: valid, complete, and true to what the API answers."""

import io
from typing import Any

import jsonschema
import pytest
from django.core.management import call_command
from drf_spectacular.validation import validate_schema

from reporting.models import ValueConsent
from tests.api.reading import BASE, ask, report
from tests.cast import Cast
from tests.factories.members import LONG_AGO
from tests.permissions.helpers_of_capacity import add_capacity
from tests.permissions.helpers_of_training import add_training

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


KINDS = ("catalogues", "rounds", "returns", "releases")


@pytest.fixture
def schema(cast: Cast) -> dict[str, Any]:
    """The schema as a person without any role gets it."""
    told = ask(cast.nobody, "schema/")
    assert told.status == 200
    return told.json


def test_the_schema_is_valid_and_made_without_warnings(schema: dict[str, Any]):
    validate_schema(schema)
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=io.StringIO())


def test_every_operation_says_what_it_does_and_how_it_fails(schema: dict[str, Any]):
    operations = [
        (path, method, one) for path, found in schema["paths"].items() for method, one in found.items()
    ]
    assert len(operations) == 36
    for path, method, operation in operations:
        assert operation.get("summary"), (path, method)
        assert {"200", "400", "401", "403", "404"} <= set(operation["responses"]), (path, method)
        assert operation["security"] == [{"key": []}, {"session": []}]
        if "requestBody" in operation:
            assert {"409", "422"} <= set(operation["responses"]) or not path.endswith("/answers/")
            assert "415" in operation["responses"]
    assert len({one["operationId"] for _, _, one in operations}) == len(operations)


def test_the_schema_lists_the_filters(schema: dict[str, Any]):
    def names(path: str) -> set[str]:
        return {one["name"] for one in schema["paths"][path]["get"].get("parameters", [])}

    assert names(f"{BASE}associations/{{slug}}/returns/") == {"slug", "round", "state", "cursor", "page_size"}
    assert names(f"{BASE}returns/{{id}}/") == {"id"}


def test_answers_are_as_the_schema_says(cast: Cast, schema: dict[str, Any]):
    reported, things = report(cast), add_capacity(cast, token="a-token")
    amani = "associations/{slug}/"
    addresses = {
        "": "",
        "me/": "me/",
        "associations/": "associations/",
        amani: "associations/amani/",
        **{
            f"{amani}{kind}/": f"associations/amani/{kind}/"
            for kind in ("catalogues", "rounds", "returns", "releases", "figures")
        },
        "catalogues/{id}/": f"catalogues/{reported.release.catalogue_id}/",
        "returns/{id}/": f"returns/{reported.own.pk}/",
        "releases/{id}/": f"releases/{reported.release.pk}/",
    }
    of_capacity = {
        **{
            f"{amani}{kind}/": f"associations/amani/{kind}/"
            for kind in ("frameworks", "assessments", "plan", "offers")
        },
        "frameworks/{id}/": f"frameworks/{things.agreed.framework_id}/",
        "assessments/{id}/": f"assessments/{things.agreed.pk}/",
    }
    trained = add_training(cast, token="a-token")
    of_training = {
        **{
            f"{amani}{kind}/": f"associations/amani/{kind}/"
            for kind in ("works", "courses", "sessions", "registrations", "certificates")
        },
        "works/{id}/": f"works/{trained.work.pk}/",
        "courses/{id}/": f"courses/{trained.course.pk}/",
        "sessions/{id}/": f"sessions/{trained.session.pk}/",
        "registrations/{id}/": f"registrations/{trained.registration.pk}/",
        "certificates/{id}/": f"certificates/{trained.certificate.pk}/",
        "certificates/verify/{code}/": f"certificates/verify/{trained.certificate.code}/",
    }
    shown = "donors/{slug}/values/"  # for a donor's readers alone: below
    assert {BASE + path for path in (*addresses, *of_capacity, *of_training, shown)} == {
        path for path, found in schema["paths"].items() if "get" in found and not path.endswith("/csv/")
    }
    for path, address in (addresses | of_capacity | of_training).items():
        promised = schema["paths"][BASE + path]["get"]["responses"]["200"]["content"]["application/json"][
            "schema"
        ]
        for user in (cast.manager, cast.donor if path in of_capacity else cast.editor):
            told = ask(user, address)
            assert told.status == 200, address
            jsonschema.validate(told.json, _closed({**promised, "components": schema["components"]}))
    ValueConsent.objects.create(
        association=cast.amani,
        institution=reported.release.members.all()[0].institution,
        recipient="public",
        given_at=LONG_AGO,
    )
    told = ask(cast.donor, f"donors/horizon/values/?association=amani&round={reported.release.round.code}")
    assert told.json["values"]
    promised = schema["paths"][BASE + shown]["get"]["responses"]["200"]["content"]["application/json"][
        "schema"
    ]
    jsonschema.validate(told.json, _closed({**promised, "components": schema["components"]}))
    failed = {"$ref": "#/components/schemas/Error", "components": schema["components"]}
    jsonschema.validate(ask(cast.manager, "me/?x=1").json, _closed(failed))


def _closed(part: Any) -> Any:
    """The schema for a checker of plain JSON schema: `nullable` spelled out, and no field that it does not name."""
    if isinstance(part, list):
        return [_closed(one) for one in part]
    if not isinstance(part, dict):
        return part
    found = {name: _closed(inner) for name, inner in part.items()}
    if isinstance(found.get("properties"), dict) and "additionalProperties" not in found:
        found["additionalProperties"] = False
    return {"anyOf": [found, {"type": "null"}]} if found.pop("nullable", False) is True else found
