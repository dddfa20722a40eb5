"""A row can never hang on a parent of another association or MFI, whatever wrote it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from reporting.models import (
    Answer,
    AnswerFlag,
    Attachment,
    ChapterText,
    EvidenceCitation,
    Explanation,
    Extension,
    GuestLink,
    OpenPage,
    PaperEntry,
    Question,
    QuestionMessage,
    Release,
    Reminder,
    Reply,
    ReplyWindow,
    ReportPlan,
    SectionAssignment,
    SectionTime,
    Story,
    Submission,
    Transition,
    ValueConsent,
    WhatChanged,
    WorkbookUpload,
)
from tests.factories.evidence import CitationFactory, EvidenceFactory
from tests.factories.members import AssociationFactory, InstitutionFactory, UserFactory
from tests.factories.reporting import (
    OPENED,
    AnswerFactory,
    AttachmentFactory,
    RoundFactory,
    SubmissionFactory,
)

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

OF_A_RETURN = (
    Answer,
    AnswerFlag,
    Attachment,
    EvidenceCitation,
    Explanation,
    Extension,
    GuestLink,
    OpenPage,
    PaperEntry,
    Question,
    QuestionMessage,
    Reminder,
    Reply,
    SectionAssignment,
    SectionTime,
    Transition,
    WorkbookUpload,
)
OF_A_ROUND = (Submission, Release, ReplyWindow, ChapterText, Story, ReportPlan, ValueConsent)


# What a row of each table needs beside its return, its association and its institution.
MORE: dict[type[Any], Callable[[], dict[str, Any]]] = {
    AnswerFlag: lambda: {"code": "legal_form", "flagged_at": OPENED, "flagged_by": UserFactory()},
    GuestLink: lambda: {
        "section": "PRO",
        "name": "Accountant",
        "token_hash": "0" * 63 + str(GuestLink.objects.count()),
        "created_at": OPENED,
        "created_by": UserFactory(),
        "expires_at": OPENED + timedelta(days=7),
    },
    OpenPage: lambda: {"opened_by": UserFactory(), "heard_at": OPENED},
    PaperEntry: lambda: {"reason": "By post.", "opened_at": OPENED, "opened_by": UserFactory()},
    SectionAssignment: lambda: {
        "section": "PRO",
        "assignee": UserFactory(),
        "assigned_at": OPENED,
        "assigned_by": UserFactory(),
    },
    SectionTime: lambda: {"section": "PRO", "seconds": 60},
}


def make(model: type[Any], **fields: Any) -> Any:
    if model in MORE:
        return model.objects.create(**MORE[model](), **fields)
    if model is EvidenceCitation:
        return CitationFactory(**fields)
    if model is Answer:
        return AnswerFactory(**fields)
    if model is Attachment:
        return AttachmentFactory(**fields)
    if model is Explanation:
        return Explanation.objects.create(rule="grew", reason="We merged.", given_at=OPENED, **fields)
    if model is Extension:
        return Extension.objects.create(
            due_at=OPENED, reason="Floods.", granted_at=OPENED, granted_by=UserFactory(), **fields
        )
    if model is Question:
        return Question.objects.create(
            code="legal_form", state_since=OPENED, asked_at=OPENED, asked_by=UserFactory(), **fields
        )
    if model is QuestionMessage:
        of_return = {**fields, "association": fields["submission"].association}
        of_return["institution"] = fields["submission"].institution
        question = make(Question, **of_return)
        return QuestionMessage.objects.create(
            question=question, step="ask", at=OPENED, by=UserFactory(), **fields
        )
    if model is Reminder:
        return Reminder.objects.create(step="d-7", at=OPENED, **fields)
    if model is Reply:
        window = ReplyWindow.objects.create(
            association=fields["submission"].association,
            round=fields["submission"].round,
            opened_at=OPENED,
            opened_by=UserFactory(),
            closes_at=OPENED + timedelta(days=14),
        )
        return Reply.objects.create(window=window, kind="seen", at=OPENED, by=UserFactory(), **fields)
    if model is WorkbookUpload:
        return WorkbookUpload.objects.create(
            name="return.xlsx", size=1, uploaded_at=OPENED, uploaded_by=UserFactory(), **fields
        )
    return Transition.objects.create(
        move="submit", from_state="draft", to_state="submitted", at=OPENED, **fields
    )


def check_now() -> None:
    """Check what the database would check at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def refused() -> Iterator[None]:
    """What is written inside is refused by a composite foreign key, at the latest at commit."""
    with pytest.raises(IntegrityError, match="same_tenant"), transaction.atomic():  # noqa: PT012
        yield
        check_now()


@pytest.mark.parametrize("model", OF_A_RETURN, ids=lambda model: model.__name__)
@pytest.mark.parametrize("column", ["association", "institution"])
def test_what_belongs_to_a_return_cannot_name_another_tenant(model: type[Any], column: str) -> None:
    parent = SubmissionFactory()
    own = {"association": parent.association, "institution": parent.institution}
    make(model, submission=parent, **own)
    check_now()

    other = AssociationFactory() if column == "association" else InstitutionFactory()
    second = SubmissionFactory(round=parent.round)
    own = {"association": second.association, "institution": second.institution}
    with refused():
        make(model, submission=second, **{**own, column: other})


@pytest.mark.parametrize("model", [Answer, Attachment, Explanation], ids=lambda model: model.__name__)
def test_sql_cannot_move_a_row_to_the_return_of_another_tenant(model: type[Any]) -> None:
    parent, foreign = SubmissionFactory(), SubmissionFactory()
    row = make(model, submission=parent, association=parent.association, institution=parent.institution)
    check_now()

    for statement, value in (
        ("SET submission_id = %s", foreign.pk),
        ("SET association_id = %s", foreign.association_id),
        ("SET institution_id = %s", foreign.institution_id),
    ):
        with refused(), connection.cursor() as cursor:
            cursor.execute(
                f'UPDATE "{model._meta.db_table}" {statement} WHERE id = %s',
                [value, row.pk],
            )


def test_a_return_and_a_release_stay_in_the_association_of_their_round() -> None:
    mine, foreign = RoundFactory(), RoundFactory()
    with refused():
        SubmissionFactory(round=mine, association=foreign.association)
    with refused():
        Release.objects.create(
            association=foreign.association,
            round=mine,
            number=1,
            catalogue=mine.catalogue,
            invited_count=5,
            contributor_count=5,
            input_sha256="0" * 64,
            published_at=OPENED,
        )


def test_a_comparison_is_of_two_editions_of_its_association() -> None:
    mine, foreign = (
        Release.objects.create(
            association=one.association,
            round=one,
            number=1,
            catalogue=one.catalogue,
            invited_count=5,
            contributor_count=5,
            input_sha256="0" * 64,
            published_at=OPENED,
        )
        for one in (RoundFactory(), RoundFactory())
    )
    with refused():
        WhatChanged.objects.create(association=mine.association, before=foreign, after=mine, made_at=OPENED)
    WhatChanged.objects.create(association=mine.association, before=mine, after=mine, made_at=OPENED)
    check_now()


@pytest.mark.parametrize(
    ("model", "more"),
    [
        (ReplyWindow, {"opened_at": OPENED, "closes_at": OPENED + timedelta(days=14)}),
        (ChapterText, {"chapter": "prices", "language": "en", "changed_at": OPENED}),
        (Story, {"language": "en", "title": "Asha", "text": "A loan.", "changed_at": OPENED}),
        (ReportPlan, {"changed_at": OPENED}),
        (ValueConsent, {"recipient": "public", "given_at": OPENED}),
    ],
    ids=lambda one: one.__name__ if isinstance(one, type) else "",
)
def test_what_belongs_to_a_round_stays_in_its_association(model: type[Any], more: dict[str, Any]) -> None:
    mine, foreign = RoundFactory(), RoundFactory()
    person = UserFactory()
    names = {field.name for field in model._meta.concrete_fields}
    more = more | {name: person for name in ("opened_by", "changed_by", "given_by") if name in names}
    if "institution" in names and model is ValueConsent:
        more["institution"] = InstitutionFactory()
    with refused():
        model.objects.create(association=foreign.association, round=mine, **more)
    model.objects.create(association=mine.association, round=mine, **more)
    check_now()


def test_sql_cannot_move_a_return_to_another_mfi_while_answers_hang_on_it() -> None:
    answer = AnswerFactory()
    check_now()
    with refused(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE reporting_submission SET institution_id = %s WHERE id = %s",
            [InstitutionFactory().pk, answer.submission_id],
        )


def test_every_table_below_a_tenant_has_its_composite_key() -> None:
    """A new table that names both a return and its tenant needs the constraint too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, convalidated FROM pg_constraint"
            " WHERE contype = 'f' AND conname LIKE '%%same_tenant' AND array_length(conkey, 1) > 1"
        )
        held = dict(cursor.fetchall())
    wanted = {
        model._meta.db_table
        for model in apps.get_models()
        if not hasattr(model, "pgh_tracked_model")
        and {"association", "submission"}
        <= {field.name for field in model._meta.concrete_fields}
        | (
            {"submission"}
            if {"association", "round"} <= {f.name for f in model._meta.concrete_fields}
            else set()
        )
    }
    assert wanted | {WhatChanged._meta.db_table} == set(held)
    assert all(held.values())
    assert wanted == {model._meta.db_table for model in (*OF_A_RETURN, *OF_A_ROUND)}


def test_nobody_cites_the_document_of_another_mfi() -> None:
    parent = SubmissionFactory()
    with pytest.raises(IntegrityError, match="same_institution"), transaction.atomic():  # noqa: PT012
        CitationFactory(submission=parent, evidence=EvidenceFactory())
        check_now()
