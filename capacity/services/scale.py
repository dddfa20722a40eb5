"""What may be written down of an item of a framework: it is asked, and its level is one of the scale."""

from django.utils.translation import gettext as _

from capacity.frameworks import Framework
from spm_portal.common.refusal import Refused


def check_item(framework: Framework, item: str) -> None:
    """Raises Refused where the framework does not ask this item."""
    if not framework.has(item):
        raise Refused(
            _("The framework “%(title)s” has no item %(item)s.")
            % {"title": framework.title, "item": item[:40]}
        )


def check_level(framework: Framework, item: str, level: int) -> None:
    """Raises Refused where the level of an item is none of the framework's."""
    if level not in framework.levels:
        raise Refused(
            _("%(item)s: %(level)s is not on the scale. Choose a level from 0 to %(highest)s.")
            % {"item": item, "level": level, "highest": framework.highest}
        )
