"""Names of indicators by their codes: the app that has the catalogue tells them, others only keep the codes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from members.models import Association


@dataclass(frozen=True, slots=True)
class IndicatorName:
    """An indicator or derived value as a choice: `group` is the heading that it stands under."""

    code: str
    label: str
    group: str


Reader = Callable[[Association], Iterable[IndicatorName]]

_readers: list[Reader] = []


def register(reader: Reader) -> None:
    """Say who knows the names; the app of the catalogue calls it from `ready()`."""
    if reader not in _readers:
        _readers.append(reader)


def all_names(association: Association) -> list[IndicatorName]:
    """Every indicator that the association can ask for, in the reader's language and the catalogue's order."""
    return [one for reader in _readers for one in reader(association)]


def names_of(association: Association, codes: Iterable[str]) -> Mapping[str, str]:
    """The names of these codes, in their order; a code that no catalogue knows stands for itself."""
    wanted = list(codes)
    if not wanted:
        return {}
    known = {one.code: one.label for one in all_names(association)}
    return {code: known.get(code, code) for code in wanted}
