"""How tests ask the API, and a cast with rounds, returns and a release to ask about."""

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

from members.models import User
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
        release=released(cast.amani, year=2023),
    )
