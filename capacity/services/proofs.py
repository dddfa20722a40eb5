"""Evidence for an item: a file, a link, or a record of the portal with its facts as they stood that day."""

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from capacity.enums import ProofKind, Stage
from capacity.models import Assessment, Proof
from capacity.selectors.frameworks import framework_of
from capacity.selectors.rating import raters
from capacity.services.assessments import AssessmentForbidden, locked_assessment
from capacity.services.scores import RatingForbidden, allow_scoring
from members.access import forget
from members.models import User
from members.selectors import records
from spm_portal.common.audit import acting, record
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import one_line
from spm_portal.common.uploads import read_upload

MAX_TITLE, MAX_URL = 200, 500
MOST_OF_ONE = 10  # pieces of evidence that one rater shows for one item
MOST_OF_ALL = 300


def add_file(
    *,
    assessment_id: UUID,
    rater_id: UUID | None,
    item: str,
    title: str,
    upload: "UploadedFile[bytes]",
    by: User | None,
    at: datetime,
) -> Proof:
    """Show a file; without a title it goes by its own name. The same content for the same item is there already.

    `rater_id` None shows it to all raters, in the association's name. Raises Refused (also UploadRefused), and
    RatingForbidden or AssessmentForbidden.
    """
    file = read_upload(upload)
    words = _title(title or file.name)
    with transaction.atomic(), acting(by):
        made = _begin(assessment_id, rater_id, item, by, at)
        same = _present(made).filter(kind=ProofKind.FILE, sha256=file.sha256).first()
        if same is not None:
            return same
        made.kind, made.title = ProofKind.FILE, words
        made.name, made.content_type = file.name, file.content_type
        made.size, made.sha256 = len(file.content), file.sha256
        try:
            # nothing of the given name reaches the file system
            made.file.save(
                f"capacity/{made.assessment_id}/{made.pk}.{file.kind}", ContentFile(file.content), save=False
            )
            return _keep(made, by, at)
        except BaseException:
            made.file.delete(save=False)
            raise


def add_link(
    *,
    assessment_id: UUID,
    rater_id: UUID | None,
    item: str,
    title: str,
    url: str,
    by: User | None,
    at: datetime,
) -> Proof:
    """Show a page of the web; without a title it goes by its address. The same address is there already."""
    address = clean_url(url)
    words = _title(title or f"{urlsplit(address).netloc}{urlsplit(address).path}"[:MAX_TITLE])
    with transaction.atomic(), acting(by):
        made = _begin(assessment_id, rater_id, item, by, at)
        same = _present(made).filter(kind=ProofKind.LINK, url=address).first()
        if same is not None:
            return same
        made.kind, made.title, made.url = ProofKind.LINK, words, address
        return _keep(made, by, at)


def add_record(
    *, assessment_id: UUID, rater_id: UUID | None, item: str, key: str, by: User, at: datetime
) -> Proof:
    """Cite a record of the portal: what it says now is kept and never changes. The same record is cited once."""
    with transaction.atomic(), acting(by):
        made = _begin(assessment_id, rater_id, item, by, at)
        kinds = framework_of(made.assessment.framework).item(item).records
        kind, _sign, name = key.partition(":")
        known = kind in {str(one) for one in kinds}
        offer = records.offered_one(made.assessment.association, kind, name, at) if known else None
        if offer is None:
            raise Refused(_("The portal has no such record for this item. Choose one of the list."))
        same = (
            _present(made).filter(kind=ProofKind.RECORD, record=offer.kind, title=_title(offer.title)).first()
        )
        if same is not None and same.facts == dict(offer.facts):
            return same
        made.kind, made.title = ProofKind.RECORD, _title(offer.title)
        made.record, made.facts = offer.kind, dict(offer.facts)
        return _keep(made, by, at)


def remove(*, proof_id: UUID, rater_id: UUID | None, by: User | None, at: datetime) -> None:
    """Take evidence away from where it was shown; one that is gone already is no fault."""
    with transaction.atomic(), acting(by):
        of_whom = Q(rater=None) if rater_id is None else Q(rater=rater_id)
        found = Proof.objects.filter(of_whom, pk=proof_id).select_related("assessment").first()
        if found is None:
            return
        _begin(found.assessment_id, rater_id, found.item, by, at)
        stored = found.file.name
        _record("capacity.evidence_removed", found, by, at)
        found.delete()
        if stored:
            storage = Proof._meta.get_field("file").storage
            transaction.on_commit(lambda: storage.delete(stored))


def clean_url(url: str) -> str:
    """The address of a page of the web; raises Refused."""
    address = url.strip()
    if address and "://" not in address:
        address = f"https://{address}"
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError:
        raise Refused(_("Enter the address of a page, such as https://example.org/policy.pdf.")) from None
    if len(address) > MAX_URL:
        raise Refused(_("The address has more than %(limit)s characters.") % {"limit": MAX_URL})
    return address


def _begin(assessment_id: UUID, rater_id: UUID | None, item: str, by: User | None, at: datetime) -> Proof:
    """An empty row under the lock of the assessment, if this person may show evidence there now."""
    assessment = locked_assessment(assessment_id)
    rater = None
    if by is not None:
        forget(by)
    if rater_id is not None:
        rater = raters().get(pk=rater_id, assessment=assessment)
        allow_scoring(rater, by, at=at)
        if assessment.stage != Stage.RATING or rater.submitted_at is not None:
            raise RatingForbidden(_("These scores are handed in. Open them again to change them."))
    else:
        _allow_common(assessment, by)
    if not framework_of(assessment.framework).has(item):
        raise Refused(_("The framework has no item “%(item)s”.") % {"item": item[:60]})
    return Proof(
        association_id=assessment.association_id,
        assessment=assessment,
        item=item,
        rater=rater,
        added_at=at,
        added_by=by,
    )


def _allow_common(assessment: Assessment, by: User | None) -> None:
    if by is None or not by.has_perm("capacity.run_assessment", assessment):
        raise AssessmentForbidden(_("Only managers of the association show evidence to all raters."))
    if assessment.stage == Stage.AGREED:
        raise AssessmentForbidden(_("The assessment is agreed: its evidence stays as it is."))


def _present(made: Proof) -> QuerySet[Proof]:
    return Proof.objects.filter(assessment=made.assessment, rater=made.rater, item=made.item)


def _keep(made: Proof, by: User | None, at: datetime) -> Proof:
    if _present(made).count() >= MOST_OF_ONE:
        raise Refused(
            _("An item has at most %(limit)s pieces of evidence. Take one away first.")
            % {"limit": MOST_OF_ONE}
        )
    if Proof.objects.filter(assessment=made.assessment, rater=made.rater).count() >= MOST_OF_ALL:
        raise Refused(
            _("There are %(limit)s pieces of evidence already: no more fit.") % {"limit": MOST_OF_ALL}
        )
    made.save(force_insert=True)
    _record("capacity.evidence_added", made, by, at)
    return made


def _record(verb: str, proof: Proof, by: User | None, at: datetime) -> None:
    record(
        verb,
        proof,
        by=by,
        at=at,
        association_id=proof.association_id,
        assessment=str(proof.assessment_id),
        item=proof.item,
        kind=proof.kind,
    )


def _title(text: str) -> str:
    words = one_line(text)
    if not words or len(words) > MAX_TITLE:
        raise Refused(_("Give the evidence a title of at most %(limit)s characters.") % {"limit": MAX_TITLE})
    return words
