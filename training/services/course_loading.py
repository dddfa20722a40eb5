"""Loading courses from a file into the catalogue of an association: checked whole, then written whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.models import Association, User
from members.selectors.indicator_names import all_names
from members.services.permission import permit
from spm_portal.common.audit import acting
from spm_portal.common.refusal import Refused
from training.curricula import CourseFaults, CourseOutline, Fault, read_file
from training.models import Course, CourseMaterial, TestQuestion, Work
from training.services.courses import MANAGE, CourseFields, save_course

SHIPPED = Path(__file__).parent.parent / "data" / "courses.json"


class CoursesRefused(Refused):
    """A file that cannot be loaded; `faults` has everything that is wrong with it."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        number = ngettext(
            "The file has %(number)s fault; no course was loaded.",
            "The file has %(number)s faults; no course was loaded.",
            len(faults),
        ) % {"number": len(faults)}
        super().__init__("\n".join([number, *map(str, faults)]))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of it: courses added, courses that only got their materials, and what the library lacks of these."""

    added: tuple[str, ...]
    supplied: tuple[str, ...]
    missing_materials: tuple[str, ...]


def load_courses(
    *, association: Association, by: User | None, at: datetime, raw: bytes | None = None
) -> Loaded:
    """Add the courses of a file, without one those that the portal comes with.

    A course whose code is in the catalogue stays as it is there; it only gets the file's materials if it has none,
    since the library may have come later. `by` None is the command line. Raises CoursesRefused with every fault.
    """
    permit(by, MANAGE, association)
    try:
        courses = read_file(
            SHIPPED.read_bytes() if raw is None else raw,
            indicators={one.code for one in all_names(association)},
        )
    except CourseFaults as error:
        raise CoursesRefused(error.faults) from error
    with transaction.atomic(), acting(by, source="import"):
        Association.objects.select_for_update(no_key=True).get(pk=association.pk)
        present = {one.code: one for one in Course.objects.filter(association=association)}
        have = set(
            CourseMaterial.objects.filter(course__association=association).values_list("course_id", flat=True)
        )
        works = _works(association)
        added, supplied, missing = [], [], set()
        for outline in courses:
            course = present.get(outline.code)
            if course is None:
                course = save_course(
                    association=association, values=_fields(outline, association), by=by, at=at
                )
                _questions(course, outline)
                added.append(outline.code)
            if course.pk not in have:
                lacking = _materials(course, outline, works)
                missing |= lacking
                if outline.code not in added and len(lacking) < len(outline.materials):
                    supplied.append(outline.code)
    return Loaded(tuple(added), tuple(supplied), tuple(sorted(missing)))


def told(loaded: Loaded) -> str:
    """What came of it, in words."""
    if not loaded.added and loaded.supplied:
        words = ngettext(
            "%(number)s course got its materials from the library.",
            "%(number)s courses got their materials from the library.",
            len(loaded.supplied),
        ) % {"number": len(loaded.supplied)}
    elif not loaded.added:
        words = _("All these courses are in the catalogue already.")
    else:
        words = ngettext(
            "%(number)s course was added.", "%(number)s courses were added.", len(loaded.added)
        ) % {"number": len(loaded.added)}
    if loaded.missing_materials:
        words += " " + _(
            "The library has not yet: %(keys)s. Load the toolkit there, then load the courses once more."
        ) % {"keys": ", ".join(loaded.missing_materials)}
    return words


def _works(association: Association) -> Mapping[str, Work]:
    found = Work.objects.filter(association=association, retired_at__isnull=True).exclude(toolkit_key="")
    return {one.toolkit_key: one for one in found}


def _fields(outline: CourseOutline, association: Association) -> CourseFields:
    return CourseFields(
        code=outline.code,
        title=outline.title,
        summary=outline.summary,
        objectives=outline.objectives,
        outline=outline.outline,
        level=outline.level,
        language=outline.language,
        hours=outline.hours,
        topic=outline.topic,
        target_staff=outline.target_staff,
        dimensions=outline.dimensions,
        indicators=outline.indicators,
        price=Decimal(0),
        currency=association.currency,
        certificate_months=outline.certificate_months,
        pass_mark=outline.pass_mark,
        needed_attendance=outline.needed_attendance,
        for_trainers=outline.for_trainers,
        toolkit_key=outline.toolkit_key,
    )


def _questions(course: Course, outline: CourseOutline) -> None:
    TestQuestion.objects.bulk_create(
        TestQuestion(
            association_id=course.association_id,
            course=course,
            position=position,
            text=one.text,
            choices=list(one.choices),
            correct=sorted(one.correct),
        )
        for position, one in enumerate(outline.questions, start=1)
    )


def _materials(course: Course, outline: CourseOutline, works: Mapping[str, Work]) -> set[str]:
    """Link what the library has; the keys of what it lacks."""
    CourseMaterial.objects.bulk_create(
        CourseMaterial(association_id=course.association_id, course=course, work=works[key], moment=moment)
        for key, moment in outline.materials
        if key in works
    )
    return {key for key, _moment in outline.materials if key not in works}
