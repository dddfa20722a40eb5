"""How long sections usually take an association's members, and what is left of one return."""

from collections.abc import Mapping
from uuid import UUID

from reporting.minutes import Open, medians, seconds_left, told_minutes
from reporting.models import SectionTime
from reporting.selectors.returns import ReturnSheet
from spm_portal.common.prepared import Prepared

_TIMES = Prepared(
    lambda association: SectionTime.objects.filter(association=association).values_list("section", "seconds")
)


def usual_seconds(association_id: UUID) -> Mapping[str, float]:
    """The median seconds by section, of sections that enough returns were measured in; one query."""
    return medians(_TIMES(association_id))


def usual_minutes(association_id: UUID) -> Mapping[str, int]:
    """The burden of the form: the median in whole minutes by section, at least one; one query."""
    return {code: max(round(seconds / 60), 1) for code, seconds in usual_seconds(association_id).items()}


def minutes_left(sheet: ReturnSheet, usual: Mapping[str, float]) -> Mapping[str, int]:
    """By section the minutes that its required questions without an answer take; "" is the whole return."""
    opened = open_questions(sheet)
    found = {one.section: told_minutes(seconds_left([one], usual)) for one in opened}
    found[""] = told_minutes(seconds_left(opened, usual))
    return found


def open_questions(sheet: ReturnSheet) -> list[Open]:
    """For each section of the round what is asked now, and what of it has neither value nor reason."""
    found = []
    for section in sheet.sections:
        asked = [one for one in section.indicators if one.required and one.code in sheet.computed.relevant]
        left = [one for one in asked if one.code not in sheet.values and one.code not in sheet.missing]
        found.append(
            Open(section.code, tuple(one.type.value for one in asked), tuple(one.type.value for one in left))
        )
    return found
