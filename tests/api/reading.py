"""How tests ask the API, and a cast with rounds, returns and a release to ask about."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from members.enums import KeyScope
from members.models import User
from members.services.keys import make_key
from reporting.models import Release, Submission
from tests.cast import Cast
from tests.factories.releases import released
from tests.factories.reporting import RoundFactory, SubmissionFactory

BASE = "/api/v1/"


@dataclass(frozen=True)
class Told:
    """What the API said."""

    status: int
    json: Any
    content: bytes
    headers: Any = field(default=None, compare=False)

    @property
    def code(self) -> str:
        """The code of an error."""
        found = self.json["error"]
        assert set(found) == {"code", "message", "fields"}
        assert found["message"]
        return str(found["code"])


def ask(user: User | None, address: str, method: str = "get", **headers: str) -> Told:
    """Send a request as somebody, or as a visitor."""
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    response = getattr(client, method)(BASE + address, headers=headers)
    return Told(response.status_code, json.loads(response.content or "null"), response.content)


def key_of(user: User, *scopes: str, lasts: timedelta = timedelta(days=30)) -> str:
    """A new key's token; with every scope if none is named."""
    chosen = scopes or KeyScope.values
    return make_key(user=user, name="Robot", scopes=chosen, lasts=lasts, at=timezone.now())[1]


def call(token: str, address: str, method: str = "get", content: Any = None, **headers: str) -> Told:
    """Send a request as a program with a key."""
    client = Client(raise_request_exception=False)
    more = {"Authorization": f"Bearer {token}", **headers}
    body = {} if content is None else {"data": json.dumps(content), "content_type": "application/json"}
    response = getattr(client, method)(BASE + address, headers=more, **body)
    return Told(
        response.status_code, json.loads(response.content or "null"), response.content, response.headers
    )


def ids(told: Told) -> set[str]:
    """The ids on a page of rows."""
    assert told.status == 200, told.json
    return {row["id"] for row in told.json["results"]}


@dataclass(frozen=True)
class Reported:
    """Amani's round with returns of Kilimo (filled) and Umoja, Baobab's with that of Mbuyu, and a release of Amani."""

    own: Submission
    other: Submission
    foreign: Submission
    release: Release


def report(cast: Cast) -> Reported:
    """Write it into the database."""
    amani = RoundFactory(association=cast.amani, year=2024)
    baobab = RoundFactory(association=cast.baobab, year=2024)
    return Reported(
        own=SubmissionFactory(round=amani, institution=cast.kilimo, filled=True),
        other=SubmissionFactory(round=amani, institution=cast.umoja),
        foreign=SubmissionFactory(round=baobab, institution=cast.mbuyu),
        release=released(cast.amani, year=2023, sections=("PRO", "OUT")),
    )
