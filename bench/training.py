"""The training area when it is full: a search among 5,000 works and 2,000 sessions, against an empty page."""

from datetime import timedelta

from django.db import connection, transaction
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from bench.pages import EMPTY, LIMIT, busiest, get, signed_in
from bench.timing import medians, ratio
from members.models import Association, User
from training.enums import Level, SessionState, Topic, WorkKind
from training.models import Course, SessionDay, TrainingSession, Work, WorkVersion

WORKS, SESSIONS = 5_000, 2_000
WORDS = ("targets", "savings", "complaints", "pricing", "staff", "board", "clients", "audit")


def training_pages(association: Association) -> dict[str, object]:
    """Process time of each page as a multiple of the empty page; inside a transaction that is taken back."""
    manager = next(one.by for one in busiest(association) if one.name == "round_board")
    found: dict[str, object] = {"works": WORKS, "sessions": SESSIONS, "limit": LIMIT}
    slug = association.slug
    pages = {
        "library_searched": reverse("library", args=[slug]) + "?q=complaints",
        "library": reverse("library", args=[slug]),
        "sessions": reverse("sessions", args=[slug]),
        "sessions_past": reverse("sessions", args=[slug]) + "?show=past",
    }
    with transaction.atomic(), override_settings(ROOT_URLCONF="bench.urls"):
        _fill(association, manager)
        _settle()
        client = signed_in(manager)
        empty = get(client, reverse(EMPTY, args=[slug]))
        for name, address in pages.items():
            taken = medians({"page": get(client, address), "empty": empty}, rounds=25, warm_up=3)
            found[name] = ratio(taken["page"], taken["empty"])
        transaction.set_rollback(True)
    return found


def _settle() -> None:
    """What PostgreSQL does by itself beside committed rows: count them, and put new words into their index."""
    with connection.cursor() as cursor:
        for model in (Work, WorkVersion, TrainingSession, SessionDay):
            cursor.execute(f"ANALYZE {model._meta.db_table}")
        cursor.execute("SELECT gin_clean_pending_list('work_version_words')")


def _fill(association: Association, by: User) -> None:
    """Works in two languages, each with some of the words, and sessions around today with a day each."""
    at = timezone.now()
    works = Work.objects.bulk_create(
        Work(
            association=association,
            kind=WorkKind.values[number % len(WorkKind.values)],
            topics=[Topic.values[number % len(Topic.values)]],
            added_at=at - timedelta(hours=number),
            is_public=number % 2 == 0,
        )
        for number in range(WORKS)
    )
    WorkVersion.objects.bulk_create(
        WorkVersion(
            association=association,
            work=work,
            language=language,
            title=f"Guide {number} to {WORDS[number % len(WORDS)]} and {WORDS[number // 8 % len(WORDS)]}",
            summary=f"How an MFI works on {WORDS[number // 64 % len(WORDS)]}, in steps that a branch can follow.",
            is_original=language == "en",
            url=f"https://example.org/{number}",
        )
        for number, work in enumerate(works)
        for language in ("en", "fr")
    )
    course = Course.objects.create(
        association=association,
        code="BENCH-1",
        title="Social targets",
        level=Level.INTRODUCTORY,
        language="en",
        hours=8,
        topic=Topic.MISSION,
        currency=association.currency,
    )
    sessions = TrainingSession.objects.bulk_create(
        TrainingSession(
            association=association,
            course=course,
            title=f"Social targets {number}",
            state=SessionState.ANNOUNCED,
            language="en",
            time_zone=association.time_zone,
            starts_at=at + timedelta(days=number - SESSIONS // 2, hours=1),
            ends_at=at + timedelta(days=number - SESSIONS // 2, hours=8),
            place="Nairobi",
            seats=25,
            registration_closes_at=at + timedelta(days=number - SESSIONS // 2),
            currency=association.currency,
            created_at=at,
            created_by=by,
            announced_at=at,
        )
        for number in range(SESSIONS)
    )
    SessionDay.objects.bulk_create(
        SessionDay(association=association, session=one, starts_at=one.starts_at, ends_at=one.ends_at)
        for one in sessions
    )
