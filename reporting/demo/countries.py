"""Builds associations of real figures (MIX Market) with people, peer groups, consents and published editions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.db.models import Count
from django.utils.text import slugify

from members.enums import Role
from members.models import Association, Donor, Institution, User
from members.services import associations, donors, roles
from reporting.adapters.mix import MixFile
from reporting.demo.country_words import write_foreword
from reporting.demo.people import make_person
from reporting.enums import Recipient
from reporting.models import Release, Round, Submission
from reporting.selectors.releases import preview
from reporting.services.imports import COUNTRIES, ImportCounts, import_mix
from reporting.services.member_reports import request_member_report
from reporting.services.peer_groups import approve, propose
from reporting.services.releases import publish
from reporting.services.sharing import EVERY_GROUP, give

DONOR = ("Open Figures Fund", "open-figures-fund")
PURPOSE = "Yearly review of the portfolio"
Rule = tuple[str, dict[str, Any], str]
NGOS: Rule = (
    "NGOs and foundations",
    {"legal_forms": ["ngo"]},
    "They may not take savings: their costs differ.",
)
LARGE: Rule = (
    "MFIs with 20,000 borrowers or more",
    {"borrowers": {"from": 20_000}},
    "Larger members compare their staff and their portfolio with each other.",
)
OTHERS: Rule = (
    "Non-bank institutions",
    {"legal_forms": ["nbfi"]},
    "The regulator knows them as a class of its own.",
)
RURAL: Rule = (
    "Rural banks",
    {"legal_forms": ["rural_bank"]},
    "The central bank asks them for the same figures.",
)


@dataclass(frozen=True)
class Country:
    """What an association of real figures is beyond its rows."""

    slug: str
    title: str
    time_zone: str
    accent_colour: str
    groups: tuple[Rule, ...] = (LARGE, NGOS)
    language: str = "en"
    names: Mapping[str, str] = field(default_factory=dict)  # of the country within a sentence, by language


KNOWN = {
    "Pakistan": Country("pakistan", "Microfinance Association of Pakistan", "Asia/Karachi", "#1b5e3a"),
    "Peru": Country(
        "peru",
        "Microfinance Association of Peru",
        "America/Lima",
        "#8f2230",
        (LARGE, OTHERS, NGOS),
        language="es",
        names={"es": "Perú"},
    ),
    "Philippines": Country(
        "philippines",
        "Microfinance Association of the Philippines",
        "Asia/Manila",
        "#1f4e8c",
        (LARGE, NGOS, RURAL),
        names={"en": "the Philippines"},
    ),
}
# Who shows what to the donor: the members that reported most often, the first everything, the others less.
SHOWN: tuple[tuple[str, ...], ...] = (EVERY_GROUP, ("OUT", "CLP"), ("OUT", "FIN", "HRM"))


def country_of(name: str) -> Country:
    """What the association of a country is; those that are not described get the usual."""
    usual = Country(slugify(name), f"Microfinance Association of {name}", "UTC", "#0b5f6e")
    return KNOWN.get(name, usual)


@dataclass(frozen=True)
class Built:
    """One association of real figures: what came in, its editions, and the rounds that have too few members."""

    association: Association
    counts: ImportCounts
    editions: tuple[Release, ...]
    left_out: tuple[Round, ...]
    sign_ins: tuple[tuple[str, str], ...]


def build_country(
    name: str, file: MixFile, donor: Donor, *, at: datetime, tell: Callable[[str], None]
) -> Built:
    """Import a country's rows and publish every year that has enough contributors; `tell` hears each step.

    Raises ImportRefused for a file with faults. Consents stand before the first edition, so that the gate counts what
    the donor knows.
    """
    country = country_of(name)
    association = associations.create_association(
        name=country.title,
        short_name=f"MFA {name}",
        slug=country.slug,
        at=at,
        countries=[COUNTRIES[name]] if name in COUNTRIES else [],
        currency="USD",
        language=country.language,
        time_zone=country.time_zone,
        accent_colour=country.accent_colour,
        has_public_page=True,
    )
    begun = monotonic()
    counts = import_mix(association=association, file=file, country=name, at=at)
    tell(
        f"{name}: {counts.institutions} MFIs, {counts.rounds} years, {counts.returns} returns"
        f" ({monotonic() - begun:.0f} s)."
    )
    manager = _staff(association, country, at)
    shown = _most_faithful(association, len(SHOWN))
    signatories = _signatories(country, shown, at)
    _groups(association, country.groups, manager, at)
    donors.share(association=association, donor=donor, since=at.date(), at=at)
    for institution, signatory, sections in zip(shown, signatories, SHOWN, strict=False):
        give(
            association=association,
            institution=institution,
            recipient=Recipient.DONOR,
            donor=donor,
            sections=sections,
            purpose=PURPOSE,
            until=(at + timedelta(days=365)).date(),
            by=signatory,
            at=at,
        )
    editions, left_out = _publish(association, country, name, manager, at, tell)
    if signatories and editions:
        _ask_for_own_report(shown[0], signatories[0], country.language, at)
    sign_ins = [("association manager", manager.email)]
    sign_ins += [("institution signatory", signatories[0].email)] if signatories else []
    return Built(association, counts, editions, left_out, tuple(sign_ins))


def make_donor(at: datetime) -> tuple[Donor, User]:
    """The donor of the real countries and its reader."""
    donor = donors.create_donor(name=DONOR[0], slug=DONOR[1], at=at)
    reader = make_person("donor.mix@demo.example", "Helena Brandt", at)
    roles.grant_role(user=reader, role=Role.DONOR_READER, organisation=donor, at=at)
    return donor, reader


def _staff(association: Association, country: Country, at: datetime) -> User:
    manager = make_person(
        f"manager.{country.slug}@demo.example",
        f"Manager of {association.label}",
        at,
        language=country.language,
        time_zone=country.time_zone,
    )
    roles.grant_role(user=manager, role=Role.ASSOCIATION_MANAGER, organisation=association, at=at)
    return manager


def _most_faithful(association: Association, count: int) -> list[Institution]:
    """The members that reported most years, and of these the newest year."""
    found = Institution.objects.filter(submissions__association=association)
    return list(found.annotate(years=Count("submissions")).order_by("-years", "name")[:count])


def _signatories(country: Country, institutions: Sequence[Institution], at: datetime) -> list[User]:
    """A signatory for each; the first one can sign in."""
    found = []
    for number, institution in enumerate(institutions):
        signatory = make_person(
            f"signatory.{country.slug}{number + 1 if number else ''}@demo.example",
            f"Director of {institution.label}",
            at,
            can_sign_in=not number,
            language=country.language,
            time_zone=country.time_zone,
        )
        roles.grant_role(user=signatory, role=Role.INSTITUTION_SIGNATORY, organisation=institution, at=at)
        found.append(signatory)
    return found


def _groups(association: Association, groups: Sequence[Rule], by: User, at: datetime) -> None:
    for number, (name, rule, reason) in enumerate(groups):
        moment = at + timedelta(
            seconds=number
        )  # which of two groups gives way is decided by who was there first
        version = propose(association=association, name=name, rule=rule, reason=reason, by=by, at=moment)
        approve(version_id=version.pk, by=by, at=moment, reason="Nobody else works here yet.")


def _publish(
    association: Association,
    country: Country,
    name: str,
    by: User,
    at: datetime,
    tell: Callable[[str], None],
) -> tuple[tuple[Release, ...], tuple[Round, ...]]:
    """Publish the years one after the other, the oldest first, as each is put beside the one before it."""
    editions, left_out = list[Release](), list[Round]()
    for of_round in association.rounds.order_by("year"):
        if not preview(of_round).enough:
            left_out.append(of_round)
            continue
        begun = monotonic()
        write_foreword(of_round, {"en": name, **country.names}, by=by, at=at)
        edition = publish(round_id=of_round.pk, by=by, at=at, is_public=True)
        editions.append(edition)
        tell(f"  {edition}: {edition.contributor_count} MFIs ({monotonic() - begun:.0f} s).")
    return tuple(editions), tuple(left_out)


def _ask_for_own_report(institution: Institution, signatory: User, language: str, at: datetime) -> None:
    """Leave the worker one report to make; the others are made when somebody asks."""
    newest = Submission.objects.filter(institution=institution).latest("round__year")
    request_member_report(submission_id=newest.pk, language=language, by=signatory, at=at)
