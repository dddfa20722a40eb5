"""Two requests under one idempotency key at the same moment, on two real connections: one effect, one answer."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from members.models import IdempotentRequest
from spm_portal.common.models import AuditEvent
from tests.api.reading import Told, call, key_of
from tests.cast import make_cast
from tests.factories.reporting import RoundFactory, SubmissionFactory

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]

TOGETHER = 4


def test_requests_at_the_same_moment_have_one_effect():
    cast = make_cast()
    own = SubmissionFactory(round=RoundFactory(association=cast.amani), institution=cast.kilimo)
    token = key_of(cast.editor)
    barrier = Barrier(TOGETHER)

    def ask(_number: int) -> Told:
        try:
            barrier.wait(timeout=30)
            content = {"answers": [{"code": "branches_total", "value": 24}]}
            return call(
                token, f"returns/{own.pk}/answers/", "patch", content, **{"Idempotency-Key": "together"}
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(TOGETHER) as pool:
        answers = list(pool.map(ask, range(TOGETHER)))
    assert {one.status for one in answers} == {200}, answers
    assert len({one.content for one in answers}) == 1
    assert sum("Idempotent-Replay" in one.headers for one in answers) == TOGETHER - 1
    assert own.answers.get().version == 1
    assert AuditEvent.objects.filter(verb="return.answered").count() == 1
    assert IdempotentRequest.objects.get().status == 200
