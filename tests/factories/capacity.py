"""Dull rows of the capacity app: a framework, an assessment with raters, plan items, offers."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import factory
from django.conf import settings
from factory.django import DjangoModelFactory

from capacity.enums import RaterGroup
from capacity.models import Assessment, FrameworkVersion, PlanItem, PlanShare, Rater, SupportOffer
from capacity.services.frameworks import content_sha256
from tests.factories.members import LONG_AGO, AssociationFactory, DonorFactory, UserFactory

SHIPPED = Path(settings.BASE_DIR) / "capacity" / "data" / "seep_spm_1.json"


def shipped_document() -> dict[str, Any]:
    """The framework that comes with the portal."""
    document: dict[str, Any] = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return document


def default_framework() -> FrameworkVersion:
    """The shipped framework, loaded once a database."""
    found = FrameworkVersion.objects.filter(code="seep-spm", version="1").first()
    return found or FrameworkVersion.objects.create(
        code="seep-spm",
        version="1",
        title="Organizational Capacity Framework for Associations and Social Performance",
        document=shipped_document(),
        sha256=content_sha256(shipped_document()),
        loaded_at=LONG_AGO,
    )


class AssessmentFactory(DjangoModelFactory):
    """An assessment whose raters score."""

    class Meta:
        model = Assessment

    association = factory.SubFactory(AssociationFactory)
    framework = factory.LazyFunction(default_framework)
    title = factory.Sequence(lambda n: f"Assessment {n}")
    as_of = date(2025, 6, 30)
    due_on = date(2025, 7, 31)
    opened_at = LONG_AGO
    opened_by = factory.SubFactory(UserFactory)


class RaterFactory(DjangoModelFactory):
    """A rater of the staff, with a name and no account."""

    class Meta:
        model = Rater

    assessment = factory.SubFactory(AssessmentFactory)
    association = factory.SelfAttribute("assessment.association")
    group = RaterGroup.STAFF
    name = factory.Sequence(lambda n: f"Rater {n}")
    invited_at = LONG_AGO
    invited_by = factory.SubFactory(UserFactory)


class PlanItemFactory(DjangoModelFactory):
    """A proposed plan item."""

    class Meta:
        model = PlanItem

    association = factory.SubFactory(AssociationFactory)
    framework = factory.LazyFunction(default_framework)
    item = "A2-SY1"
    title = factory.Sequence(lambda n: f"Plan item {n}")
    goal_level = 3
    currency = "KES"
    status_since = LONG_AGO
    created_at = LONG_AGO
    created_by = factory.SubFactory(UserFactory)


class PlanShareFactory(DjangoModelFactory):
    """That an item is shared with a donor."""

    class Meta:
        model = PlanShare

    item = factory.SubFactory(PlanItemFactory)
    association = factory.SelfAttribute("item.association")
    donor = factory.SubFactory(DonorFactory)
    shared_at = LONG_AGO
    shared_by = factory.SubFactory(UserFactory)


class SupportOfferFactory(DjangoModelFactory):
    """An offer that waits for its answer."""

    class Meta:
        model = SupportOffer

    item = factory.SubFactory(PlanItemFactory)
    association = factory.SelfAttribute("item.association")
    donor = factory.SubFactory(DonorFactory)
    support_area = "DS4"
    amount = 1000
    currency = "KES"
    offered_at = LONG_AGO
    offered_by = factory.SubFactory(UserFactory)
