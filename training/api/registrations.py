"""Registrations: reading one's own people, and registering them by the service of the pages."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from members.enums import KeyScope
from members.models import Association, Institution
from members.web.api import AssociationViews
from members.web.writing import IDEMPOTENCY_KEY, Writing
from spm_portal.common.api.content import Strict
from spm_portal.common.api.errors import Refusal
from spm_portal.common.api.views import Filter
from spm_portal.common.refusal import Refused
from training.enums import RegistrationState, Sex
from training.models import Registration, TrainingSession
from training.services.registrations import MOST_AT_ONCE, PeopleRefused, Person, register

REFUSED = 422
ERROR = {"$ref": "#/components/schemas/Error"}
_PERSON = {
    "name": "Amina Otieno",
    "sex": "female",
    "email": "amina@mfi.example",
    "job": "Branch manager",
    "country": "KE",
    "consents": True,
}
EXAMPLES = [
    OpenApiExample(
        "Two people",
        request_only=True,
        value={
            "institution": "3f1f0a9e-5d5c-4f53-9a55-0b7b1c0f5a11",
            "people": [
                _PERSON,
                _PERSON | {"name": "Brian Kamau", "sex": "male", "email": "brian@mfi.example"},
            ],
        },
    )
]


class RegistrationSerializer(serializers.Serializer):
    """That a person is registered for a session. `institution` null: sent by the association itself."""

    id = serializers.UUIDField()
    association = serializers.CharField(source="association.slug")
    session = serializers.UUIDField(source="session_id")
    institution = serializers.UUIDField(source="institution_id", allow_null=True)
    name = serializers.CharField(source="participant.name")
    sex = serializers.ChoiceField(choices=Sex.values, source="participant.sex")
    job = serializers.CharField(source="participant.job")
    email = serializers.CharField(source="participant.email")
    country = serializers.CharField(source="participant.country")
    state = serializers.ChoiceField(choices=RegistrationState.values)
    price = serializers.DecimalField(max_digits=12, decimal_places=2)
    asked_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


class RegistrationsSerializer(serializers.Serializer):
    """What became of each person, in the order in which they were named."""

    registrations = RegistrationSerializer(many=True)


class PersonToRegisterSerializer(Strict):
    """Somebody to be registered; `consents` says that the person agreed to be."""

    name = serializers.CharField(max_length=150)
    sex = serializers.ChoiceField(choices=Sex.values)
    email = serializers.EmailField(max_length=254)
    job = serializers.CharField(max_length=100, allow_blank=True, default="")
    country = serializers.RegexField(
        "^([A-Z]{2})?$", default="", allow_blank=True, help_text="ISO 3166, such as KE; else that of the MFI."
    )
    consents = serializers.BooleanField()


class PeopleToRegisterSerializer(Strict):
    """People of one MFI."""

    institution = serializers.UUIDField()
    people = PersonToRegisterSerializer(many=True, min_length=1, max_length=MOST_AT_ONCE)


@extend_schema_view(
    list=extend_schema(summary="List the registrations for sessions of an association, newest first"),
    retrieve=extend_schema(summary="Read a registration"),
)
class Registrations(AssociationViews):
    """All for the association's staff, its own people for an MFI."""

    model = Registration
    serializer_class = RegistrationSerializer
    list_permission = "training.view_calendar"
    object_permission = "training.change_registration"
    place = ("asked_at__date",)
    filters = (
        Filter("state", "Only registrations that stand there.", tuple(RegistrationState.values)),
        Filter("session", "Only those for the session with this id."),
    )

    def narrow(self, visible: QuerySet[Registration]) -> QuerySet[Registration]:
        """Filtered as asked."""
        found = super().narrow(visible).select_related("association", "participant")
        asked = self.request.query_params
        if "state" in asked:
            found = found.filter(state=asked["state"])
        if "session" in asked:
            found = found.filter(session=_uuid(asked["session"]))
        return found


class SessionRegistrations(Writing):
    """Registering people of an MFI for a session, all together or not at all."""

    write_scope = KeyScope.REGISTER

    @extend_schema(
        summary="Register people for a session",
        description=(
            "All together or not at all: each gets a seat, a place on the waiting list, or waits for approval, and a "
            "mail with an own link. Who cannot be registered is named by place, as `people.0`."
        ),
        parameters=[IDEMPOTENCY_KEY],
        request=PeopleToRegisterSerializer,
        responses={
            200: RegistrationsSerializer,
            REFUSED: OpenApiResponse(ERROR, "Registration is closed, or somebody cannot be registered."),
        },
        examples=EXAMPLES,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Register, or say who cannot be and why."""
        session = self._session(request, pk)
        asked = PeopleToRegisterSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        people = [Person(**one) for one in said["people"]]
        own = Institution.objects.visible_to(request.user).filter(pk=said["institution"])
        if not own.exists():
            raise PermissionDenied

        def change() -> Response:
            return _registered(request, session, said["institution"], people)

        return self.once(request, change)

    def _session(self, request: Request, pk: UUID) -> TrainingSession:
        """The session, if the person may see it and register somebody."""
        seen = Association.objects.visible_to(request.user)
        found = (
            TrainingSession.objects.visible_to(request.user)
            .filter(pk=pk, association__in=seen)
            .select_related("association")
            .first()
        )
        if found is None:
            raise Http404
        is_staff = request.user.has_perm("training.run_session", found)
        if not is_staff and not request.user.has_perm("training.register_people", found.association):
            raise PermissionDenied
        return found


def _registered(
    request: Request, session: TrainingSession, institution: UUID, people: list[Person]
) -> Response:
    try:
        made = register(
            session_id=session.pk,
            institution_id=institution,
            people=people,
            by=request.user,
            at=timezone.now(),
        )
    except PeopleRefused as refusal:
        fields = {f"people.{place}": [*found.values()] for place, found in refusal.faults.items()}
        raise Refusal(REFUSED, "people_refused", str(refusal.message), fields) from refusal
    except Refused as refusal:
        raise Refusal(REFUSED, "not_registered", str(refusal.message)) from refusal
    return Response(RegistrationsSerializer({"registrations": made}).data)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise serializers.ValidationError({"session": [_("Give the id of a session.")]}) from None
