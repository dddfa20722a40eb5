"""The colours of the stylesheet and of printed charts can be read, in light and in dark."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings

from spm_portal.common.charts import Palette

pytestmark = pytest.mark.unit

CSS = Path(settings.BASE_DIR) / "static" / "css" / "app.css"
TEXT, SHAPE = 4.5, 3.0

# Foreground, background, ratio that WCAG 2.2 AA asks for.
PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "muted", "link") for ground in ("paper", "surface", "sunken")),
    *((f"s{n}", ground, TEXT) for n in range(1, 7) for ground in ("paper", "surface")),
    *((f"hi{n}", f"h{n}", TEXT) for n in range(1, 6)),
    *((f"i-{tone}", f"t-{tone}", TEXT) for tone in ("yes", "partly", "no", "unanswered")),
    *((name, f"{name}-soft", TEXT) for name in ("warning", "danger")),
    *((name, ground, TEXT) for name in ("warning", "danger") for ground in ("paper", "surface")),
    ("ink", "accent-soft", TEXT),
    ("link", "accent-soft", TEXT),
    ("muted", "accent-soft", TEXT),
    ("accent-ink", "accent", TEXT),
    ("edge", "surface", SHAPE),
    ("edge", "paper", SHAPE),
    ("focus", "paper", SHAPE),
    ("focus", "surface", SHAPE),
]


def tokens() -> dict[str, dict[str, str]]:
    """The colour variables of both schemes, with references resolved; the plain fall-backs, not oklch()."""
    css = CSS.read_text()
    light = re.search(r":root \{(.*?)\n\}", css, re.DOTALL)
    dark = re.search(r"prefers-color-scheme: dark\) \{\s*:root \{(.*?)\n  \}", css, re.DOTALL)
    assert light
    assert dark
    found = {"light": dict(re.findall(r"--([\w-]+): ([^;]+);", light[1]))}
    found["dark"] = found["light"] | dict(re.findall(r"--([\w-]+): ([^;]+);", dark[1]))
    for scheme in found.values():
        for name, value in scheme.items():
            while reference := re.fullmatch(r"var\(--([\w-]+)\)", value):
                value = scheme[reference[1]]
            scheme[name] = value
    return found


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "ratio"), PAIRS, ids=lambda value: str(value))
def test_colour_can_be_read(scheme, ink, ground, ratio):
    colours = tokens()[scheme]
    assert contrast(colours[ink], colours[ground]) >= ratio


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_primary_button_can_be_read(scheme):
    colours = tokens()[scheme]
    assert contrast(colours["button"], colours["button-ink"]) >= TEXT


def test_printed_charts_can_be_read():
    palette = Palette()
    for colour in (palette.ink, palette.muted, *palette.series):
        assert contrast(colour, palette.paper) >= TEXT, colour
    for ink, ground in zip(palette.heat_ink, palette.heat, strict=True):
        assert contrast(ink, ground) >= TEXT, ground
    tones = dict(palette.tones)
    assert contrast(palette.paper, tones["yes"]) >= TEXT
    for tone in ("partly", "no", "unanswered"):
        assert contrast(palette.ink, tones[tone]) >= TEXT, tone


def test_stylesheet_stays_small_and_turns_with_the_script():
    css = CSS.read_text()
    assert len(gzip.compress(css.encode(), 9)) <= 12_000
    assert len(css.splitlines()) <= 1000
    physical = r"(?:margin|padding|border)-(?:left|right)\b|[^-]\b(?:left|right):|text-align: (?:left|right)"
    assert re.findall(physical, css) == []


def test_script_stays_small():
    assert (CSS.parent.parent / "js" / "app.js").stat().st_size < 3000
