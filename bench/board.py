"""The board of sixty members: as many queries as with three, and what it takes against an empty page."""

from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bench.pages import EMPTY, busiest, get, signed_in
from bench.timing import medians, ratio
from members.enums import Role
from members.models import Association, User
from members.services import register, roles
from reporting.enums import ReturnState
from reporting.models import Round, Submission

SIXTY, THREE = 60, 3


def board_of_sixty(association: Association) -> dict[str, object]:
    """Queries with three and with sixty members, each with a person of its own, and the ratio with sixty.

    Inside a transaction that is taken back.
    """
    page = next(one for one in busiest(association) if one.name == "round_board")
    found: dict[str, object] = {"members": SIXTY}
    with transaction.atomic(), override_settings(ROOT_URLCONF="bench.urls"):
        template = Round.objects.filter(association=association, closed_at__isnull=True).latest("year")
        round_ = Round.objects.create(
            **{
                field.attname: getattr(template, field.attname)
                for field in Round._meta.concrete_fields
                if field.attname not in {"id", "code"}
            },
            code="bench-sixty",
        )
        address = reverse("round_board", args=[association.slug, round_.code])
        client = signed_in(page.by)
        queries = []
        for begin, end in ((0, THREE), (THREE, SIXTY)):
            for number in range(begin, end):
                _member(association, round_, number)
            get(client, address)()
            with CaptureQueriesContext(connection) as seen:
                get(client, address)()
            queries.append(len(seen))
        empty = reverse(EMPTY, args=[association.slug])
        taken = medians({"page": get(client, address), "empty": get(client, empty)}, rounds=25, warm_up=3)
        found |= {
            "queries": queries[1],
            "queries_with_three_members": queries[0],
            "constant": queries[0] == queries[1],
            "against_an_empty_page": ratio(taken["page"], taken["empty"]),
        }
        transaction.set_rollback(True)
    return found


def _member(association: Association, round_: Round, number: int) -> None:
    """A member with one person, its return somewhere on its way."""
    at = timezone.now()
    institution = register.create_institution(name=f"Bench member {number}", country="KE", at=at)
    person = User.objects.create(email=f"bench{number}@example.org", name=f"Bench person {number}")
    roles.grant_role(user=person, role=Role.INSTITUTION_EDITOR, organisation=institution, at=at)
    Submission.objects.create(
        association=association,
        institution=institution,
        round=round_,
        currency=association.currency,
        state=list(ReturnState)[number % len(ReturnState)],
        state_since=at,
        required_count=90,
        answered_count=number,
        touched_at=at,
        touched_by=person,
    )
