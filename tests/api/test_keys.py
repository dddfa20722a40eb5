"""Programs with keys: whose rights they have, within which scopes, how long and how often."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from members.enums import Role
from members.models import ApiKey, Association, RoleAssignment, User
from tests.api.reading import BASE, Told, call, key_of, report
from tests.cast import Cast

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def test_a_key_reads_what_its_person_reads(cast: Cast):
    reported = report(cast)
    token = key_of(cast.editor, "read")
    assert call(token, "me/").json["name"] == "Editor"
    assert call(token, f"returns/{reported.own.pk}/").status == 200
    assert call(token, f"returns/{reported.other.pk}/").status == 404
    assert ApiKey.objects.get().last_used_at is not None


def _revoked(cast: Cast) -> None:
    ApiKey.objects.update(revoked_at=timezone.now())


def _expired(cast: Cast) -> None:
    ApiKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def _without_role(cast: Cast) -> None:
    RoleAssignment.objects.filter(user=cast.editor).update(ended_at=timezone.now() - timedelta(seconds=1))


def _gone(cast: Cast) -> None:
    User.objects.filter(pk=cast.editor.pk).update(is_active=False)


@pytest.mark.parametrize("end", [_revoked, _expired, _without_role, _gone])
def test_a_key_that_no_longer_counts_is_as_good_as_none(cast: Cast, end):
    token = key_of(cast.editor)
    assert call(token, "me/").status == 200
    end(cast)
    told = call(token, "me/")
    assert (told.status, told.code) == (401, "authentication_failed")
    never = call("spm_" + "x" * 43, "me/")
    assert told == never
    assert told.headers["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("token", ["", "x", "é", "x" * 5000, "a b", "spm_\x00"], ids=ascii)
def test_strange_tokens_are_refused(cast: Cast, token: str):
    client = Client(headers={"Authorization": f"Bearer {token}"})
    assert client.get(BASE + "me/").status_code == 401


def test_another_scheme_is_no_key(cast: Cast):
    client = Client(headers={"Authorization": "Basic eDp4"})
    assert client.get(BASE + "me/").json()["error"]["code"] == "not_authenticated"


SCOPES = {
    ("get", "me/"): "read",
    ("patch", "returns/{}/answers/"): "write_answers",
    ("post", "returns/{}/explanations/"): "write_answers",
    ("post", "returns/{}/validate/"): "read",
    ("post", "returns/{}/submit/"): "submit",
    ("post", "sessions/{}/register/"): "register",
}


@pytest.mark.parametrize(("method", "address"), SCOPES)
def test_each_change_asks_for_its_scope(cast: Cast, method: str, address: str):
    own = report(cast).own
    needed = SCOPES[method, address]
    for scope in ("read", "write_answers", "submit", "register"):
        told: Told = call(
            key_of(cast.signatory, scope), address.format(own.pk), method, None if method == "get" else {}
        )
        lacks = told.status == 403 and told.code == "scope_missing"
        assert lacks == (scope != needed), (scope, told)


def test_a_second_factor_is_asked_of_the_person_of_a_key_too(cast: Cast):
    token = key_of(cast.manager)
    Association.objects.filter(pk=cast.amani.pk).update(second_factor_roles=[Role.ASSOCIATION_MANAGER])
    told = call(token, "me/")
    assert (told.status, told.code) == (403, "second_factor_required")
    Authenticator.objects.create(user=cast.manager, type=Authenticator.Type.TOTP, data={})
    assert call(token, "me/").status == 200


def test_a_key_is_answered_in_the_language_of_its_person(cast: Cast):
    User.objects.filter(pk=cast.editor.pk).update(language="fr")
    told = call(key_of(cast.editor), "me/")
    assert told.headers["Content-Language"] == "fr"


def test_a_key_needs_no_csrf_token_and_a_session_does(cast: Cast):
    own = report(cast).own
    address = f"{BASE}returns/{own.pk}/validate/"
    strict = Client(enforce_csrf_checks=True)
    key = {"Authorization": f"Bearer {key_of(cast.editor)}"}
    assert strict.post(address, "{}", "application/json", headers=key).status_code == 200
    strict.force_login(cast.editor)
    assert strict.post(address, "{}", "application/json").status_code == 403


def test_a_key_may_not_ask_without_end(cast: Cast, settings):
    settings.API_REQUESTS_PER_MINUTE = 3
    token, other = key_of(cast.editor), key_of(cast.editor)
    answers = [call(token, "me/") for _ in range(8)]  # at most one turn of the clock's minute lies between
    refused = [one for one in answers if one.status == 429]
    assert len(refused) >= 2
    assert refused[-1].code == "throttled"
    assert 1 <= int(refused[-1].headers["Retry-After"]) <= 61
    assert call(other, "me/").status == 200
