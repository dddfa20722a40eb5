"""Records of the portal that may stand as evidence: each app says what it holds, an assessment cites it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.functional import Promise

from members.models import Association

Facts = Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True)
class RecordOffer:
    """One record as it stands now.

    `title` says in a sentence what it shows, in the reader's language; `facts` are the figures behind it, kept with
    the citation so that it still says the same when the record has gone on. `key` names it among those of its kind.
    """

    kind: str
    key: str
    title: str
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecordKind:
    """A kind of record; `read` gives what an association has of it at a moment, newest first."""

    code: str
    label: str | Promise
    read: Callable[[Association, datetime], list[RecordOffer]]


_kinds: dict[str, RecordKind] = {}


def register(*kinds: RecordKind) -> None:
    """Offer kinds of records; apps call it from `ready()`."""
    for kind in kinds:
        _kinds[kind.code] = kind


def label_of(code: str) -> str:
    """What a kind is called; its code where no app of this installation knows it."""
    kind = _kinds.get(code)
    return str(kind.label) if kind is not None else code


def known(codes: Iterable[str]) -> list[RecordKind]:
    """The kinds that some app of this installation offers, each once, in the order of the codes."""
    return [_kinds[code] for code in dict.fromkeys(codes) if code in _kinds]


def offered(association: Association, codes: Iterable[str], at: datetime) -> list[RecordOffer]:
    """What there is to cite of these kinds, in the order of the codes; kinds that no app knows give nothing."""
    return [record for kind in known(codes) for record in kind.read(association, at)]


def offered_one(association: Association, code: str, key: str, at: datetime) -> RecordOffer | None:
    """The record of this kind and key as it stands now, or None."""
    return next((record for record in offered(association, [code], at) if record.key == key), None)
