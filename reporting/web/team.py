"""How the people of an MFI share a return, as its pages show it; each part is read when a template asks for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

from members.models import User
from reporting.models import SectionAssignment
from reporting.selectors.minutes import minutes_left, usual_seconds
from reporting.selectors.returns import ReturnSheet
from reporting.selectors.team import Flagged, assignments_of, flags_of
from reporting.web.panels import section_urls


@dataclass(frozen=True, slots=True)
class FlagLine:
    """A flagged question with its address."""

    label: str
    number: str
    url: str


@dataclass(frozen=True, slots=True)
class SectionPart:
    """One section of the overview's list "who answers what"."""

    code: str
    title: str
    url: str
    given: SectionAssignment | None
    is_mine: bool
    minutes: int


class Team:
    """Sections of colleagues, flags and minutes of one return, for one reader.

    `given` and `flags`: whether the return has any of them at all, so that they are read.
    """

    def __init__(self, sheet: ReturnSheet, reader: User, *, given: bool, flags: bool) -> None:
        self._sheet = sheet
        self._reader = reader
        self._has_given = given
        self._has_flags = flags

    @cached_property
    def address(self) -> str:
        """The page on which work is shared."""
        submission = self._sheet.submission
        return reverse("return_team", args=[submission.association.slug, submission.pk])

    @cached_property
    def may_see(self) -> bool:
        """Whether the reader works for the MFI."""
        return self._reader.has_perm("reporting.view_team", self._sheet.submission)

    @cached_property
    def may_share(self) -> bool:
        """Whether the reader may give sections and set flags now."""
        return self._reader.has_perm("reporting.share_work", self._sheet.submission)

    @cached_property
    def given(self) -> Mapping[str, SectionAssignment]:
        """Who has which section."""
        return assignments_of(self._sheet.submission) if self._has_given and self.may_see else {}

    @cached_property
    def flags(self) -> Sequence[FlagLine]:
        """The flagged questions, in the order of the form."""
        if not self.may_see:
            return ()
        addresses = section_urls(self._sheet)
        return [
            FlagLine(
                one.indicator.label,
                one.number,
                f"{addresses[one.indicator.section]}#f-{one.indicator.code}",
            )
            for one in self._flagged
        ]

    @cached_property
    def flagged(self) -> frozenset[str]:
        """The codes of flagged questions."""
        return frozenset(one.indicator.code for one in self._flagged) if self.may_see else frozenset()

    @cached_property
    def _flagged(self) -> Sequence[Flagged]:
        return flags_of(self._sheet) if self._has_flags else ()

    @cached_property
    def minutes(self) -> Mapping[str, int]:
        """Minutes left by section; "" is the whole return."""
        return minutes_left(self._sheet, usual_seconds(self._sheet.submission.association_id))

    @property
    def minutes_of_all(self) -> int:
        """Minutes left for the whole return."""
        return self.minutes[""]

    @cached_property
    def parts(self) -> Sequence[SectionPart]:
        """Every section with who has it."""
        addresses = section_urls(self._sheet)
        return [
            SectionPart(
                code=one.code,
                title=f"{one.number}. {one.title}",
                url=addresses[one.code],
                given=self.given.get(one.code),
                is_mine=one.code in self.given and self.given[one.code].assignee_id == self._reader.pk,
                minutes=self.minutes.get(one.code, 0),
            )
            for one in self._sheet.sections
        ]

    @property
    def shared(self) -> Sequence[SectionPart]:
        """The sections that somebody has."""
        return [part for part in self.parts if part.given]
