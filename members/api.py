"""The API about people and associations: who am I here, and which associations may I see."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from members.enums import Role
from members.models import Association
from members.selectors.roles import roles_of
from spm_portal.common.api.views import Guarded, ReadOnlyViews

KINDS = ("association", "institution", "donor", "platform")


class OrganisationSerializer(serializers.Serializer):
    """An organisation by its name; MFIs have no address of their own."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    slug = serializers.CharField(required=False, help_text="Its part of addresses, where it has one.")


class HeldSerializer(serializers.Serializer):
    """A role in words and where it is held."""

    role = serializers.ChoiceField(choices=[role.value for role in Role])
    label = serializers.CharField(source="role.label", help_text="The role in the person's language.")
    kind = serializers.ChoiceField(choices=KINDS, help_text="What kind of organisation it is.")
    organisation = OrganisationSerializer(allow_null=True)


class MeSerializer(serializers.Serializer):
    """The person who asks."""

    name = serializers.CharField()
    language = serializers.CharField()
    roles = HeldSerializer(many=True)


class AssociationSerializer(serializers.Serializer):
    """An association as its members and partners see it."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()
    short_name = serializers.CharField()
    countries = serializers.ListField(child=serializers.CharField())
    language = serializers.CharField()
    currency = serializers.CharField()
    time_zone = serializers.CharField()


class Me(Guarded):
    """The person who is signed in."""

    @extend_schema(summary="Who I am and which roles I hold", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Name, language and live roles."""
        user = request.user
        found = {"name": str(user), "language": user.language, "roles": roles_of(user)}
        return Response(MeSerializer(found).data)


@extend_schema_view(
    list=extend_schema(summary="List the associations that I may see"),
    retrieve=extend_schema(summary="Read one association"),
)
class Associations(ReadOnlyViews):
    """Associations where one works, is a member, or that share with one's donor."""

    model = Association
    serializer_class = AssociationSerializer
    lookup_field = "slug"
    ordering = ("slug",)
