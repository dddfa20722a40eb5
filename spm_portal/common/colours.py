"""Colours that stay readable: contrast after WCAG 2, and the nearest shade that reaches it."""

from string import hexdigits
from typing import Final

Rgb = tuple[int, int, int]

WHITE: Final = "#ffffff"
BLACK: Final = "#000000"


def parse(colour: str) -> Rgb:
    """Red, green and blue (0 to 255) of "#rrggbb"; raises ValueError for anything else."""
    digits = colour.removeprefix("#")
    if len(digits) != 6 or not colour.startswith("#") or not set(digits) <= set(hexdigits):
        raise ValueError(f"Not a colour of the form #rrggbb: {colour!r}")
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def luminance(colour: str) -> float:
    """Relative luminance, 0 for black to 1 for white."""

    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(channel) for channel in parse(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 (none) to 21 (black on white)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mix(colour: str, other: str, share: float) -> str:
    """`colour` with this share (0 to 1) of `other` in it."""
    mixed = (round(a + (b - a) * share) for a, b in zip(parse(colour), parse(other), strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def ink_on(colour: str, *, light: str = WHITE, dark: str = BLACK) -> str:
    """The one of two inks that reads better on this colour."""
    return light if contrast(light, colour) >= contrast(dark, colour) else dark


def readable_on(ground: str, colour: str, *, least: float = 4.5) -> str:
    """`colour`, darkened or lightened as little as needed to reach a contrast on `ground`."""
    target = ink_on(ground)
    for step in range(51):
        shade = mix(colour, target, step / 50)
        if contrast(shade, ground) >= least:
            return shade
    return target
