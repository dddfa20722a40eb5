"""What a person would really send with each form, so that a refusal is about the person and not about the form."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from members.enums import ConsentPurpose, MembershipKind, Role
from reporting.enums import FormLength, Move
from tests.factories.members import PASSWORD
from tests.permissions.helpers_of_capacity import FORMS_OF_CAPACITY
from tests.permissions.helpers_of_editions import FORMS_OF_EDITIONS
from tests.permissions.helpers_of_editors import FORMS_OF_EDITORS
from tests.permissions.helpers_of_peers import FORMS_OF_PEERS
from tests.permissions.helpers_of_training_api import forms_of_training_api
from tests.permissions.training_parts import FORMS_OF_TRAINING
from tests.permissions.world import World


def form_of(name: str, case: str, world: World) -> Mapping[str, Any]:
    """The fields of a form by the name of its address; nothing for forms of one button."""
    forms = _forms(world)
    return forms.get(f"{name} {case}".strip(), {}) or forms.get(name, {})


def _forms(world: World) -> dict[str, Mapping[str, Any]]:
    today = timezone.localdate()
    joined = {"kind": MembershipKind.FULL, "joined_on": today}
    guest = {"email": "guest@example.org"}
    association = {"name": "Amani", "language": "en", "time_zone": "Africa/Nairobi"}
    answer = {"r-branches_total": "1", "v-branches_total": "25", "n-branches_total": ""}
    return {
        "profile": {"name": "Renamed", "language": "en", "time_zone": "UTC"},
        "invitation": {"name": "Guest", "password": PASSWORD, "again": PASSWORD},
        "people": {**guest, "role": Role.ASSOCIATION_REVIEWER},
        "institution_people": {**guest, "role": Role.INSTITUTION_EDITOR},
        "role_end": {"reason": "Left us."},
        "association_settings": {
            **association,
            "countries": ["KE"],
            "currency": "KES",
            "fiscal_year_end_day": "31",
            "fiscal_year_end_month": "12",
            "accent_colour": "#aa3300",
            "reply_days": "14",
            "release_minimum": "5",
        },
        "sharing": {"donor": world.cast.savanna.pk, "since": today},
        "sharing_end": {"last_day": today},
        "member_new": {"name": "New MFI", "country": "KE", **joined},
        "member_edit": {"name": "Renamed", "country": "KE"},
        "member_rejoin": joined,
        "membership_end": {"last_day": today},
        "consents": {"purpose": ConsentPurpose.NAMED, "action": "give"},
        "consent_give": {"recipient": "public", "sections": ["every"], "purpose": "Research."},
        "operator_association_new": {**association, **guest, "slug": "third"},
        "operator_association": {**guest, "role": Role.ASSOCIATION_MANAGER},
        "operator_known_member": {"institution": world.cast.mbuyu.pk, **joined},
        "operator_donors": {"name": "Third Fund", "slug": "third"},
        "operator_donor": {**guest, "role": Role.DONOR_READER},
        "operator_people": {**guest, "role": Role.PLATFORM_OPERATOR},
        "rule_setting": {"mode": "trial", "reason": "We try it for a year."},
        "round_new": {
            "catalogue": world.draft.round.catalogue_id,
            "name": "Report 2026",
            "code": "2026",
            "year": "2026",
            "period_end": date(2026, 12, 31),
            "form_length": FormLength.FULL,
            "sections": ["PRO", "MIS"],
            "due_date": today + timedelta(days=60),
            "due_time": "17:00",
            "institutions": [world.cast.kilimo.pk],
        },
        "round_settings": {"action": "close"},
        "guidance_edit": {"note": "Ask your branch."},
        "answer_flag": {"flag": "branches_total:on"},
        "return_team": {"action": "give", "section": "PRO", "assignee": world.cast.editor.pk},
        "guest_section": answer,
        "guest_answer": answer,
        "round_action": {"action": "remind", "returns": [world.draft.pk], "confirmed": "1"},
        "my_calendar": {"action": "remove"},
        **FORMS_OF_EDITIONS,
        **FORMS_OF_EDITORS,
        **FORMS_OF_PEERS,
        **FORMS_OF_CAPACITY,
        **FORMS_OF_TRAINING,
        **forms_of_training_api(world.cast),
        "return_levels": {"which": "all", "level": "staff_checked"},
        "return_move": {"move": Move.SUBMIT},
        "return_move submitted": {"move": Move.START_REVIEW},
        "return_move approved": {"move": Move.REOPEN, "comment": "One figure is wrong."},
        "return_section": answer,
        "save_answer": answer,
        "return_submit": {"certified_name": "Signatory"},
        "question": {"step": "resolve"},
        "question_ask": {"code": "branches_total", "text": "Why?"},
        "return_explanation": {"rule": "none", "reason": "We merged."},
        "keys": {"name": "Robot", "scopes": ["read"], "days": "30"},
        "api_return_explanations": {"rule": "none", "reason": "We merged."},
        "report_request": {"language": "fr"},
        "member_report": {"language": "fr"},
        "round_reports": {"language": "fr"},
        "evidence_item": {"action": "put_away"},
        "citations": {"action": "cite", "evidence": world.document.pk, "place": "page 4"},
        "paper": {"action": "begin", "reason": "It came by post."},
        "return_print": {"kind": "empty"},
        "workbook_upload": {"action": "discard"},
    }
