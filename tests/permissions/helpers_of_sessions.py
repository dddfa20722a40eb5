"""Sessions, registrations, scholarships and money in the permission tests: objects that addresses name, forms."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.permissions.helpers_of_training import Targets, TrainingThings

_DAY = timezone.localdate() + timedelta(days=40)
SESSION: dict[str, Any] = {
    "title": "Social targets, winter",
    "language": "en",
    "time_zone": "Africa/Nairobi",
    "closes_on": _DAY - timedelta(days=7),
    "closes_time": "17:00",
    "place": "Nairobi",
    "seats": "20",
    "currency": "KES",
    "day-TOTAL_FORMS": "1",
    "day-INITIAL_FORMS": "0",
    "day-0-on": _DAY,
    "day-0-begins": "09:00",
    "day-0-ends": "17:00",
}
SCHOLARSHIP = {
    "name": "Fund",
    "budget": "90000",
    "currency": "KES",
    "starts_on": "2026-01-01",
    "ends_on": "2027-12-31",
    "share": "50",
}
PERSON = {"name": "New person", "email": "new@kilimo.example", "sex": "female", "consents": "on"}


def targets_of_sessions(slug: dict[str, Any], made: TrainingThings, token: str) -> Targets:
    """A session that is announced and one that is prepared; own registrations and those of another member."""
    session = {**slug, "pk": made.session.pk}
    either = {"": session, "draft": {**slug, "pk": made.draft.pk}}
    kept = {"": {**session, "kind": "csv"}}
    registration = {
        "": {**slug, "pk": made.registration.pk},
        "of another member": {**slug, "pk": made.other_registration.pk},
    }
    fund = {"": {**slug, "pk": made.scholarship.pk}}
    mine = {"": {"pk": made.registration.pk}}
    return {
        "sessions_year": {"": {**slug, "year": timezone.localdate().year}},
        "training_session": either,
        "session_edit": {"": session},
        "session_announce": either,
        "session_held": {"": session},
        "session_cancel": {"": session},
        "session_materials": {"": session},
        "session_ics": either,
        "session_people_file": kept,
        "session_register": either,
        "session_approve": {"": session},
        "session_scholarships": {"": session},
        "session_money": {"": session},
        "registration": registration,
        "registration_replace": registration,
        "scholarship": fund,
        "scholarship_edit": fund,
        "registration_link": {"": {"token": f"{token}-person"}},
        "my_registration": mine,
        "my_registration_leave": mine,
        "my_registration_ics": mine,
        "my_certificate": mine,
        "my_certificate_job": {"": {**mine[""], "job": made.archive.pk}},
        "my_certificate_file": {"": {**mine[""], "job": made.archive.pk}},
        "my_material": {"": {"pk": made.registration.pk, "version": made.version.pk}},
    }


def forms_of_sessions() -> dict[str, dict[str, Any]]:
    """What is sent with their forms."""
    return {
        "session_new": SESSION,
        "session_edit": SESSION,
        "session_cancel": {"reason": "No trainer."},
        "session_materials": {"action": "remove", "material": "0" * 32},
        "session_register": {
            "institution": "own",
            "person-TOTAL_FORMS": "1",
            "person-INITIAL_FORMS": "0",
            **{f"person-0-{name}": value for name, value in PERSON.items()},
        },
        "session_approve": {"action": "all"},
        "session_scholarships": {"action": "all"},
        "session_money": {"line-TOTAL_FORMS": "0", "line-INITIAL_FORMS": "0"},
        "registration": {"action": "cancel", "reason": "Ill."},
        "registration_replace": PERSON,
        "scholarship_new": SCHOLARSHIP,
        "scholarship_edit": SCHOLARSHIP,
        "scholarship": {"action": "close"},
    }


FORMS_OF_SESSIONS = forms_of_sessions()
