"""What every test would do anew with the same result, done once for a test process: most of a small test's time."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from whitenoise.base import WhiteNoise

from reporting.catalogue import Catalogue, load_catalogue
from reporting.selectors import catalogues

Files = dict[str, Any]


@pytest.fixture(scope="session", autouse=True)
def static_files_listed_once(surroundings: None) -> Iterator[None]:
    """Each test client loads the middleware, and WhiteNoise then reads the whole directory of static files.

    They are collected before the first test and stay as they are, so that the second client gets what the first found.
    """
    listed: dict[tuple[object, ...], Files] = {}
    read = WhiteNoise.update_files_dictionary

    def remembered(self: WhiteNoise, root: str, prefix: str) -> None:
        key = (type(self), root, prefix, self.max_age, self.allow_all_origins, self.charset, self.index_file)
        if key not in listed:
            before = dict(self.files)
            read(self, root, prefix)
            listed[key] = {url: file for url, file in self.files.items() if before.get(url) is not file}
        self.files.update(listed[key])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoise, "update_files_dictionary", remembered)
        yield


@pytest.fixture(scope="session", autouse=True)
def catalogues_checked_once() -> Iterator[None]:
    """Each test stores a catalogue version of its own, nearly always with the same document, which takes time to check.

    The portal still asks the database for the document of every version: the queries of a test are what they were.
    """
    checked: dict[str, Catalogue] = {}

    def remembered(document: Mapping[str, Any]) -> Catalogue:
        key = json.dumps(document)
        if key not in checked:
            checked[key] = load_catalogue(document)
        return checked[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogues, "load_catalogue", remembered)
        yield
