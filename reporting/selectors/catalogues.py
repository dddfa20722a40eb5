"""The catalogue of a stored version, read and checked once per process."""

from collections import OrderedDict
from threading import Lock
from uuid import UUID

from reporting.catalogue import Catalogue, load_catalogue
from reporting.models import CatalogueVersion

KEPT = 16  # versions that a process keeps; a portal has one or two in use

_kept: OrderedDict[tuple[UUID, str], Catalogue] = OrderedDict()
_lock = Lock()


def catalogue_of(version: CatalogueVersion) -> Catalogue:
    """The checked catalogue of a version; raises CatalogueError for a document that was never validated.

    Defer `document` in the query (`defer("round__catalogue__document")`): it is fetched only on the first call of a
    process, and it is large.
    """
    key = (version.pk, version.sha256)
    with _lock:
        found = _kept.get(key)
        if found is None:
            found = _kept[key] = load_catalogue(version.document)
            if len(_kept) > KEPT:
                _kept.popitem(last=False)
        else:
            _kept.move_to_end(key)
        return found
