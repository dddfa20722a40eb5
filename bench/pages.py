"""The five busiest pages against an empty page of the same layout, and their queries for few and many members."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.timing import medians, ratio
from members.enums import Role
from members.models import Association, RoleAssignment, User
from reporting.enums import ReturnState
from reporting.models import Release, Round, Submission

EMPTY = "bench_empty"
LIMIT = 3


@dataclass(frozen=True, slots=True)
class Page:
    """A page as one person sees it."""

    name: str
    address: str
    by: User


def busiest(association: Association) -> list[Page]:
    """What is opened most: by the MFI its return and a section, by staff the board and a review, by all the figures."""
    manager = _holder(Role.ASSOCIATION_MANAGER)
    editor = _holder(Role.INSTITUTION_EDITOR)
    round_ = Round.objects.filter(association=association, closed_at__isnull=True).latest("year")
    draft = Submission.objects.get(
        round=round_, institution=RoleAssignment.objects.get(user=editor, ended_at=None).institution
    )
    review = Submission.objects.filter(round=round_, state=ReturnState.IN_REVIEW).order_by("pk")[0]
    release = Release.objects.filter(association=association).latest("published_at")
    slug = association.slug

    def address(view: str, *args: object) -> str:
        return reverse(view, args=[slug, *args])

    return [
        Page("return", address("return", draft.pk), editor),
        Page("return_section", address("return_section", draft.pk, "CLP"), editor),
        Page("round_board", address("round_board", round_.code), manager),
        Page("return_review", address("return_review", review.pk), manager),
        Page("release", address("release", release.pk), manager),
    ]


def page_ratios(association: Association) -> dict[str, object]:
    """Process time of each page as a multiple of the empty page as the same person sees it."""
    found: dict[str, object] = {"limit": LIMIT}
    with override_settings(ROOT_URLCONF="bench.urls"):
        for page in busiest(association):
            client = signed_in(page.by)
            empty = reverse(EMPTY, args=[association.slug])
            taken = medians(
                {"page": get(client, page.address), "empty": get(client, empty)}, rounds=25, warm_up=3
            )
            found[page.name] = ratio(taken["page"], taken["empty"])
    return found


def page_queries(association: Association) -> dict[str, object]:
    """Queries of each page with all members in the round, and whether that is what it takes with three."""
    full = {page.name: _count(page) for page in busiest(association)}
    round_ = Round.objects.filter(association=association, closed_at__isnull=True).latest("year")
    needed = {page.by.pk for page in busiest(association)}
    few = _count_with_few(association, round_, needed)
    return {
        "members": round_.submissions.count(),
        "queries": full,
        "queries_with_three_members": few,
        "constant": full == few,
    }


def _count_with_few(association: Association, round_: Round, people: set[UUID]) -> dict[str, int]:
    """Count again with only three members' returns visible, inside a transaction that is taken back."""
    with transaction.atomic():
        keep = set(
            RoleAssignment.objects.filter(user_id__in=people, institution__isnull=False).values_list(
                "institution_id", flat=True
            )
        )
        keep |= set(
            round_.submissions.filter(state=ReturnState.IN_REVIEW)
            .order_by("pk")
            .values_list("institution_id", flat=True)[:2]
        )
        other = Round.objects.create(
            **{
                field.attname: getattr(round_, field.attname)
                for field in Round._meta.concrete_fields
                if field.attname not in {"id", "code"}
            },
            code="bench-rest",
        )
        Submission.objects.filter(round=round_).exclude(institution_id__in=keep).update(round=other)
        few = {page.name: _count(page) for page in busiest(association)}
        transaction.set_rollback(True)
    return few


def _count(page: Page) -> int:
    client = signed_in(page.by)
    get(client, page.address)()
    with CaptureQueriesContext(connection) as seen:
        get(client, page.address)()
    return len(seen)


def _holder(role: Role) -> User:
    return (
        RoleAssignment.objects.live().filter(role=role).select_related("user").order_by("granted_at")[0].user
    )


def signed_in(user: User) -> Client:
    """A client in the session of a person."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def get(client: Client, address: str) -> Callable[[], object]:
    """A request for a page that must succeed, to be called as often as it is measured."""

    def once() -> object:
        response = client.get(address)
        if response.status_code != 200:
            raise AssertionError(f"{address} answered {response.status_code}")
        return response

    return once
