"""Builds the results of an assessment: every figure by `capacity.scoring`, every word in one language."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from capacity.datasets.result_parts import AreaLine, Before, BreakLine, Evidence, ItemLine, Outside, Results
from capacity.datasets.result_words import break_words, spread_words
from capacity.enums import ProofKind, RaterGroup
from capacity.frameworks import Area, Framework, Item
from capacity.models import Assessment, OutsideView, Proof
from capacity.scoring import (
    Changes,
    ItemChange,
    Scores,
    band,
    changes,
    mean_of_raters,
    results,
    strongest,
    verification,
    weakest,
)
from capacity.selectors.frameworks import framework_of, limits_of
from capacity.selectors.results import ResultSheet, agreed_before, agreed_levels, result_sheet
from members.selectors.records import label_of
from spm_portal.common.numbers import format_number


def build_results(assessment: Assessment, language: str) -> Results:
    """The results of an assessment since its session, compared with the last agreed one before it.

    Raises `Sealed` while raters score.
    """
    sheet = result_sheet(assessment)
    earlier = agreed_before(assessment)
    past = (framework_of(earlier.framework), agreed_levels(earlier)) if earlier else None
    with translation.override(language):
        return _Builder(sheet, earlier, past, language).results()


class _Builder:
    """One assessment and the one before it."""

    def __init__(
        self,
        sheet: ResultSheet,
        earlier: Assessment | None,
        past: tuple[Framework, Scores] | None,
        language: str,
    ) -> None:
        self.sheet, self.earlier, self.past, self.language = sheet, earlier, past, language
        self.framework = sheet.framework
        self.limits = limits_of(self.framework)
        self.told = results(self.framework, sheet.scores, self.limits)
        self.moved: Changes | None = (
            changes(past, (self.framework, sheet.scores), self.limits) if past else None
        )
        self.past_areas = results(*past, limits_of(past[0])).areas if past else {}
        self.moves: Mapping[str, ItemChange] = (
            {row.code: row for row in self.moved.items} if self.moved else {}
        )
        self.groups = tuple(
            group for group in RaterGroup if any(rater.group == group for rater in sheet.raters)
        )

    def results(self) -> Results:
        assessment, framework, sheet = self.sheet.assessment, self.framework, self.sheet
        association = assessment.association
        items = tuple(self._item(item) for item in framework.items)
        by_code = {item.code: item for item in items}
        checked = verification(framework.items, sheet.scores, sheet.verified)
        return Results(
            language=self.language,
            rtl=self.language.split("-")[0] in settings.LANGUAGES_BIDI,
            association=association.name,
            association_label=association.label,
            accent=association.accent_colour,
            title=assessment.title,
            as_of=assessment.as_of,
            agreed_at=assessment.agreed_at,
            agreed_by=assessment.agreed_by.name if assessment.agreed_by else "",
            framework=", ".join([framework.title, _("version %(version)s") % {"version": framework.version}]),
            publisher=framework.source.publisher,
            source_note=framework.source.note,
            scale=tuple((level.level, level.label) for level in framework.scale),
            evidence_from=framework.evidence_from,
            categories=tuple(category.label for category in framework.categories),
            groups=tuple(
                (str(group.label), sum(rater.group == group for rater in sheet.raters))
                for group in self.groups
            ),
            waiting=sheet.waiting,
            overall=self.told.overall.number,
            band=band(self.told.overall.value, self.limits),
            areas=tuple(self._area(area) for area in framework.areas),
            by_category=tuple(self.told.categories[one.code].number for one in framework.categories),
            items=items,
            strongest=tuple(
                by_code[row.item.code] for row in strongest(framework, sheet.scores, self.limits)
            ),
            weakest=tuple(by_code[row.item.code] for row in weakest(framework, sheet.scores, self.limits)),
            before=self._before(items),
            verified=checked.verified,
            verified_of=checked.scored,
            verified_difference=_number(checked.difference),
            minute=assessment.minute,
            limits={
                "strong": format_number(self.limits.strong_from, language=self.language),
                "weak": format_number(self.limits.weak_to, language=self.language),
                "spread": format_number(self.limits.spread_from, language=self.language),
                "share": format_number(self.limits.least_share * 100, language=self.language, decimals=0),
            },
        )

    def _area(self, area: Area) -> AreaLine:
        told = self.told.areas[area.code]
        moved = self.moved.areas[area.code] if self.moved else None
        checked = verification(area.items, self.sheet.scores, self.sheet.verified)
        return AreaLine(
            code=area.code,
            number=area.number,
            title=area.title,
            value=told.number,
            band=band(told.value, self.limits),
            scored=told.scored,
            not_applicable=told.not_applicable,
            cells=tuple(
                cell.number if (cell := self.told.cells.get((area.code, category.code))) else None
                for category in self.framework.categories
            ),
            groups=tuple(self._group_mean(area, group) for group in self.groups),
            disputed=sum(self.sheet.spreads[item.code].is_disputed for item in area.items),
            earlier=past.number if (past := self.past_areas.get(area.code)) else None,
            before=_number(moved.before) if moved else None,
            after=_number(moved.after) if moved else None,
            compared=moved.compared if moved else 0,
            left_out=moved.left_out if moved else 0,
            self_mean=_number(checked.self_mean),
            verified_mean=_number(checked.verified_mean),
            verified=checked.verified,
            overstated=checked.overstated,
            understated=checked.understated,
        )

    def _group_mean(self, area: Area, group: RaterGroup) -> float | None:
        own = [rater.scores for rater in self.sheet.raters if rater.group == group]
        return _number(mean_of_raters(area.items, own, self.limits))

    def _item(self, item: Item) -> ItemLine:
        sheet, row = self.sheet, self.sheet.consensus.get(item.code)
        level = row.level if row else None
        spread = sheet.spreads[item.code]
        moved = self.moves.get(item.code)
        view = sheet.outside.get(item.code)
        if row is None:
            label = _("Not agreed yet")
        else:
            label = _("Not applicable") if level is None else self.framework.level(level).label
        before = moved.before if moved else None
        return ItemLine(
            code=item.code,
            area=item.area,
            category=self.framework.label_of(item.category, item.area),
            text=item.text,
            level=level,
            label=label,
            reason=row.reason if row else "",
            minute=row.minute if row else "",
            proof=item.proof[level] if level is not None else "",
            evidence=tuple(_evidence(proof) for proof in sheet.proofs.get(item.code, ())),
            raters=spread_words(spread, self.language),
            is_disputed=spread.is_disputed,
            outside=self._outside(view, level) if view else None,
            before=before if isinstance(before, int) else None,
            difference=moved.difference if moved else None,
            broken=break_words(moved.broken) if moved and moved.broken else "",
        )

    def _outside(self, view: OutsideView, level: int | None) -> Outside:
        return Outside(
            level=view.level,
            label=self.framework.level(view.level).label,
            verifier=view.verifier,
            day=view.checked_on,
            note=view.note,
            difference=None if level is None else view.level - level,
        )

    def _before(self, items: tuple[ItemLine, ...]) -> Before | None:
        if self.earlier is None or self.moved is None or self.past is None:
            return None
        known = [item for item in items if item.difference is not None]
        earlier = self.past[0]
        return Before(
            title=self.earlier.title,
            as_of=self.earlier.as_of,
            overall=_number(self.moved.overall),
            risen=_sorted(item for item in known if (item.difference or 0) > 0),
            fallen=_sorted(item for item in known if (item.difference or 0) < 0),
            same=sum(item.difference == 0 for item in known),
            breaks=tuple(
                BreakLine(
                    row.code,
                    (self.framework if self.framework.has(row.code) else earlier).item(row.code).text,
                    break_words(row.broken),
                )
                for row in self.moved.items
                if row.broken
            ),
        )


def _sorted(items: Iterable[ItemLine]) -> tuple[ItemLine, ...]:
    """The widest moves first."""
    return tuple(sorted(items, key=lambda item: -abs(item.difference or 0)))


def _evidence(proof: Proof) -> Evidence:
    kind = ProofKind(proof.kind)
    detail = {
        ProofKind.FILE: proof.name,
        ProofKind.LINK: proof.url,
        ProofKind.RECORD: label_of(proof.record),
    }[kind]
    return Evidence(
        title=proof.title,
        kind=kind,
        kind_words=str(kind.label),
        detail="" if detail == proof.title else detail,
        day=proof.added_at.date(),
        row=proof,
    )


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
