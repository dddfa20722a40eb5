"""Needs, needs assessments, the plan of the year and what changed in the permission tests."""

from typing import Any

from tests.permissions.helpers_of_training import Targets, TrainingThings


def targets_of_needs(slug: dict[str, Any], made: TrainingThings) -> Targets:
    """The objects that these addresses name."""
    opened, draft = {**slug, "pk": made.survey.pk}, {**slug, "pk": made.draft_survey.pk}
    return {
        **{
            name: {"": slug}
            for name in (
                "needs",
                "needs_propose",
                "needs_decide",
                "need_new",
                "our_needs",
                "needs_surveys",
                "needs_survey_new",
                "training_plan",
                "training_plan_edit",
            )
        },
        "needs_file": {"": {**slug, "kind": "xlsx"}},
        "training_plan_file": {"": {**slug, "kind": "xlsx"}},
        "need": {"": {**slug, "pk": made.need.pk}},
        "needs_survey": {"": opened, "draft": draft},
        "needs_survey_edit": {"": opened},
        "needs_survey_open": {"": draft},
        "needs_survey_close": {"": opened},
        "needs_survey_take": {"": opened},
        "needs_survey_file": {"": {**opened, "kind": "xlsx"}},
        "needs_reply": {"": {**opened, "institution": made.reply.institution_id}},
    }


_SURVEY = {"title": "Needs of 2031", "year": "2031", "topics": ["mission"], "closes_on": "2030-12-31"}
FORMS_OF_NEEDS: dict[str, dict[str, Any]] = {
    "needs_propose": {"year": "2026"},
    "needs_decide": {"year": "2026", "state": "confirmed"},
    "need_new": {"topic": "mission", "reason": "Heard on a visit", "urgency": "2"},
    "need": {"state": "proposed", "course": "", "people": "3", "note": ""},
    "needs_survey_new": _SURVEY,
    "needs_survey_edit": _SURVEY,
    "needs_survey_open": {},
    "needs_survey_close": {},
    "needs_survey_take": {},
    "needs_reply": {"mission-people": "2", "mission-urgency": "2"},
    "training_plan_edit": {"year": "2026", "currency": "KES", "mission-people": "5"},
}
