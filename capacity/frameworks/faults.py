"""What is wrong in the document of a framework: where, what, and how to mend it."""

from dataclasses import dataclass

MAX_FAULTS = 500


@dataclass(frozen=True, slots=True)
class Fault:
    """`where` reads like `item A1-KS1, proof of level 2`; `fix` is a sentence."""

    where: str
    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}. {self.fix}"


class FrameworkFaults(ValueError):
    """A document that is no sound framework; `faults` lists everything wrong with it."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class Report:
    """Collects faults in the order they are met, each once, and stops collecting at `MAX_FAULTS`."""

    def __init__(self) -> None:
        self._faults: dict[Fault, None] = {}

    def __bool__(self) -> bool:
        return bool(self._faults)

    def add(self, where: str, what: str, fix: str) -> None:
        """Note a fault."""
        if len(self._faults) < MAX_FAULTS:
            self._faults[Fault(where, what, fix)] = None

    def error(self) -> FrameworkFaults:
        """The error to raise."""
        return FrameworkFaults(tuple(self._faults))
