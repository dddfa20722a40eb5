"""Certificates in the permission tests: the objects that their addresses name, and what their forms send."""

from typing import Any

from tests.permissions.helpers_of_training import Targets, TrainingThings

FORMS_OF_CERTIFICATES: dict[str, dict[str, Any]] = {
    "certificates": {"ground": "Refresher course"},
    "certificate": {"reason": "Issued by mistake"},
}


def targets_of_certificates(slug: dict[str, Any], made: TrainingThings) -> Targets:
    """A member's certificate, the session it comes from, and the public page behind its code."""
    held = {"": {**slug, "pk": made.held.pk}}
    archive = {"": {**slug, "pk": made.held.pk, "job": made.archive.pk}}
    return {
        "certificate": {"": {**slug, "pk": made.certificate.pk}},
        "certificate_file": {"": {**slug, "pk": made.certificate.pk}},
        "session_certificates": held,
        "session_certificate_files": held,
        "session_certificates_job": archive,
        "session_certificates_archive": archive,
        "certificate_public": {"": {"code": made.certificate.code}, "unknown": {"code": "no-such-place"}},
    }
