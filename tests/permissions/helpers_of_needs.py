"""Needs, needs assessments, the plan of the year and what changed in the permission tests."""

from typing import Any

from reporting.models import Release, WhatChanged
from tests.factories.members import LONG_AGO
from tests.permissions.helpers_of_training import Targets, TrainingThings


def add_comparison(release: Release, mark: str) -> None:
    """A comparison of an edition with itself, without figures; who took part is nobody's to see."""
    WhatChanged.objects.create(
        association=release.association,
        before=release,
        after=release,
        sets=[
            {
                "key": "topic:mission",
                "kind": "topic",
                "name": "",
                "topic": "mission",
                "codes": [],
                "members": [mark],
                "sessions": 1,
                "people": 5,
                "cases": 0,
            }
        ],
        made_at=LONG_AGO,
    )


def targets_of_needs(slug: dict[str, Any], made: TrainingThings) -> Targets:
    """The objects that these addresses name."""
    opened, draft = {**slug, "pk": made.survey.pk}, {**slug, "pk": made.draft_survey.pk}
    return {
        **{
            name: {"": slug}
            for name in (
                "what_changed",
                "cases_changed",
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
        "what_changed_file": {"": {**slug, "kind": "xlsx"}},
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
    "what_changed_make": {},
    "needs_reply": {"mission-people": "2", "mission-urgency": "2"},
    "training_plan_edit": {"year": "2026", "currency": "KES", "mission-people": "5"},
}
