"""Pages that refuse are kept, and are what fresh ones would be: whose, where, in which language, what was said."""

import re
from collections.abc import Iterator

import pytest
from django.contrib import messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import Http404
from django.test import Client, RequestFactory

from members.models import User
from members.views import refusals
from tests.browsers import BACKEND, signed_in
from tests.cast import Cast

TOKEN = re.compile('name="csrfmiddlewaretoken" value="([^"]+)"')
# answered with 404 or 403 by people of every kind; the navigation marks another entry on each
PLACES = ("/a/amani/settings/", "/a/amani/register/", "/nothing/")
PARTS = ("manager", "signatory", "shared_signatory", "donor", "operator", "nobody")


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    refusals._pages.clear()
    yield
    refusals._pages.clear()


def _refusal(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code in {302, 403, 404, 200}
    return TOKEN.sub("", answer.content.decode()) if answer.status_code in {403, 404} else ""


def test_a_kept_page_is_what_a_fresh_one_would_be(cast: Cast) -> None:
    browsers = {part: signed_in(getattr(cast, part)) for part in PARTS} | {"visitor": Client()}
    asked = [(part, path) for path in PLACES for part in browsers]
    for part, path in asked:
        _refusal(browsers[part], path)
    drawn = len(refusals._pages)
    kept = {(part, path): _refusal(browsers[part], path) for part, path in asked}
    assert len(refusals._pages) == drawn  # nothing was drawn again
    assert drawn > len(PARTS)

    for part, path in asked:
        refusals._pages.clear()
        assert kept[part, path] == _refusal(browsers[part], path), (part, path)
    assert str(cast.signatory) in kept["signatory", "/a/amani/settings/"]


def test_what_changes_is_seen_on_the_next_page(cast: Cast) -> None:
    browser = signed_in(cast.signatory)
    path = "/a/amani/settings/"
    before = _refusal(browser, path)
    assert 'lang="en"' in before
    assert "Amani" in before

    cast.amani.short_name = "Amani Hub"
    cast.amani.save()
    User.objects.filter(pk=cast.signatory.pk).update(language="fr", name="Zawadi")

    after = _refusal(browser, path)
    assert 'lang="fr"' in after
    assert "Amani Hub" in after
    assert "Zawadi" in after


def test_signing_out_from_a_kept_page_sends_the_token_of_its_answer(cast: Cast) -> None:
    signed_in(cast.signatory).get("/nothing/")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.signatory, backend=BACKEND)
    found = TOKEN.search(browser.get("/nothing/").content.decode())
    assert found is not None

    assert browser.post("/accounts/logout/").status_code == 403
    assert browser.post("/accounts/logout/", {"csrfmiddlewaretoken": found[1]}).status_code == 302


def test_what_just_happened_is_said_once(cast: Cast, rf: RequestFactory) -> None:
    def answer(*said: str) -> str:
        request = rf.get("/nothing/")
        request.user = cast.signatory
        request._messages = CookieStorage(request)  # type: ignore[attr-defined]
        for text in said:
            messages.success(request, text)
        return refusals.page_not_found(request, Http404()).content.decode()

    assert "Saved." not in answer()
    assert "Saved." in answer("Saved.")
    assert "Saved." not in answer()
