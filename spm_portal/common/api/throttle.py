"""How often a program may ask: a count per key and minute in the cache that all processes share."""

import logging
import time

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

WINDOW = 60  # seconds
log = logging.getLogger(__name__)


class PerKey(BaseThrottle):
    """At most `API_REQUESTS_PER_MINUTE` requests with one key in each minute of the clock; sessions are not counted."""

    left = 0.0

    def allow_request(self, request: Request, view: object) -> bool:
        """Count the request; without its cache the portal answers rather than refuses."""
        if request.auth is None:
            return True
        window, passed = divmod(time.time(), WINDOW)
        name = f"api-requests:{request.auth.pk}:{int(window)}"
        try:
            cache.add(name, 0, timeout=2 * WINDOW)
            count = cache.incr(name)
        except (RedisError, ValueError):
            log.warning("Requests to the API cannot be counted: the cache does not answer.")
            return True
        self.left = WINDOW - passed
        return bool(count <= settings.API_REQUESTS_PER_MINUTE)

    def wait(self) -> float:
        """Seconds until the next window begins."""
        return self.left + 1
