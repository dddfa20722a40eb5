"""How far the answers of a return were checked, and which answers an audit could stand behind."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reporting.catalogue import IndicatorType
from reporting.enums import EvidenceClass, QuestionState, ReturnState, VerificationLevel
from reporting.models import Answer, EvidenceCitation, Question, Submission
from reporting.selectors.returns import ReturnSheet

# The audit row of every time that somebody said how far answers were checked.
VERIFIED = "answers.verified"
# The question that says where the figures come from, and its choice for audited accounts.
SOURCES, AUDITED_ACCOUNTS = "data_sources", "audited"


@dataclass(frozen=True, slots=True)
class RollUp:
    """How many answers of a return there are, and how many at each level."""

    total: int
    counts: Mapping[str, int]

    def reached(self, level: str) -> int:
        """Answers at this level or better."""
        order = VerificationLevel.values
        return sum(self.counts.get(one, 0) for one in order[order.index(level) :])

    @property
    def checked(self) -> int:
        """Answers that somebody other than the MFI looked at."""
        return self.reached(VerificationLevel.STAFF_CHECKED)

    @property
    def with_evidence(self) -> int:
        """Answers whose evidence was seen, or that were audited."""
        return self.reached(VerificationLevel.EVIDENCE_SEEN)

    @property
    def audited(self) -> int:
        """Answers that a third party audited."""
        return self.reached(VerificationLevel.AUDITED)


def lowest_level(levels: Iterable[str]) -> str:
    """The level of a value that was worked out from answers of these levels: that of the least checked one."""
    return min(levels, key=VerificationLevel.values.index, default=VerificationLevel.SELF_REPORTED)


def says_something(answer: Answer) -> bool:
    """Whether there is a value or a reason for having none: what can be checked."""
    return (
        answer.number is not None
        or answer.text is not None
        or answer.flag is not None
        or answer.choices is not None
        or answer.file_id is not None
        or bool(answer.missing)
    )


def checkable(sheet: ReturnSheet) -> dict[str, Answer]:
    """The answers that count and say something, by code in the order of the form."""
    relevant, answers = sheet.computed.relevant, sheet.answers
    return {
        indicator.code: answers[indicator.code]
        for indicator in sheet.catalogue.indicators
        if indicator.code in relevant
        and indicator.code in answers
        and says_something(answers[indicator.code])
    }


def roll_up(sheet: ReturnSheet, there: Mapping[str, Answer] | None = None) -> RollUp:
    """How far the answers of a return were checked; no query. `there` are those of `checkable`, if known already."""
    found = checkable(sheet) if there is None else there
    return RollUp(len(found), Counter(answer.verification for answer in found.values()))


def checked_words(sheet: ReturnSheet) -> str:
    """How far the answers of a return were checked; nothing before anything was handed in."""
    return roll_up_words(roll_up(sheet)) if sheet.submission.state != ReturnState.DRAFT else ""


def roll_up_words(found: RollUp) -> str:
    """Such as "64 of 98 answers checked, 12 with evidence"."""
    if not found.checked:
        return ngettext(
            "%(total)s answer, self-reported", "%(total)s answers, all self-reported", found.total
        ) % {"total": found.total}
    words = [_("%(checked)s of %(total)s answers checked") % {"checked": found.checked, "total": found.total}]
    if found.with_evidence > found.audited:
        words.append(_("%(count)s with evidence") % {"count": found.with_evidence})
    if found.audited:
        words.append(_("%(count)s audited") % {"count": found.audited})
    return ", ".join(words)


def words_of_levels() -> dict[str, str]:
    """The levels in words; nothing for self-reported, which goes without saying."""
    return {
        level.value: str(level.label)
        for level in VerificationLevel
        if level != VerificationLevel.SELF_REPORTED
    }


def levels_mark(sheet: ReturnSheet) -> str:
    """A short mark that is another one as soon as any answer has another level."""
    levels = sorted((code, answer.verification) for code, answer in sheet.answers.items())
    return hashlib.sha256(repr(levels).encode()).hexdigest()[:12]


def with_problems(sheet: ReturnSheet) -> set[str]:
    """Codes about which something is left to look at: an error, a warning, a question that is not resolved."""
    found = {code for one in sheet.findings if not one.is_note for code in one.indicators}
    asked = Question.objects.filter(submission=sheet.submission).exclude(state=QuestionState.RESOLVED)
    return found.union(asked.values_list("code", flat=True))


def cited_codes(submission: Submission) -> dict[str, bool]:
    """The codes that cite a document, each with whether the association's staff may open one of them."""
    found: dict[str, bool] = {}
    rows = EvidenceCitation.objects.filter(submission=submission).values_list(
        "code", "evidence__confidentiality"
    )
    for code, confidentiality in rows:
        found[code] = found.get(code, False) or confidentiality != EvidenceClass.MFI
    return found


def audit_proposals(sheet: ReturnSheet, cited: Collection[str]) -> list[str]:
    """Financial answers that cite a document, not audited yet, of a return that says it rests on audited accounts.

    Only a proposal: who audited them, and when, is for staff to say.
    """
    sources = sheet.values.get(SOURCES)
    if not cited or not isinstance(sources, tuple) or AUDITED_ACCOUNTS not in sources:
        return []
    return [
        code
        for code, answer in checkable(sheet).items()
        if code in cited
        and sheet.catalogue.indicator(code).type is IndicatorType.MONEY
        and answer.verification != VerificationLevel.AUDITED
    ]
