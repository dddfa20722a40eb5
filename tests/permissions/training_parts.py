"""The parts of the training area in the permission tests: each names its objects and forms in a file of its own."""

from typing import Any

from tests.permissions.helpers_of_cases import FORMS_OF_CASES, targets_of_cases
from tests.permissions.helpers_of_certificates import FORMS_OF_CERTIFICATES, targets_of_certificates
from tests.permissions.helpers_of_courses import FORMS_OF_COURSES, targets_of_courses
from tests.permissions.helpers_of_learning import FORMS_OF_LEARNING, targets_of_learning
from tests.permissions.helpers_of_library import FORMS_OF_LIBRARY, targets_of_library
from tests.permissions.helpers_of_needs import FORMS_OF_NEEDS, targets_of_needs
from tests.permissions.helpers_of_people import targets_of_people
from tests.permissions.helpers_of_sessions import FORMS_OF_SESSIONS, targets_of_sessions
from tests.permissions.helpers_of_training import Targets, TrainingThings
from tests.permissions.helpers_of_training_api import targets_of_training_api


def targets_of_training(slug: dict[str, Any], made: TrainingThings, token: str) -> Targets:
    """The objects that addresses of the training area name; one line for each part."""
    return {
        **targets_of_courses(slug, made, token),
        **targets_of_sessions(slug, made, token),
        **targets_of_learning(slug, made),
        **targets_of_certificates(slug, made),
        **targets_of_cases(slug, made, token),
        **targets_of_library(slug, made),
        **targets_of_needs(slug, made),
        **targets_of_people(slug, made),
        **targets_of_training_api(made),
    }


# What is sent with the forms of the training area, by the name of the address (and the case); one line for each part.
FORMS_OF_TRAINING: dict[str, dict[str, Any]] = {
    **FORMS_OF_COURSES,
    **FORMS_OF_SESSIONS,
    **FORMS_OF_LEARNING,
    **FORMS_OF_CERTIFICATES,
    **FORMS_OF_CASES,
    **FORMS_OF_LIBRARY,
    **FORMS_OF_NEEDS,
}
