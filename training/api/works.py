"""Works of the library with their language versions."""

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from members.web.api import AssociationViews
from spm_portal.common.api.views import Filter
from training.enums import Audience, Topic, WorkKind
from training.models import Work, WorkVersion


class WorkVersionSerializer(serializers.Serializer):
    """A work in one language. `file` says whether there is a file, which the pages hand out."""

    language = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    is_original = serializers.BooleanField()
    url = serializers.CharField()
    file = serializers.SerializerMethodField()

    def get_file(self, version: WorkVersion) -> bool:
        """Whether there is a file."""
        return bool(version.file)


class WorkSerializer(serializers.Serializer):
    """A work; `toolkit_key` is empty for works that are not of the Ambassador Toolkit."""

    id = serializers.UUIDField()
    association = serializers.CharField(source="association.slug")
    kind = serializers.ChoiceField(choices=WorkKind.values)
    topics = serializers.ListField(child=serializers.ChoiceField(choices=Topic.values))
    dimensions = serializers.ListField(child=serializers.IntegerField())
    audiences = serializers.ListField(child=serializers.ChoiceField(choices=Audience.values))
    licence = serializers.CharField()
    source = serializers.CharField()
    published_in = serializers.IntegerField(allow_null=True)
    is_public = serializers.BooleanField()
    toolkit_key = serializers.CharField()
    added_at = serializers.DateTimeField()
    versions = WorkVersionSerializer(many=True)


@extend_schema_view(
    list=extend_schema(summary="List the works of an association's library, newest first"),
    retrieve=extend_schema(summary="Read a work with its language versions"),
)
class Works(AssociationViews):
    """Works that the person may see; those that were put away are not told of."""

    model = Work
    serializer_class = WorkSerializer
    list_permission = "training.view_library"
    object_permission = "training.view_work"
    place = ("added_at__date",)
    filters = (
        Filter("kind", "Only works of this type.", tuple(WorkKind.values)),
        Filter("topic", "Only works on this topic.", tuple(Topic.values)),
        Filter("language", "Only works with a version in this language, such as fr."),
    )

    def narrow(self, visible: QuerySet[Work]) -> QuerySet[Work]:
        """Filtered as asked, each with its versions."""
        versions = WorkVersion.objects.order_by("language").defer("words")
        found = super().narrow(visible).filter(retired_at__isnull=True).select_related("association")
        found = found.prefetch_related(Prefetch("versions", versions))
        asked = self.request.query_params
        if "kind" in asked:
            found = found.filter(kind=asked["kind"])
        if "topic" in asked:
            found = found.filter(topics__contains=[asked["topic"]])
        if "language" in asked:
            found = found.filter(pk__in=WorkVersion.objects.filter(language=asked["language"]).values("work"))
        return found
