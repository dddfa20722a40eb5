"""Dull rows of the reporting app: catalogue versions, rounds, returns and answers, empty or filled as the sample."""

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from members.models import Membership
from reporting.catalogue import DEFAULT_CATALOGUE, Catalogue, load_catalogue
from reporting.enums import ReturnState
from reporting.models import Answer, Attachment, CatalogueVersion, Round, Submission
from reporting.services.answers import import_answers
from tests.factories.members import LONG_AGO, AssociationFactory, InstitutionFactory, UserFactory

OPENED = datetime(2025, 1, 15, 9, tzinfo=UTC)
SAMPLE_PATH = Path(__file__).parent.parent / "reporting" / "data" / "sample_submission.json"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@cache
def default_document() -> dict[str, Any]:
    """The default catalogue as JSON."""
    found: dict[str, Any] = json.loads(DEFAULT_CATALOGUE.read_text(encoding="utf-8"))
    return found


@cache
def default_catalogue() -> Catalogue:
    """The default catalogue, checked once per session."""
    return load_catalogue(default_document())


@cache
def default_sha256() -> str:
    """A fingerprint of the default catalogue."""
    return hashlib.sha256(json.dumps(default_document(), sort_keys=True).encode()).hexdigest()


@cache
def sample() -> dict[str, Any]:
    """The filled return of the catalogue's authors: values, context, expected figures, bad variants."""
    found: dict[str, Any] = json.loads(SAMPLE_PATH.read_text(encoding="utf-8"))
    return found


class CatalogueVersionFactory(DjangoModelFactory):
    """The default catalogue, one row per test."""

    class Meta:
        model = CatalogueVersion
        django_get_or_create = ("association", "version")

    association = None
    name = factory.LazyFunction(lambda: default_document()["meta"]["name"])
    version = factory.LazyFunction(lambda: default_document()["meta"]["version"])
    document = factory.LazyFunction(default_document)
    sha256 = factory.LazyFunction(default_sha256)
    loaded_at = LONG_AGO


class RoundFactory(DjangoModelFactory):
    """An open round of the full form with every section and the context of the sample."""

    class Meta:
        model = Round

    association = factory.SubFactory(AssociationFactory)
    year = 2024
    code = factory.LazyAttribute(lambda o: str(o.year))
    name = factory.LazyAttribute(lambda o: f"Report {o.year}")
    period_end = factory.LazyAttribute(lambda o: date(o.year, 12, 31))
    catalogue = factory.SubFactory(CatalogueVersionFactory)
    sections = factory.LazyFunction(lambda: [section.code for section in default_catalogue().sections])
    due_at = factory.LazyAttribute(lambda o: datetime(o.year + 1, 4, 30, 21, tzinfo=UTC))
    exchange_rate_usd = Decimal(1)
    gni_per_capita = Decimal(1900)
    opened_at = factory.LazyAttribute(lambda o: OPENED.replace(year=o.year + 1))


class SubmissionFactory(DjangoModelFactory):
    """A draft of a current member, without answers; `filled=True` gives it those of the sample.

    `values={...}` gives it these answers (None removes one of the sample).
    """

    class Meta:
        model = Submission
        skip_postgeneration_save = True

    class Params:
        approved = factory.Trait(state=ReturnState.APPROVED)

    round = factory.SubFactory(RoundFactory)
    association = factory.SelfAttribute("round.association")
    institution = factory.SubFactory(InstitutionFactory)
    state = ReturnState.DRAFT
    state_since = OPENED
    currency = "KES"

    @factory.post_generation
    def membership(self: Submission, create: bool, extracted: bool | None, **_: Any) -> None:
        """The institution is a member unless `membership=False`."""
        if create and extracted is not False:
            Membership.objects.get_or_create(
                association=self.association,
                institution=self.institution,
                left_on=None,
                defaults={"joined_on": date(2020, 1, 1)},
            )

    @factory.post_generation
    def filled(self: Submission, create: bool, extracted: bool | None, **_: Any) -> None:
        """The answers of the sample."""
        if create and extracted:
            fill(self, sample()["values"])

    @factory.post_generation
    def values(self: Submission, create: bool, extracted: dict[str, Any] | None, **_: Any) -> None:
        """Some answers."""
        if create and extracted:
            fill(self, extracted)


def fill(submission: Submission, values: dict[str, Any], at: datetime = OPENED) -> None:
    """Give a return these answers; a file is made where a file's name is given."""
    ready = dict(values)
    for code, value in values.items():
        if default_catalogue().indicator(code).type == "file" and isinstance(value, str):
            ready[code] = str(AttachmentFactory(submission=submission, name=value).pk)
    result = import_answers(submission_id=submission.pk, values=ready, at=at)
    assert not result.refused, result.refused
    submission.refresh_from_db()


class AttachmentFactory(DjangoModelFactory):
    """A small PDF of a return."""

    class Meta:
        model = Attachment

    submission = factory.SubFactory(SubmissionFactory)
    association = factory.SelfAttribute("submission.association")
    institution = factory.SelfAttribute("submission.institution")
    name = "cert.pdf"
    file = factory.LazyFunction(lambda: ContentFile(PDF, name="tests/cert.pdf"))
    content_type = "application/pdf"
    size = len(PDF)
    sha256 = hashlib.sha256(PDF).hexdigest()
    uploaded_at = OPENED
    uploaded_by = factory.SubFactory(UserFactory)


class AnswerFactory(DjangoModelFactory):
    """One whole-number answer."""

    class Meta:
        model = Answer

    submission = factory.SubFactory(SubmissionFactory)
    association = factory.SelfAttribute("submission.association")
    institution = factory.SelfAttribute("submission.institution")
    code = "branches_total"
    number = Decimal(24)
    changed_at = OPENED
