"""Keys of programs: made, shown once, kept as a hash, revoked; the page where that is done."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.models import ApiKey
from members.services.keys import MOST_KEYS, make_key, note_use, revoke_key
from spm_portal.common.models import AuditEvent
from spm_portal.common.refusal import Refused
from spm_portal.common.tokens import hash_of
from tests.browsers import signed_in
from tests.cast import Cast

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

MONTH = timedelta(days=30)
FORM = {"name": "Our core system", "scopes": ["read", "submit"], "days": "90"}


@pytest.fixture
def desk(cast: Cast) -> Client:
    return signed_in(cast.editor)


def test_a_key_is_kept_as_a_hash_and_each_is_another(cast: Cast):
    at = timezone.now()
    made = [make_key(user=cast.editor, name=" Robot ", scopes=["read"], lasts=MONTH, at=at) for _ in range(2)]
    (key, token), (_other, second) = made
    assert token != second
    assert len(token) >= 4 + 43  # 256 bits in base64
    assert (key.token_hash, key.name, key.expires_at) == (hash_of(token), "Robot", at + MONTH)
    row = ApiKey.objects.filter(pk=key.pk).values().get()
    assert token not in str(row)
    event = AuditEvent.objects.get(object_id=key.pk)
    assert event.verb == "key.make"
    assert token not in str(event.data)
    assert hash_of(token) not in str(event.data)


@pytest.mark.parametrize(
    "fault",
    [
        {"scopes": []},
        {"scopes": ["read", "everything"]},
        {"name": " "},
        {"lasts": timedelta(0)},
        {"lasts": timedelta(days=400)},
    ],
    ids=str,
)
def test_what_cannot_be_a_key_is_refused(cast: Cast, fault):
    good = {"name": "Robot", "scopes": ["read"], "lasts": MONTH}
    with pytest.raises(Refused):
        make_key(user=cast.editor, at=timezone.now(), **(good | fault))
    assert not ApiKey.objects.exists()


def test_nobody_holds_more_keys_than_can_be_looked_after(cast: Cast):
    at = timezone.now()
    for _ in range(MOST_KEYS):
        last = make_key(user=cast.editor, name="Robot", scopes=["read"], lasts=MONTH, at=at)[0]
    with pytest.raises(Refused):
        make_key(user=cast.editor, name="Robot", scopes=["read"], lasts=MONTH, at=at)
    revoke_key(key_id=last.pk, by=cast.editor, at=at)
    make_key(user=cast.editor, name="Robot", scopes=["read"], lasts=MONTH, at=at)


def test_only_its_person_revokes_a_key_and_once(cast: Cast):
    at = timezone.now()
    key, _token = make_key(user=cast.editor, name="Robot", scopes=["read"], lasts=MONTH, at=at)
    with pytest.raises(PermissionDenied):
        revoke_key(key_id=key.pk, by=cast.signatory, at=at)
    for minutes in (1, 2):
        revoke_key(key_id=key.pk, by=cast.editor, at=at + timedelta(minutes=minutes))
    key.refresh_from_db()
    assert key.revoked_at == at + timedelta(minutes=1)
    assert AuditEvent.objects.filter(verb="key.revoke").count() == 1
    assert not ApiKey.objects.live().exists()


def test_use_is_noted_once_a_minute_and_leaves_no_history(cast: Cast):
    at = timezone.now()
    key, _token = make_key(user=cast.editor, name="Robot", scopes=["read"], lasts=MONTH, at=at)
    events = ApiKey.pgh_event_model.objects  # type: ignore[attr-defined]
    before = events.count()
    for seconds, noted in ((0, 0), (59, 0), (60, 60), (70, 60)):
        note_use(key=key, at=at + timedelta(seconds=seconds))
        key.refresh_from_db()
        assert key.last_used_at == at + timedelta(seconds=noted)
    assert events.count() == before


def test_the_page_shows_a_token_once(desk: Client, cast: Cast):
    assert reverse("keys") in desk.get(reverse("profile")).content.decode()
    made = desk.post(reverse("keys"), FORM)
    assert made.status_code == 200
    assert "no-store" in made["Cache-Control"]
    (token,) = re.findall(r"spm_[\w-]{43}", made.content.decode())
    key = ApiKey.objects.get()
    assert (key.user, key.token_hash, key.scopes) == (cast.editor, hash_of(token), ["read", "submit"])
    assert key.expires_at - key.created_at == timedelta(days=90)
    again = desk.get(reverse("keys")).content.decode()
    assert token not in again
    assert "Our core system" in again


def test_the_page_says_what_is_wrong_and_makes_nothing(desk: Client):
    for fault in ({"name": ""}, {"scopes": []}, {"days": "9999"}, {"scopes": ["all"]}):
        assert desk.post(reverse("keys"), FORM | fault).status_code == 422
    assert not ApiKey.objects.exists()


def test_the_page_revokes(desk: Client, cast: Cast):
    at = timezone.now()
    own, foreign = (
        make_key(user=user, name="Robot", scopes=["read"], lasts=MONTH, at=at)[0]
        for user in (cast.editor, cast.manager)
    )
    assert desk.post(reverse("key_revoke", args=[foreign.pk])).status_code == 404
    assert desk.get(reverse("key_revoke", args=[own.pk])).status_code == 405
    assert desk.post(reverse("key_revoke", args=[own.pk])).status_code == 302
    assert list(ApiKey.objects.live()) == [foreign]
    assert "Keys that no longer work" in desk.get(reverse("keys")).content.decode()
