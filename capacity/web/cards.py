"""What the template of a rater's form is given: one card an item, with what was typed and what was wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from capacity.frameworks import Area, Framework, Item
from capacity.models import Proof, Score
from capacity.selectors.rating import Lack, RatingSheet
from capacity.services.scores import SaveResult, Word
from capacity.web.doors import Door


@dataclass(frozen=True, slots=True)
class Choice:
    """One level of the scale with what must be seen for it."""

    value: str
    label: str
    proof: str
    checked: bool
    needs_evidence: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One item of the form."""

    item: Item
    category: str
    choices: tuple[Choice, ...]
    not_applicable: bool
    reason: str
    note: str
    version: int
    proofs: Sequence[Proof]
    lack: Lack | None
    is_scored: bool
    fault: str
    clash: str
    proofs_url: str

    @property
    def needs_evidence(self) -> bool:
        """Whether the level wants evidence and there is none."""
        return self.lack == Lack.EVIDENCE


def cards_of(
    sheet: RatingSheet,
    area: Area,
    door: Door,
    *,
    result: SaveResult | None = None,
    typed: Mapping[str, Word] | None = None,
) -> tuple[Card, ...]:
    """The cards of an area; what was typed and could not be saved stands in its card."""
    return tuple(_card(sheet, area, door, item, result, (typed or {}).get(item.code)) for item in area.items)


def said(framework: Framework, score: Score | None) -> str:
    """A score in words."""
    if score is None:
        return _("no score")
    if score.level is None:
        return _("does not apply: %(reason)s") % {"reason": score.reason}
    return f"{score.level} {framework.level(score.level).label}"


def clash_words(framework: Framework, score: Score | None) -> str:
    """What is told where somebody (or another window) wrote meanwhile."""
    return _("Saved meanwhile in another window: %(score)s. Save again to put yours in its place.") % {
        "score": said(framework, score)
    }


def _card(
    sheet: RatingSheet, area: Area, door: Door, item: Item, result: SaveResult | None, word: Word | None
) -> Card:
    framework, score = sheet.framework, sheet.scores.get(item.code)
    fault = result.refused.get(item.code, "") if result else ""
    clashed = result is not None and item.code in result.clashes
    shown = word if word is not None and (fault or clashed) else score
    level = shown.level if shown is not None else None
    return Card(
        item=item,
        category=framework.label_of(item.category, area.code),
        choices=tuple(
            Choice(
                str(step.level), step.label, proof, level == step.level, framework.needs_evidence(step.level)
            )
            for step, proof in zip(framework.scale, item.proof, strict=True)
        ),
        not_applicable=shown.not_applicable if shown is not None else False,
        reason=shown.reason if shown is not None else "",
        note=shown.note if shown is not None else "",
        version=score.version if score is not None else 0,
        proofs=sheet.proofs.get(item.code, ()),
        lack=sheet.lack_of(item.code),
        is_scored=score is not None,
        fault=fault,
        clash=clash_words(framework, score) if clashed else "",
        proofs_url=door.url("rating_proofs", item.code),
    )
