"""Loading versions of capacity frameworks: checked whole, known by their content, never changed."""

import hashlib
import json
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from capacity.frameworks import Fault, FrameworkFaults, document_of, read
from capacity.models import FrameworkVersion
from members.models import User
from spm_portal.common import audit
from spm_portal.common.refusal import Refused

SHIPPED = Path(__file__).parent.parent / "data" / "seep_spm_1.json"


class FrameworkRefused(Refused):
    """A document that is no sound framework; `faults` has everything that is wrong with it."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        number = ngettext(
            "The framework has %(number)s fault and was not loaded.",
            "The framework has %(number)s faults and was not loaded.",
            len(faults),
        ) % {"number": len(faults)}
        super().__init__("\n".join([number, *map(str, faults)]))
        self.faults = faults


def content_sha256(document: object) -> str:
    """The fingerprint of a document: the same however it is indented or its keys are ordered."""
    canonical = json.dumps(
        document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def load(*, document: object, by: User | None, at: datetime) -> FrameworkVersion:
    """Check and keep one version; loading the same content again gives the version that is there.

    Raises FrameworkRefused with every fault of the document, and Refused where this code and version stand for other
    content already.
    """
    try:
        framework = read(document)
    except FrameworkFaults as error:
        raise FrameworkRefused(error.faults) from error
    digest = content_sha256(document)
    with transaction.atomic(), audit.acting(by, source="import"):
        kept, created = FrameworkVersion.objects.get_or_create(
            code=framework.code,
            version=framework.version,
            defaults={
                "title": framework.title,
                "document": document,
                "sha256": digest,
                "loaded_at": at,
            },
        )
        if kept.sha256 != digest:
            raise Refused(
                _(
                    "Version %(version)s of %(code)s is loaded already with other content (SHA-256 %(digest)s…). A "
                    "version never changes: write a new version into the file and load it again."
                )
                % {"version": kept.version, "code": kept.code, "digest": kept.sha256[:12]}
            )
        if created:
            audit.record(
                "framework.loaded", kept, by=by, at=at, code=kept.code, version=kept.version, sha256=digest
            )
    return kept


def load_bytes(*, raw: bytes, by: User | None, at: datetime) -> FrameworkVersion:
    """Load the content of a file. Raises as `load` does, also for a file that is not JSON."""
    try:
        document = document_of(raw)
    except FrameworkFaults as error:
        raise FrameworkRefused(error.faults) from error
    return load(document=document, by=by, at=at)


def shipped_version(*, at: datetime) -> FrameworkVersion:
    """The framework that comes with the portal, loaded when it is asked for first."""
    return load_bytes(raw=SHIPPED.read_bytes(), by=None, at=at)
