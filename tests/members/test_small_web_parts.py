"""Health checks, the theme's colours, the guards' marks and the navigation registry."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from members import urls
from members.web.theme import PAPER, SURFACE_DARK, stylesheet, tokens
from spm_portal.common.colours import contrast, ink_on, mix, parse, readable_on
from spm_portal.common.models import Job

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_is_that_of_the_guidelines():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert mix("#000000", "#ffffff", 0.5) == "#808080"
    assert ink_on("#ffee00") == "#000000"
    with pytest.raises(ValueError, match="#rrggbb"):
        parse("red")


@given(ground=colours, colour=colours)
def test_a_readable_shade_is_always_found(ground: str, colour: str):
    assert contrast(readable_on(ground, colour), ground) >= 4.5
    if contrast(colour, ground) >= 4.5:
        assert readable_on(ground, colour) == colour


@given(accent=colours)
def test_every_accent_gives_readable_words_in_both_looks(accent: str):
    light, dark = tokens(accent)
    assert contrast(light["accent-ink"], light["accent"]) >= 4.5
    for ground in (PAPER, "#ffffff", light["accent-soft"]):
        assert contrast(light["link"], ground) >= 4.5
    assert contrast(dark["button-ink"], dark["button"]) >= 4.5
    for ground in (SURFACE_DARK, "#14181a", dark["accent-soft"]):
        assert contrast(dark["link"], ground) >= 4.5
    assert stylesheet(accent).count("{") == stylesheet(accent).count("}") == 3


@pytest.mark.django_db
def test_alive_and_ready(client: Client):
    assert client.get("/healthz").content == b"ok\n"
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {
        "ready": True,
        "checks": {"database": "ok", "migrations": "ok", "queue": "ok", "disk": "ok"},
    }


@pytest.mark.django_db
def test_not_ready_when_a_job_waits_too_long(client: Client):
    Job.objects.create(kind="x", created_at=timezone.now() - timedelta(minutes=6))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["queue"] == "failed"


@pytest.mark.django_db
def test_not_ready_when_a_migration_is_missing(client: Client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'members'")
    assert client.get("/readyz").json()["checks"]["migrations"] == "failed"


def test_health_checks_change_nothing_and_take_no_post(client: Client):
    assert client.post("/healthz").status_code == 405


def test_every_view_of_the_app_carries_a_guard():
    views = {pattern.name: pattern.callback for pattern in urls.urlpatterns}
    assert len(views) > 25
    assert {name for name, view in views.items() if not getattr(view, "guard", "")} == set()
    public = {name for name, view in views.items() if view.guard == "public"}
    assert public == {"healthz", "readyz", "theme", "invitation"}
    assert get_resolver().reverse_dict
