"""Writing the catalogue of courses: what a course is, its materials, and putting it away."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from members.models import Association, User
from members.services.permission import permit
from spm_portal.common.audit import acting, record
from spm_portal.common.money import currencies
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import one_line, paragraphs
from training.curricula import (
    CODE,
    DIMENSIONS,
    MAX_LINE,
    MAX_TEXT,
    MAX_TITLE,
    MINUTES,
    Part,
    adds_up,
    minutes_of,
)
from training.enums import Audience, Level, Moment, Topic
from training.models import Course, CourseMaterial, Work

MANAGE, CHANGE = "training.manage_training", "training.change_course"
MOST_OBJECTIVES, MOST_PARTS, MOST_MATERIALS = 12, 40, 60
MOST_HOURS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFields:
    """What the catalogue says of a course; `hours` are those of teaching, in tenths at the finest."""

    code: str
    title: str
    summary: str = ""
    objectives: tuple[str, ...] = ()
    outline: tuple[Part, ...] = ()
    level: str = Level.INTRODUCTORY
    language: str
    hours: Decimal
    topic: str
    target_staff: tuple[str, ...] = ()
    dimensions: tuple[int, ...] = ()
    indicators: tuple[str, ...] = ()
    price: Decimal = Decimal(0)
    currency: str
    gives_certificate: bool = True
    certificate_months: int | None = None
    pass_mark: int | None = None
    needed_attendance: int = 80
    for_trainers: bool = False
    toolkit_key: str = field(default="")


def save_course(
    *,
    association: Association,
    values: CourseFields,
    by: User | None,
    at: datetime,
    course_id: UUID | None = None,
) -> Course:
    """Add a course, or change the one of this key. Raises ValidationError by field.

    `by` None is the portal itself, which loads the courses that it comes with.
    """
    clean = _cleaned(values)
    with transaction.atomic(), acting(by):
        if course_id is None:
            permit(by, MANAGE, association)
            course = Course(association=association)
        else:
            course = locked_course(course_id=course_id, by=by, at=at)
        # two people at once: the second finds the first one's code
        Association.objects.select_for_update(no_key=True).get(pk=association.pk)
        if Course.objects.filter(association=association, code=clean["code"]).exclude(pk=course.pk).exists():
            raise ValidationError(
                {"code": _("Another course has the code “%(code)s”.") % {"code": clean["code"]}}
            )
        for name, value in clean.items():
            setattr(course, name, value)
        course.save()
        _record("course.write", course, by, at)
    return course


def archive(*, course_id: UUID, by: User, at: datetime) -> Course:
    """Take a course out of the catalogue; its sessions and certificates stay. Doing it twice is harmless."""
    with transaction.atomic(), acting(by):
        course = locked_course(course_id=course_id, by=by, at=at)
        if course.archived_at is None:
            course.archived_at = at
            course.save(update_fields=["archived_at"])
            _record("course.archive", course, by, at)
    return course


def bring_back(*, course_id: UUID, by: User, at: datetime) -> Course:
    """Offer an archived course again."""
    with transaction.atomic(), acting(by):
        course = locked_course(course_id=course_id, by=by, at=at)
        if course.archived_at is not None:
            course.archived_at = None
            course.save(update_fields=["archived_at"])
            _record("course.bring_back", course, by, at)
    return course


def add_material(*, course_id: UUID, work_id: UUID, moment: str, by: User, at: datetime) -> CourseMaterial:
    """Give participants a work of the library; one that is there already only gets another moment. Raises Refused."""
    if moment not in Moment.values:
        raise Refused(_("Choose when participants get it."))
    with transaction.atomic(), acting(by):
        course = locked_course(course_id=course_id, by=by, at=at)
        works = Work.objects.filter(association=course.association_id, retired_at__isnull=True)
        if not works.filter(pk=work_id).exists():
            raise Refused(_("This work is not in your library any more. Choose another one."))
        present = CourseMaterial.objects.filter(course=course, work_id=work_id).first()
        if present is not None:
            present.moment = moment
            present.save(update_fields=["moment"])
            _record("course.material", course, by, at, work=str(work_id), moment=moment)
            return present
        if CourseMaterial.objects.filter(course=course).count() >= MOST_MATERIALS:
            raise Refused(_("A course has at most %(limit)s materials.") % {"limit": MOST_MATERIALS})
        made: CourseMaterial = CourseMaterial.objects.create(
            association_id=course.association_id, course=course, work_id=work_id, moment=moment
        )
        _record("course.material", course, by, at, work=str(work_id), moment=moment)
    return made


def remove_material(*, course_id: UUID, material_id: UUID, by: User, at: datetime) -> None:
    """Take a work out of a course's materials; one that is gone already is no fault."""
    with transaction.atomic(), acting(by):
        course = locked_course(course_id=course_id, by=by, at=at)
        found = CourseMaterial.objects.filter(course=course, pk=material_id).first()
        if found is not None:
            found.delete()
            _record("course.material_removed", course, by, at, work=str(found.work_id))


def locked_course(*, course_id: UUID, by: User | None, at: datetime) -> Course:
    """The course under its row lock, for whoever may change it."""
    course = Course.objects.select_for_update(of=("self",), no_key=True).filter(pk=course_id).first()
    if course is None:
        raise PermissionDenied
    permit(by, CHANGE, course)
    return course


def _record(verb: str, course: Course, by: User | None, at: datetime, **data: Any) -> None:
    record(verb, course, by=by, at=at, association_id=course.association_id, code=course.code, **data)


def _cleaned(values: CourseFields) -> dict[str, object]:
    """The fields as they are kept. Raises ValidationError with all that is wrong."""
    faults: dict[str, str] = {}
    code, title = one_line(values.code).upper(), one_line(values.title)
    if not CODE.fullmatch(code):
        faults["code"] = _("Use 2 to 24 letters, digits and hyphens, such as SPM-101.")
    if not title or len(title) > MAX_TITLE:
        faults["title"] = _("Write a title of at most %(limit)s characters.") % {"limit": MAX_TITLE}
    for name, known in (("level", Level.values), ("topic", Topic.values)):
        if getattr(values, name) not in known:
            faults[name] = _("Choose one of the list.")
    if not values.language or len(values.language) > 8:
        faults["language"] = _("Choose one of the list.")
    _check_numbers(values, faults)
    objectives = _lines(values.objectives)
    if len(objectives) > MOST_OBJECTIVES or any(len(one) > MAX_LINE for one in objectives):
        faults["objectives"] = _("Write at most %(count)s objectives of %(limit)s characters each.") % {
            "count": MOST_OBJECTIVES,
            "limit": MAX_LINE,
        }
    outline = [
        {"title": one_line(part.title), "minutes": part.minutes, "text": paragraphs(part.text)}
        for part in values.outline
    ]
    _check_outline(values, faults)
    if set(values.target_staff) - set(Audience.values):
        faults["target_staff"] = _("Choose one of the list.")
    if set(values.dimensions) - set(DIMENSIONS):
        faults["dimensions"] = _("Choose one of the list.")
    if faults:
        raise ValidationError({name: [text] for name, text in faults.items()})
    return {
        "code": code,
        "title": title,
        "summary": paragraphs(values.summary),
        "objectives": objectives,
        "outline": outline,
        "level": values.level,
        "language": values.language,
        "hours": values.hours,
        "topic": values.topic,
        "target_staff": list(values.target_staff),
        "dimensions": sorted(set(values.dimensions)),
        "indicators": _lines(values.indicators),
        "price": values.price,
        "currency": values.currency.upper(),
        "gives_certificate": values.gives_certificate,
        "certificate_months": values.certificate_months if values.gives_certificate else None,
        "pass_mark": values.pass_mark,
        "needed_attendance": values.needed_attendance,
        "for_trainers": values.for_trainers,
        "toolkit_key": values.toolkit_key,
    }


def _check_numbers(values: CourseFields, faults: dict[str, str]) -> None:
    if not 0 < values.hours <= MOST_HOURS or values.hours != round(values.hours, 1):
        faults["hours"] = _("Write the hours with one decimal at most, such as 8 or 7.5.")
    if values.price < 0 or values.price >= 10**10 or values.price != round(values.price, 2):
        faults["price"] = _("Write the price as an amount of 0 or more.")
    if values.currency.upper() not in currencies():
        faults["currency"] = _("Write three letters of ISO 4217, such as KES.")
    months = values.certificate_months
    if months is not None and not 1 <= months <= 120:
        faults["certificate_months"] = _("Write 1 to 120 months, or leave it empty.")
    for name in ("pass_mark", "needed_attendance"):
        share = getattr(values, name)
        if share is not None and not 0 <= share <= 100:
            faults[name] = _("Write a percentage from 0 to 100.")


def _check_outline(values: CourseFields, faults: dict[str, str]) -> None:
    if len(values.outline) > MOST_PARTS:
        faults["outline"] = _("A curriculum has at most %(count)s parts.") % {"count": MOST_PARTS}
    for number, part in enumerate(values.outline, start=1):
        if not one_line(part.title) or len(part.title) > MAX_TITLE or len(part.text) > MAX_TEXT:
            faults["outline"] = _(
                "Part %(number)s of the curriculum: write a title of at most %(limit)s signs."
            ) % {
                "number": number,
                "limit": MAX_TITLE,
            }
        elif part.minutes not in MINUTES:
            faults["outline"] = _(
                "Part %(number)s of the curriculum: write between %(least)s and %(most)s minutes."
            ) % {
                "number": number,
                "least": MINUTES.start,
                "most": MINUTES.stop - 1,
            }
    if "outline" not in faults and "hours" not in faults and not adds_up(values.outline, values.hours):
        faults["outline"] = _(
            "The parts take %(minutes)s minutes together, but %(hours)s hours are %(needed)s minutes. Change the"
            " minutes of a part, or the hours."
        ) % {
            "minutes": minutes_of(values.outline),
            "hours": f"{values.hours.normalize():f}",
            "needed": f"{(values.hours * 60).normalize():f}",
        }


def _lines(lines: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for line in lines if (text := one_line(line))))
