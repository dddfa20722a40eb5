"""The pages that ask many members at once, in words: one line a value, with what a text can be filled with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from reporting.catalogue import Derived
from reporting.datasets.wording import value_text
from reporting.selectors.asking import Askable, RuleFound
from reporting.services.questions import About
from reporting.validation import Finding
from spm_portal.common.numbers import format_number


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule as the list of rules shows it."""

    rule: str
    text: str
    members: int
    values: int
    is_error: bool
    is_note: bool


@dataclass(frozen=True, slots=True)
class AskLine:
    """One value that can be asked about; `question` is the one that is asked already."""

    key: str
    mfi: str
    state: str
    label: str
    code: str
    value: str
    last: str
    says: str
    reason: str
    review_url: str
    question: UUID | None
    ticked: bool


def rule_lines(found: Iterable[RuleFound]) -> list[RuleLine]:
    """The rules with an example of what each says."""
    return [
        RuleLine(
            rule=one.example.rule,
            text=text_of(one.example),
            members=one.members,
            values=one.values,
            is_error=one.example.blocks,
            is_note=one.example.is_note,
        )
        for one in found
    ]


def ask_lines(rows: Sequence[Askable], slug: str, *, ticked: Iterable[str]) -> list[AskLine]:
    """The values of a list, those in `ticked` chosen."""
    chosen = set(ticked)
    return [
        AskLine(
            key=row.key,
            mfi=row.sheet.submission.institution.label,
            state=row.sheet.submission.state,
            label=row.part.label,
            code=row.part.code,
            value=_value(row),
            last=_last(row),
            says=_says(row),
            reason=row.explanation.reason if row.explanation else "",
            review_url=_review_url(row, slug),
            question=row.question,
            ticked=row.key in chosen,
        )
        for row in rows
    ]


def about_of(rows: Iterable[Askable], rule: str) -> list[About]:
    """What the service asks about, each with the words for its placeholders."""
    return [
        About(
            row.sheet.submission.pk,
            row.part.code,
            rule,
            (
                ("mfi", row.sheet.submission.institution.label),
                ("label", row.part.label),
                ("value", _value(row)),
                ("last_year", _last(row) or _("no answer")),
            ),
        )
        for row in rows
    ]


def text_of(finding: Finding) -> str:
    """What is wrong, in the reader's language."""
    language = get_language() or "en"
    return finding.text.render(_, lambda figure: format_number(figure, language=language))


def _value(row: Askable) -> str:
    return value_text(row.part, row.value, row.sheet.submission.currency) or _("no answer")


def _last(row: Askable) -> str:
    return value_text(row.part, row.last, row.sheet.submission.currency)


def _says(row: Askable) -> str:
    if row.finding is not None:
        return text_of(row.finding)
    if row.outlier is None:
        return ""
    middle = value_text(row.part, _rounded(row.outlier.middle), row.sheet.submission.currency)
    return _("the middle of the returns is %(middle)s") % {"middle": middle}


def _rounded(middle: float) -> float | int:
    """Three digits are enough to compare with."""
    rounded = float(f"{middle:.3g}")
    return int(rounded) if rounded.is_integer() else rounded


def _review_url(row: Askable, slug: str) -> str:
    section = "derived" if isinstance(row.part, Derived) else row.part.section
    address = reverse("return_review", args=[slug, row.sheet.submission.pk])
    return f"{address}?{urlencode({'section': section})}#row-{row.part.code}"
