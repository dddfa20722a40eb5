"""Making an association and changing what it says about itself."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from members.enums import Role
from members.models import Association, User
from members.services.invitations import invite
from members.services.logos import redraw
from members.services.permission import permit
from spm_portal.common import audit

SETTINGS = frozenset(
    {
        "name",
        "short_name",
        "countries",
        "language",
        "time_zone",
        "currency",
        "fiscal_year_end_month",
        "fiscal_year_end_day",
        "accent_colour",
        "second_factor_roles",
        "reply_days",
        "release_minimum",
        "has_public_page",
    }
)


def create_association(
    *, name: str, slug: str, at: datetime, by: User | None = None, **fields: Any
) -> Association:
    """Make an association; `fields` are its settings. Raises ValidationError for values it cannot hold."""
    permit(by, "members.operate")
    _only_settings(fields)
    with transaction.atomic(), audit.acting(by, reason="association created"):
        association = Association(name=name, slug=slug, created_at=at, **fields)
        association.full_clean()
        association.save(force_insert=True)
        audit.record(
            "association.create", association, by=by, at=at, association_id=association.pk, slug=slug
        )
    return association


def change_association(
    *,
    association_id: UUID,
    at: datetime,
    by: User | None = None,
    logo: "UploadedFile[bytes] | None" = None,
    remove_logo: bool = False,
    **fields: Any,
) -> Association:
    """Change settings, and the logo where a file is given; raises ValidationError for what it cannot hold."""
    _only_settings(fields)
    drawn = redraw(logo) if logo is not None else None
    with transaction.atomic(), audit.acting(by, reason="association settings"):
        association = Association.objects.select_for_update().get(pk=association_id)
        permit(by, "members.manage_association", association)
        changed = sorted(name for name, value in fields.items() if getattr(association, name) != value)
        if fields.get("release_minimum", association.release_minimum) < association.release_minimum:
            raise ValidationError({"release_minimum": _never_lowered(association.release_minimum)})
        for name in changed:
            setattr(association, name, fields[name])
        association.full_clean()
        if drawn is not None or (remove_logo and association.logo):
            changed.append("logo")
            _replace_logo(association, drawn)
        if changed:
            association.save()
            audit.record(
                "association.change",
                association,
                by=by,
                at=at,
                association_id=association.pk,
                changed=changed,
            )
    return association


def _never_lowered(present: int) -> str:
    return _("It is %(present)d and can only be raised: members reported under this promise.") % {
        "present": present
    }


def _replace_logo(association: Association, drawn: Any) -> None:
    storage, old = association.logo.storage, association.logo.name
    if old:
        transaction.on_commit(lambda: storage.delete(old), robust=True)
    association.logo.name = ""
    if drawn is not None:
        association.logo.save(f"{association.slug}.png", drawn, save=False)


def _only_settings(fields: dict[str, Any]) -> None:
    unknown = sorted(fields.keys() - SETTINGS)
    if unknown:
        raise TypeError(f"Not settings of an association: {', '.join(unknown)}")


def found_association(
    *, name: str, slug: str, language: str, time_zone: str, email: str, by: User, at: datetime
) -> Association:
    """Make an association and invite its first manager, both or neither."""
    with transaction.atomic():
        made = create_association(name=name, slug=slug, language=language, time_zone=time_zone, by=by, at=at)
        invite(email=email, role=Role.ASSOCIATION_MANAGER, organisation=made, by=by, at=at)
    return made
