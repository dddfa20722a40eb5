"""Ratings of a case by both sides; neither reads the other's before both were given, or 30 days have passed."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from members.models import User
from spm_portal.common.audit import acting
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import paragraphs
from training.enums import CaseStage, RatingSide
from training.models import Case, CaseRating
from training.selectors.case_ratings import is_open_to_both
from training.services import case_notices
from training.services.case_calls import chosen_call
from training.services.case_steps import locked_case, log

MOST_WORDS = 4000
SCORES = (1, 2, 3, 4, 5)


def rate(
    *,
    case_id: UUID,
    score: int,
    words: str,
    by: User | None,
    at: datetime,
    call_id: UUID | None = None,
) -> CaseRating:
    """Rate a case from 1 to 5, as the member (`by`) or as the expert by link (`call_id`); once, and not changed.

    The same rating sent again is the one that is there. Raises PermissionDenied and Refused.
    """
    said = paragraphs(words)
    if score not in SCORES:
        raise Refused(_("Choose from 1 (poor) to 5 (very good)."))
    if len(said) > MOST_WORDS:
        raise Refused(_("Write at most %(limit)d characters.") % {"limit": MOST_WORDS})
    side = RatingSide.EXPERT if by is None else RatingSide.MEMBER
    with transaction.atomic(), acting(by):
        case = _case(case_id, by, call_id)
        given = list(case.ratings.all())
        own = next((one for one in given if one.side == side), None)
        if own is not None:
            if (own.score, own.words) == (score, said):
                return own
            raise Refused(_("You have rated this case already. A rating is not changed."))
        if case.stage not in (CaseStage.RATING, CaseStage.FOLLOW_UP):
            raise Refused(_("A case is rated when everything was delivered and accepted."))
        if given and is_open_to_both(given, at=at):
            raise Refused(_("The time for rating has passed: the other side’s rating is open since then."))
        made = CaseRating.objects.create(
            association_id=case.association_id, case=case, side=side, score=score, words=said, given_at=at
        )
        log("case.rated", case, by, at, side=side.value)
        case_notices.rated(case, side, by=by, at=at)
    return made


def _case(case_id: UUID, by: User | None, call_id: UUID | None) -> Case:
    if by is None and (call_id is None or chosen_call(call_id).case_id != case_id):
        raise PermissionDenied
    return locked_case(case_id, by, "training.rate_case")
