"""What one saved answer changed on the page of its section, so that only that is sent to the browser."""

from dataclasses import dataclass

from reporting.catalogue import Section
from reporting.web.field_state import FieldState
from reporting.web.fields import Field, FieldMaker


@dataclass(frozen=True, slots=True)
class Swaps:
    """The saved question; beside it the questions that came or went, and those of which only the state changed.

    `whole`: the saved question is sent with its controls, not with its state alone.
    """

    section: Section
    field: Field
    fields: list[Field]
    states: list[FieldState]
    whole: bool

    @property
    def status(self) -> int:
        """Of the answer over HTTP."""
        return 409 if self.field.state.conflict else 422 if self.field.state.fault else 200


def swaps_of(old: FieldMaker, maker: FieldMaker, code: str, *, whole: bool) -> Swaps:
    """Compare the section before and after the save.

    Controls are replaced only where their content changed on the server's side, so that nothing is lost that is being
    typed while the answer travels.
    """
    after = maker.sheet
    section = after.catalogue.section(after.catalogue.indicator(code).section)
    states: list[FieldState] = []
    fields: list[Field] = []
    for indicator in section.indicators:
        if indicator.code == code or indicator.code not in after.computed.asked:
            continue
        was, now = old.state(indicator), maker.state(indicator)
        if was.relevant != now.relevant:
            fields.append(maker.field(indicator))
        elif was != now:
            states.append(now)
    field = maker.field(after.catalogue.indicator(code))
    whole = whole or bool(field.state.cleared) or field.widget == "file"
    return Swaps(section, field, fields, states, whole)
