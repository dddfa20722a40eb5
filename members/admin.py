"""The members app in the support tool: read only, and only what its person may see in the portal."""

from django.contrib import admin

from members.models import (
    Association,
    Consent,
    Donor,
    Institution,
    Invitation,
    Membership,
    RoleAssignment,
    SharingAgreement,
    User,
)
from spm_portal.common.admin import ReadOnlyAdmin


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """People, for operators."""

    list_display = ("email", "name", "language", "is_active", "is_staff", "last_login")
    search_fields = ("email", "name")
    exclude = ("password", "groups", "user_permissions")


@admin.register(Association)
class AssociationAdmin(ReadOnlyAdmin):
    """Associations."""

    list_display = ("name", "slug", "language", "time_zone", "currency")
    search_fields = ("name", "slug")


@admin.register(Institution)
class InstitutionAdmin(ReadOnlyAdmin):
    """MFIs."""

    list_display = ("name", "country", "owner_group", "source", "source_key")
    search_fields = ("name", "source_key")


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Memberships with their dates."""

    list_display = ("institution", "association", "kind", "joined_on", "left_on")
    list_select_related = ("institution", "association")
    search_fields = ("institution__name",)


@admin.register(RoleAssignment)
class RoleAssignmentAdmin(ReadOnlyAdmin):
    """Roles, live and ended."""

    list_display = ("user", "role", "association", "institution", "donor", "granted_at", "ended_at")
    list_select_related = ("user", "association", "institution", "donor")
    search_fields = ("user__email", "user__name")


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Invitations without what is kept of their token."""

    list_display = ("email", "role", "created_at", "expires_at", "used_at", "revoked_at")
    search_fields = ("email",)
    exclude = ("token_hash",)


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    """Consents, live and withdrawn."""

    list_display = ("institution", "association", "purpose", "given_at", "withdrawn_at")
    list_select_related = ("institution", "association")


@admin.register(Donor)
class DonorAdmin(ReadOnlyAdmin):
    """Donors."""

    list_display = ("name", "slug")


@admin.register(SharingAgreement)
class SharingAgreementAdmin(ReadOnlyAdmin):
    """Agreements between associations and donors."""

    list_display = ("association", "donor", "since", "until")
    list_select_related = ("association", "donor")
