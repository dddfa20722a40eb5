"""Keys of programs that act for a person, and the answers that repeated requests get again."""

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from spm_portal.common.models.base import BaseModel

if TYPE_CHECKING:
    from members.models.user import User


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Reads of keys."""

    def live(self) -> "ApiKeyQuerySet":
        """Keys that still open something, by the database's clock."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=Now(), user__is_active=True)

    def visible_to(self, user: "User") -> "ApiKeyQuerySet":
        """One's own keys."""
        return self.filter(user_id=user.pk, user__is_active=True) if user.pk is not None else self.none()


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=["token_hash", "last_used_at"],
)
class ApiKey(BaseModel):
    """A secret by which a program acts with a person's rights, limited to scopes and in time; kept as a hash."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_keys", verbose_name=_("person")
    )
    name = models.CharField(_("what it is for"), max_length=80)
    token_hash = models.CharField(_("hash of the token"), max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=32), verbose_name=_("scopes"))
    created_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("expires at"))
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return self.name


class IdempotentRequest(BaseModel):
    """The answer to a request with an idempotency key, given again when the same request is repeated."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(_("idempotency key"), max_length=200)
    request_sha256 = models.CharField(_("hash of the request"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"), null=True, blank=True)
    body = models.JSONField(_("body"), null=True, blank=True)
    created_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("idempotent request")
        verbose_name_plural = _("idempotent requests")
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="idempotent_request_once"),
            models.CheckConstraint(condition=~Q(key=""), name="idempotent_request_has_key"),
        ]

    def __str__(self) -> str:
        return self.key
