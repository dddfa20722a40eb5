"""The library: works with their language versions, where they were used, and how often they were fetched."""

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import NullIf
from django.utils.translation import gettext_lazy as _

from members.access import access_of
from members.models import Association
from spm_portal.common.models.base import BaseModel
from spm_portal.common.models.job import private_storage
from spm_portal.common.models.tracked import kept_changes
from training.enums import Audience, LinkState, Topic, UseKind, WorkKind

if TYPE_CHECKING:
    from members.models import User


# Languages whose words PostgreSQL knows to bring to their stems; others are searched word for word.
SEARCH_CONFIGS = {
    "en": "english",
    "fr": "french",
    "es": "spanish",
    "ar": "arabic",
    "pt": "portuguese",
    "ru": "russian",
}
# Many type French, Spanish or Portuguese without accents, and capitals often have none. Printed apostrophes, quotes and
# dashes count as letters where the database knows no language: “l’objectif” would be one word.
WRITTEN = "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿ’‘“”„«»–—…،؛؟"
TYPED = "AAAAAACEEEEIIIINOOOOOUUUUYaaaaaaceeeeiiiinooooouuuuyy''           "
_AS_TYPED = str.maketrans(WRITTEN, TYPED)


class WorkQuerySet(models.QuerySet["Work"]):
    """Reads of works."""

    def visible_to(self, user: "User") -> "WorkQuerySet":
        """Works of associations where the person works; for members and donors those that are not put away."""
        access = access_of(user)
        return self.filter(
            Q(association_id__in=access.staff_of)
            | Q(association_id__in=access.reaches, retired_at__isnull=True)
        )

    def public(self) -> "WorkQuerySet":
        """Works that anybody may read."""
        return self.filter(is_public=True, retired_at__isnull=True)


@pghistory.track(*kept_changes())
class Work(BaseModel):
    """A work of the library; its language versions hold the texts, files and links.

    `toolkit_key`, `toolkit_group` and `toolkit_number` are those of the Ambassador Toolkit, exactly as in its source.
    """

    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="works", verbose_name=_("association")
    )
    kind = models.CharField(_("type"), max_length=16, choices=WorkKind)
    topics = ArrayField(
        models.CharField(max_length=24, choices=Topic), verbose_name=_("topics"), default=list, blank=True
    )
    dimensions = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("dimensions of the Universal Standards"),
        default=list,
        blank=True,
    )
    audiences = ArrayField(
        models.CharField(max_length=16, choices=Audience),
        verbose_name=_("audiences"),
        default=list,
        blank=True,
    )
    licence = models.CharField(_("licence"), max_length=200, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    published_in = models.PositiveSmallIntegerField(_("year of publication"), null=True, blank=True)
    review_by = models.DateField(_("to be reviewed by"), null=True, blank=True)
    is_public = models.BooleanField(_("anybody may read its page"), default=False)
    toolkit_key = models.CharField(_("key in the Ambassador Toolkit"), max_length=16, blank=True)
    toolkit_group = models.CharField(_("group in the Ambassador Toolkit"), max_length=200, blank=True)
    toolkit_number = models.PositiveSmallIntegerField(_("number in the group"), null=True, blank=True)
    added_at = models.DateTimeField(_("added at"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("added by"),
    )
    retired_at = models.DateTimeField(_("put away at"), null=True, blank=True)

    objects = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("work")
        verbose_name_plural = _("works")
        constraints = [
            models.UniqueConstraint(fields=["id", "association"], name="work_of_association"),
            models.UniqueConstraint(
                fields=["association", "toolkit_key"], condition=~Q(toolkit_key=""), name="work_toolkit_once"
            ),
        ]
        indexes = [models.Index(fields=["association", "-added_at"], name="work_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.toolkit_key or self.pk}"


def as_typed(text: str) -> str:
    """The text as people type it in a hurry: without accents, and with the signs of a keyboard."""
    return text.translate(_AS_TYPED)


def indexed_words() -> models.Expression:
    """Title and summary as PostgreSQL searches them, by the language of the version ("simple" where it knows none).

    A text with accents or printed signs is there as people type it too: the stems of both are different ones.
    """

    def typed(name: str) -> models.Expression:
        changed = models.Func(name, Value(WRITTEN), Value(TYPED), function="translate")
        return NullIf(changed, name, output_field=models.TextField())

    def words(config: str) -> CombinedExpression:
        title = SearchVector("title", typed("title"), weight="A", config=config)
        return title + SearchVector("summary", typed("summary"), weight="B", config=config)

    return Case(
        *(When(language=code, then=words(config)) for code, config in SEARCH_CONFIGS.items()),
        default=words("simple"),
        output_field=SearchVectorField(),
    )


@pghistory.track(*kept_changes(), exclude=["words"])
class WorkVersion(BaseModel):
    """A work in one language: its title, summary, and a file, a link, both or neither yet."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="versions", verbose_name=_("work"))
    language = models.CharField(_("language"), max_length=8)
    title = models.CharField(_("title"), max_length=300)
    summary = models.TextField(_("summary"), blank=True)
    is_original = models.BooleanField(_("the original"), default=False)
    url = models.URLField(_("link"), max_length=500, blank=True)
    link_state = models.CharField(
        _("state of the link"), max_length=16, choices=LinkState, default=LinkState.UNCHECKED
    )
    link_checked_at = models.DateTimeField(_("link checked at"), null=True, blank=True)
    link_problem = models.CharField(_("what was wrong with the link"), max_length=200, blank=True)
    file = models.FileField(_("file"), storage=private_storage, max_length=300, blank=True)
    name = models.CharField(_("given name"), max_length=200, blank=True)
    content_type = models.CharField(_("type"), max_length=100, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), null=True, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    words = models.GeneratedField(
        expression=indexed_words(), output_field=SearchVectorField(), db_persist=True
    )

    class Meta:
        verbose_name = _("language version")
        verbose_name_plural = _("language versions")
        constraints = [
            models.UniqueConstraint(fields=["id", "association"], name="work_version_of_association"),
            models.UniqueConstraint(fields=["work", "language"], name="work_version_once"),
            models.CheckConstraint(condition=~Q(title=""), name="work_version_has_title"),
        ]
        indexes = [
            GinIndex(fields=["words"], name="work_version_words"),
            models.Index(fields=["association", "language"], name="work_version_languages"),
            models.Index(
                fields=["association"], condition=Q(link_state=LinkState.BROKEN), name="work_version_broken"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"


@pghistory.track(*kept_changes())
class WorkRelation(BaseModel):
    """That two works belong together; written once, read from both sides."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="relations", verbose_name=_("work"))
    other = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="+", verbose_name=_("other work"))
    note = models.CharField(_("how they belong together"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("related works")
        verbose_name_plural = _("related works")
        constraints = [
            models.UniqueConstraint(fields=["work", "other"], name="work_relation_once"),
            models.CheckConstraint(condition=~Q(work=models.F("other")), name="work_relation_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.work_id} – {self.other_id}"


@pghistory.track(*kept_changes())
class WorkUse(BaseModel):
    """An occasion where a work was used: an event, a speech, an article, handing out."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="uses", verbose_name=_("work"))
    kind = models.CharField(_("how"), max_length=16, choices=UseKind)
    occasion = models.CharField(_("occasion"), max_length=200)
    used_on = models.DateField(_("date"))
    place = models.CharField(_("place"), max_length=150, blank=True)
    used_by = models.CharField(_("by whom"), max_length=150, blank=True)
    audience = models.PositiveIntegerField(_("people reached"), null=True, blank=True)
    copies = models.PositiveIntegerField(_("copies"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    url = models.URLField(_("link"), max_length=500, blank=True)
    note = models.TextField(_("note"), blank=True)
    written_at = models.DateTimeField(_("written at"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by")
    )

    class Meta:
        verbose_name = _("use of a work")
        verbose_name_plural = _("uses of works")
        constraints = [models.CheckConstraint(condition=~Q(occasion=""), name="work_use_has_occasion")]

    def __str__(self) -> str:
        return self.occasion


class DownloadCount(BaseModel):
    """How often a language version was fetched in a month; nobody is named."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(
        WorkVersion, on_delete=models.PROTECT, related_name="downloads", verbose_name=_("language version")
    )
    month = models.DateField(_("month"), help_text=_("Its first day."))
    count = models.PositiveIntegerField(_("times"), default=0)

    class Meta:
        verbose_name = _("count of downloads")
        verbose_name_plural = _("counts of downloads")
        constraints = [models.UniqueConstraint(fields=["version", "month"], name="download_count_once")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.month:%Y-%m}: {self.count}"
