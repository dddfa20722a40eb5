"""Kinds of personal links in the training area, each with the page it opens first."""

from members.web.links import PersonalLink
from training.models import CaseCall, Expert, Registration
from training.services import links
from training.services.links import AFTER_THE_SESSION

PARTICIPANT_LINK: PersonalLink[Registration] = PersonalLink(
    name="participant",
    home="my_registration",
    by_token=links.registration_by_token,
    by_key=links.registration_by_key,
    ends_at=lambda registration: registration.session.ends_at + AFTER_THE_SESSION,
)
EXPERT_LINK: PersonalLink[Expert] = PersonalLink(
    name="expert",
    home="my_teaching",
    by_token=links.expert_by_token,
    by_key=links.expert_by_key,
    ends_at=lambda expert: None,
)
CALL_LINK: PersonalLink[CaseCall] = PersonalLink(
    name="call",
    home="my_call",
    by_token=links.call_by_token,
    by_key=links.call_by_key,
    ends_at=lambda call: None,
)
