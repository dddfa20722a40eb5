"""A mail server that refuses: the message waits longer each time, is sent once, and stops nobody else's work."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from spm_portal.common import mail
from spm_portal.common.models import MailMessage, MailState
from spm_portal.common.tasks import send_mail
from tests.faults.conftest import Ask, Start, wait_for
from tests.faults.smtp_stub import Mailbox, mail_server
from tests.plugins.redis_server import free_port
from tests.plugins.worker_process import wait_until

pytestmark = [pytest.mark.fault, pytest.mark.slow]


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server."""
    with mail_server() as box:
        yield box


def written(**more: Any) -> MailMessage:
    message = mail.write(
        purpose="test", to="somebody@example.org", subject="Hello", text="Text", at=timezone.now(), **more
    )
    assert message is not None
    return message


def reloaded(message: MailMessage) -> MailMessage:
    return MailMessage.objects.get(pk=message.pk)


def test_a_refused_message_waits_and_is_sent_once(ask: Ask, start_worker: Start, mailbox: Mailbox) -> None:
    mailbox.accepts = False
    start_worker(MAIL_HOST="127.0.0.1", MAIL_PORT=str(mailbox.port), MAIL_TLS="false")
    message = written(confidential=True)

    wait_until(lambda: reloaded(message).attempts == 1, what="the first attempt")
    refused = reloaded(message)
    assert refused.state == MailState.QUEUED
    assert "451" in refused.error
    assert refused.next_attempt_at is not None
    assert timedelta(seconds=100) < refused.next_attempt_at - timezone.now() <= timedelta(minutes=2)
    time.sleep(2.5)  # two sweeps, which must respect the pause
    assert mailbox.attempts == 1

    MailMessage.objects.filter(pk=message.pk).update(next_attempt_at=timezone.now())
    wait_until(lambda: reloaded(message).attempts == 2, what="the second attempt")
    again = reloaded(message).next_attempt_at
    assert again is not None
    assert timedelta(seconds=220) < again - timezone.now() <= timedelta(minutes=4)

    mailbox.accepts = True
    MailMessage.objects.filter(pk=message.pk).update(next_attempt_at=timezone.now())
    wait_until(lambda: reloaded(message).state == MailState.SENT, what="the message to be sent")
    for _ in range(10):
        send_mail.apply_async(args=[str(message.pk)])
    job = ask()
    wait_for(job)
    time.sleep(1)
    (taken,) = [text for text in mailbox.messages if str(message.pk) in text]
    assert f"Message-ID: <{message.pk}@localhost>" in taken
    # the secret of a link is not kept once somebody else has it
    sent = reloaded(message)
    assert (sent.text, sent.html, sent.error) == ("", "", "")


def test_one_message_rung_many_times_at_once_is_sent_once(start_worker: Start, mailbox: Mailbox) -> None:
    start_worker(
        "--concurrency",
        "4",
        sweeps=False,
        MAIL_HOST="127.0.0.1",
        MAIL_PORT=str(mailbox.port),
        MAIL_TLS="false",
    )
    message = written()
    for _ in range(10):
        send_mail.apply_async(args=[str(message.pk)])

    wait_until(lambda: reloaded(message).state == MailState.SENT, what="the message to be sent")
    time.sleep(1)

    assert len(mailbox.messages) == 1


def test_a_mail_server_that_is_gone_stops_no_job(ask: Ask, start_worker: Start) -> None:
    start_worker(MAIL_HOST="127.0.0.1", MAIL_PORT=str(free_port()), MAIL_TLS="false")
    messages = [written() for _ in range(5)]
    job = ask()

    wait_for(job, seconds=20)
    wait_until(lambda: all(reloaded(one).attempts for one in messages), what="an attempt for each message")

    assert {reloaded(one).state for one in messages} == {MailState.QUEUED}


@pytest.mark.django_db
def test_a_sweep_stops_at_the_first_message_that_is_refused(settings: Settings) -> None:
    settings.MAIL_HOST = settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = free_port()
    messages = [written() for _ in range(3)]

    mail.deliver_waiting()
    assert [reloaded(one).attempts for one in messages] == [1, 0, 0]
    mail.deliver_waiting()
    assert [reloaded(one).attempts for one in messages] == [1, 1, 0]
