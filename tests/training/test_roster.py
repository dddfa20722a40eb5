"""The roster: who is on it, who may teach what, conflicts of interest, documents, search, link and file."""

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.selectors import records
from members.selectors.readers import staff_of
from spm_portal.common.models import MailMessage
from spm_portal.common.refusal import Refused
from tests.cast import Cast, make_cast
from tests.factories.training import CourseFactory, ExpertFactory, SessionFactory
from training.enums import TeachingLevel, TrainerStatus
from training.models import Expert, ExpertConflict, ExpertDocument, SessionTrainer, TeachingRight
from training.selectors import roster as selectors
from training.services import expert_document_notices, expert_papers, roster
from training.services.roster import ExpertFields
from training.trainer_levels import levels_of

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
TODAY = AT.date()
GRACE = ExpertFields(
    name="Grace",
    email="Grace@Example.org",
    skills=("mission",),
    languages=("en", "sw"),
    countries=("KE",),
    day_rate=Decimal(300),
    currency="usd",
)
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def certified(cast: Cast, **fields: Any) -> Expert:
    made: Expert = ExpertFactory(
        association=cast.amani,
        trainer_status=TrainerStatus.CERTIFIED,
        trainer_since=date(2024, 1, 1),
        **fields,
    )
    return made


def who(cast: Cast, expert: Expert) -> dict[str, Any]:
    return {"expert_id": expert.pk, "by": cast.manager, "at": AT}


def test_an_entry_is_kept_clean_found_once_and_tied_to_the_account(cast: Cast) -> None:
    values = {"association": cast.amani, "by": cast.manager, "at": AT}
    made = roster.save_expert(values=GRACE, **values)
    assert (made.email, made.currency, made.user) == ("grace@example.org", "USD", None)
    with pytest.raises(ValidationError, match="has this address already"):
        roster.save_expert(values=GRACE, **values)
    own = roster.save_expert(values=ExpertFields(name="R", email=cast.reviewer.email.upper()), **values)
    assert own.user == cast.reviewer
    with pytest.raises(ValidationError) as refused:
        roster.save_expert(
            values=ExpertFields(name=" ", email="x", day_rate=Decimal(1), skills=("magic",)), **values
        )
    assert set(refused.value.message_dict) == {"name", "email", "currency", "skills"}
    with pytest.raises(PermissionDenied):
        roster.save_expert(values=GRACE, association=cast.amani, by=cast.reviewer, at=AT)


def test_only_certified_trainers_lead(cast: Cast) -> None:
    assert [len(levels_of(status)) for status in TrainerStatus] == [0, 1, 2, 3]
    expert, course = ExpertFactory(association=cast.amani), CourseFactory(association=cast.amani)
    given: dict[str, Any] = {"course_id": course.pk, "since": TODAY, **who(cast, expert)}
    with pytest.raises(Refused, match="Who assists attended"):
        roster.give_right(level=TeachingLevel.ASSISTANT, **given)
    roster.set_status(status=TrainerStatus.CANDIDATE, since=TODAY, **who(cast, expert))
    first = roster.give_right(level=TeachingLevel.ASSISTANT, **given | {"since": date(2026, 1, 1)})
    with pytest.raises(Refused, match="Only certified trainers lead a course"):
        roster.give_right(level=TeachingLevel.LEAD, **given)
    roster.set_status(status=TrainerStatus.CERTIFIED, since=TODAY, **who(cast, expert))
    leads = roster.give_right(level=TeachingLevel.LEAD, **given)
    assert roster.give_right(level=TeachingLevel.LEAD, **given) == leads
    first.refresh_from_db()
    assert first.until == date(2026, 5, 31)
    with pytest.raises(Refused, match="End these rights to teach first: Course"):
        roster.set_status(status=TrainerStatus.PRACTISING, since=TODAY, **who(cast, expert))
    foreign = CourseFactory(association=cast.baobab)
    with pytest.raises(Refused, match="not in the catalogue any more"):
        roster.give_right(level=TeachingLevel.LEAD, **given | {"course_id": foreign.pk})


def test_nobody_leaves_in_the_middle_of_work(cast: Cast) -> None:
    expert = certified(cast)
    session = SessionFactory(course=CourseFactory(association=cast.amani))
    right = TeachingRight.objects.create(
        association=cast.amani, expert=expert, course=session.course, level="lead", since=date(2024, 1, 1)
    )
    teaching = SessionTrainer.objects.create(association=cast.amani, session=session, expert=expert)
    with pytest.raises(Refused, match="still teaches"):
        roster.end_right(right_id=right.pk, until=TODAY, **who(cast, expert))
    with pytest.raises(Refused, match="still teaches"):
        roster.retire(**who(cast, expert))
    teaching.delete()
    with pytest.raises(Refused, match="the last day cannot come before"):
        roster.end_right(right_id=right.pk, until=date(2023, 1, 1), **who(cast, expert))
    assert roster.end_right(right_id=right.pk, until=TODAY, **who(cast, expert)).until == TODAY
    roster.send_link(**who(cast, expert))
    assert roster.retire(**who(cast, expert)).token_hash is None
    ExpertFactory(association=cast.amani, email=expert.email)
    with pytest.raises(Refused, match="has this address already"):
        roster.bring_back(**who(cast, expert))


def test_search_leaves_out_who_is_not_neutral(cast: Cast) -> None:
    neutral = certified(cast, name="Neutral", countries=["KE"], languages=["fr"])
    paid = certified(cast, name="Paid")
    past = certified(cast, name="Past")
    certified(cast, name="Employed", user=cast.editor)  # works for Kilimo by account
    conflict: dict[str, Any] = {"association": cast.amani, "institution": cast.kilimo, "kind": "paid"}
    ExpertConflict.objects.create(expert=paid, **conflict)
    ExpertConflict.objects.create(expert=past, until=date(2025, 1, 1), **conflict)

    def names(**wanted: Any) -> list[str]:
        found = selectors.experts(cast.amani, cast.reviewer, selectors.ExpertFilter(**wanted), on=TODAY)
        return [one.name for one in found]

    assert names(neutral_to=cast.kilimo.pk) == ["Neutral", "Past"]
    assert names(neutral_to=cast.umoja.pk, skill="mission") == ["Employed", "Neutral", "Paid", "Past"]
    assert names(language="fr", country="KE", status="certified") == ["Neutral"]
    assert names(words="neu") == ["Neutral"]
    assert names(country="UG") == []
    assert not selectors.experts(cast.amani, cast.signatory, selectors.ExpertFilter(), on=TODAY).exists()
    assert neutral.pk not in selectors.in_conflict(cast.amani, cast.kilimo.pk, on=TODAY)


def test_documents_follow_the_rules_of_the_house(cast: Cast, media_root: Any) -> None:
    expert = certified(cast)
    kept: dict[str, Any] = {"title": "CV", "expires_on": None, **who(cast, expert)}
    first = expert_papers.add_document(upload=SimpleUploadedFile("cv.pdf", PDF), **kept)
    again = expert_papers.add_document(
        upload=SimpleUploadedFile("other.pdf", PDF), **kept | {"title": "Curriculum vitae"}
    )
    assert (again.pk, again.title) == (first.pk, "Curriculum vitae")
    with pytest.raises(Refused, match="its content is something else"):
        expert_papers.add_document(upload=SimpleUploadedFile("cv.pdf", b"MZ\x90\x00program"), **kept)
    with pytest.raises(Refused, match="expired on"):
        expert_papers.add_document(
            upload=SimpleUploadedFile("old.pdf", PDF + b"1"), **kept | {"expires_on": date(2020, 1, 1)}
        )
    assert ExpertDocument.objects.count() == 1
    with pytest.raises(PermissionDenied):
        expert_papers.remove_document(expert_id=expert.pk, document_id=first.pk, by=cast.reviewer, at=AT)
    expert_papers.remove_document(document_id=first.pk, **who(cast, expert))
    assert selectors.documents_of([expert.pk]) == []


def test_a_document_that_expires_is_told_of_once_a_step_to_staff_and_the_expert(cast: Cast) -> None:
    def kept(expert: Expert, title: str, **fields: Any) -> ExpertDocument:
        values = {"name": "a.pdf", "content_type": "application/pdf", "size": 1, "sha256": "0" * 64}
        values |= {"association": cast.amani, "uploaded_at": AT, "expires_on": date(2026, 12, 1)}
        return ExpertDocument.objects.create(expert=expert, title=title, **values | fields)

    grace = certified(cast, name="Grace", email="grace@example.org")
    contract = kept(grace, "Contract")
    kept(grace, "CV")
    kept(grace, "cv", uploaded_at=AT + timedelta(days=1), expires_on=None)  # the newer one has no end
    kept(grace, "Old contract", removed_at=AT)
    kept(certified(cast, retired_at=AT), "Contract")
    mails = MailMessage.objects.filter(purpose="training.document_ends")
    end = datetime(2026, 12, 1, 9, tzinfo=UTC)

    def sent(days: int) -> int:
        before = mails.count()
        expert_document_notices.send_due(at=end - timedelta(days=days))
        return mails.count() - before

    staff = {one.email for one in staff_of(cast.amani.pk)}
    assert [sent(91), sent(89), sent(88)] == [0, len(staff) + 1, 0]
    assert {one.to for one in mails.all()} == staff | {grace.email}
    assert all("Contract" in one.subject for one in mails.all())
    # after an outage only the newest missed step; a person with an account gets one mail, also as staff
    Expert.objects.filter(pk=grace.pk).update(user=cast.reviewer)
    assert [sent(20), sent(7), sent(-1)] == [len(staff), len(staff), 0]
    ExpertDocument.objects.filter(pk=contract.pk).update(expires_on=date(2027, 12, 1))
    assert sent(7 - 365) == len(staff)  # a new day begins anew


def test_a_conflict_that_an_expert_declares_reaches_staff(cast: Cast) -> None:
    expert = certified(cast)
    said: dict[str, Any] = {
        "expert_id": expert.pk,
        "institution_id": cast.umoja.pk,
        "kind": "paid",
        "note": "Trained its staff",
        "since": None,
        "until": None,
        "at": AT,
    }
    conflict = expert_papers.declare_conflict(**said, by=None)  # by the personal link
    letters = MailMessage.objects.filter(purpose="training.conflict")
    told = {one.to for one in letters}
    assert {cast.manager.email, cast.reviewer.email} <= told
    assert not told & {cast.signatory.email, cast.other_manager.email}
    assert "Trained its staff" in letters[0].text
    expert_papers.declare_conflict(**said, by=cast.manager)  # the same again, by whoever knows it
    assert (letters.all().count(), ExpertConflict.objects.count()) == (len(told), 1)
    with pytest.raises(Refused, match="one of the association’s members"):
        expert_papers.declare_conflict(**said | {"institution_id": cast.mbuyu.pk}, by=None)
    with pytest.raises(Refused, match="Say in the note"):
        expert_papers.declare_conflict(**said | {"kind": "other", "note": ""}, by=None)
    expert_papers.end_conflict(
        expert_id=expert.pk, conflict_id=conflict.pk, until=date(2026, 12, 31), by=None, at=AT
    )
    assert letters.all().count() == 2 * len(told)
    with pytest.raises(PermissionDenied):
        expert_papers.declare_conflict(**said, by=cast.reviewer)


def test_certified_trainers_stand_as_a_record(cast: Cast) -> None:
    assert records.offered(cast.amani, ["trainers_certified"], AT) == []
    certified(cast, name="Grace")
    certified(cast, name="Gone", retired_at=datetime(2026, 1, 1, tzinfo=UTC))
    (offer,) = records.offered(cast.amani, ["trainers_certified"], AT)
    assert offer.title == "1 certified trainer on the roster: Grace"
    assert offer.facts["certified"] == 1


def test_the_pages_say_why_something_is_refused_and_the_file_holds_it_all(cast: Cast, client: Client) -> None:
    expert = certified(cast, name="Grace", day_rate=Decimal(300), currency="USD")
    TeachingRight.objects.create(
        association=cast.amani,
        expert=expert,
        course=CourseFactory(association=cast.amani, title="Targets"),
        level="lead",
        since=date(2024, 1, 1),
    )
    client.force_login(cast.manager)
    address = reverse("expert", args=[cast.amani.slug, expert.pk])
    page = client.post(address, {"action": "status", "status-status": "none", "status-since": "2025-01-01"})
    assert page.status_code == 422
    assert "End these rights to teach first: Targets (Leads)" in page.content.decode()
    assert client.post(address, {"action": "nonsense"}).status_code == 404
    done = client.post(
        address,
        {
            "action": "conflict",
            "conflict-institution": cast.umoja.pk,
            "conflict-kind": "paid",
            "conflict-note": "Adviser",
        },
    )
    assert done.status_code == 302
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(reverse("roster_file", args=[cast.amani.slug])).content)
    )
    assert book["Experts"]["A2"].value == "Grace"
    assert [cell.value for cell in book["May teach"][2]][:3] == ["Grace", "Targets", "Leads"]
    assert book["Conflicts of interest"]["D2"].value == "Adviser"


def test_the_roster_takes_as_many_queries_for_one_as_for_three(cast: Cast, client: Client) -> None:
    certified(cast)
    client.force_login(cast.reviewer)
    address = reverse("roster", args=[cast.amani.slug])
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _number in range(2):
        ExpertConflict.objects.create(
            association=cast.amani, expert=certified(cast), institution=cast.umoja, kind="paid"
        )
    with CaptureQueriesContext(connection) as three:
        page = client.get(address).content.decode()
    assert page.count('<th scope="row">') == 3
    assert len(three) == len(one)
