"""The catalogue of a stored version in the reader's language, read and checked once per process."""

from collections import OrderedDict
from threading import Lock
from uuid import UUID

from django.utils.translation import get_language

from reporting.catalogue import Catalogue, load_catalogue
from reporting.catalogue.translations import in_language
from reporting.models import CatalogueVersion

KEPT = 16  # versions in one language that a process keeps; a portal has one or two in use

_kept: OrderedDict[tuple[UUID, str, str], Catalogue] = OrderedDict()
_lock = Lock()


def catalogue_of(version: CatalogueVersion, language: str | None = None) -> Catalogue:
    """The checked catalogue of a version; raises CatalogueError for a document that was never validated.

    Its texts are in `language`, by default the one that is active; what is not translated is in the document's own.
    Defer `document` in the query (`defer("round__catalogue__document")`): it is fetched only on the first call of a
    process, and it is large.
    """
    spoken = (language or get_language() or "").partition("-")[0]
    key = (version.pk, version.sha256, spoken)
    with _lock:
        found = _kept.get(key)
        if found is None:
            found = _kept[key] = load_catalogue(in_language(version.document, spoken))
            if len(_kept) > KEPT:
                _kept.popitem(last=False)
        else:
            _kept.move_to_end(key)
        return found
