"""The session on the screen: a row per item with what each group of raters gave, and the word agreed on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from capacity.enums import RaterGroup
from capacity.frameworks import Item
from capacity.models import Consensus, Proof
from capacity.scoring import NOT_APPLICABLE, Spread
from capacity.selectors.results import ResultSheet
from capacity.services.session import Word

NA = "n"
SHOWN = ("all", "disputed", "open", "evidence")


@dataclass(frozen=True, slots=True)
class Choice:
    """A level, or "does not apply", with the groups of the raters who gave it."""

    value: str
    label: str
    proof: str
    given: tuple[str, ...]
    is_proposed: bool
    checked: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What a rater wrote beside a level."""

    group: str
    level: str
    text: str


@dataclass(frozen=True)
class Row:
    """One item in the session."""

    item: Item
    area: str
    category: str
    choices: tuple[Choice, ...]
    spread: Spread
    said: tuple[Said, ...]
    proofs: tuple[Proof, ...]
    now: Consensus | None
    reason: str
    minute: str
    needs_evidence: bool
    fault: str = ""
    clash: bool = False

    @property
    def version(self) -> int:
        """The version of the word that stands there."""
        return self.now.version if self.now else 0

    @property
    def is_decided(self) -> bool:
        """Whether there is an agreed word."""
        return self.now is not None

    @property
    def chosen(self) -> str:
        """The value chosen on the screen."""
        return next((choice.value for choice in self.choices if choice.checked), "")

    @property
    def now_words(self) -> str:
        """What stands there, in words."""
        if self.now is None:
            return ""
        value = NA if self.now.level is None else str(self.now.level)
        return next(
            f"{one.value} {one.label}" if value != NA else one.label
            for one in self.choices
            if one.value == value
        )


@dataclass(frozen=True, slots=True)
class Typed:
    """What was sent for one item, as it was typed."""

    value: str
    reason: str
    minute: str
    version: int

    @property
    def word(self) -> Word | None:
        """The word it means; None where no level is chosen or it is none."""
        if self.value == NA:
            return Word(None, self.reason, self.minute)
        if not (self.value.isascii() and self.value.isdigit() and len(self.value) < 4):
            return None
        return Word(int(self.value), "", self.minute)


def typed(data: QueryDict) -> Typed:
    """What a row of the session sent; `over` is the version that the person decided to write over."""
    version = data.get("over") or data.get("version") or "0"
    return Typed(
        data.get("level", ""),
        data.get("reason", ""),
        data.get("minute", ""),
        int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0,
    )


def rows_of(sheet: ResultSheet, items: Iterable[Item]) -> tuple[Row, ...]:
    """Rows of some items, as they stand."""
    return tuple(row_of(sheet, item) for item in items)


def row_of(
    sheet: ResultSheet, item: Item, sent: Typed | None = None, *, fault: str = "", clash: bool = False
) -> Row:
    """The row of an item; with `sent` it shows what was typed, and why that was not saved."""
    framework, now = sheet.framework, sheet.consensus.get(item.code)
    spread = sheet.spreads[item.code]
    if sent is not None:
        value, reason, minute = sent.value, sent.reason, sent.minute
    else:
        value = "" if now is None else NA if now.level is None else str(now.level)
        reason, minute = (now.reason, now.minute) if now else ("", "")
    given = _given(sheet, item.code)
    proposed = (
        NA if spread.proposal is NOT_APPLICABLE else "" if spread.proposal is None else str(spread.proposal)
    )
    levels = [(str(level.level), level.label, item.proof[level.level]) for level in framework.scale]
    return Row(
        item=item,
        area=framework.area(item.area).title,
        category=framework.label_of(item.category, item.area),
        choices=tuple(
            Choice(code, label, proof, given.get(code, ()), code == proposed, code == value)
            for code, label, proof in (*levels, (NA, _("Does not apply"), ""))
        ),
        spread=spread,
        said=_said(sheet, item.code),
        proofs=sheet.proofs.get(item.code, ()),
        now=now,
        reason=reason,
        minute=minute,
        needs_evidence=sheet.lacks_evidence(item.code),
        fault=fault,
        clash=clash,
    )


def in_order(sheet: ResultSheet, show: str, area: str) -> tuple[Item, ...]:
    """The items to show: of one area or all, disputed ones first, the widest apart before others."""
    unproven = {item.code for item in sheet.unproven}
    keep = {
        "disputed": lambda item: sheet.spreads[item.code].is_disputed,
        "open": lambda item: item.code not in sheet.consensus,
        "evidence": lambda item: item.code in unproven,
    }.get(show, lambda item: True)
    found = [item for item in sheet.framework.items if keep(item) and area in ("", item.area)]
    return tuple(sorted(found, key=lambda item: _heat(sheet.spreads[item.code])))


def counts_of(sheet: ResultSheet) -> Mapping[str, int]:
    """How many items each choice shows."""
    return {
        "all": len(sheet.framework.items),
        "disputed": sum(spread.is_disputed for spread in sheet.spreads.values()),
        "open": len(sheet.undecided),
        "evidence": len(sheet.unproven),
    }


def _heat(spread: Spread) -> tuple[bool, int]:
    return not spread.is_disputed, -((spread.highest or 0) - (spread.lowest or 0))


def _given(sheet: ResultSheet, code: str) -> dict[str, tuple[str, ...]]:
    """Groups by the level that their raters gave; two of one group stand there twice."""
    found: dict[str, list[str]] = {}
    for rater in sheet.raters:
        score = rater.rows.get(code)
        if score is not None:
            value = NA if score.level is None else str(score.level)
            found.setdefault(value, []).append(str(RaterGroup(rater.group).label))
    return {value: tuple(groups) for value, groups in found.items()}


def _said(sheet: ResultSheet, code: str) -> tuple[Said, ...]:
    """Notes and reasons of raters, by group."""
    found = []
    for rater in sheet.raters:
        score = rater.rows.get(code)
        if score is not None and (score.note or score.reason):
            text = " – ".join(part for part in (score.reason, score.note) if part)
            level = _("does not apply") if score.level is None else str(score.level)
            found.append(Said(str(rater.group.label), level, text))
    return tuple(found)
