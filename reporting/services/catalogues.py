"""Loading versions of the indicator catalogue: validated whole, known by their content, never changed."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from members.models import Association, User
from reporting.catalogue import default_document, load_catalogue
from reporting.models import CatalogueVersion
from spm_portal.common import audit


class CatalogueRefused(Exception):
    """A document that cannot be loaded although it is sound; the text says how to fix it."""


def content_sha256(document: Mapping[str, Any]) -> str:
    """The fingerprint of a document: the same however it is indented or its keys are ordered."""
    canonical = json.dumps(
        document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def load_version(
    *,
    document: Mapping[str, Any],
    at: datetime,
    by: User | None = None,
    association: Association | None = None,
) -> CatalogueVersion:
    """Validate and keep one version; loading the same content again gives the version that is there.

    Without an association the version is offered to all. Raises CatalogueError with every fault of the document,
    and CatalogueRefused where this version number stands for other content already.
    """
    catalogue = load_catalogue(document)
    digest = content_sha256(document)
    with transaction.atomic(), audit.acting(by, source="import"):
        kept, created = CatalogueVersion.objects.get_or_create(
            association=association,
            version=catalogue.version,
            defaults={
                "name": catalogue.name,
                "document": document,
                "sha256": digest,
                "loaded_at": at,
            },
        )
        if kept.sha256 != digest:
            raise CatalogueRefused(
                _(
                    "Version %(version)s is loaded already with other content (SHA-256 %(digest)s…). "
                    "A version never changes: write a new number into meta → version and load again."
                )
                % {"version": kept.version, "digest": kept.sha256[:12]}
            )
        if created:
            audit.record(
                "catalogue.loaded",
                kept,
                by=by,
                at=at,
                association_id=association.pk if association else None,
                version=kept.version,
                sha256=digest,
            )
    return kept


def default_version(at: datetime) -> CatalogueVersion:
    """The catalogue that comes with the portal, loaded when it is asked for first."""
    return load_version(document=default_document(), at=at)
