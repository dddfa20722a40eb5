"""What every page and every save of a return reads, by the keys of returns or of the association."""

from decimal import Decimal
from functools import cache
from uuid import UUID

from django.db.models import Count, Sum

from reporting.models import Answer, Explanation, RuleSetting, Submission
from spm_portal.common.prepared import Prepared

WITH_ROUND = ("association", "institution", "round", "round__catalogue", "touched_by", "submitted_by")
WITHOUT = ("round__catalogue__document",)
# Of an earlier return: whose it is, and what its answers are worked out with.
OF_EARLIER = (
    "association",
    "institution",
    "currency",
    "round__name",
    "round__year",
    "round__period_end",
    "round__exchange_rate_usd",
    "round__gni_per_capita",
    "round__catalogue__sha256",
)

APPROVED = Prepared(
    lambda association, institutions: (
        Submission.objects.approved()
        .filter(association=association, institution__in=institutions)
        .select_related("round__catalogue")
        .only(*OF_EARLIER)
        .order_by("institution_id", "-round__period_end", "-round__opened_at")
    )
)
# all columns: leaving out two costs more, row by row, than it saves
ANSWERS = Prepared(lambda returns: Answer.objects.filter(submission__in=returns))
# plain tuples: beside every answer of this year stands one of these, and nothing but its value is needed
EARLIER = Prepared(
    lambda returns: Answer.objects.filter(submission__in=returns).values_list(
        "submission_id", "code", "number", "text", "choices", "flag", "file_id", "missing", "file__name"
    )
)
REASONS = Prepared(
    lambda returns: Explanation.objects.filter(submission__in=returns).select_related("given_by")
)
SETTINGS = Prepared(
    lambda association: RuleSetting.objects.filter(association=association).values_list(
        "rule", "mode", "effective_from", "effective_until"
    )
)
VERSIONS = Prepared(
    lambda submission: (
        Answer.objects.filter(submission=submission)
        .order_by()
        .values_list("submission")
        .annotate(rows=Count("pk"), versions=Sum("version"))
    )
)
# The association is the one that asks; who touched it last stands on one page alone.
RETURN = Prepared(
    lambda association, pk: (
        Submission.objects.filter(association=association, pk=pk)
        .select_related(*(name for name in WITH_ROUND if name not in {"association", "touched_by"}))
        .defer(*WITHOUT)
        .with_extension()
    )
)


@cache
def numbers_of(codes: frozenset[str]) -> Prepared[tuple[UUID, str, Decimal | None]]:
    """The numbers of some questions in some returns."""
    return Prepared(
        lambda returns: Answer.objects.filter(submission__in=returns, code__in=sorted(codes)).values_list(
            "submission_id", "code", "number"
        )
    )
