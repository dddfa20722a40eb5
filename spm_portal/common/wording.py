"""Small words between other words, which languages set in their own ways."""

from django.utils.translation import gettext as _


def labelled(label: str, value: object) -> str:
    """What a value is and the value, with a colon as the language sets it: French puts a space before it."""
    return _("%(label)s: %(value)s") % {"label": label, "value": value}


def colon() -> str:
    """The colon after a label, as the language sets it; what follows brings its own space."""
    return labelled("", "").rstrip()
