"""Documents that an MFI keeps once and cites in many answers: taking them in, correcting, putting away, citing."""

from datetime import datetime
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from members.access import access_of, forget
from members.models import User
from reporting.enums import EvidenceClass
from reporting.models import Evidence, EvidenceCitation, Submission
from reporting.selectors.evidence import is_handed_in
from reporting.selectors.returns import load_sheet
from reporting.services.locking import locked_return
from reporting.services.verification import lose_evidence
from spm_portal.common.audit import acting, record
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import one_line
from spm_portal.common.uploads import read_upload

MAX_TITLE, MAX_PLACE = 200, 100
YEARS = range(1950, 2201)


class EvidenceForbidden(Refused):
    """The person may not do this with this document or return, whatever they correct."""


def add(
    *,
    institution_id: UUID,
    title: str,
    year: int,
    confidentiality: str,
    upload: "UploadedFile[bytes]",
    by: User,
    at: datetime,
) -> Evidence:
    """Take a document into the MFI's own library.

    The same content under the same title and year is the document that is there already, so that a doubled click
    leaves one. Raises EvidenceForbidden, and Refused with what to correct.
    """
    _allow_own(by, institution_id)
    fields = _clean(title, year, confidentiality)
    file = read_upload(upload)
    with transaction.atomic(), acting(by):
        known = Evidence.objects.filter(institution=institution_id, sha256=file.sha256, retired_at=None)
        same = known.filter(title=fields["title"], year=fields["year"]).first()
        if same is not None:
            return same
        made = Evidence(
            institution_id=institution_id,
            name=file.name,
            content_type=file.content_type,
            size=len(file.content),
            sha256=file.sha256,
            uploaded_at=at,
            uploaded_by=by,
            **fields,
        )
        try:
            # nothing of the given name reaches the file system
            made.file.save(
                f"evidence/{institution_id}/{made.pk}.{file.kind}", ContentFile(file.content), save=False
            )
            made.save(force_insert=True)
            record("evidence.added", made, by=by, at=at)
        except BaseException:
            made.file.delete(save=False)
            raise
    return made


def change(
    *, evidence_id: UUID, title: str, year: int, confidentiality: str, by: User, at: datetime
) -> Evidence:
    """Correct title, year and who may read a document.

    What a return rests on that was handed in cannot be hidden from the association afterwards. Raises
    EvidenceForbidden, and Refused with what to correct.
    """
    with transaction.atomic(), acting(by):
        found = _own(evidence_id, by)
        fields = _clean(title, year, confidentiality)
        narrower = (
            fields["confidentiality"] == EvidenceClass.MFI and found.confidentiality != EvidenceClass.MFI
        )
        if narrower and is_handed_in(found):
            raise Refused(
                _(
                    "A return that was handed in rests on this document, so the association keeps reading it. "
                    "Upload a document of your own use apart."
                )
            )
        changed = {name: value for name, value in fields.items() if getattr(found, name) != value}
        if changed:
            for name, value in changed.items():
                setattr(found, name, value)
            found.save(update_fields=list(changed))
            record("evidence.changed", found, by=by, at=at, fields=sorted(changed))
    return found


def put_away(*, evidence_id: UUID, by: User, at: datetime) -> Evidence:
    """Offer a document no longer; what cites it goes on to. Doing it twice is harmless."""
    with transaction.atomic(), acting(by):
        found = _own(evidence_id, by)
        if found.retired_at is None:
            found.retired_at = at
            found.save(update_fields=["retired_at"])
            record("evidence.put_away", found, by=by, at=at)
    return found


def bring_back(*, evidence_id: UUID, by: User, at: datetime) -> Evidence:
    """Offer a document again. Doing it twice is harmless."""
    with transaction.atomic(), acting(by):
        found = _own(evidence_id, by)
        if found.retired_at is not None:
            found.retired_at = None
            found.save(update_fields=["retired_at"])
            record("evidence.brought_back", found, by=by, at=at)
    return found


def cite(
    *, submission_id: UUID, code: str, evidence_id: UUID, place: str, by: User, at: datetime
) -> EvidenceCitation:
    """Rest an answer on a document of the same MFI; citing it again only says anew where in it to look.

    Raises EvidenceForbidden where the person may not edit the return, and Refused for what cannot be cited.
    """
    place = one_line(place)
    if len(place) > MAX_PLACE:
        raise Refused(_("Say in at most %(limit)s characters where to look.") % {"limit": MAX_PLACE})
    with transaction.atomic(), acting(by):
        submission = _editable(submission_id, by, at)
        if code not in load_sheet(submission).computed.asked:
            raise Refused(_("This round does not ask “%(code)s”.") % {"code": code[:64]})
        document = Evidence.objects.filter(pk=evidence_id, institution=submission.institution_id).first()
        if document is None:
            raise Refused(_("This document is not in the library of the MFI. Choose another."))
        held = EvidenceCitation.objects.filter(submission=submission, code=code, evidence=document).first()
        if isinstance(held, EvidenceCitation):
            if place and place != held.place:
                held.place = place
                held.save(update_fields=["place"])
                _tell("evidence.cited", submission, document, code, by, at)
            return held
        if document.retired_at is not None:
            raise Refused(_("This document was put away. Bring it back into use first, or choose another."))
        made = EvidenceCitation.objects.create(
            association_id=submission.association_id,
            institution_id=submission.institution_id,
            submission=submission,
            code=code,
            evidence=document,
            place=place,
            cited_at=at,
            cited_by=by,
        )
        assert isinstance(made, EvidenceCitation)
        _tell("evidence.cited", submission, document, code, by, at)
        return made


def uncite(*, submission_id: UUID, citation_id: UUID, by: User, at: datetime) -> None:
    """Take a citation back, and with the last one "evidence seen"; one that is gone already is no fault.

    Raises EvidenceForbidden.
    """
    with transaction.atomic(), acting(by):
        submission = _editable(submission_id, by, at)
        held = (
            EvidenceCitation.objects.filter(submission=submission, pk=citation_id)
            .select_related("evidence")
            .first()
        )
        if isinstance(held, EvidenceCitation):
            document, code = held.evidence, held.code
            held.delete()
            lose_evidence(submission=submission, code=code, by=by, at=at)
            _tell("evidence.uncited", submission, document, code, by, at)


def _tell(verb: str, submission: Submission, document: Evidence, code: str, by: User, at: datetime) -> None:
    record(
        verb,
        submission,
        by=by,
        at=at,
        association_id=submission.association_id,
        code=code,
        evidence=str(document.pk),
    )


def _allow_own(by: User, institution_id: UUID) -> None:
    forget(by)  # roles as they are now, not as the request found them
    if institution_id not in access_of(by).works_for:
        raise EvidenceForbidden(_("Only people of the MFI keep its documents."))


def _own(evidence_id: UUID, by: User) -> Evidence:
    """The document under a row lock, if it is of an MFI for which the person works."""
    forget(by)
    found = (
        Evidence.objects.select_for_update(of=("self",))
        .filter(institution__in=access_of(by).works_for, pk=evidence_id)
        .first()
    )
    if found is None:
        raise EvidenceForbidden(_("Only people of the MFI keep its documents."))
    return found


def _editable(submission_id: UUID, by: User, at: datetime) -> Submission:
    """The return under a row lock, if the person may change its answers now."""
    submission = locked_return(submission_id, at=at)
    forget(by)
    # not edit_return: staff who key a paper return hold that, yet never look into the MFI's library
    if not by.has_perm("reporting.cite_evidence", submission):
        raise EvidenceForbidden(
            _("Documents are cited while the answers can be changed, by whom may change them.")
        )
    return submission


def _clean(title: str, year: int, confidentiality: str) -> dict[str, str | int]:
    title = one_line(title)
    if not title:
        raise Refused(_("Give the document a title by which your colleagues know it."))
    if len(title) > MAX_TITLE:
        raise Refused(_("The title is too long: at most %(limit)s characters.") % {"limit": MAX_TITLE})
    if year not in YEARS:
        raise Refused(_("Give the year of the document with four digits."))
    if confidentiality not in EvidenceClass.values:
        raise Refused(_("Say who may read the document."))
    return {"title": title, "year": year, "confidentiality": confidentiality}
