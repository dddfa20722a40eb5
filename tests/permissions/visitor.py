"""One persona's browser without the browser: requests through all middleware, with what they wrote and said."""

import logging
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.base import BaseHandler
from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.http import HttpResponse
from django.middleware.csrf import CSRF_SECRET_LENGTH
from django.test import RequestFactory

from members.access import access_of
from members.models import User
from members.selectors.places import places_of

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# Tables that reading may write: who is signed in, and how often somebody tried.
TECHNICAL = frozenset({"django_session", "cache", "usersessions_usersession"})
_WRITE = re.compile(
    r"""^\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?)\s+(?:ONLY\s+)?"?([a-z_0-9]+)""",
    re.IGNORECASE,
)
_CSRF = re.compile(r'(name="csrfmiddlewaretoken" value="|"X-CSRFToken":\s*")[^"]+')
_NONCE = re.compile(r'nonce="[^"]+"')


@dataclass
class Answer:
    """What came back, and which tables were written meanwhile."""

    response: HttpResponse
    written: list[str] = field(default_factory=list)

    @property
    def status(self) -> str:
        """As the matrix writes it."""
        code = str(self.response.status_code)
        if code == "302" and self.response["Location"].startswith("/accounts/login/"):
            return "login"
        return "302" if code in {"301", "302", "303", "307", "308"} else code

    @property
    def body(self) -> bytes:
        """All bytes, of a file too."""
        if self.response.streaming:
            return b"".join(self.response.streaming_content)  # type: ignore[attr-defined]
        return bytes(self.response.content)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", errors="replace")

    def comparable(self, *parts: Any) -> str:
        """The body without what differs between any two answers: tokens, and the given parts of the address."""
        text = _NONCE.sub("", _CSRF.sub("", self.text))
        for part in parts:
            text = text.replace(str(part), "…")
        return text


class Visitor:
    """Asks as one person, or as nobody."""

    handler: BaseHandler | None = None
    numbers = count()

    def __init__(self, user: User | None) -> None:
        if Visitor.handler is None:
            Visitor.handler = BaseHandler()
            Visitor.handler.load_middleware()
            for name in ("django.request", "django.security"):  # thousands of refusals are meant here
                logging.getLogger(name).setLevel(logging.CRITICAL)
        # each from an address of their own: reads of public pages are counted by it
        self.factory = RequestFactory(REMOTE_ADDR=f"198.51.100.{next(Visitor.numbers) % 250 + 1}")
        # as a browser that has seen a form before: the secret of its tokens is not made anew for each page
        self.factory.cookies[settings.CSRF_COOKIE_NAME] = "s" * CSRF_SECRET_LENGTH
        self.user: User | None = None
        if user is not None:
            self.user = User.objects.get(pk=user.pk)
            # kept on the user: what each request reads anew is read once for all
            access_of(self.user)
            places_of(self.user)
            session = SessionStore()
            session[SESSION_KEY] = str(user.pk)
            session[BACKEND_SESSION_KEY] = BACKEND
            session[HASH_SESSION_KEY] = user.get_session_auth_hash()
            session.save()
            self.factory.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)

    def ask(
        self, method: str, path: str, data: Mapping[str, Any] | None = None, *, check_csrf: bool = False
    ) -> Answer:
        """One request; a crash of a view raises here."""
        encoded: dict[str, Any] = {"data": dict(data or {})} if method == "POST" else {}
        if encoded and path.startswith("/api/"):
            encoded["content_type"] = "application/json"
        request = getattr(self.factory, method.lower())(path, **encoded)
        request._dont_enforce_csrf_checks = not check_csrf
        if self.user is not None:
            request._cached_user = copy(self.user)  # whom AuthenticationMiddleware would find by the session
        with writes() as written, crashes() as crashed:
            assert Visitor.handler is not None
            response = Visitor.handler.get_response(request)
        if crashed:
            raise crashed[0]
        return Answer(response, written)


@contextmanager
def crashes() -> Iterator[list[BaseException]]:
    """What views raised, which Django hides behind a page with status 500."""
    found: list[BaseException] = []

    def note(**_: Any) -> None:
        error = sys.exc_info()[1]
        if error is not None:
            found.append(error)

    got_request_exception.connect(note)
    try:
        yield found
    finally:
        got_request_exception.disconnect(note)


@contextmanager
def writes() -> Iterator[list[str]]:
    """The tables that the statements inside write, technical ones left out."""
    found: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        # history puts its context before a statement
        for part in str(sql).split(";"):
            match = _WRITE.match(re.sub(r"^\s*SELECT set_config.*?\)\s*", "", part, flags=re.DOTALL))
            if match and match[1] not in TECHNICAL:
                found.append(match[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield found


@contextmanager
def rolled_back() -> Iterator[None]:
    """Whatever happens inside has not happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def checksums() -> dict[str, tuple[int, int]]:
    """For each table how many rows it has and a sum over their contents."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name not in TECHNICAL]
        found: dict[str, tuple[int, int]] = {}
        for table in tables:
            cursor.execute(
                f'SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM "{table}" t'
            )
            found[table] = cursor.fetchone()
    return found
