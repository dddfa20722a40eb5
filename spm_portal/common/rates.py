"""How often something may be tried: a count per name and window in the cache that all processes share."""

import logging
import time

from django.core.cache import cache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


def too_often(name: str, *, limit: int, window: int = 60) -> bool:
    """Count one try under this name; true where it is more than `limit` in this window of so many seconds.

    Without its cache the portal answers rather than refuses.
    """
    key = f"rate:{name}:{int(time.time()) // window}"
    try:
        cache.add(key, 0, timeout=2 * window)
        return bool(cache.incr(key) > limit)
    except (RedisError, ValueError):
        log.warning("Tries cannot be counted: the cache does not answer.")
        return False
