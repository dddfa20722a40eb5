"""The library and peer learning in the permission tests."""

from datetime import date
from typing import Any

from tests.permissions.helpers_of_training import Targets, TrainingThings


def targets_of_library(slug: dict[str, Any], made: TrainingThings) -> Targets:
    """The objects that these addresses name."""
    work, away = {**slug, "pk": made.work.pk}, {**slug, "pk": made.away.pk}
    version = {**work, "version": made.version.pk}
    group = {**slug, "pk": made.group.pk}
    member = made.group.members.order_by("joined_on", "pk").values_list("pk", flat=True)[0]
    return {
        "library_file": {"": {**slug, "kind": "csv"}},
        "work": {"": work, "members only": {**slug, "pk": made.private_work.pk}, "put away": away},
        "work_edit": {"": work},
        "work_away": {"": work},
        "work_related": {"": work},
        "work_version_new": {"": work},
        "work_version": {"": version},
        "work_file": {"": version},
        "work_use_new": {"": work},
        "work_use": {"": {**work, "use": made.use.pk}},
        "public_work": {
            "": {"pk": made.work.pk},
            "members only": {"pk": made.private_work.pk},
            "put away": {"pk": made.away.pk},
        },
        "public_work_file": {"": {"pk": made.work.pk, "version": made.version.pk}},
        "learning_group": {"": group},
        "learning_group_edit": {"": group},
        "learning_group_member": {"": group},
        "learning_group_member_end": {"": {**group, "member": member}},
        "learning_group_meeting_new": {"": group},
        "learning_group_meeting": {"": {**group, "meeting": made.meeting.pk}},
        "learning_group_end": {"": group},
    }


_WORK = {"kind": "guide", "topics": ["mission"], "dimensions": ["1"], "audiences": ["board"]}
_VERSION = {"language": "fr", "title": "Un guide", "summary": "", "url": ""}
_USE = {"kind": "speech", "occasion": "Annual meeting", "used_on": "2025-05-01"}
_MEETING = {"day": "2025-03-01", "clock": "09:00", "place": "Nairobi", "notes": "Nothing new."}
_GROUP = {
    "kind": "working_group",
    "title": "A circle",
    "topic": "data",
    "purpose": "",
    "starts_on": date(2025, 1, 1).isoformat(),
}
FORMS_OF_LIBRARY: dict[str, dict[str, Any]] = {
    "work_new": {**_WORK, **_VERSION},
    "work_edit": _WORK,
    "work_version_new": _VERSION,
    "work_version": {**_VERSION, "language": "en", "title": "Guide for everybody"},
    "work_related": {"add": "00000000-0000-0000-0000-000000000000"},
    "work_use_new": _USE,
    "work_use": _USE,
    "learning_group_new": _GROUP,
    "learning_group_edit": _GROUP,
    "learning_group_meeting_new": _MEETING,
    "learning_group_meeting": _MEETING,
    "learning_group_end": {"result": "Members count by ID number."},
}
