"""Small documents of frameworks that tests change and read."""

from typing import Any


def _item(code: str, category: str) -> dict[str, Any]:
    return {
        "code": code,
        "category": category,
        "text": f"Capacity {code}",
        "proof": [f"{code} at {level}" for level in range(5)],
    }


def small(version: str = "1") -> dict[str, Any]:
    """Two areas with five items, two categories, a scale from 0 to 4, one support area; sound."""
    return {
        "code": "small",
        "version": version,
        "title": "A small framework",
        "source": {"publisher": "Tests", "note": "Written for tests."},
        "scale": [{"level": level, "label": f"Level {level}"} for level in range(5)],
        "evidence_from": 3,
        "categories": [{"code": "KS", "label": "Knowledge"}, {"code": "SY", "label": "Systems"}],
        "areas": [
            {
                "code": "A",
                "number": 1,
                "title": "Area A",
                "items": [_item("A1", "KS"), _item("A2", "KS"), _item("A3", "SY")],
            },
            {"code": "B", "number": 2, "title": "Area B", "items": [_item("B1", "KS"), _item("B2", "SY")]},
        ],
        "support_areas": [{"code": "S1", "number": 1, "title": "Support", "description": "Help with it"}],
    }


def small_with(**changed: Any) -> dict[str, Any]:
    """The small document with other values at the top."""
    return {**small(), **changed}
