"""The world of the canaries: that of the matrix, with marks in everything that somebody may not see, and real files."""

import io
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from PIL import Image

from members.enums import ConsentPurpose
from members.models import Institution, User
from reporting.catalogue import Indicator
from reporting.datasets.measures import contributions, plan
from reporting.disclosure import Kind
from reporting.enums import Recipient, ReturnState
from reporting.models import (
    Answer,
    ChapterText,
    PeerGroup,
    PeerGroupVersion,
    Release,
    ReleaseCell,
    Round,
    Submission,
    ValueConsent,
)
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.member_reports import MEMBER_REPORT_KIND, MEMBER_REPORTS_KIND
from reporting.selectors.releases import Preview, frozen_members, preview, with_round
from reporting.selectors.returns import load_sheets
from reporting.services import form_pdf, member_reports, reports
from reporting.services.editions import freeze
from reporting.services.release_cells import inputs_of
from reporting.services.releases import publish
from spm_portal.common import jobs
from spm_portal.common.models import Job, JobState
from tests.cast import Cast
from tests.factories.members import LONG_AGO
from tests.factories.releases import answer, consent, institutions, plausible
from tests.factories.reporting import default_catalogue
from tests.permissions import helpers_of_editors
from tests.permissions.canaries import PREFIXES, SERIES, STEP, Net
from tests.permissions.canary_texts import of_somebody, replies_of, words_of_staff
from tests.permissions.world import World, make_round, make_world, marked_return

OTHERS = 20  # members of Amani that have nobody in the cast: Member 01 to Member 20
FIRST = 3  # what the first of them is called by number, after Kilimo, Umoja and Zamani
SECTIONS = ("PRO", "MIS", "OUT", "CLP", "HRM", "FIN")  # enough for every kind of figure
OPEN_SECTION = "OUT"
ALONE = range(11, 18)  # who answers, beside Kilimo and Umoja, where Kilimo's figure is most of the sum
BANKS = range(21, 23)  # a group of two
CORRECTED = range(13, 20)  # whose figures the second edition changed
NGOS = range(12, 20)
MUCH = 10**8

# Members by number that showed something once, elsewhere or to others.
SPECIAL = {
    3: "figure of a member whose consent is withdrawn",
    4: "figure of a member whose consent has ended",
    6: "figure of a member that shows another round",
    7: "figure of a member that shows another donor",
    10: "figure of a member that shows everybody",
}
SECTIONAL = 5
FROZEN = "figure that an edition froze and that was corrected"
SHOWS_NOTHING = "figure of a member that shows nothing"


@dataclass
class Canaries:
    """The world, what else is in it, and the net that catches what was planted."""

    world: World
    net: Net
    corrected: Release
    foreign: Release
    shared_member: User
    files: dict[str, Job] = field(default_factory=dict)
    umoja: Mapping[object, object] = field(default_factory=dict)
    mbuyu: Mapping[object, object] = field(default_factory=dict)
    edition: Mapping[object, object] = field(default_factory=dict)
    specials: tuple[Institution, ...] = ()
    first_own: Job = field(default_factory=Job)
    first_all: Job = field(default_factory=Job)

    def people(self) -> dict[str, User | None]:
        """Every persona of the matrix, and one that belongs to both associations."""
        return self.world.people() | {"shared_member": self.shared_member}


def make_canaries() -> Canaries:
    """Write the world; every file is made once."""
    helpers_of_editors.PHOTO = _photo()
    net = Net()
    world = make_world(others=OTHERS, fill=_fill, before_release=_before_release, sections=list(SECTIONS))
    cast = world.cast
    _correct(world.released)
    cast.amani.has_public_page = True
    cast.amani.save()
    ChapterText.objects.filter(round=world.released).delete()  # or the second edition would publish them
    umoja = _umoja(world)
    words_of_staff(world)
    corrected = _loaded(
        publish(
            round_id=world.released.pk,
            by=None,
            at=LONG_AGO + timedelta(days=40),
            erratum="Seven members corrected their figures.",
            is_public=True,
        )
    )
    unpublished = make_round(
        cast.amani,
        2022,
        [cast.kilimo, cast.umoja, cast.zamani, *_members(world)],
        _fill,
        sections=list(SECTIONS),
    )
    marked_return(unpublished, cast.kilimo, ReturnState.APPROVED)
    mbuyu, foreign = _baobab(world)
    _fill_drafts(world)
    _net_of_members(net)
    _net_of_editions(net, world, corrected, unpublished, foreign)
    made = Canaries(
        world=world,
        net=net,
        corrected=corrected,
        foreign=foreign,
        shared_member=cast.shared_signatory,
        umoja=umoja,
        mbuyu=mbuyu,
        specials=tuple(_members(world)[number - FIRST] for number in (*SPECIAL, SECTIONAL)),
    )
    made.first_own, made.first_all = (
        Job.objects.get(kind=kind) for kind in (MEMBER_REPORT_KIND, MEMBER_REPORTS_KIND)
    )
    made.files = _files(made)
    made.edition = {
        world.release.pk: corrected.pk,
        world.job.pk: made.files["pdf"].pk,
        world.release.edition_sha256: corrected.edition_sha256,
        1: 2,
    }
    return made


def _loaded(release: Release) -> Release:
    return with_round(Release.objects.all()).get(pk=release.pk)


def _members(world: World) -> list[Institution]:
    """Member 01 to Member 20, in the order in which the released round knows them."""
    found = Institution.objects.filter(
        memberships__association=world.cast.amani, name__startswith="Member "
    ).order_by("name")
    return list(found)


def _photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (32, 24), "#336699").save(out, format="JPEG")
    return out.getvalue()


# --- Figures ----------------------------------------------------------------------------------------------------


def _fill(submission: Submission, number: int) -> None:
    """A member's figures: each begins with digits that say whose it is and who may see it."""
    values = plausible(number, submission.round.year)
    values["legal_form"] = "ngo" if number in NGOS else "bank" if number in BANKS else "cooperative"
    for position, code in enumerate(list(values)):
        indicator = default_catalogue().indicator(code)
        if indicator.type.value not in {"integer", "money"}:
            continue
        beginning = _beginning(number, indicator)
        if position % 2:
            values[code] = beginning * 100 + position % 100
        elif number in ALONE or number == 1:
            values[code] = beginning
        else:
            del values[code]
    answer(submission, values)


def _beginning(number: int, indicator: Indicator) -> int:
    if number == 1:
        return PREFIXES["figure of umoja that it shows to a donor and to members"]
    if number == 2:
        return PREFIXES["figure of zamani, which never agreed to count"]
    if number in SPECIAL:
        return PREFIXES[SPECIAL[number]]
    if number == SECTIONAL:
        shown = indicator.section == OPEN_SECTION
        return PREFIXES[f"figure {'in' if shown else 'outside'} the one section that a member shows"]
    return SERIES[FROZEN] + STEP * number


def _correct(of_round: Round) -> None:
    """Members that show nothing report other figures after the first edition: as many as a new edition needs."""
    more = SERIES[SHOWS_NOTHING] - SERIES[FROZEN]
    names = [f"Member {number + 1 - FIRST:02}" for number in CORRECTED]
    # by key: a plan made for an empty table takes long for a join
    returns = Submission.objects.filter(round=of_round, institution__name__in=names)
    rows = list(
        Answer.objects.filter(
            submission__in=[*returns.values_list("pk", flat=True)], number__gte=SERIES[FROZEN]
        )
    )
    for row in rows:
        assert row.number is not None
        row.number += more * 100 if row.number >= MUCH else more
    Answer.objects.bulk_update(rows, ["number"])


def _fill_all(submission: Submission, beginning: int) -> None:
    """Figures that all begin alike."""
    values = plausible(1, submission.round.year)
    for position, code in enumerate(values):
        if default_catalogue().indicator(code).type.value in {"integer", "money"}:
            values[code] = beginning * 100 + position % 100
    answer(submission, values)


def _fill_drafts(world: World) -> None:
    """Returns that are not approved, with figures."""
    cast = world.cast
    for institution, association, name in (
        (cast.umoja, cast.amani, "figure of umoja in a return that is not approved"),
        (cast.pamoja, cast.amani, "figure of pamoja in amani"),
        (cast.mbuyu, cast.baobab, "figure of mbuyu in a return that is not approved"),
    ):
        for held in Submission.objects.filter(
            association=association, institution=institution, state=ReturnState.DRAFT
        ):
            _fill_all(held, PREFIXES[name])


# --- Agreements, groups, words ----------------------------------------------------------------------------------


def _before_release(cast: Cast, of_round: Round) -> None:
    """What counts when the first edition is published: agreements, and two groups of which one is too small."""
    submissions = Submission.objects.filter(round=of_round).select_related("institution").order_by("pk")
    by_name = {one.institution.name: one.institution for one in submissions}

    def member(number: int) -> Institution:
        return by_name[f"Member {number + 1 - FIRST:02}"]

    def shows(number: int, **more: Any) -> None:
        ValueConsent.objects.create(
            association=cast.amani,
            institution=member(number),
            given_at=LONG_AGO,
            **{"recipient": Recipient.DONOR, "donor": cast.horizon, "purpose": "CANARY-PURPOSE"} | more,
        )

    shows(3, withdrawn_at=LONG_AGO + timedelta(days=1))
    shows(4, until=LONG_AGO.date() + timedelta(days=30))
    shows(5, section=OPEN_SECTION, purpose="CANARY-SHOWN")
    elsewhere = make_round(cast.amani, 2021, [member(6)])
    shows(6, round=elsewhere)
    shows(7, donor=cast.savanna)
    shows(10, recipient=Recipient.PUBLIC, donor=None, purpose="For everybody.")
    for code, form in (("groupngo", "ngo"), ("groupbank", "bank")):
        group = PeerGroup.objects.create(
            association=cast.amani,
            code=code,
            name="Organisations" if form == "ngo" else "CANARY-GROUP of two",
            created_at=LONG_AGO,
        )
        PeerGroupVersion.objects.create(
            group=group,
            number=1,
            rule={"legal_forms": [form]},
            reason="CANARY-GROUP reason",
            proposed_at=LONG_AGO,
            proposed_by=cast.reviewer,
            approved_at=LONG_AGO,
            approved_by=cast.manager,
        )


def _umoja(world: World) -> Mapping[object, object]:
    """Umoja's objects in the place of Kilimo's."""
    cast = world.cast
    own = {
        one.round.code: one
        for one in Submission.objects.filter(institution=cast.umoja).select_related("round")
    }
    found = of_somebody(own["2024"], "UMOJA", by=cast.other_signatory, staff=cast.manager)
    reply = replies_of(own["2023"], "UMOJA", by=cast.other_signatory, staff=cast.manager)
    return _in_place_of_kilimo(world, found) | {
        cast.kilimo.pk: cast.umoja.pk,
        world.draft.pk: own["2024"].pk,
        world.submitted.pk: own["2025"].pk,
        world.approved.pk: own["2023"].pk,
        world.reply.pk: reply.pk,
    }


def _baobab(world: World) -> tuple[Mapping[object, object], Release]:
    """Everything of Baobab and of its member Mbuyu, in the place of Amani's and Kilimo's; its edition."""
    cast = world.cast

    def fill(submission: Submission, number: int) -> None:
        names = {
            cast.mbuyu.pk: "figure of mbuyu that it shows to a donor",
            cast.pamoja.pk: "figure of pamoja in baobab",
        }
        name = names.get(submission.institution_id)
        begins = PREFIXES[name] if name else SERIES["figure of a member of baobab"] + STEP * number
        _fill_all(submission, begins)

    members = institutions(cast.baobab, 8)
    of_round = make_round(
        cast.baobab, 2023, [cast.mbuyu, cast.pamoja, *members], fill, sections=["PRO", "OUT"]
    )
    for institution in (cast.mbuyu, cast.pamoja):
        consent(cast.baobab, institution, ConsentPurpose.BENCHMARK)
    ValueConsent.objects.create(
        association=cast.baobab,
        institution=cast.mbuyu,
        recipient=Recipient.DONOR,
        donor=cast.savanna,
        given_at=LONG_AGO,
    )
    release = _loaded(publish(round_id=of_round.pk, by=None, at=LONG_AGO))
    held = Submission.objects.get(round=of_round, institution=cast.mbuyu)
    draft = Submission.objects.get(institution=cast.mbuyu, round__code="2025")
    found = of_somebody(held, "MBUYU", by=cast.stranger_signatory, staff=cast.other_manager)
    reply = replies_of(held, "MBUYU", by=cast.stranger_signatory, staff=cast.other_manager)
    return _in_place_of_kilimo(world, found) | {
        cast.amani.pk: cast.baobab.pk,
        cast.amani.slug: cast.baobab.slug,
        cast.horizon.slug: cast.savanna.slug,
        cast.kilimo.pk: cast.mbuyu.pk,
        cast.umoja.pk: cast.mbuyu.pk,
        world.draft.pk: held.pk,
        world.submitted.pk: draft.pk,
        world.approved.pk: held.pk,
        world.release.pk: release.pk,
        world.release.edition_sha256: release.edition_sha256,
        world.reply.pk: reply.pk,
    }, release


def _in_place_of_kilimo(world: World, found: Mapping[str, uuid.UUID]) -> dict[object, object]:
    """Somebody's objects by the keys of Kilimo's."""
    return {getattr(world, name).pk: pk for name, pk in found.items()}


# --- The net ----------------------------------------------------------------------------------------------------


def _net_of_members(net: Net) -> None:
    for name, beginning in PREFIXES.items():
        net.add_members(name, beginning)
    for name, beginning in SERIES.items():
        for number in range(FIRST + OTHERS):
            net.add_members(name, beginning + STEP * number)


Amounts = dict[str, dict[str, Decimal]]
"""For each code what each member put in, by the institution's key."""


def _amounts(release: Release, members: Iterable[Any]) -> Amounts:
    """What the sums of an edition would be made of, worked out without the gate."""
    method = release.method
    catalogue = catalogue_of(release.catalogue)
    inputs = inputs_of(members, catalogue, method["context"], method["currency"])
    found: Amounts = {}
    for one in plan(catalogue, sections=method["sections"], full_form=True):
        if one.measure.kind in {Kind.SUM, Kind.MEAN}:
            given = contributions(one, inputs.names, inputs.outside)
            found[one.measure.code] = {key: Decimal(str(value)) for key, value in given.items()}
    return found


def _totals(amounts: Amounts, codes: Iterable[str] | None = None) -> list[float]:
    """Sums and means."""
    found = []
    for code, given in amounts.items():
        if given and (codes is None or code in set(codes)):
            whole = sum(given.values(), Decimal(0))
            found += [float(whole), float(whole / len(given))]
    return found


def _published(release: Release) -> list[float]:
    cells = ReleaseCell.objects.filter(release=release, published=True)
    return [value for value in cells.values_list("value", flat=True) if value is not None]


def _net_of_editions(
    net: Net, world: World, corrected: Release, unpublished: Round, foreign: Release
) -> None:
    """Figures about several that nobody may see, or only readers of an edition."""
    first = _loaded(world.release)
    shown = [*_published(first), *_published(corrected)]
    for release in (first, corrected):
        rows = frozen_members(release)
        amounts = _amounts(release, rows)
        exact = {
            code
            for code in amounts
            if ReleaseCell.objects.filter(
                release=release, code=code, group="", published=True, statistic=Kind.SUM
            )
        }
        net.add_figures("withheld figure", _totals(amounts, amounts.keys() - exact), but=shown)
        small = [row for row in rows if row.facts.get("legal_form") == "bank"]
        assert len(small) == len(BANKS)
        net.add_figures("figure of a group that is too small", _totals(_amounts(release, small)), but=shown)
        net.add_figures(
            "figure with those who never agreed to count", _totals(_with_everybody(release)), but=shown
        )
    everybody = freeze(preview(unpublished), load_sheets(unpublished))
    net.add_figures("figure of a round that is not published", _totals(_amounts(first, everybody)), but=shown)
    net.add_figures("figure of an edition that is not public", _published(first), but=_published(corrected))
    net.add_figures("figure of baobab's edition", _published(foreign), but=shown)


def _with_everybody(release: Release) -> Amounts:
    """The sums if those counted too that never agreed."""
    seen = preview(release.round)
    everybody = Preview(seen.round, tuple(replace(one, consented=True) for one in seen.candidates))
    return _amounts(release, freeze(everybody, load_sheets(release.round)))


# --- Files ------------------------------------------------------------------------------------------------------


def _files(made: Canaries) -> dict[str, Job]:
    """Every kind of file that a worker makes, made by the worker's own code."""
    world, at = made.world, timezone.now()
    manager, cast = world.cast.manager, world.cast
    asked = {
        form: reports.request_report(release_id=pk, language=language, form=form, by=manager, at=at)
        for form, pk, language in (
            ("pdf", made.corrected.pk, "en"),
            ("docx", world.release.pk, "ar"),
            ("xlsx", world.release.pk, "fr"),
        )
    }
    report = {"language": "en", "by": manager, "at": at}
    asked["own"] = member_reports.request_member_report(submission_id=world.approved.pk, **report)
    umoja = Submission.objects.get(institution=cast.umoja, round=world.released)
    asked["umoja's own"] = member_reports.request_member_report(submission_id=umoja.pk, **report)
    pair = make_round(cast.amani, 2020, [cast.kilimo, cast.umoja], _fill)
    marked_return(pair, cast.kilimo, ReturnState.APPROVED)
    asked["all"] = member_reports.request_all(round_id=pair.pk, **report)
    asked["form"] = form_pdf.request_form(submission_id=world.submitted.pk, filled=True, **report)
    for job in asked.values():
        jobs.run(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.DONE, job.error
    return asked
