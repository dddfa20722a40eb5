"""The canaries: figures and texts that only some may see, how each is recognised, and who may see it and why."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tests.permissions.canary_bytes import readable
from tests.permissions.marks import MARKS
from tests.permissions.matrix import PERSONAS
from tests.permissions.world import NUMBER

STAFF = frozenset({"manager", "reviewer"})
KILIMO = frozenset({"signatory", "editor"})
UMOJA = frozenset({"other_member"})
ZAMANI = frozenset({"ex_member"})
PAMOJA = frozenset({"shared_member"})  # belongs to both associations; no column of the matrix
HORIZON = frozenset({"donor"})
BAOBAB = frozenset({"other_manager"})
MBUYU = frozenset({"other_association"})
SAVANNA = frozenset({"other_donor"})
OPERATOR = frozenset({"operator"})
EVERYBODY = frozenset({*PERSONAS, "shared_member"})
MEMBERS = KILIMO | UMOJA | PAMOJA
NOBODY: frozenset[str] = frozenset()

THEIR_WORK = "staff read what their own members hand in"
OWN = "an MFI sees its own"
SHOWN = "the MFI agreed to show it, and the agreement holds"
READERS = "staff, members and donors with an agreement read editions"
MAIL = "the operator looks after the mail"


@dataclass(frozen=True)
class Ground:
    """Who may see a canary, and by which rules."""

    who: frozenset[str]
    why: tuple[str, ...] = ()


def _ground(who: frozenset[str], *why: str) -> Ground:
    return Ground(who, why)


_OF_KILIMO = _ground(STAFF | KILIMO, THEIR_WORK, OWN)
_OF_UMOJA = _ground(STAFF | UMOJA, THEIR_WORK, OWN)
_OF_MBUYU = _ground(BAOBAB | MBUYU, THEIR_WORK, OWN)
_STAFF_ONLY = _ground(STAFF, THEIR_WORK)
_NEVER = _ground(NOBODY)

# Who may see what. Whoever is not named here may not, at any address and in any file.
GROUNDS: Mapping[str, Ground] = (
    {
        # figures that MFIs reported
        "figure of kilimo": _OF_KILIMO,
        "figure of umoja that it shows to a donor and to members": _ground(
            STAFF | MEMBERS | HORIZON, THEIR_WORK, OWN, SHOWN
        ),
        "figure of umoja in a return that is not approved": _OF_UMOJA,
        "figure of zamani, which never agreed to count": _ground(STAFF | ZAMANI, THEIR_WORK, OWN),
        "figure of a member whose consent is withdrawn": _STAFF_ONLY,
        "figure of a member whose consent has ended": _STAFF_ONLY,
        "figure in the one section that a member shows": _ground(STAFF | HORIZON, THEIR_WORK, SHOWN),
        "figure outside the one section that a member shows": _STAFF_ONLY,
        "figure of a member that shows another round": _STAFF_ONLY,
        "figure of a member that shows another donor": _STAFF_ONLY,
        "figure of a member that shows everybody": _ground(EVERYBODY, THEIR_WORK, SHOWN),
        "figure of a member that shows nothing": _STAFF_ONLY,
        "figure that an edition froze and that was corrected": _STAFF_ONLY,
        "figure of pamoja in amani": _ground(STAFF | PAMOJA, THEIR_WORK, OWN),
        "figure of pamoja in baobab": _ground(BAOBAB | PAMOJA, THEIR_WORK, OWN),
        "figure of mbuyu that it shows to a donor": _ground(BAOBAB | MBUYU | SAVANNA, THEIR_WORK, OWN, SHOWN),
        "figure of mbuyu in a return that is not approved": _OF_MBUYU,
        "figure of a member of baobab": _ground(BAOBAB, THEIR_WORK),
        # figures about several
        "withheld figure": _NEVER,
        "figure of a group that is too small": _NEVER,
        "figure with those who never agreed to count": _NEVER,
        "figure of a round that is not published": _NEVER,
        "figure of an edition that is not public": _ground(STAFF | MEMBERS | HORIZON, READERS),
        "figure of baobab's edition": _ground(BAOBAB | MBUYU | PAMOJA | SAVANNA, READERS),
        # what kilimo wrote, and what was written to it
        "CANARY-NOTE": _OF_KILIMO,
        "CANARY-TEXT": _OF_KILIMO,
        "CANARY-REASON": _OF_KILIMO,
        "CANARY-FILE": _OF_KILIMO,
        "CANARY-DOCUMENT": _OF_KILIMO,
        "CANARY-PRIVATE": _ground(KILIMO, OWN),
        "CANARY-COMMENT": _OF_KILIMO,
        "CANARY-MAIL": _ground(OPERATOR, MAIL),
        "CANARY-AUDIT": _NEVER,  # the support tool shows it to the operator, whom the matrix walks through it
        # words of staff that are not published
        "CANARY-WORDS": _STAFF_ONLY,
        "CANARY-CASE": _ground(
            STAFF | UMOJA, THEIR_WORK, "an MFI sees texts that name it before they are published"
        ),
        "CANARY-GROUP": _STAFF_ONLY,
        "CANARY-RULE": _ground(STAFF | MEMBERS, "an association tells its members why a rule does not count"),
        # agreements
        "CANARY-PURPOSE": _STAFF_ONLY,
        "CANARY-SHOWN": _ground(STAFF | HORIZON, THEIR_WORK, SHOWN),
        # the same of umoja and of mbuyu: see `of_somebody`
    }
    | {
        f"CANARY-{tag}-{kind}": _ground(staff | own, THEIR_WORK, OWN)
        for tag, staff, own in (("UMOJA", STAFF, UMOJA), ("MBUYU", BAOBAB, MBUYU))
        for kind in ("NOTE", "TEXT", "REASON", "FILE", "DOCUMENT", "COMMENT", "CORRECTION", "REMARK", "PAPER")
    }
    | {
        f"CANARY-{tag}-{kind}": _ground(own, OWN)
        for tag, own in (("UMOJA", UMOJA), ("MBUYU", MBUYU))
        for kind in ("PRIVATE", "GUEST")
    }
    | {mark: _ground(who, why) for mark, (who, why) in MARKS.items()}
)

# Figures begin with these seven digits, and no other number of the world does.
PREFIXES: dict[str, int] = {
    "figure of kilimo": NUMBER,
    "figure of umoja that it shows to a donor and to members": 5_649_817,
    "figure of umoja in a return that is not approved": 3_864_207,
    "figure of zamani, which never agreed to count": 6_975_318,
    "figure of a member whose consent is withdrawn": 4_186_429,
    "figure of a member whose consent has ended": 4_297_531,
    "figure in the one section that a member shows": 4_318_647,
    "figure outside the one section that a member shows": 4_429_753,
    "figure of a member that shows another round": 4_531_868,
    "figure of a member that shows another donor": 4_642_979,
    "figure of a member that shows everybody": 5_297_648,
    "figure of pamoja in amani": 3_753_183,
    "figure of pamoja in baobab": 5_864_291,
    "figure of mbuyu that it shows to a donor": 5_975_302,
    "figure of mbuyu in a return that is not approved": 3_186_413,
}
# Of these there are several: each one has digits of its own.
SERIES: dict[str, int] = {
    "figure of a member that shows nothing": 5_213_579,
    "figure that an edition froze and that was corrected": 3_324_681,
    "figure of a member of baobab": 6_135_792,
}
STEP = 17_713

# --- Recognising ------------------------------------------------------------------------------------------------

_RANDOM = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32,128}\b"
    r'|(?:csrfmiddlewaretoken" value="|nonce="|"X-CSRFToken":\s*")[^"]+'
)
_DIGITS = {0x0660 + n: str(n) for n in range(10)} | {0x06F0 + n: str(n) for n in range(10)}
_NO_WIDTH = dict.fromkeys(
    map(ord, "\u200b\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069\xad"), ""
)
# found by an expression, because a table is asked about each letter of a page
_ODD = re.compile(f"[{''.join(map(chr, _DIGITS | _NO_WIDTH))}]")
_POINT_ZERO = re.compile(r"(?<=\d)[.\u066b]0(?!\d)")
_GROUPING = re.compile("(?<=\\d)[,.'\u2019 \u00a0\u2007\u2009\u202f\u066b\u066c](?=\\d)")
_RUN = re.compile(r"\d{7,}")
_MILLIONS = re.compile(
    "(\\d[\\d,.'\u2019 \u00a0\u202f\u066b\u066c]*?)[\\s\u00a0\u202f]*(?:millions?|\u0645\u0644\u064a\u0648\u0646)\\b"
)
_PERCENT_CODED = re.compile(r"%C2%A0|%E2%80%AF|%2C", re.IGNORECASE)
_TEXT = re.compile(r"CANARY-[A-Z]+(?:-[A-Z]+)?")
FEWEST_DIGITS = 7  # fewer may be the same by chance


def plain(text: str) -> str:
    """Text with numbers as bare digits, however they were written, and without what is random."""
    text = _ODD.sub(lambda found: (_DIGITS | _NO_WIDTH)[ord(found[0])], _RANDOM.sub("", text))
    return _PERCENT_CODED.sub("", text)


def digits(text: str) -> str:
    """The same without what stands between digits."""
    return _GROUPING.sub("", _POINT_ZERO.sub("", text))


def _in_millions(written: str) -> str:
    """How many millions, with a point, whatever the language writes."""
    bare = re.sub("['\u2019 \u00a0\u202f\u066c]", "", written).replace("\u066b", ".")
    if "," in bare and "." not in bare and not re.fullmatch(r"\d{1,3}(,\d{3})+", bare):
        bare = bare.replace(",", ".")
    bare = bare.replace(",", "").strip(".")
    return format(Decimal(bare).normalize(), "f") if re.fullmatch(r"\d+(\.\d+)?", bare) else ""


@dataclass
class Net:
    """What is looked for: beginnings of figures, whole figures, millions, and texts."""

    prefixes: dict[str, str] = field(default_factory=dict)
    figures: dict[str, str] = field(default_factory=dict)
    millions: dict[str, str] = field(default_factory=dict)
    _seen: dict[bytes, dict[str, str]] = field(default_factory=dict)

    def add_members(self, name: str, beginning: int) -> None:
        """Figures of somebody: seven digits and whatever follows them, also told in millions with a decimal."""
        self.prefixes[str(beginning)] = name
        self.millions[format((Decimal(beginning) / 10_000).quantize(Decimal("0.1")).normalize(), "f")] = name

    def add_figures(self, name: str, values: Iterable[float], *, but: Iterable[float] = ()) -> None:
        """Figures about several, as they are and rounded to three digits; what others may show besides is left out."""
        known = {form for value in but for form in forms(value)}
        for value in values:
            for form in forms(value) - known:
                target = self.millions if form.endswith("m") else self.figures
                target.setdefault(form.removesuffix("m"), name)

    def caught(self, content: bytes) -> dict[str, str]:
        """The canaries in the bytes of an answer or a file, each with what was found."""
        if not content.startswith((b"%PDF", b"PK")):
            return self.caught_in(readable(content))
        key = hashlib.sha256(content).digest()
        if key not in self._seen:  # a file is opened once, whoever gets it
            self._seen[key] = self.caught_in(readable(content))
        return self._seen[key]

    def caught_in(self, text: str) -> dict[str, str]:
        """The canaries in a text."""
        said = plain(text)
        found = {mark: mark for mark in _TEXT.findall(said)}
        for one in _MILLIONS.finditer(said):
            if name := self.millions.get(_in_millions(one[1])):
                found.setdefault(name, one[0])
        for run in set(_RUN.findall(digits(said))):
            name = self.prefixes.get(run[:7]) or self.figures.get(run)
            if name:
                found.setdefault(name, run)
        return found


def forms(value: float) -> set[str]:
    """How a figure about several would stand in an answer: its digits, rounded or not; with an m in millions."""
    found = set()
    for one in (Decimal(repr(value)), Decimal(f"{value:.3g}")):
        written = digits(format(one.normalize(), "f"))
        if len(written.lstrip("0")) >= FEWEST_DIGITS:
            found.add(written)
    rounded = Decimal(f"{value:.3g}")
    if abs(rounded) >= 1_000_000:
        found.add(format((rounded / 1_000_000).normalize(), "f") + "m")
    return found


def faults(persona: str, caught: Mapping[str, str], where: str) -> list[str]:
    """What the person may not see of it; a mark that the table does not know is a fault too."""
    return [
        f"{persona} {where}: {name} ({what})"
        for name, what in caught.items()
        if name not in GROUNDS or persona not in GROUNDS[name].who
    ]
