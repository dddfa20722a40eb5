"""People whom members sent, and the training year, in the permission tests: what their addresses name."""

from typing import Any

from tests.permissions.helpers_of_training import Targets, TrainingThings


def targets_of_people(slug: dict[str, Any], made: TrainingThings) -> Targets:
    """People of Kilimo and of another member, and the report of a year."""
    report = {"": {**slug, "job": made.year_report.pk}}
    return {
        "people_trained_file": {"": {**slug, "kind": "csv"}},
        "person_erase": {
            "": {**slug, "pk": made.participant.pk},
            "of another member": {**slug, "pk": made.other_registration.participant_id},
        },
        "training_year_file": {"": {**slug, "kind": "csv"}},
        "training_year_job": report,
        "training_year_pdf": report,
    }
