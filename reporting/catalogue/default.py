"""The catalogue that comes with the portal: one document, put together from its file and its translations."""

import json
from pathlib import Path
from typing import Any

from reporting.catalogue.translations import KEY

_DATA = Path(__file__).parent.parent / "data"
DEFAULT_CATALOGUE = _DATA / "default_catalogue.json"
TRANSLATIONS = _DATA / "translations"


def default_document() -> dict[str, Any]:
    """The document with every translation that lies beside it, by language code."""
    document: dict[str, Any] = json.loads(DEFAULT_CATALOGUE.read_text(encoding="utf-8"))
    spoken = {
        file.stem: json.loads(file.read_text(encoding="utf-8"))
        for file in sorted(TRANSLATIONS.glob("*.json"))
    }
    return {**document, KEY: spoken} if spoken else document
