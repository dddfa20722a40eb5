"""The heavy helpers work and can fail: a checker that is always content would prove nothing."""

import pytest

from tests.plugins.browser import PHONE, axe, scrolls_sideways
from tests.plugins.worker_process import environment_for, wait_until

GOOD = """<!doctype html>
<html lang="en"><head><title>A page</title></head>
<body><main><h1>A page</h1><p>Text</p></main></body></html>"""
BAD = """<!doctype html>
<html lang="en"><head><title>A page</title></head>
<body><main><h1>A page</h1><img src="x.png"><p><ul><li>one</ul></p></main></body></html>"""


@pytest.mark.integration
def test_w3c_checker_finds_the_faults_of_the_bad_page_only(w3c):
    messages = w3c({"/good/": GOOD, "/bad/": BAD})
    assert messages
    assert all("_bad_" in message for message in messages)
    assert any("alt" in message for message in messages)
    assert w3c({"/good/": GOOD}) == []


@pytest.mark.e2e
def test_axe_finds_the_faults_of_the_bad_page_only(pages, live_server):
    page = pages.open()
    page.route("**/good", lambda route: route.fulfill(body=GOOD, content_type="text/html"))
    page.route("**/bad", lambda route: route.fulfill(body=BAD, content_type="text/html"))
    page.route("**/x.png", lambda route: route.fulfill(body=b"", content_type="image/png"))
    page.goto("/good")
    assert axe(page) == []
    page.goto("/bad")
    assert any(line.startswith("image-alt (critical)") for line in axe(page))


@pytest.mark.e2e
def test_axe_runs_under_the_strict_policy(pages):
    page = pages.open()
    headers = {"Content-Security-Policy": "default-src 'self'", "Content-Type": "text/html"}
    page.route("**/strict", lambda route: route.fulfill(body=GOOD, headers=headers))
    page.goto("/strict")
    assert axe(page) == []


@pytest.mark.e2e
def test_errors_of_a_page_are_remembered(pages):
    page = pages.open(width=PHONE)
    wide = GOOD.replace("<p>", '<p style="inline-size: 2000px">').replace(
        "Text", "Text<script>missing()</script>"
    )
    page.route("**/wide", lambda route: route.fulfill(body=wide, content_type="text/html"))
    page.goto("/wide")
    assert scrolls_sideways(page)
    assert any("missing is not defined" in error for error in pages.errors)
    pages.forget_errors("missing is not defined")


@pytest.mark.integration
def test_redis_survives_a_kill_with_its_data(redis_server):
    with redis_server.client() as client:
        client.set("kept", "1")
    redis_server.stop()
    redis_server.start()
    with redis_server.client() as client:
        assert client.get("kept") == b"1"
    redis_server.kill()
    redis_server.start()
    with redis_server.client() as client:
        assert client.ping()


@pytest.mark.integration
def test_started_processes_see_the_database_and_files_of_the_test(db, media_root, settings):
    surroundings = environment_for(media_root, None, JOB_LEASE_SECONDS="2")
    assert settings.DATABASES["default"]["NAME"].startswith("test_")
    assert settings.DATABASES["default"]["NAME"] in surroundings["DATABASE_URL"]
    assert surroundings["MEDIA_ROOT"] == str(settings.MEDIA_ROOT) == str(media_root)
    assert surroundings["JOB_LEASE_SECONDS"] == "2"
    assert "REDIS_URL" not in surroundings


@pytest.mark.fault
def test_worker_takes_work_is_killed_and_replaced(processes):
    from spm_portal.celery import app

    worker = processes.start()
    assert wait_until(lambda: app.control.ping(timeout=1), what="an answer of the worker")
    worker.kill()
    assert worker.process.returncode == -9
    assert app.control.ping(timeout=0.5) == []
    processes.start()
    assert len(wait_until(lambda: app.control.ping(timeout=1), what="an answer of the second worker")) == 1


@pytest.mark.fault
def test_scheduler_starts(processes):
    assert "beat" in processes.start("beat").output
