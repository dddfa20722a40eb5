"""What associations agreed on in their assessments: the levels that a plan, a change and a donor's view rest on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from capacity.enums import Stage
from capacity.models import Assessment, Consensus
from capacity.scoring import NOT_APPLICABLE, Score, Scores
from members.models import Association


def agreed_assessments(association: Association) -> list[Assessment]:
    """Agreed assessments, the newest first; documents of frameworks are not fetched."""
    return list(
        Assessment.objects.filter(association=association, stage=Stage.AGREED)
        .select_related("framework")
        .defer("framework__document")
        .order_by("-as_of", "-agreed_at", "-pk")
    )


def agreed_scores(assessments: Iterable[UUID]) -> Mapping[UUID, Scores]:
    """The agreed levels of each assessment by item, in one query; an empty mapping for one without any."""
    found: dict[UUID, dict[str, Score]] = defaultdict(dict)
    rows = Consensus.objects.filter(assessment__in=list(assessments))
    for assessment, item, level, not_applicable in rows.values_list(
        "assessment_id", "item", "level", "not_applicable"
    ):
        found[assessment][item] = NOT_APPLICABLE if not_applicable or level is None else level
    return found
