"""Messages of the engine: an English template with its values, so that a page can translate and localise it."""

from collections.abc import Callable
from dataclasses import dataclass

Parameter = str | int | float


def gettext_noop(text: str) -> str:
    """Mark a template for extraction; translated where it is shown."""
    return text


def english(number: float) -> str:
    """A number as English writes it: 1,234.5, at most four decimals."""
    if isinstance(number, int):
        return f"{number:,}"
    return f"{number:,.4f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class Message:
    """A template with named values in braces; numbers stay numbers until it is shown."""

    template: str
    parameters: tuple[tuple[str, Parameter], ...] = ()

    def render(
        self,
        translate: Callable[[str], str] = str,
        number: Callable[[int | float], str] = english,
        label: Callable[[str], str] = str,
    ) -> str:
        """The message in words: `translate` turns the template, `label` its labels, `number` its numbers."""
        text = translate(self.template)
        for name, value in self.parameters:
            text = text.replace(f"{{{name}}}", label(value) if isinstance(value, str) else number(value))
        return text

    def __str__(self) -> str:
        return self.render()


def message(template: str, **parameters: Parameter) -> Message:
    """A message of this template with these values."""
    return Message(template, tuple(parameters.items()))


REQUIRED = gettext_noop("“{label}” is not answered. Answer it, or say why there is no answer.")

TRUTH_WANTED = gettext_noop("“{label}” needs Yes or No. Choose one of them.")
NUMBER_WANTED = gettext_noop("“{label}” needs a number. Enter digits only, for example 1250.")
TOO_LARGE = gettext_noop("“{label}” is too large to be true. Enter the figure in full units once.")
WHOLE_WANTED = gettext_noop("“{label}” needs a whole number, not {value}. Leave out the decimals.")
TOO_SMALL = gettext_noop("“{label}” cannot be {value}. Enter {limit} or more.")
TOO_GREAT = gettext_noop("“{label}” cannot be {value}. Enter {limit} or less.")
TOO_PRECISE_WHOLE = gettext_noop("“{label}” takes no decimals, but {value} has some. Round it.")
TOO_PRECISE_ONE = gettext_noop("“{label}” takes one decimal, but {value} has more. Round it.")
TOO_PRECISE = gettext_noop("“{label}” takes {decimals} decimals, but {value} has more. Round it.")
CHOICE_UNKNOWN = gettext_noop("“{value}” is not a choice of “{label}”. Choose one of: {choices}.")
LIST_WANTED = gettext_noop("“{label}” takes a list of choices. Tick the ones that apply.")
CHOICE_TWICE = gettext_noop("“{value}” is ticked twice in “{label}”. Tick it once.")
CHOICE_EXCLUSIVE = gettext_noop(
    "In “{label}”, “{value}” cannot go with other choices. Tick it alone, or untick it."
)
TEXT_WANTED = gettext_noop("“{label}” needs a text.")
TEXT_TOO_LONG = gettext_noop("“{label}” has {length} characters, more than {limit}. Shorten it.")
FILE_WANTED = gettext_noop("“{label}” needs a file. Attach it.")
FILE_ENDING = gettext_noop("“{label}” takes files of these kinds: {endings}. Attach one of them.")

RELATIVE_CHANGE = gettext_noop(
    "“{label}” went from {before} to {now}, a change of {change} percent. "
    "More than {limit} percent in a year is unusual: check the figure, or explain."
)
ABSOLUTE_CHANGE = gettext_noop(
    "“{label}” went from {before} to {now}, a change of {change} points. "
    "More than {limit} points in a year is unusual: check the figures behind it, or explain."
)
UNUSUAL = gettext_noop(
    "“{label}” is {now}, far from what this institution usually reports: between {lowest} and {highest} in {count} "
    "earlier returns. Check the figure, or explain."
)
TIMES_MORE = gettext_noop(
    "{count} amounts are about {factor} times last year’s, for example “{label}”: {before} then, {now} now. "
    "Was one of the two returns filled in in thousands or millions? Enter full units."
)
TIMES_LESS = gettext_noop(
    "{count} amounts are about {factor} times smaller than last year’s, for example “{label}”: {before} then, "
    "{now} now. Was this return filled in in thousands or millions? Enter full units."
)
NOT_CONVERTED = gettext_noop(
    "{count} amounts changed by about the exchange rate, {factor}, for example “{label}”: {before} then, {now} now, "
    "while the numbers of people stayed. Enter every amount in the reporting currency of the return."
)
