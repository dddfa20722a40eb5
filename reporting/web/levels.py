"""The one control by which a reviewer says how far answers were checked, and how far they are, in words."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from reporting.enums import VerificationLevel
from reporting.selectors.returns import ReturnSheet
from reporting.selectors.verification import (
    RollUp,
    audit_proposals,
    checkable,
    roll_up,
    roll_up_words,
)

WHOLE, SECTION, ANSWER, PROPOSED = "all", "section:", "answer:", "proposed"


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be chosen in a list."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class LevelPanel:
    """What the panel shows: the roll-up, what can be chosen, and what was typed where it was refused.

    `answers` are those of the page that is open; `proposed` counts financial answers that cite audited accounts.
    """

    words: str
    roll_up: RollUp
    sections: Sequence[Option]
    answers: Sequence[Option]
    levels: Sequence[Option]
    proposed: int
    auditor: str = ""
    audited_on: str = ""
    refusal: str = ""
    field: str = ""


def marks_of_levels() -> dict[str, str]:
    """What stands beside the code of an answer, by level: short, for it stands in every row."""
    words = {
        VerificationLevel.STAFF_CHECKED: _("Checked by staff"),
        VerificationLevel.EVIDENCE_SEEN: _("Evidence seen"),
        VerificationLevel.AUDITED: _("Audited"),
    }
    return {level: f" · {said}" for level, said in words.items()}


def level_panel(
    sheet: ReturnSheet,
    *,
    shown: str,
    codes: Iterable[str],
    cited: Collection[str],
    typed: Mapping[str, str] | None = None,
    refusal: str = "",
    field: str = "",
) -> LevelPanel:
    """The panel beside the part of the review that is `shown`, with the `codes` on it; no query."""
    typed = typed or {}
    there = checkable(sheet)
    which = typed.get("which") or (
        f"{SECTION}{shown}" if any(one.code == shown for one in sheet.sections) else WHOLE
    )
    level = typed.get("level") or VerificationLevel.STAFF_CHECKED
    sections = [Option(WHOLE, _("All answers without problems"), which == WHOLE)]
    sections += [
        Option(f"{SECTION}{one.code}", one.title, which == f"{SECTION}{one.code}") for one in sheet.sections
    ]
    labels = sheet.catalogue.labels
    answers = [
        Option(f"{ANSWER}{code}", labels[code], which == f"{ANSWER}{code}") for code in codes if code in there
    ]
    found = roll_up(sheet, there)
    return LevelPanel(
        words=roll_up_words(found),
        roll_up=found,
        sections=sections,
        answers=answers,
        levels=[Option(value, str(label), value == level) for value, label in VerificationLevel.choices],
        proposed=len(audit_proposals(sheet, cited)),
        auditor=typed.get("auditor", ""),
        audited_on=typed.get("audited_on", ""),
        refusal=refusal,
        field=field,
    )
