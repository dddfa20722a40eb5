"""Words for the kinds of records and the breaks that a framework knows by code."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from capacity.frameworks import BreakReason, RecordKind

RECORD_NAMES: dict[RecordKind, Promise] = {
    RecordKind.RESPONSE_RATE: _("Response rates of rounds"),
    RecordKind.EDITIONS_PUBLISHED: _("Published editions"),
    RecordKind.REVIEWED_RETURNS: _("Reviewed returns"),
    RecordKind.MEMBERS_REGISTER: _("Register of members"),
    RecordKind.SESSIONS_HELD: _("Training sessions held"),
    RecordKind.TRAINERS_CERTIFIED: _("Certified trainers"),
    RecordKind.LIBRARY_WORKS: _("Works in the library"),
    RecordKind.STRATEGY: _("Social performance strategy"),
    RecordKind.INITIATIVES: _("Register of initiatives"),
    RecordKind.AMBASSADOR_EVENTS: _("Events where the association spoke"),
}

BREAK_WORDS: dict[BreakReason, Promise] = {
    BreakReason.SCALE: _("scored on another scale"),
    BreakReason.ADDED: _("not asked before"),
    BreakReason.REMOVED: _("not asked any more"),
    BreakReason.TEXT: _("asks for something else than before"),
    BreakReason.PROOF: _("other things must be seen than before"),
}
