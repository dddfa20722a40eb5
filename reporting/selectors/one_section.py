"""A return as somebody may see it who was asked for one section alone."""

from dataclasses import dataclass, fields
from functools import cached_property

from reporting.catalogue import Derived, Section
from reporting.selectors.returns import ReturnSheet
from reporting.validation import Finding


@dataclass(frozen=True, eq=False)
class SectionSheet(ReturnSheet):
    """A return whose findings tell nothing that is answered elsewhere."""

    only: str = ""

    @cached_property
    def own_section(self) -> Section:
        """The one section."""
        return self.catalogue.section(self.only)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The problems that follow from this section's answers alone."""
        return tuple(found for found in super().findings if self._is_own(found))

    def _is_own(self, found: Finding) -> bool:
        own = {indicator.code for indicator in self.own_section.indicators}
        codes = set(found.indicators)
        for rule in self.catalogue.rules:
            if rule.id == found.rule:
                codes |= set(rule.check.codes) | set(rule.when.codes if rule.when else ())
        inputs = set()
        for code in codes:
            part = self.catalogue.find(code)
            inputs |= set(self.catalogue.inputs_of(code)) if isinstance(part, Derived) else {code}
        return bool(found.indicators) and inputs <= own


def one_section(sheet: ReturnSheet, code: str) -> SectionSheet:
    """The same return, seen from one section."""
    return SectionSheet(**{one.name: getattr(sheet, one.name) for one in fields(sheet)}, only=code)
