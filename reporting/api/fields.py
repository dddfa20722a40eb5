"""Fields that several serializers share."""

from enum import Enum
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

# numbers, yes or no, texts (a single choice, a file's name), several choices; nothing where there is no value
VALUE = {
    "nullable": True,
    "oneOf": [
        {"type": "number"},
        {"type": "boolean"},
        {"type": "string"},
        {"type": "array", "items": {"type": "string"}},
    ],
}


@extend_schema_field(VALUE)
class ValueField(serializers.Field):
    """An answer's value as the rule language has it: percentages 0-100, money in full units."""

    def to_representation(self, value: Any) -> Any:
        """JSON's own types."""
        return list(value) if isinstance(value, tuple) else value


@extend_schema_field({"oneOf": [{"type": "string"}, {"type": "number"}]})
class ChoiceValueField(serializers.Field):
    """The value of a choice: a word, or a number such as 0.5 for partly."""

    def to_representation(self, value: Any) -> Any:
        """JSON's own types."""
        return value


class FormulaField(serializers.CharField):
    """An expression of the rule language as it was written; null where there is none."""

    def to_representation(self, value: Any) -> Any:
        """The source."""
        return value.source


def one_of(kinds: type[Enum], **options: Any) -> serializers.ChoiceField:
    """A field that holds a value of a closed list."""
    return serializers.ChoiceField(choices=[kind.value for kind in kinds], **options)


class RoundNameSerializer(serializers.Serializer):
    """A round as its returns and releases name it."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    year = serializers.IntegerField()
    period_end = serializers.DateField()
