"""The texts of a catalogue in other languages: part of the document, checked with it, laid over it when it is read."""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from reporting.catalogue.reading import Fault

KEY = "translations"
_UNIT = "unit_label"  # the one text that the document itself need not have


def languages(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The languages of a document: its own first."""
    own = document.get("meta", {}).get("language", "")
    return (own, *(code for code in document.get(KEY, {}) if code != own))


def in_language(document: Mapping[str, Any], language: str) -> Mapping[str, Any]:
    """The document with its texts in a language; what is not translated stays in the document's own.

    Codes, values, formulas and limits are never touched. The result has no translations of its own.
    """
    plain = {name: part for name, part in document.items() if name != KEY}
    texts = document.get(KEY, {}).get(language)
    if not texts:
        return plain
    translated = deepcopy(plain)
    for part, spoken in _pairs(translated, texts):
        if isinstance(spoken, str):
            part["label"] = spoken
        else:
            part.update({name: text for name, text in spoken.items() if name == _UNIT or part.get(name)})
    return translated


def faults(document: Mapping[str, Any]) -> Iterator[Fault]:
    """Everything wrong with the translations of a document: unknown codes, and what is no text."""
    given = document.get(KEY, {})
    if not isinstance(given, Mapping):
        yield Fault("the catalogue, translations", "must be an object with a language code for each language")
        return
    known = _places(document)
    for language, texts in given.items():
        yield from _faults_of(f"translations, {language}", texts, known)


def _faults_of(place: str, texts: object, known: Mapping[str, Mapping[str, Any]]) -> Iterator[Fault]:
    if not isinstance(texts, Mapping):
        yield Fault(place, "must be an object with sections, indicators and more")
        return
    for group, entries in texts.items():
        if group not in known:
            yield Fault(place, f"unknown group {group!r}; known are {', '.join(sorted(known))}")
        elif not isinstance(entries, Mapping):
            yield Fault(f"{place}, {group}", "must be an object with codes as names")
        else:
            yield from _faults_in(f"{place}, {group}", entries, known[group])


def _faults_in(place: str, entries: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[Fault]:
    for code, entry in entries.items():
        if code not in known:
            yield Fault(place, f"the catalogue has no {code!r}")
        elif not _is_text(entry):
            yield Fault(f"{place}, {code}", "must be a text that is not blank, or an object of such texts")


def _is_text(entry: object) -> bool:
    if isinstance(entry, Mapping):
        return bool(entry) and all(_is_text(value) for value in entry.values())
    return isinstance(entry, str) and bool(entry.strip())


def _indicators(document: Mapping[str, Any]) -> dict[str, Any]:
    return {one["code"]: one for section in document["sections"] for one in section["indicators"]}


def _by(parts: Any, name: str = "code") -> dict[str, Any]:
    return {str(part[name]): part for part in parts}


def _units(parts: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for part in parts:
        if part.get("unit"):
            found.setdefault(part["unit"], []).append(part)
    return found


def _trends(document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        f"{kind}:{check['code']}": check
        for kind, checks in document["trend_checks"].items()
        if isinstance(checks, list)
        for check in checks
    }


def _places(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Every part of a document that has texts, by group and code."""
    indicators = _indicators(document)
    return {
        "sections": _by(document["sections"]),
        "indicators": indicators,
        "choices": {
            code: _by(one["choices"], "value") for code, one in indicators.items() if one.get("choices")
        },
        "choice_lists": {name: _by(choices, "value") for name, choices in document["choice_lists"].items()},
        "derived": _by(document["derived"]),
        "rules": _by(document["rules"], "id"),
        "trend_checks": _trends(document),
        "axes": _by(document["axes"]),
        "dimensions": _by(document["dimensions"]),
        "context_values": _by(document["context_values"]),
        "units": _units((*indicators.values(), *document["derived"])),
    }


def _pairs(document: dict[str, Any], texts: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], Any]]:
    """Each part with the words that are laid over it: a text for its label, or texts by name."""
    for group, known in _places(document).items():
        for code, spoken in texts.get(group, {}).items():
            if code not in known:
                continue
            if group in {"choices", "choice_lists"}:
                for value, label in spoken.items():
                    if value in known[code]:
                        yield known[code][value], label
            elif group in {"rules", "trend_checks"}:
                yield known[code], {"message": spoken}
            elif group == "units":
                yield from ((part, {_UNIT: spoken}) for part in known[code])
            else:
                yield known[code], spoken
