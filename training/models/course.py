"""Courses: what is taught, to whom, with which materials, and what a certificate of it asks for."""

from typing import TYPE_CHECKING

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.access import access_of
from members.models import Association
from spm_portal.common.models.base import BaseModel
from spm_portal.common.models.tracked import kept_changes
from training.enums import Audience, Level, Moment, Topic
from training.models.library import Work

if TYPE_CHECKING:
    from members.models import User


class CourseQuerySet(models.QuerySet["Course"]):
    """Reads of courses."""

    def visible_to(self, user: "User") -> "CourseQuerySet":
        """Courses of associations where the person works, is a member or reads for a donor; archived ones for staff."""
        access = access_of(user)
        return self.filter(
            Q(association_id__in=access.staff_of)
            | Q(association_id__in=access.reaches, archived_at__isnull=True)
        )

    def current(self) -> "CourseQuerySet":
        """Courses that are not archived."""
        return self.filter(archived_at__isnull=True)


@pghistory.track(*kept_changes())
class Course(BaseModel):
    """A course of the catalogue.

    `outline` is a list of {"title", "minutes", "text"}; `objectives` a list of sentences; `indicators` the codes of the
    indicators that it should move. Percentages are whole numbers from 0 to 100.
    """

    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="courses", verbose_name=_("association")
    )
    code = models.CharField(_("code"), max_length=24)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), blank=True)
    objectives = models.JSONField(_("objectives"), default=list, blank=True)
    outline = models.JSONField(_("curriculum"), default=list, blank=True)
    level = models.CharField(_("level"), max_length=16, choices=Level)
    language = models.CharField(_("language"), max_length=8)
    hours = models.DecimalField(_("hours"), max_digits=5, decimal_places=1)
    topic = models.CharField(_("topic"), max_length=24, choices=Topic)
    target_staff = ArrayField(
        models.CharField(max_length=16, choices=Audience),
        verbose_name=_("target staff"),
        default=list,
        blank=True,
    )
    dimensions = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("dimensions of the Universal Standards"),
        default=list,
        blank=True,
    )
    indicators = ArrayField(
        models.CharField(max_length=64), verbose_name=_("indicators it should move"), default=list, blank=True
    )
    price = models.DecimalField(_("price per person"), max_digits=12, decimal_places=2, default=0)
    currency = models.CharField(_("currency"), max_length=3)
    gives_certificate = models.BooleanField(_("gives a certificate"), default=True)
    certificate_months = models.PositiveSmallIntegerField(
        _("certificate valid for (months)"), null=True, blank=True, help_text=_("Empty: it does not expire.")
    )
    pass_mark = models.PositiveSmallIntegerField(
        _("score needed in the test after it (%)"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    needed_attendance = models.PositiveSmallIntegerField(
        _("attendance needed (%)"), default=80, validators=[MaxValueValidator(100)]
    )
    for_trainers = models.BooleanField(_("training of trainers"), default=False)
    toolkit_key = models.CharField(_("key in the Ambassador Toolkit"), max_length=16, blank=True)
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        constraints = [
            models.UniqueConstraint(fields=["id", "association"], name="course_of_association"),
            models.UniqueConstraint(fields=["association", "code"], name="course_code_once"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(code=""), name="course_has_title_and_code"),
            models.CheckConstraint(condition=Q(hours__gt=0), name="course_has_hours"),
            models.CheckConstraint(condition=Q(price__gte=0), name="course_price_not_negative"),
            models.CheckConstraint(
                condition=Q(needed_attendance__lte=100) & (Q(pass_mark__isnull=True) | Q(pass_mark__lte=100)),
                name="course_percentages",
            ),
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track(*kept_changes())
class CourseMaterial(BaseModel):
    """A work of the library that participants of a course get, and when."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey(
        Course, on_delete=models.PROTECT, related_name="materials", verbose_name=_("course")
    )
    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="+", verbose_name=_("work"))
    moment = models.CharField(_("when"), max_length=16, choices=Moment, default=Moment.DURING)

    class Meta:
        verbose_name = _("material of a course")
        verbose_name_plural = _("materials of courses")
        constraints = [models.UniqueConstraint(fields=["course", "work"], name="course_material_once")]

    def __str__(self) -> str:
        return f"{self.course_id}: {self.work_id}"


@pghistory.track(*kept_changes())
class TestQuestion(BaseModel):
    """A question of a course's short test; `choices` are texts, `correct` the numbers of the right ones."""

    __test__ = False  # no test of ours, whatever pytest thinks of the name

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey(
        Course, on_delete=models.PROTECT, related_name="questions", verbose_name=_("course")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    text = models.CharField(_("question"), max_length=500)
    choices = models.JSONField(_("choices"), default=list)
    correct = models.JSONField(_("right choices"), default=list)
    retired_at = models.DateTimeField(_("taken out at"), null=True, blank=True)

    class Meta:
        verbose_name = _("question of a test")
        verbose_name_plural = _("questions of tests")
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="test_question_has_text")]

    def __str__(self) -> str:
        return self.text
