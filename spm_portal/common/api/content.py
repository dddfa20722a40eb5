"""Content of requests: a serializer that knows every field, so that a slip of the pen is told and not dropped."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

LONGEST_NAME = 64


class Strict(serializers.Serializer):
    """Content that names no field which the portal does not know."""

    def to_internal_value(self, data: Any) -> Any:
        """The fields; raises ValidationError for one that is not known."""
        found = super().to_internal_value(data)
        unknown = [str(name) for name in data if name not in self.fields]
        if unknown:
            message = _("There is no such field. The fields are: %(known)s.") % {
                "known": ", ".join(self.fields) or "-"
            }
            raise serializers.ValidationError({name[:LONGEST_NAME]: [message] for name in unknown})
        return found
