"""Dull rows of the training app: a work, a course, a session with one day, people and their registrations, a case."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from tests.factories.members import LONG_AGO, AssociationFactory, InstitutionFactory, UserFactory
from training.enums import Level, RegistrationState, Sex, Topic, WorkKind
from training.models import (
    Case,
    Certificate,
    Course,
    Expert,
    Participant,
    Registration,
    SessionDay,
    TrainingSession,
    Work,
    WorkVersion,
)

STARTS = datetime(2026, 9, 14, 6, 0, tzinfo=UTC)  # nine in the morning in Nairobi


class WorkFactory(DjangoModelFactory):
    """A guide with one English version."""

    class Meta:
        model = Work
        skip_postgeneration_save = True

    association = factory.SubFactory(AssociationFactory)
    kind = WorkKind.GUIDE
    topics = factory.LazyFunction(lambda: [Topic.MISSION])
    added_at = LONG_AGO

    @factory.post_generation
    def version(self, create: bool, extracted: object, **kwargs: object) -> None:
        """Write the English version, unless `version=False`."""
        if create and extracted is not False:
            WorkVersion.objects.create(
                association=self.association,
                work=self,
                **{"language": "en", "title": f"Guide {self.pk}", "is_original": True, **kwargs},
            )


class CourseFactory(DjangoModelFactory):
    """An introductory course of eight hours with a certificate of two years."""

    class Meta:
        model = Course

    association = factory.SubFactory(AssociationFactory)
    code = factory.Sequence(lambda n: f"C{n}")
    title = factory.Sequence(lambda n: f"Course {n}")
    level = Level.INTRODUCTORY
    language = "en"
    hours = Decimal(8)
    topic = Topic.MISSION
    currency = "KES"
    certificate_months = 24


class ExpertFactory(DjangoModelFactory):
    """An expert with an address and no account."""

    class Meta:
        model = Expert

    association = factory.SubFactory(AssociationFactory)
    name = factory.Sequence(lambda n: f"Expert {n}")
    email = factory.Sequence(lambda n: f"expert{n}@example.org")
    skills = factory.LazyFunction(lambda: [Topic.MISSION])
    languages = factory.LazyFunction(lambda: ["en"])
    countries = factory.LazyFunction(lambda: ["KE"])
    added_at = LONG_AGO


class SessionFactory(DjangoModelFactory):
    """An announced session of one day with twenty seats; registration closes a day before."""

    class Meta:
        model = TrainingSession
        skip_postgeneration_save = True

    course = factory.SubFactory(CourseFactory)
    association = factory.SelfAttribute("course.association")
    title = factory.SelfAttribute("course.title")
    state = "announced"
    language = "en"
    time_zone = "Africa/Nairobi"
    starts_at = STARTS
    ends_at = factory.LazyAttribute(lambda one: one.starts_at + timedelta(hours=8))
    place = "Nairobi"
    country = "KE"
    seats = 20
    registration_closes_at = factory.LazyAttribute(lambda one: one.starts_at - timedelta(days=1))
    currency = "KES"
    created_at = LONG_AGO
    created_by = factory.SubFactory(UserFactory)
    announced_at = LONG_AGO

    @factory.post_generation
    def day(self, create: bool, extracted: object, **kwargs: object) -> None:
        """Write the one day, unless `day=False`."""
        if create and extracted is not False:
            SessionDay.objects.create(
                association=self.association, session=self, starts_at=self.starts_at, ends_at=self.ends_at
            )


class ParticipantFactory(DjangoModelFactory):
    """A woman whom a member sends; give `association` and `institution` that belong together."""

    class Meta:
        model = Participant

    association = factory.SubFactory(AssociationFactory)
    institution = factory.SubFactory(InstitutionFactory)
    name = factory.Sequence(lambda n: f"Participant {n}")
    sex = Sex.FEMALE
    job = "Loan officer"
    email = factory.Sequence(lambda n: f"participant{n}@example.org")
    country = "KE"
    consented_at = LONG_AGO


class RegistrationFactory(DjangoModelFactory):
    """A registration that has a seat."""

    class Meta:
        model = Registration

    session = factory.SubFactory(SessionFactory)
    association = factory.SelfAttribute("session.association")
    participant = factory.SubFactory(ParticipantFactory, association=factory.SelfAttribute("..association"))
    institution = factory.SelfAttribute("participant.institution")
    state = RegistrationState.CONFIRMED
    asked_at = LONG_AGO
    asked_by = factory.SubFactory(UserFactory)
    confirmed_at = LONG_AGO


class CertificateFactory(DjangoModelFactory):
    """A certificate of a registration, for two years."""

    class Meta:
        model = Certificate

    registration = factory.SubFactory(RegistrationFactory)
    association = factory.SelfAttribute("registration.association")
    institution = factory.SelfAttribute("registration.institution")
    participant = factory.SelfAttribute("registration.participant")
    session = factory.SelfAttribute("registration.session")
    course = factory.SelfAttribute("session.course")
    number = factory.Sequence(lambda n: f"2026-{n:05d}")
    code = factory.Sequence(lambda n: f"code{n:028d}")
    holder = factory.SelfAttribute("participant.name")
    course_title = factory.SelfAttribute("course.title")
    hours = factory.SelfAttribute("course.hours")
    held_from = date(2026, 9, 14)
    held_until = date(2026, 9, 14)
    language = "en"
    issued_on = date(2026, 9, 15)
    expires_on = date(2028, 9, 15)
    issued_by = factory.SubFactory(UserFactory)


class CaseFactory(DjangoModelFactory):
    """A case that a member asked for; give `association` and `institution` that belong together."""

    class Meta:
        model = Case

    association = factory.SubFactory(AssociationFactory)
    institution = factory.SubFactory(InstitutionFactory)
    number = factory.Sequence(lambda n: f"TA-{n}")
    title = factory.Sequence(lambda n: f"Case {n}")
    topic = Topic.MISSION
    request = "We want to set social targets."
    requested_at = LONG_AGO
    requested_by = factory.SubFactory(UserFactory)
    currency = "KES"
