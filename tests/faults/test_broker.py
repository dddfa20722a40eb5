"""Redis gone, silent or emptied: pages answer all the same, and everything is done once it is back."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from members.enums import Role
from members.models import Invitation
from reporting.models import Round
from reporting.services.rounds import RoundSpec, open_round
from spm_portal.celery import app
from spm_portal.common.models import Job, MailMessage, MailState
from tests.browsers import signed_in
from tests.cast import Cast, make_cast
from tests.factories.members import PASSWORD, InstitutionFactory, MembershipFactory, person
from tests.factories.reporting import CatalogueVersionFactory
from tests.faults.conftest import Ask, Start, has_one_effect, state_of, wait_for
from tests.plugins.redis_server import RedisServer
from tests.plugins.worker_process import ProcessFactory, point_to, wait_until

pytestmark = [pytest.mark.fault, pytest.mark.slow]

PATIENCE = 5  # seconds that a page may take while Redis is away
Away = Callable[[], None]


@pytest.fixture
def cast(processes: ProcessFactory) -> Cast:
    """People of every role, in a portal whose doorbell is the Redis of the test."""
    return make_cast()


@pytest.fixture(params=["refuses", "hangs"])
def away(request: pytest.FixtureRequest, redis_server: RedisServer) -> Iterator[Away]:
    """Takes Redis away: its port refuses, or it takes connections and never answers."""

    def stop() -> None:
        if request.param == "refuses":
            redis_server.stop()
        else:
            assert redis_server.process is not None
            redis_server.process.send_signal(signal.SIGSTOP)

    yield stop
    if redis_server.process is not None:
        redis_server.process.send_signal(signal.SIGCONT)


def come_back(redis_server: RedisServer) -> None:
    if redis_server.process is not None:
        redis_server.process.send_signal(signal.SIGCONT)
    redis_server.start()


def test_pages_answer_and_work_waits_while_redis_is_away(
    away: Away, cast: Cast, ask: Ask, start_worker: Start, redis_server: RedisServer, media_root: Path
) -> None:
    client = signed_in(cast.manager)
    away()

    begun = time.monotonic()
    answer = client.post("/a/amani/people/", {"email": "new@example.org", "role": "association_reviewer"})
    assert answer.status_code == 302
    assert time.monotonic() - begun < PATIENCE
    begun = time.monotonic()
    job = ask()
    assert time.monotonic() - begun < PATIENCE
    assert client.get("/a/amani/").status_code == 200

    (invitation,) = Invitation.objects.filter(email="new@example.org")
    message = MailMessage.objects.get(key=f"invitation:{invitation.pk}")
    assert (message.state, state_of(job)) == (MailState.QUEUED, "queued")
    come_back(redis_server)
    start_worker()
    wait_for(job)
    has_one_effect(job, media_root)
    wait_until(
        lambda: MailMessage.objects.get(pk=message.pk).state == MailState.RECORDED, what="the mail to be sent"
    )


def test_a_page_that_tells_many_people_does_not_wait_for_each(away: Away, cast: Cast) -> None:
    members = [InstitutionFactory() for _ in range(12)]
    for institution in members:
        MembershipFactory(association=cast.amani, institution=institution)
    for institution in members:
        person(Role.INSTITUTION_SIGNATORY, institution)
    now = timezone.now()
    spec = RoundSpec(
        code="2025",
        name="Report 2025",
        year=2025,
        period_end=now.date().replace(year=2025, month=12, day=31),
        catalogue=CatalogueVersionFactory(),
        due_at=now + timedelta(days=30),
    )
    away()

    begun = time.monotonic()
    opened: Round = open_round(
        association=cast.amani, spec=spec, institutions=members, by=cast.manager, at=now
    )

    assert time.monotonic() - begun < PATIENCE
    assert opened.submissions.count() == len(members)
    assert MailMessage.objects.filter(state=MailState.QUEUED).count() >= len(members)


def test_people_sign_in_while_redis_is_away(away: Away, cast: Cast) -> None:
    away()
    client = Client()
    begun = time.monotonic()

    answer = client.post("/accounts/login/", {"login": cast.manager.email, "password": PASSWORD})

    assert answer.status_code == 302
    assert time.monotonic() - begun < PATIENCE
    assert client.get("/a/amani/").status_code == 200


def test_jobs_survive_a_redis_that_comes_back_empty(
    ask: Ask, processes: ProcessFactory, start_worker: Start, redis_server: RedisServer, media_root: Path
) -> None:
    asked = [ask() for _ in range(4)]
    with redis_server.client() as client:
        assert client.llen("celery") == len(asked)
        client.flushall()

    start_worker()
    wait_for(*asked)

    for job in asked:
        has_one_effect(job, media_root)


def test_a_worker_lives_through_a_restart_of_redis(
    ask: Ask, start_worker: Start, redis_server: RedisServer, media_root: Path
) -> None:
    start_worker()
    before = ask()
    wait_for(before)
    redis_server.kill()
    during = ask()
    assert state_of(during) == "queued"
    redis_server.start()
    after = ask()

    wait_for(during, after)

    for job in (before, during, after):
        has_one_effect(job, media_root)


def test_without_redis_a_directory_carries_the_messages(
    ask: Ask, processes: ProcessFactory, start_worker: Start, tmp_path: Path, media_root: Path
) -> None:
    queue, control = tmp_path / "queue", tmp_path / "queue-control"
    queue.mkdir()
    options = {"data_folder_in": str(queue), "data_folder_out": str(queue), "control_folder": str(control)}
    point_to(app, "filesystem://localhost", options)  # the fixture points back
    start_worker(sweeps=False, REDIS_URL="", VAR_DIR=str(tmp_path))

    job = ask()
    wait_for(job)

    has_one_effect(job, media_root)
    assert Job.objects.filter(pk=job.pk, attempts=1).exists()


def test_the_cache_that_signing_in_needs_is_not_in_the_brokers_redis() -> None:
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "from spm_portal import settings; print(settings.CACHES['default']['BACKEND'])",
        ],
        cwd=settings.BASE_DIR,
        env={**os.environ, "REDIS_URL": "redis://127.0.0.1:1/0", "CACHE_URL": ""},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert said.strip() == "django.core.cache.backends.db.DatabaseCache"
