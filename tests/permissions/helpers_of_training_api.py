"""The API about training in the permission tests: what its addresses name, and what is sent."""

from typing import Any

from tests.cast import Cast
from tests.permissions.helpers_of_training import Targets, TrainingThings


def targets_of_training_api(made: TrainingThings) -> Targets:
    """Rows of Amani, with those that some of its people may not see."""
    return {
        "api_work": {"": {"pk": made.private_work.pk}, "put away": {"pk": made.away.pk}},
        "api_course": {"": {"pk": made.course.pk}, "archived": {"pk": made.archived.pk}},
        "api_session": {"": {"pk": made.session.pk}, "draft": {"pk": made.draft.pk}},
        "api_session_register": {"": {"pk": made.session.pk}, "draft": {"pk": made.draft.pk}},
        "api_registration": {
            "": {"pk": made.registration.pk},
            "of another member": {"pk": made.other_registration.pk},
        },
        "api_certificate": {
            "": {"pk": made.certificate.pk},
            "of another member": {"pk": made.other_certificate.pk},
        },
        "api_certificate_check": {"": {"code": made.certificate.code}, "unknown": {"code": "never-issued"}},
    }


def forms_of_training_api(cast: Cast) -> dict[str, Any]:
    """Somebody of Kilimo, to be registered."""
    person = {"name": "New person", "email": "new@kilimo.example", "sex": "female", "consents": True}
    return {"api_session_register": {"institution": str(cast.kilimo.pk), "people": [person]}}
