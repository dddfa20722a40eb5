"""The pen: escaped SVG elements, text, hatching and the outer frame.

The only place where markup is marked safe.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from spm_portal.common.charts.labels import ellipsize, is_right_to_left, text_width
from spm_portal.common.charts.model import Chart, NotPublished, Spec, Style, Table, Value

_ID = re.compile(r"^[A-Za-z][A-Za-z0-9_-]*$")
# XML 1.0 has no way to write these characters, escaped or not.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ANCHORS = {"start": "end", "end": "start", "middle": "middle"}
FONT_SIZE = 13
SMALL = 11.5


def number(value: float) -> str:
    """A coordinate with at most one decimal."""
    text = f"{value:.1f}"
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def clean(text: str) -> str:
    """Text as it may stand between two tags."""
    return escape(_UNPRINTABLE.sub("", text))


def attribute(text: str) -> str:
    """Text as it may stand after an attribute's equals sign, quotes included."""
    return quoteattr(_UNPRINTABLE.sub("", text))


class Pen:
    """Collects the elements of one chart. Attributes are quoted and text is escaped on the way in."""

    def __init__(self, spec: Spec) -> None:
        if not _ID.match(spec.id):
            raise ValueError(
                f"A chart's id must be letters, digits, '-' or '_', starting with a letter: {spec.id!r}"
            )
        self.spec = spec
        self.style: Style = spec.style
        self.palette = spec.style.palette
        self._parts: list[str] = []
        self._hatched = False

    def element(self, name: str, css: str = "", **attributes: str | float) -> None:
        self._parts.append(self._markup(name, css, attributes) + "/>")

    @staticmethod
    def _markup(name: str, css: str, attributes: dict[str, str | float]) -> str:
        pieces = [f"<{name}"]
        if css:
            pieces.append(f" class={attribute(css)}")
        for key, value in attributes.items():
            text = value if isinstance(value, str) else number(value)
            pieces.append(f" {key.rstrip('_').replace('_', '-')}={attribute(text)}")
        return "".join(pieces)

    def rect(
        self, x: float, y: float, width: float, height: float, css: str, fill: str, rx: float = 0
    ) -> None:
        rounded = {"rx": rx} if rx else {}
        self.element("rect", css, x=x, y=y, width=max(width, 0), height=height, fill=fill, **rounded)

    def path(self, d: str, css: str, stroke: str, width: float = 1, dash: str = "") -> None:
        dashed = {"stroke_dasharray": dash} if dash else {}
        self.element("path", css, d=d, fill="none", stroke=stroke, stroke_width=width, **dashed)

    def grid(self, d: str) -> None:
        self.path(d, "c-grid", self.palette.grid)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        anchor: str = "start",
        css: str = "c-ink",
        fill: str = "",
        size: float = 0,
        bold: bool = False,
        room: float = 0,
        detail: str = "",
    ) -> None:
        """Write one line. ``anchor`` is in reading direction, ``room`` the width it must fit into.

        ``detail`` follows muted in the same line.
        """
        if room:
            words = ellipsize(words, room, size or FONT_SIZE, bold=bold)
        attributes: dict[str, str | float] = {"x": x, "y": y}
        if self.style.rtl:
            if is_right_to_left(words + detail):
                anchor = _ANCHORS[anchor]
            else:  # numbers and their signs keep their order: -8.4%, 10–19, 20+
                attributes["direction"] = "ltr"
        if anchor != "start":
            attributes["text_anchor"] = anchor
        if fill or css != "c-ink":
            attributes["fill"] = fill or self.palette.muted
        if size:
            attributes["font_size"] = str(size)
        if bold:
            attributes["font_weight"] = "600"
        inner = clean(self.style.shape(words))
        if detail:
            muted: dict[str, str | float] = {"dx": 5, "fill": self.palette.muted}
            muted |= {"font_size": str(SMALL), "font_weight": "400"}
            inner += f"{self._markup('tspan', 'c-muted', muted)}>{clean(self.style.shape(detail))}</tspan>"
        self._parts.append(f"{self._markup('text', css, attributes)}>{inner}</text>")

    def muted(self, x: float, y: float, words: str, *, anchor: str = "start", room: float = 0) -> None:
        self.text(x, y, words, anchor=anchor, css="c-muted", size=SMALL, room=room)

    def lines(
        self,
        x: float,
        y: float,
        rows: list[str],
        *,
        anchor: str = "start",
        leading: float = 15,
        size: float = 0,
    ) -> None:
        """Write wrapped lines centred on ``y`` (the baseline of the middle)."""
        top = y - leading * (len(rows) - 1) / 2
        for index, row in enumerate(rows):
            self.text(x, top + index * leading, row, anchor=anchor, size=size)

    def series_fill(self, index: int) -> tuple[str, str]:
        """Class and colour of the series with this index, for areas."""
        place = index % len(self.palette.series)
        return f"c-s{place + 1}", self.palette.series[place]

    def series_stroke(self, index: int) -> tuple[str, str]:
        """Class and colour of the series with this index, for lines."""
        css, colour = self.series_fill(index)
        return css.replace("c-s", "c-l"), colour

    def hatch(self) -> str:
        """The paint that means "not published"."""
        self._hatched = True
        return f"url(#{self.spec.id}-hatch)"

    def hatched(self, x: float, y: float, width: float, height: float) -> None:
        self.element(
            "rect",
            "c-frame",
            x=x,
            y=y,
            width=width,
            height=height,
            fill=self.hatch(),
            stroke=self.palette.grid,
        )

    def withheld(self, x: float, y: float, width: float, height: float, value: NotPublished) -> None:
        """A hatched box with its reason on a plain plate, as far as there is room."""
        self.hatched(x, y, width, height)
        words = next(
            (
                words
                for words in (not_published_text(value), _("not published"))
                if text_width(words, SMALL) + 24 <= width
            ),
            "",
        )
        if words:
            middle = y + height / 2
            self.rect(
                x + 6, middle - 8.5, text_width(words, SMALL) + 12, 17, "c-paper", self.palette.paper, 2
            )
            self.muted(x + 12, middle + 4, words)

    def withheld_key(self, y: float, values: Iterable[Value]) -> float:
        """A line that says what the hatching means, when there is any. Returns the y below it."""
        texts = list(
            dict.fromkeys(not_published_text(each) for each in values if isinstance(each, NotPublished))
        )
        for words in texts:
            self.hatched(0.5, y + 0.5, 22, 11)
            self.muted(30, y + 10, words, room=self.style.width - 30)
            y += 20
        return y

    def marker(self, index: int, x: float, y: float, size: float = 5) -> None:
        """A dot whose shape, not only its colour, says which series it belongs to."""
        css, colour = self.series_fill(index)
        halo: dict[str, str | float] = {"fill": colour, "stroke": self.palette.paper, "stroke_width": 1.5}
        shape = index % 3
        if shape == 0:
            self.element("circle", f"{css} c-halo", cx=x, cy=y, r=size, **halo)
        elif shape == 1:
            d = f"M{number(x)} {number(y - size * 1.25)}l{number(size * 1.25)} {number(size * 1.25)}"
            d += f"l{number(-size * 1.25)} {number(size * 1.25)}l{number(-size * 1.25)} {number(-size * 1.25)}z"
            self.element("path", f"{css} c-halo", d=d, **halo)
        else:
            side = size * 0.9
            self.element(
                "rect", f"{css} c-halo", x=x - side, y=y - side, width=2 * side, height=2 * side, **halo
            )

    def key(self, names: list[str], y: float, x: float = 0) -> float:
        """A row of markers with names, wrapping where it must. Returns the y below it."""
        cursor = x
        for index, name in enumerate(names):
            width = 22 + min(text_width(name, 12), self.style.width - 24)
            if cursor > x and cursor + width > self.style.width:
                cursor, y = x, y + 20
            self.marker(index, cursor + 7, y - 4, 4.5)
            self.text(cursor + 18, y, name, size=12, room=self.style.width - 20)
            cursor += width + 16
        return y + 14

    def finish(self, height: float, description: str, table: Table) -> Chart:
        spec, style = self.spec, self.style
        description = spec.summary or description
        title = f"{spec.title} {description}" if style.alt_in_title else spec.title
        hatch = ""
        if self._hatched:
            hatch = (
                f'<defs><pattern id="{spec.id}-hatch" width="6" height="6" patternUnits="userSpaceOnUse">'
                f'<path class="c-hatch" d="M-1 1l2 -2M0 6l6 -6M5 7l2 -2" stroke={attribute(self.palette.muted)} '
                'stroke-width="1" stroke-opacity=".55"/></pattern></defs>'
            )
        size = f"{number(style.width)} {number(height)}"
        markup = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" width="{number(style.width)}" '
            f'height="{number(height)}" role="img" aria-labelledby="{spec.id}-t {spec.id}-d" class="c-svg" '
            f"font-family={attribute(style.font_family)} "
            f'font-size="{FONT_SIZE}" fill={attribute(self.palette.ink)}>'
            f'<title id="{spec.id}-t">{clean(title)}</title>'
            f'<desc id="{spec.id}-d">{clean(description)}</desc>'
            f"{hatch}{''.join(self._parts)}</svg>"
        )
        return Chart(
            id=spec.id,
            svg=safe(markup),
            title=spec.title,
            description=description,
            table=table,
            note=spec.note,
            narrow=style.narrow,
        )


def safe(markup: str) -> SafeString:
    """Vouch for markup made by this package, in which every text and attribute was escaped."""
    return mark_safe(markup)  # noqa: S308 - the one allowed place; all input went through clean() or quoteattr()


def in_words(value: Value, spec: Spec) -> str:
    """A value as the table and the description say it."""
    if value is None:
        return _("no answer")
    if isinstance(value, NotPublished):
        return not_published_text(value)
    return spec.format(value)


def not_published_text(value: NotPublished) -> str:
    """The one marker of a withheld figure, with its reason where there is one."""
    if value.reason:
        return _("not published (%(reason)s)") % {"reason": value.reason}
    return _("not published")


def describe(rows: list[tuple[str, list[str]]]) -> str:
    """One sentence per row: "Label: a, b." Cut where a listener would give up."""
    sentences = [f"{label}: {', '.join(values)}." for label, values in rows]
    spoken, length = [], 0
    for sentence in sentences:
        length += len(sentence)
        if length > 600:
            spoken.append(_("The table has the rest."))
            break
        spoken.append(sentence)
    return " ".join(spoken)
