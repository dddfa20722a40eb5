"""The editors' part of a report: which chapters take words, and frozen words, cases and choices put into chapters."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from reporting.catalogue import Catalogue
from reporting.datasets.annex import annex
from reporting.datasets.chapters import Facts
from reporting.datasets.chapters_results import body
from reporting.datasets.draft import Draft
from reporting.datasets.measures import plan
from reporting.datasets.parts import Block, Case, Chapter, Figure, Table, Words
from reporting.models import ReleaseCell

FOREWORD, CASES, SUPPORT, RECOMMENDATIONS = "foreword", "cases", "support", "recommendations"


@dataclass(frozen=True, slots=True)
class Choice:
    """A figure or table that editors may leave out."""

    id: str
    title: str
    is_table: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A chapter that takes words: its address, its title, and the figures in it that may be left out."""

    code: str
    title: str
    choices: tuple[Choice, ...] = ()


def places(
    catalogue: Catalogue, *, sections: Sequence[str], full_form: bool, language: str
) -> tuple[Place, ...]:
    """Every chapter that a report of such a round can have, in order, before there are figures.

    Call it with `language` active. What the report shows of them depends on what members answer.
    """
    planned = plan(catalogue, sections=sections, full_form=full_form)
    # cells that say nothing: they only tell which figures there can be
    cells = [
        ReleaseCell(code=one.measure.code, statistic=one.measure.kind, published=False, reason="-")
        for one in planned
    ]
    cells += [
        ReleaseCell(code=one.measure.code, statistic=statistic, published=False, reason="-")
        for one in planned
        if one.headline
        for statistic in ("panel_change", "panel_before", "panel_after")
    ]
    draft = Draft(
        catalogue=catalogue,
        cells=cells,
        language=language,
        currency="",
        period="",
        source="",
        year=1,
        panel_year=0,
    )
    facts = Facts(invited=1, approved=1, contributors=1, named=("-",), other_currency=0, imported=False)
    chapters = [
        Place(chapter.code, chapter.title, tuple(_choices(chapter.blocks))) for chapter in body(draft, facts)
    ]
    return (
        Place(FOREWORD, _("Foreword")),
        *chapters,
        Place(SUPPORT, _("Support given by the association")),
        Place(CASES, _("Cases")),
        Place(RECOMMENDATIONS, _("Priorities and recommendations")),
        *(Place(chapter.code, chapter.title) for chapter in annex(draft, facts) if chapter.code == "method"),
    )


def _choices(blocks: Iterable[Block]) -> Iterable[Choice]:
    for block in blocks:
        if isinstance(block, Figure | Table):
            yield Choice(block.id, block.title, isinstance(block, Table))


@dataclass(frozen=True, slots=True)
class Frozen:
    """What an edition froze of the editors' part, in one language. Nothing was written in others."""

    words: Mapping[str, str]
    cases: tuple[Case, ...]
    left_out: frozenset[str]


def frozen_of(texts: Mapping[str, Any], language: str) -> Frozen:
    """The part of `Release.texts` that a report in this language shows; an edition without texts has none."""
    return Frozen(
        words=dict(texts.get("chapters", {}).get(language, {})),
        cases=tuple(
            Case(
                title=one["title"],
                text=one["text"],
                institution=one.get("institution", ""),
                photo=one.get("photo", ""),
                photo_sha256=one.get("photo_sha256", ""),
                photo_words=one.get("photo_words", ""),
                id=f"case-{number}",
            )
            for number, one in enumerate(
                (one for one in texts.get("cases", []) if one["language"] == language), start=1
            )
        ),
        left_out=frozenset(texts.get("left_out", [])),
    )


def with_words(
    chapters: Iterable[Chapter], frozen: Frozen, titles: Mapping[str, str], *, kept: Iterable[str]
) -> list[Chapter]:
    """The chapters before the annex with the editors' words first and without the figures that they left out.

    A chapter that is nothing but words exists as soon as there are words. A chapter left without any content is gone,
    unless it is one of `kept`, to which a key message leads.
    """
    by_code = {chapter.code: chapter for chapter in chapters}
    needed = frozenset(kept)
    found = []
    for code, title in titles.items():
        if code in {FOREWORD, "method"}:
            continue
        chapter = by_code.get(code) or Chapter(code=code, title=title, lede="")
        blocks: list[Block] = []
        if frozen.words.get(code):
            blocks.append(Words(frozen.words[code], id=f"{code}-words"))
        if code == CASES:
            blocks += frozen.cases
        blocks += [one for one in chapter.blocks if one.id not in frozen.left_out or not one.id]
        if blocks or chapter.key_figures or code in needed:
            found.append(replace(chapter, blocks=tuple(blocks)))
    return found


def with_method(chapters: Iterable[Chapter], frozen: Frozen) -> list[Chapter]:
    """The annex, with the editors' words at the end of its method: nothing of it can be left out."""
    said = frozen.words.get("method")
    return [
        replace(one, blocks=(*one.blocks, Words(said, _("What the association adds"), "method-words")))
        if said and one.code == "method"
        else one
        for one in chapters
    ]
