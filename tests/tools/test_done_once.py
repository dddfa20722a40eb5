"""What is done once for a test process is what each test would have got by doing it again."""

from copy import deepcopy
from pathlib import Path
from typing import Any

from django.test import override_settings
from whitenoise.middleware import WhiteNoiseMiddleware

from reporting.selectors import catalogues
from tests.factories.reporting import default_document


def indicators_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for section in document["sections"] for one in section["indicators"]]


def test_every_middleware_has_all_static_files_and_its_own_list():
    first, second = WhiteNoiseMiddleware(), WhiteNoiseMiddleware()
    assert any(url.endswith(".css") for url in first.files)
    assert first.files == second.files
    assert first.files is not second.files


def test_another_directory_is_read_for_itself(tmp_path: Path):
    (tmp_path / "other.txt").write_text("other")
    with override_settings(STATIC_ROOT=str(tmp_path)):
        assert set(WhiteNoiseMiddleware().files) == {"/static/other.txt"}


def test_the_same_document_is_checked_once_and_another_for_itself():
    document = deepcopy(default_document())
    known = catalogues.load_catalogue(document)
    assert [one.code for one in known.indicators] == [one["code"] for one in indicators_of(document)]
    assert catalogues.load_catalogue(deepcopy(document)) is known
    document["meta"]["version"] = "other"
    assert catalogues.load_catalogue(document).version == "other"
