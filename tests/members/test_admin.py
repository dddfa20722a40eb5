"""The support tool reads what its person may see in the portal, and writes nothing."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.enums import Role
from members.models import User
from members.services.invitations import invite
from spm_portal.common.models import MailMessage
from tests.browsers import signed_in
from tests.cast import Cast

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
OURS = [
    (model._meta.app_label, model._meta.model_name)
    for model in admin.site._registry
    if model._meta.app_label in {"members", "common", "reporting"}
]


def staff(user: User) -> Client:
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    return signed_in(user)


@pytest.mark.parametrize("part", ["operator", "manager", "nobody"])
def test_lists_open_and_nothing_can_be_added(cast: Cast, part: str):
    client = staff(getattr(cast, part))
    assert len(OURS) >= 12
    for app, model in OURS:
        assert client.get(reverse(f"admin:{app}_{model}_changelist")).status_code == 200, model
        assert client.get(reverse(f"admin:{app}_{model}_add")).status_code == 403, model
        assert client.post(reverse(f"admin:{app}_{model}_add"), {}).status_code == 403, model


def test_rows_can_be_looked_at_and_not_changed_or_deleted(cast: Cast):
    client = staff(cast.manager)
    row = cast.manager.role_assignments.get()
    change = reverse("admin:members_roleassignment_change", args=[row.pk])
    assert client.get(change).status_code == 200
    assert client.post(change, {"role": "platform_operator"}).status_code == 403
    delete = reverse("admin:members_roleassignment_delete", args=[row.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    row.refresh_from_db()
    assert row.role == Role.ASSOCIATION_MANAGER


def test_a_superuser_without_a_role_sees_no_row_of_an_association(cast: Cast):
    client = staff(cast.nobody)
    for model in ("association", "institution", "membership", "consent", "user"):
        page = client.get(reverse(f"admin:members_{model}_changelist")).content.decode()
        assert "Amani" not in page, model
        assert "Kilimo" not in page, model
    hidden = reverse("admin:members_association_change", args=[cast.amani.pk])
    assert client.get(hidden).status_code == 302  # Django's answer for a row that is not there


def test_neither_secret_links_nor_password_hashes_are_shown(cast: Cast):
    _, token = invite(
        email="new@example.org",
        role=Role.ASSOCIATION_MANAGER,
        organisation=cast.amani,
        by=cast.operator,
        at=timezone.now(),
    )
    client = staff(cast.operator)
    message = MailMessage.objects.get()
    page = client.get(reverse("admin:common_mailmessage_change", args=[message.pk]))
    assert page.status_code == 200
    assert token not in page.content.decode()
    person = client.get(reverse("admin:members_user_change", args=[cast.manager.pk])).content.decode()
    assert cast.manager.password not in person


def test_people_without_the_mark_do_not_get_in(cast: Cast):
    client = signed_in(cast.manager)
    assert client.get("/admin/").status_code == 302
    assert client.get("/admin/login/").status_code == 403
    assert client.get("/admin/password_change/").headers["Location"] == "/accounts/password/change/"


def test_what_libraries_register_is_closed_to_superusers_too(cast: Cast):
    """Groups, addresses and second factors would be doors around the services."""
    client = staff(cast.operator)
    foreign = [
        (model._meta.app_label, model._meta.model_name)
        for model in admin.site._registry
        if model._meta.app_label not in {"members", "common", "reporting"}
    ]
    assert foreign
    for app, model in foreign:
        for page in ("changelist", "add"):
            assert client.get(reverse(f"admin:{app}_{model}_{page}")).status_code == 403, model
