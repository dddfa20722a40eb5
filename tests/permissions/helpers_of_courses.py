"""Courses, the roster and trainers' own pages in the permission tests: objects that addresses name, forms."""

import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.permissions.helpers_of_training import Targets, TrainingThings

COURSE = {
    "code": "NEW-1",
    "title": "A new course",
    "topic": "mission",
    "level": "introductory",
    "language": "en",
    "hours": "2",
    "currency": "KES",
    "needed_attendance": "80",
    "part-TOTAL_FORMS": "1",
    "part-INITIAL_FORMS": "0",
    "part-0-title": "Opening",
    "part-0-minutes": "120",
    "part-0-text": "",
}
QUESTION = {"text": "Which is a target?", "choice_0": "A wish", "choice_1": "A figure", "right_1": "on"}
FORMS_OF_COURSES: dict[str, dict[str, Any]] = {
    "course_new": COURSE,
    "course_edit": COURSE,
    "course_archive": {"action": "archive"},
    "course_materials": {"remove": uuid.UUID(int=0)},
    "course_questions": QUESTION,
    "course_question": QUESTION,
    "expert_new": {"name": "A new expert", "email": "new@example.org"},
    "expert_edit": {"name": "Grace renamed", "email": "grace@example.org"},
    "expert_retire": {"action": "bring_back"},
    "expert": {"action": "status", "status-status": "certified", "status-since": "2025-01-01"},
    "my_teaching_account": {"action": "remove_document", "document": uuid.UUID(int=0)},
    "my_teaching": {
        "action": "document",
        "document-file": SimpleUploadedFile("cv.pdf", b"%PDF-1.4\n%%EOF\n"),
    },
}


def targets_of_courses(slug: dict[str, Any], made: TrainingThings, token: str) -> Targets:
    """A course, an archived one, an expert with a document, and the sessions of a trainer."""
    course = {**slug, "pk": made.course.pk}
    archived = {**slug, "pk": made.archived.pk}
    expert = {"": {**slug, "pk": made.expert.pk}}
    link = {"pk": made.expert.pk}
    taught = {"session": made.session.pk}
    return {
        "course": {"": course, "archived": archived},
        "course_edit": {"": course},
        "course_archive": {"": course},
        "course_materials": {"": course},
        "course_questions": {"": course},
        "course_question": {"": {**course, "question": made.question.pk}},
        "expert": expert,
        "expert_edit": expert,
        "expert_retire": expert,
        "expert_link": expert,
        "expert_document": {"": {**expert[""], "document": made.document.pk}},
        "my_teaching_session": {"": taught},
        "my_teaching_material": {"": {**taught, "version": made.version.pk}},
        "my_teaching_document": {"": {"document": made.document.pk}},
        "teaching_link": {"": {"token": f"{token}-expert"}},
        "my_teaching": {"": link},
        "teaching_session": {"": {**link, **taught}},
        "teaching_material": {"": {**link, **taught, "version": made.version.pk}},
        "teaching_document": {"": {**link, "document": made.document.pk}},
    }
