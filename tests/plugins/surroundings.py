"""What every test gets: collected static files, files written to a temporary place, cheap password hashes."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db.models import FileField
from django.test.utils import override_settings

from tools.static_files import collect_if_stale

# libpq reads it for every connection of the tests and of the processes they start. A test that pulls the plug
# kills our processes, never PostgreSQL, so that a commit need not wait for the disk.
os.environ.setdefault("PGOPTIONS", "-c synchronous_commit=off")


def storages_in(media_root: Path) -> dict[str, Any]:
    """The settings' storages with every file under another directory."""
    result: dict[str, Any] = {}
    for name, storage in settings.STORAGES.items():
        options = dict(storage.get("OPTIONS", {}))
        if "location" in options:
            options["location"] = media_root / Path(options["location"]).name
        result[name] = {**storage, **({"OPTIONS": options} if options else {})}
    return result


def move_fields_to(media_root: Path) -> Callable[[], None]:
    """Let file fields write there too: they took their storage when the models were loaded. Returns the way back."""
    found = {
        id(field.storage): field.storage
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, FileField) and isinstance(field.storage, FileSystemStorage)
    }
    before = [(storage, storage._location) for storage in found.values()]

    def put(storage: FileSystemStorage, location: Any) -> None:
        storage._location = location
        for cached in ("base_location", "location"):
            storage.__dict__.pop(cached, None)

    for storage, location in before:
        if location is not None:
            put(storage, media_root / Path(location).name)

    def back() -> None:
        for storage, location in before:
            put(storage, location)

    return back


@pytest.fixture(scope="session")
def media_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where files written in tests go; a started worker process gets the same directory."""
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="session", autouse=True)
def surroundings(media_root: Path) -> Iterator[None]:
    """Settings of the test run, for all tests alike."""
    collect_if_stale()
    with override_settings(
        MEDIA_ROOT=media_root,
        STORAGES=storages_in(media_root),
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        back = move_fields_to(media_root)
        yield
        back()
