"""Forms of peer learning: groups, who takes part, meetings, what came of it."""

import zoneinfo
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from members.forms import DayField, set_choices
from members.models import Institution
from training.enums import LearningKind, Topic
from training.models import GroupMeeting, LearningGroup
from training.services.peer_learning import LONGEST, PARTS, GroupFields, MeetingFields


class GroupForm(forms.Form):
    """A group, a pair or a visit."""

    kind = forms.ChoiceField(label=_("Kind"), choices=LearningKind.choices, widget=forms.RadioSelect)
    title = forms.CharField(label=_("Title"), max_length=200)
    topic = forms.ChoiceField(label=_("Topic"), choices=[("", _("Choose a topic")), *Topic.choices])
    purpose = forms.CharField(
        label=_("Purpose"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What members want to be able to do afterwards."),
    )
    starts_on = DayField(label=_("From"))
    ends_on = DayField(label=_("Until"), required=False, help_text=_("Leave it empty if it is open."))

    @staticmethod
    def initial_of(group: LearningGroup) -> dict[str, Any]:
        """What the form shows of a group."""
        return {name: getattr(group, name) for name in GroupFields.__dataclass_fields__}

    @property
    def values(self) -> GroupFields:
        """What was typed."""
        return GroupFields(**self.cleaned_data)


class PartForm(forms.Form):
    """A member that takes part, and in which part."""

    institution_id = forms.TypedChoiceField(label=_("MFI"), coerce=UUID)
    part = forms.ChoiceField(label=_("Part"))
    contact = forms.CharField(
        label=_("Contact"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Who comes for the MFI."),
    )
    joined_on = DayField(label=_("Since"))

    def __init__(self, *args: Any, group: LearningGroup, members: list[Institution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts = [(part.value, part.label) for part in PARTS[LearningKind(group.kind)]]
        set_choices(self, "part", parts)
        set_choices(
            self, "institution_id", [("", _("Choose an MFI")), *((str(one.pk), one.name) for one in members)]
        )


class MeetingForm(forms.Form):
    """A meeting; day and time are those of the association's zone."""

    day = DayField(label=_("Date"))
    clock = forms.TimeField(
        label=_("Time"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Write the time as hours and minutes, such as 09:30.")},
    )
    place = forms.CharField(label=_("Place"), max_length=150, required=False, help_text=_("Or: online."))
    attended = forms.TypedMultipleChoiceField(
        label=_("Who was there"), required=False, coerce=UUID, widget=forms.CheckboxSelectMultiple
    )
    notes = forms.CharField(
        label=_("Notes"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("All members that take part read them."),
    )

    def __init__(
        self,
        *args: Any,
        zone: str,
        members: list[tuple[UUID, str]],
        held: GroupMeeting | None = None,
        **kwargs: Any,
    ) -> None:
        self._zone = zoneinfo.ZoneInfo(zone)
        if held is not None:
            local = held.held_at.astimezone(self._zone)
            kwargs["initial"] = {
                "day": local.date(),
                "clock": local.time(),
                "place": held.place,
                "notes": held.notes,
                "attended": [str(key) for key in held.attended],
            }
        super().__init__(*args, **kwargs)
        self.fields["clock"].help_text = __("By the clocks of %(zone)s.") % {"zone": zone}
        set_choices(self, "attended", [(str(key), name) for key, name in members])

    @property
    def values(self) -> MeetingFields:
        """What was typed."""
        typed = self.cleaned_data
        clock: time = typed["clock"]
        return MeetingFields(
            held_at=datetime.combine(typed["day"], clock, tzinfo=self._zone),
            place=typed["place"],
            notes=typed["notes"],
            attended=typed["attended"],
        )


class ResultForm(forms.Form):
    """What came of a group, pair or visit."""

    result = forms.CharField(
        label=_("What came of it"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What members do differently now, and what others can learn from it."),
    )
