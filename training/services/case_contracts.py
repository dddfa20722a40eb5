"""The contract of a case: number, day, amount and file, written by managers alone."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from members.models import User
from spm_portal.common.audit import acting
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import one_line
from spm_portal.common.uploads import read_upload
from training.enums import CaseStage
from training.models import Case
from training.services.case_steps import locked_case, log
from training.services.cases import MOST_MONEY

MOST_NUMBER, MOST_REASON = 40, 300
KINDS = ("pdf", "png", "jpg", "docx")
# a signed copy may come after the work has begun
OPEN = (CaseStage.CONTRACT, CaseStage.DELIVERY, CaseStage.RATING, CaseStage.FOLLOW_UP)


def write(
    *,
    case_id: UUID,
    number: str,
    signed_on: date | None,
    amount: Decimal | None,
    by: User,
    at: datetime,
    upload: "UploadedFile[bytes] | None" = None,
    conflict_reason: str | None = None,
) -> Case:
    """Write number, day, amount and file of the contract. Raises Refused.

    `conflict_reason` says why the expert does the work in spite of a conflict of interest; None leaves it.
    """
    called = one_line(number)
    why = one_line(conflict_reason) if conflict_reason is not None else None
    if why is not None and len(why) > MOST_REASON:
        raise Refused(_("Write at most %(limit)d characters.") % {"limit": MOST_REASON})
    if len(called) > MOST_NUMBER:
        raise Refused(
            _("The number of the contract has at most %(limit)d characters.") % {"limit": MOST_NUMBER}
        )
    if amount is not None and not Decimal(0) <= amount <= MOST_MONEY:
        raise Refused(_("The amount must not be below 0, and have at most 12 digits before the decimals."))
    file = read_upload(upload, accept=KINDS) if upload is not None else None
    with transaction.atomic(), acting(by):
        case = locked_case(case_id, by, "training.contract_case")
        if case.stage not in OPEN:
            raise Refused(_("A contract is written after an expert was chosen, and before the case ends."))
        if case.stage != CaseStage.CONTRACT and not (called and signed_on and amount is not None):
            raise Refused(_("The work is under way: number, day and amount of the contract stay filled in."))
        before = (case.contract_number, case.contract_on, case.contract_amount, case.conflict_reason)
        why = case.conflict_reason if why is None else why
        if before == (called, signed_on, amount, why) and file is None:
            return case
        if case.conflict_reason and not why:
            raise Refused(_("Say why the expert does the work in spite of the conflict of interest."))
        case.conflict_reason = why
        case.contract_number, case.contract_on, case.contract_amount = called, signed_on, amount
        if file is not None:
            # nothing of the given name reaches the file system
            case.contract_file.save(
                f"contracts/{case.association_id}/{case.pk}-{file.sha256[:16]}.{file.kind}",
                ContentFile(file.content),
                save=False,
            )
            case.contract_name, case.contract_type = file.name, file.content_type
        case.save()
        log("case.contract_written", case, by, at, file=file is not None)
    return case
