"""Forms of the call to experts: whom staff ask, what experts answer, who is chosen, and the contract."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.forms import DayField
from members.forms.amounts import AmountField
from spm_portal.common.languages import language_choices
from training.forms.cases import OneOfSeveral, words


class CallForm(OneOfSeveral):
    """Whom staff ask, and until when."""

    ids = "ask"

    answer_by = DayField(label=_("Answers until"))
    names_member = forms.BooleanField(
        label=_("Name the MFI to the experts"),
        help_text=_(
            "Without it they read the country alone, and declare conflicts of interest only when they are chosen."
        ),
        required=False,
        initial=True,
    )


class LanguageChoice(forms.Form):
    """The language that the expert has to speak."""

    language = forms.ChoiceField(label=_("Language of the work"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = language_choices()  # type: ignore[attr-defined]


class SelectionForm(OneOfSeveral):
    """Who is chosen, and why."""

    ids = "select"

    call = forms.UUIDField(error_messages={"required": _("Choose an expert.")})
    reason = forms.CharField(
        label=_("Why this expert"),
        help_text=_(
            "Skills, experience, price, and how the others compare. It stays with the case: neither the member nor"
            " experts read it."
        ),
        widget=words(4),
        max_length=4000,
    )
    has_conflict = forms.BooleanField(
        label=_("I choose this expert in spite of a conflict of interest"), required=False
    )
    conflict_reason = forms.CharField(
        label=_("Why all the same, and what keeps the work neutral"),
        help_text=_("Needed for an expert with a known or declared conflict."),
        required=False,
        max_length=300,
    )

    def clean(self) -> dict[str, Any]:
        """A confirmation has words, and words a confirmation."""
        found = super().clean() or {}
        if found.get("has_conflict") and not found.get("conflict_reason"):
            self.add_error("conflict_reason", _("Say why, in a sentence."))
        if not found.get("has_conflict"):
            found["conflict_reason"] = ""
        return found


class ContractForm(forms.Form):
    """Number, day, amount and file of the contract; the reason is asked for where the expert has a conflict."""

    number = forms.CharField(label=_("Number of the contract"), required=False, max_length=40)
    signed_on = DayField(label=_("Signed on"), required=False)
    amount = AmountField(label=_("Amount of the contract"), required=False)
    conflict_reason = forms.CharField(
        label=_(
            "Why the expert does the work in spite of the conflict of interest, and what keeps it neutral"
        ),
        required=False,
        max_length=300,
    )
    file = forms.FileField(
        label=_("Signed contract"),
        help_text=_("PDF, Word or a photo. It can be added later."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,.docx,.png,.jpg,.jpeg"}),
    )

    def __init__(self, *args: Any, has_conflict: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_conflict:
            del self.fields["conflict_reason"]


class AnswerForm(OneOfSeveral):
    """An expert's answer to a call."""

    ids = "answer"

    words = forms.CharField(
        label=_("How you would do the work"),
        help_text=_("A few sentences: approach, similar work that you did, when you are free."),
        widget=words(5),
        max_length=4000,
        error_messages={"required": _("Say in a few sentences how you would do the work.")},
    )
    day_rate = AmountField(
        label=_("Your rate per day"),
        error_messages={"required": _("Write your rate per day; 0 if you work without a fee.")},
    )
    no_conflict = forms.BooleanField(
        label=_(
            "I have no conflict of interest: I neither work for this MFI nor own it, was not paid by it, and have no"
            " family there."
        ),
        required=False,
    )
    conflict = forms.CharField(
        label=_("Or: which conflict of interest you have"), required=False, max_length=300
    )

    def __init__(self, *args: Any, declares: bool = True, is_interested: bool = True, **kwargs: Any) -> None:
        """Who declines need not say anything."""
        super().__init__(*args, **kwargs)
        self.fields["words"].required = self.fields["day_rate"].required = is_interested
        if not declares:
            del self.fields["no_conflict"], self.fields["conflict"]


class DeclareForm(OneOfSeveral):
    """What the chosen expert declares about conflicts of interest."""

    ids = "declare"
    no_conflict = AnswerForm.base_fields["no_conflict"]
    conflict = AnswerForm.base_fields["conflict"]
