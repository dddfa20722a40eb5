"""What the newest agreed assessment says about needs of the association itself: gaps in training and assistance."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from capacity.scoring import gaps
from capacity.selectors.agreed import agreed_assessments, agreed_scores
from capacity.selectors.frameworks import framework_of, limits_of
from members.models import Association
from members.selectors.need_findings import HIGH, LOW, MEDIUM, Finding

# Areas of the shipped framework that are about members' learning, by its code; topics by their codes in training.
AREAS: Mapping[str, frozenset[str]] = {"seep-spm": frozenset({"A4", "A5"})}
TOPIC_OF_ITEM: Mapping[str, str] = {
    "A4-KS1": "standards",
    "A4-KS2": "audit",
    "A4-KS3": "poverty",
    "A4-KS4": "indicators",
    "A4-SY1": "training_of_trainers",
    "A4-SY2": "training_of_trainers",
    "A4-RE3": "training_of_trainers",
    "A5-KS1": "client_assessment",
    "A5-SY1": "audit",
    "A5-RE1": "training_of_trainers",
}
OTHER = "other"


def read(association: Association, at: datetime) -> list[Finding]:
    """The gaps in these areas; nothing before an assessment is agreed or by another framework."""
    assessment = next(
        (one for one in agreed_assessments(association) if one.agreed_at is None or one.agreed_at <= at), None
    )
    if assessment is None:
        return []
    framework = framework_of(assessment.framework)
    areas = AREAS.get(framework.code, frozenset())
    scores = agreed_scores([assessment.pk]).get(assessment.pk, {})
    return [
        Finding(
            institution_id=None,
            topic=TOPIC_OF_ITEM.get(gap.item.code, OTHER),
            source="capacity",
            key=f"capacity:{framework.code}:{gap.item.code}",
            reason=_("“%(item)s” is at level %(level)s; the goal is level %(goal)s (%(title)s, %(day)s).")
            % {
                "item": gap.item.text,
                "level": gap.level,
                "goal": gap.goal,
                "title": assessment.title,
                "day": assessment.as_of.isoformat(),
            },
            facts={
                "item": gap.item.code,
                "level": gap.level,
                "goal": gap.goal,
                "missing": gap.item.proof[gap.goal],
            },
            urgency=HIGH if gap.size > 2 else MEDIUM if gap.size == 2 else LOW,
        )
        for gap in gaps(framework, scores, limits_of(framework))
        if gap.item.area in areas
    ]
