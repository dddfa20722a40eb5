"""Tables of the members app."""

from members.models.api import ApiKey, IdempotentRequest
from members.models.association import Association
from members.models.consent import Consent
from members.models.donor import Donor, SharingAgreement
from members.models.institution import Institution, Membership
from members.models.invitation import Invitation
from members.models.role import RoleAssignment
from members.models.user import User

__all__ = [
    "ApiKey",
    "Association",
    "Consent",
    "Donor",
    "IdempotentRequest",
    "Institution",
    "Invitation",
    "Membership",
    "RoleAssignment",
    "SharingAgreement",
    "User",
]
