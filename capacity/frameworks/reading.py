"""Reads the document of a framework and reports every fault of it in one go."""

import json
import re
from collections.abc import Mapping
from typing import Any

from capacity.frameworks.faults import MAX_FAULTS, Fault, FrameworkFaults, Report
from capacity.frameworks.framework import (
    Area,
    Category,
    Framework,
    Item,
    Level,
    RecordKind,
    Source,
    Support,
    SupportArea,
)
from capacity.frameworks.values import MAX_TEXT, MAX_TITLE, Values

__all__ = ["MAX_FAULTS", "Fault", "FrameworkFaults", "document_of", "read"]

MAX_LEVELS = 10
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,39}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,19}")


def document_of(raw: bytes) -> object:
    """The document in the bytes of a file; FrameworkFaults says where it is no JSON or names a key twice."""
    report = Report()

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                report.add("the file", f"an object names {key!r} twice", "Keep one of the two.")
            found[key] = value
        return found

    try:
        document: object = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=once)
    except UnicodeDecodeError as error:
        report.add("the file", f"byte {error.start + 1} is not UTF-8 text", "Save the file as UTF-8.")
        raise report.error() from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        report.add(where, f"this is not JSON: {error.msg}", "Correct the file at this place.")
        raise report.error() from error
    except ValueError as error:
        report.add("the file", "a number has too many digits", "Write a smaller number.")
        raise report.error() from error
    except RecursionError as error:
        report.add(
            "the file", "objects are nested too deeply", "Use the form that docs/capacity.md describes."
        )
        raise report.error() from error
    if report:
        raise report.error()
    return document


def read(document: object) -> Framework:
    """The framework of a document (JSON as Python values); raises FrameworkFaults with every fault found."""
    report = Report()
    framework = _Reading(report).framework(document)
    if report:
        raise report.error()
    return framework


class _Reading(Values):
    """Reads part by part. What is wrong is reported and replaced by a stand-in, so that reading goes on."""

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self._levels: int | None = None  # how many levels the scale has; None where the scale itself is wrong
        self._categories: frozenset[str] | None = None
        self._support: frozenset[str] | None = None
        self._items: dict[str, str] = {}  # code -> where it was first seen

    def framework(self, document: object) -> Framework:
        top = self.fields(
            document,
            "the framework",
            (
                "code",
                "version",
                "title",
                "source",
                "scale",
                "evidence_from",
                "categories",
                "areas",
                "support_areas",
            ),
            ("language",),
        )
        where = "the framework"
        code = self.matching(
            top, where, "code", _SLUG, "Use small letters, digits and hyphens, such as seep-spm."
        )
        version = self.matching(
            top, where, "version", _VERSION, 'Use a short text in quotes, such as "1" or "2026.1".'
        )
        title = self.text(top, where, "title", MAX_TITLE)
        source = self._source(top.get("source"), missing="source" not in top)
        scale = self._scale(top)
        evidence_from = self._evidence_from(top)
        categories = self._category_list(top)
        support_areas = self._support_areas(top)
        areas = self._areas(top)
        return Framework(
            code=code,
            version=version,
            title=title,
            source=source,
            scale=scale,
            evidence_from=evidence_from,
            categories=categories,
            areas=areas,
            support_areas=support_areas,
            language=self.matching(top, where, "language", _LANGUAGE, "Use a code such as en or es.") or "en",
        )

    # --- the parts of the top -----------------------------------------------------------------------------

    def _source(self, document: object, *, missing: bool) -> Source:
        if missing:
            return Source("", "")  # reported with the keys of the top
        where = "source"
        found = self.fields(document, where, ("publisher", "note"), ("url", "licence"))
        url = self.optional_text(found, where, "url")
        if url and not re.fullmatch(r"https?://\S+", url):
            self.report.add(
                "source, url", f"{url!r} is no address", "Begin with https:// or leave the key out."
            )
        return Source(
            publisher=self.text(found, where, "publisher", MAX_TITLE),
            note=self.text(found, where, "note", MAX_TEXT),
            url=url,
            licence=self.optional_text(found, where, "licence"),
        )

    def _scale(self, top: Mapping[str, Any]) -> tuple[Level, ...]:
        rows = self.rows(top, "the framework", "scale")
        if rows is None:
            return ()
        if not 2 <= len(rows) <= MAX_LEVELS:
            self.report.add(
                "scale", f"{len(rows)} levels", f"Give at least two and at most {MAX_LEVELS} levels."
            )
        levels = []
        for index, row in enumerate(rows):
            where = f"scale, level {index}"
            found = self.fields(row, where, ("level", "label"))
            level = self.integer(found, where, "level")
            if level is not None and level != index:
                self.report.add(
                    where,
                    f"the level is {level}",
                    f"Count from 0 without gaps: {index} stands at this place.",
                )
            levels.append(Level(index, self.text(found, where, "label", MAX_TITLE)))
        self.no_twins(((level.label, f"scale, level {level.level}") for level in levels), "label")
        self._levels = len(rows)
        return tuple(levels)

    def _evidence_from(self, top: Mapping[str, Any]) -> int:
        level = self.integer(top, "the framework", "evidence_from")
        if level is not None and self._levels is not None and not 1 <= level < max(self._levels, 2):
            self.report.add(
                "evidence_from",
                f"{level} is no level that could ask for evidence",
                f"Give a level from 1 to {max(self._levels, 2) - 1}.",
            )
        return level or 0

    def _category_list(self, top: Mapping[str, Any]) -> tuple[Category, ...]:
        rows = self.rows(top, "the framework", "categories")
        if rows is None:
            return ()
        if not rows:
            self.report.add("categories", "the list is empty", "Give at least one category.")
        categories = []
        for index, row in enumerate(rows, 1):
            where = f"category {index}"
            found = self.fields(row, where, ("code", "label"))
            code = self.code(found, where)
            categories.append(
                Category(code, self.text(found, f"category {code or index}", "label", MAX_TITLE))
            )
        self.no_twins(((each.code, f"category {each.code}") for each in categories), "code")
        self._categories = frozenset(each.code for each in categories) or None
        return tuple(categories)

    def _support_areas(self, top: Mapping[str, Any]) -> tuple[SupportArea, ...]:
        rows = self.rows(top, "the framework", "support_areas")
        if rows is None:
            return ()
        areas = []
        for index, row in enumerate(rows, 1):
            where = f"support area {index}"
            found = self.fields(row, where, ("code", "number", "title", "description"))
            code = self.code(found, where)
            where = f"support area {code or index}"
            self.number(found, where, index)
            title = self.text(found, where, "title", MAX_TITLE)
            areas.append(SupportArea(code, index, title, self.text(found, where, "description", MAX_TEXT)))
        self.no_twins(((each.code, f"support area {each.code}") for each in areas), "code")
        self._support = frozenset(each.code for each in areas)
        return tuple(areas)

    # --- areas and items ----------------------------------------------------------------------------------

    def _areas(self, top: Mapping[str, Any]) -> tuple[Area, ...]:
        rows = self.rows(top, "the framework", "areas")
        if rows is None:
            return ()
        if not rows:
            self.report.add("areas", "the list is empty", "Give at least one area with an item.")
        areas = tuple(self._area(row, index) for index, row in enumerate(rows, 1))
        self.no_twins(((each.code, f"area {each.code}") for each in areas), "code")
        return areas

    def _area(self, row: object, index: int) -> Area:
        where = f"area {index}"
        found = self.fields(row, where, ("code", "number", "title", "items"), ("category_labels",))
        code = self.code(found, where)
        where = f"area {code or index}"
        self.number(found, where, index)
        title = self.text(found, where, "title", MAX_TITLE)
        labels = self._category_labels(found, where)
        rows = self.rows(found, where, "items")
        if rows is not None and not rows:
            self.report.add(where, "it has no items", "Give at least one item or leave the area out.")
        items = tuple(self._item(each, code, f"{where}, item {at}") for at, each in enumerate(rows or (), 1))
        return Area(code, index, title, items, labels)

    def _category_labels(self, found: Mapping[str, Any], where: str) -> tuple[tuple[str, str], ...]:
        if "category_labels" not in found:
            return ()
        where = f"{where}, category_labels"
        value = found["category_labels"]
        if not isinstance(value, Mapping):
            self.wrong(where, "an object from codes of categories to labels", value)
            return ()
        for code in value:
            self.known(str(code), self._categories, where, "category")
        return tuple((str(code), self.text(value, where, str(code), MAX_TITLE)) for code in value)

    def _item(self, row: object, area: str, where: str) -> Item:
        found = self.fields(row, where, ("code", "category", "text", "proof"), ("records", "support"))
        code = self.code(found, where)
        where = f"item {code}" if code else where
        if code and code in self._items:
            self.report.add(
                where, "the code stands twice", "Give each item of the framework a code of its own."
            )
        self._items.setdefault(code, where)
        category = self.text(found, where, "category", MAX_TITLE)
        if category:
            self.known(category, self._categories, where, "category")
        return Item(
            code=code,
            area=area,
            category=category,
            text=self.text(found, where, "text", MAX_TEXT),
            proof=self._proof(found, where),
            records=self._records(found, where),
            support=self._supports(found, where),
        )

    def _proof(self, found: Mapping[str, Any], where: str) -> tuple[str, ...]:
        rows = self.rows(found, where, "proof")
        if rows is None:
            return ()
        if self._levels is not None and len(rows) != self._levels:
            self.report.add(
                f"{where}, proof",
                f"{len(rows)} texts for {self._levels} levels",
                "Give one text per level of the scale, the lowest first.",
            )
        texts = tuple(
            self.clean(row, f"{where}, proof of level {at}", MAX_TEXT) for at, row in enumerate(rows)
        )
        self.no_twins(((text, f"{where}, proof of level {at}") for at, text in enumerate(texts)), "text")
        return texts

    def _records(self, found: Mapping[str, Any], where: str) -> tuple[RecordKind, ...]:
        if "records" not in found:
            return ()
        rows = self.rows(found, where, "records")
        known = frozenset(RecordKind)
        kinds = []
        for row in rows or ():
            kind = self.clean(row, f"{where}, records", MAX_TITLE)
            if kind and self.known(kind, known, f"{where}, records", "kind of record"):
                kinds.append(RecordKind(kind))
        self.no_twins(((kind, f"{where}, records") for kind in kinds), "kind")
        return tuple(kinds)

    def _supports(self, found: Mapping[str, Any], where: str) -> tuple[Support, ...]:
        if "support" not in found:
            return ()
        supports = []
        for at, row in enumerate(self.rows(found, where, "support") or (), 1):
            place = f"{where}, support {at}"
            each = self.fields(row, place, ("area", "why"))
            area = self.text(each, place, "area", MAX_TITLE)
            if area:
                self.known(area, self._support, place, "support area")
            supports.append(Support(area, self.text(each, place, "why", MAX_TEXT)))
        self.no_twins(((each.area, f"{where}, support") for each in supports), "area")
        return tuple(supports)
