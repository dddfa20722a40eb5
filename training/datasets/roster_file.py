"""The roster as a workbook: experts, what they may teach, conflicts of interest and documents."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from spm_portal.common.languages import language_name
from spm_portal.common.table_files import Sheet
from spm_portal.common.templatetags.ui import country
from training.enums import Topic
from training.evaluating import Mean
from training.models import Expert
from training.selectors import roster
from training.selectors.case_ratings import marks_of
from training.selectors.courses import teachers_of_experts
from training.selectors.learning import trainer_ratings


def roster_sheets(experts: Sequence[Expert]) -> list[Sheet]:
    """Everything that staff know of these experts, in a constant number of queries."""
    keys = [one.pk for one in experts]
    marks, ratings = marks_of(keys), trainer_ratings(keys)
    topics = {one.value: str(one.label) for one in Topic}
    people = Sheet(
        _("Experts"),
        (
            _("Name"),
            _("E-mail address"),
            _("Organisation"),
            _("Skills"),
            _("Languages"),
            _("Countries"),
            _("Rate per day"),
            _("Currency"),
            _("Training of trainers"),
            _("Since"),
            _("Rating in cases"),
            _("Rating in sessions"),
            _("Experience"),
        ),
        tuple(
            (
                one.name,
                one.email,
                one.organisation,
                ", ".join(topics.get(code, code) for code in one.skills),
                ", ".join(language_name(code) for code in one.languages),
                ", ".join(country(code) for code in one.countries),
                float(one.day_rate) if one.day_rate is not None else None,
                one.currency,
                str(one.get_trainer_status_display()),
                _iso(one.trainer_since),
                round(marks[one.pk][0], 1) if one.pk in marks else None,
                _mean(ratings.get(one.pk)),
                one.about,
            )
            for one in experts
        ),
    )
    rights = Sheet(
        _("May teach"),
        (_("Name"), _("Course"), _("Part"), _("From"), _("Until")),
        tuple(
            (
                right.expert.name,
                right.course.title,
                str(right.get_level_display()),
                _iso(right.since),
                _iso(right.until),
            )
            for right in teachers_of_experts(keys)
        ),
    )
    conflicts = Sheet(
        _("Conflicts of interest"),
        (_("Name"), _("MFI"), _("Why"), _("Note"), _("Since"), _("Until")),
        tuple(
            (
                one.expert.name,
                one.institution.name,
                str(one.get_kind_display()),
                one.note,
                _iso(one.since),
                _iso(one.until),
            )
            for one in roster.conflicts_of(keys)
        ),
    )
    documents = Sheet(
        _("Documents"),
        (_("Name"), _("Title"), _("File"), _("Expires on")),
        tuple(
            (one.expert.name, one.title, one.name, _iso(one.expires_on)) for one in roster.documents_of(keys)
        ),
    )
    return [people, rights, conflicts, documents]


def _iso(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def _mean(found: Mean | None) -> float | None:
    return float(found.value) if found is not None and found.value is not None else None
