"""Keeping how long each section of a return took, when it is submitted."""

from reporting.catalogue import Indicator
from reporting.enums import AnswerSource
from reporting.minutes import Save, seconds_per_section
from reporting.models import Answer, SectionTime, Submission
from reporting.selectors.catalogues import catalogue_of

# Only what was typed into the form: a workbook's answers come all at once.
TYPED = frozenset({AnswerSource.PAGE, AnswerSource.GUEST})


def measure(submission: Submission) -> None:
    """Write the times of a return anew from the history of its answers; call it where the return is locked.

    A section that was never typed into has no time, so that workbooks do not look like a form that takes no time.
    """
    catalogue = catalogue_of(submission.round.catalogue)
    events = (
        Answer.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
            submission_id=submission.pk, source__in=TYPED, pgh_label__in=["insert", "update"]
        )
        .order_by("pgh_id")
        .values_list("code", "changed_at", "changed_by_id", "pgh_context__metadata__guest")
    )
    saves = []
    for code, at, person, guest in events:
        part = catalogue.find(code)
        if isinstance(part, Indicator):
            saves.append(Save((person, guest or ""), part.section, at))
    times = seconds_per_section(saves)
    SectionTime.objects.filter(submission=submission).delete()
    SectionTime.objects.bulk_create(
        SectionTime(
            association_id=submission.association_id,
            institution_id=submission.institution_id,
            submission=submission,
            section=section,
            seconds=seconds,
        )
        for section, seconds in times.items()
    )
