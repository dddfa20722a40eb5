"""Shared fixtures of all tests; the heavier ones live in tests/plugins/, one purpose a file."""

from hypothesis import settings

# As in continuous integration, everywhere: the same examples each time, and no limit that a slow machine breaks.
settings.load_profile("ci")

pytest_plugins = [
    "tests.plugins.no_skips",
    "tests.plugins.order",
    "tests.plugins.garbage",
    "tests.plugins.surroundings",
    "tests.plugins.database",
    "tests.plugins.emptying",
    "tests.plugins.sweeping",
    "tests.plugins.done_once",
    "tests.plugins.undefined_variables",
    "tests.plugins.shared_data",
    "tests.plugins.redis_server",
    "tests.plugins.worker_process",
    "tests.plugins.server",
    "tests.plugins.browser",
    "tests.plugins.w3c",
    "tests.cast",
]
