"""No canary stands in any byte that is answered to somebody who may not see it: every role, address and file."""

import io
import zipfile
from collections.abc import Iterator, Mapping

import pgtrigger
import pytest
import xlsxwriter
from django.db import transaction
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from members.models import User
from reporting import consenting
from reporting.disclosure import checks
from reporting.models import Release, ReleaseCell, ReleaseMember, Submission
from reporting.models.sharing import ValueConsentQuerySet
from reporting.selectors import releases as selectors
from reporting.selectors.releases import frozen_members, preview
from reporting.selectors.returns import load_sheets
from reporting.services.editions import compute, freeze
from spm_portal.common.models import MailMessage
from spm_portal.common.pdf import Attached, render_pdf
from tests.factories.members import LONG_AGO
from tests.permissions import matrix
from tests.permissions.addresses import Address, Kwargs, all_visits
from tests.permissions.canaries import EVERYBODY, GROUNDS, PREFIXES, Net, faults
from tests.permissions.canary_world import Canaries, make_canaries
from tests.permissions.marks import MARKS
from tests.permissions.matrix import Row
from tests.permissions.visitor import Answer, Visitor, rolled_back

pytestmark = [pytest.mark.integration]

REFUSED = frozenset({"401", "403", "404", "405", "login"})
# Who walks the objects of others besides those of Kilimo: their own people, and the nearest outsiders.
WALK_UMOJA = {"signatory", "other_member", "donor"}
WALK_BAOBAB = {"donor", "shared_member", "other_manager", "other_association", "other_donor"}
READ_RETURNS = {"manager", "other_manager", "shared_member", "ex_member", "donor", "signatory"}
WALK_SUPPORT = {"manager", "support", "operator"}
# Two roles that may see the same: the first asks only where the matrix answers it otherwise than the second, and where
# it has something of its own, as a rater has scores, or where something is the second's alone, as signed contracts.
LIKE = {"reviewer": "manager", "editor": "signatory"}
OWN_MARKS = {"CANARY-RATING", "CANARY-TR-CONTRACT"}
OWN_PLACES = ("a/<slug:slug>/capacity/", "a/<slug:slug>/training/cases/")

Place = tuple[Address, Kwargs, Row | None]


@pytest.fixture(scope="module")
def canaries(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Canaries]:
    """One world for all tests of this file; nothing of it stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_canaries()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def places(canaries: Canaries) -> list[Place]:
    """Every address in each of its cases, with its row of the matrix: the same for whoever asks."""
    row_of = matrix.finder(matrix.load())
    return [
        (address, kwargs, row_of(address, case, "GET"))
        for address, case, kwargs in all_visits(canaries.world)
    ]


@pytest.mark.django_db
def test_the_database_is_there() -> None:
    """The mark makes pytest-django set up a database for the fixtures of this file."""


# --- The scan ---------------------------------------------------------------------------------------------------


def _visits(canaries: Canaries, persona: str, places: list[Place]) -> Iterator[str]:
    """Every address that may answer the person with something, with everybody's real objects.

    What the matrix refuses to a person is left out for Kilimo's objects alone: test_matrix opens these addresses and
    compares each refusal with that of an object that does not exist.
    """
    more, foreign = list(_more(canaries)), list(_foreign(canaries, persona))
    for address, kwargs, row in places:
        if address.is_support and persona not in WALK_SUPPORT:
            continue
        if row is not None and _is_asked_by_another(persona, row):
            continue
        granted = row is None or not row.cells.get(persona, row.cells["signatory"]) <= REFUSED
        asked_for: list[Mapping[object, object]] = []
        if granted or address.pattern.startswith(("editions/", "verify/")):
            asked_for += [{}, *more]
        for changed in (*asked_for, *foreign):
            asked = {name: changed.get(value, value) for name, value in kwargs.items()}
            if asked != kwargs or not changed:
                yield address.path(asked)
                yield from _questions(address.name, address.path(asked), canaries)
    if persona in READ_RETURNS:
        for held in Submission.objects.filter(round__code__in=["2023", "2025"]).order_by("pk"):
            yield reverse("api_return", args=[held.pk])
        for institution in canaries.specials:
            yield reverse("consents", args=["amani", institution.pk])


def _is_asked_by_another(persona: str, row: Row) -> bool:
    other = LIKE.get(persona, persona)
    return (
        other != persona and row.cells[persona] == row.cells[other] and not row.pattern.startswith(OWN_PLACES)
    )


def _more(canaries: Canaries) -> Iterator[Mapping[object, object]]:
    """Amani's other editions, rounds and files in the place of the first ones."""
    world, files = canaries.world, canaries.files
    yield canaries.edition
    for name in ("docx", "xlsx"):
        yield {world.job.pk: files[name].pk}
    for code in ("2022", "2021"):
        yield {world.released.code: code}
    yield {
        canaries.first_own.pk: files["own"].pk,
        canaries.first_all.pk: files["all"].pk,
        world.form_job.pk: files["form"].pk,
    }
    yield {canaries.first_all.pk: files["all"].pk, world.released.code: "2020"}


def _foreign(canaries: Canaries, persona: str) -> Iterator[Mapping[object, object]]:
    """Objects of other members and of Baobab in the place of Kilimo's."""
    world = canaries.world
    if persona in WALK_UMOJA:
        yield canaries.umoja
        yield {**canaries.umoja, canaries.first_own.pk: canaries.files["umoja's own"].pk}
        for institution in canaries.specials:
            yield {world.cast.umoja.pk: institution.pk}
    if persona in WALK_BAOBAB:
        yield canaries.mbuyu


def _questions(name: str, path: str, canaries: Canaries) -> Iterator[str]:
    """The same address with what can be asked of it."""
    groups = [f"group={code}:1" for code in ("groupngo", "groupbank", "ngos")]
    world = canaries.world
    everybody = [world.cast.kilimo, world.cast.umoja, *canaries.specials]
    questions = {
        "release": groups,
        "release_chapter": groups,
        "member_report": groups,
        "donor_home": ["year=2023"],
        "figures_time": ["group=groupbank:1"],
        "return_review": ["section=OUT", "section=FIN"],
        "consents": ["round=2023", "round=2024"],
        "questions": [f"member={world.cast.kilimo.pk}", "state=open"],
        "evidence": [f"mfi={world.cast.umoja.pk}", "away=1"],
        "members": ["show=former", "sort=-name"],
        "api_figures": ["round=2023", "round=2022", "code=active_borrowers"],
        "api_figures_csv": ["round=2022"],
        "api_returns": ["round=2023", "state=approved"],
        "api_donor_values": [
            f"association={association}&round={code}{more}"
            for association in ("amani", "baobab")
            for code in ("2022", "2023")
            for more in ("", *(f"&institution={one.pk}" for one in everybody))
        ],
    }
    return (f"{path}?{question}" for question in questions.get(name, ()))


def _caught(net: Net, answer: Answer) -> dict[str, str]:
    return net.caught(answer.body) | net.caught_in(str(answer.response.headers))


# Pages of the capacity area are being built: what is not met yet is no fault.
UNMET_YET = MARKS.keys()


def test_those_who_ask_for_each_other_may_see_the_same() -> None:
    told_apart = {
        name
        for name, ground in GROUNDS.items()
        if any((one in ground.who) != (other in ground.who) for one, other in LIKE.items())
    }
    assert told_apart == OWN_MARKS


def test_nobody_meets_a_canary_that_is_not_theirs(canaries: Canaries, places: list[Place]) -> None:
    """One test for all personas, so that one process builds the world."""
    leaks: list[str] = []
    seen: set[str] = set()
    for persona in sorted(EVERYBODY):
        visitor = Visitor(canaries.people()[persona])
        for path in dict.fromkeys(_visits(canaries, persona, places)):
            with rolled_back():  # some readings are written down
                answer = visitor.ask("GET", path)
            caught = _caught(canaries.net, answer)
            seen |= caught.keys()
            leaks += faults(persona, caught, f"{path} ({answer.status})")
    assert not leaks, f"{len(leaks)} leaks:\n" + "\n".join(leaks[:60])
    # a scan that finds nothing where it may would find nothing where it must not
    unmet = {name for name, ground in GROUNDS.items() if ground.who} - seen
    assert not unmet - UNMET_YET, f"Planted and never met by those who may: {sorted(unmet)}"


def test_no_mail_says_what_its_reader_may_not_see(canaries: Canaries) -> None:
    personas = {user.email: name for name, user in canaries.people().items() if user is not None}
    mails = MailMessage.objects.exclude(purpose="return.moved")  # the marked ones of the ledger
    assert {mail.to for mail in mails} & personas.keys() >= {canaries.world.cast.donor.email}
    leaks = []
    for mail in mails:
        caught = canaries.net.caught_in(f"{mail.subject}\n{mail.text}")
        leaks += faults(personas.get(mail.to, mail.to), caught, mail.purpose)
    assert not leaks


# --- What is not seen decides nothing that is seen ---------------------------------------------------------------


def test_pages_of_an_edition_do_not_depend_on_what_it_keeps_back(canaries: Canaries) -> None:
    """Other values of every member and fewer contributors behind what is withheld: no letter changes.

    So neither a value nor the exact number of contributors is on any of these pages.
    """
    paths = [
        reverse(name, args=["amani", release.pk, *rest])
        for release in (canaries.world.release, canaries.corrected)
        for name, rest in (("release", ()), ("release_chapter", ("outreach",)), ("edition", ()))
    ]
    paths += [f"/api/v1/releases/{canaries.corrected.pk}/", "/api/v1/associations/amani/figures/csv/"]
    paths += [reverse("figures_time", args=["amani"]), reverse("donor_home", args=["horizon"])]
    visitors = [Visitor(canaries.world.cast.donor), Visitor(canaries.world.cast.other_signatory)]
    before = [visitor.ask("GET", path) for visitor in visitors for path in paths]
    assert sum(answer.status == "200" for answer in before) > len(paths)
    with rolled_back(), pgtrigger.ignore("reporting.ReleaseMember:frozen"):
        for place, member in enumerate(ReleaseMember.objects.filter(release__association__slug="amani")):
            kept = {
                code: value * 3 + place if isinstance(value, int | float) and value > 1000 else value
                for code, value in member.values.items()
                if place % 2 or not isinstance(value, int | float)
            }
            ReleaseMember.objects.filter(pk=member.pk).update(values=kept)
        after = [visitor.ask("GET", path) for visitor in visitors for path in paths]
    told = [
        path
        for path, one, other in zip(paths * 2, before, after, strict=True)
        if one.comparable() != other.comparable()
    ]
    assert not told


# --- Each guard taken away makes the scan red --------------------------------------------------------------------


def _leaks(canaries: Canaries, persona: str, *paths: str) -> set[str]:
    """The names of what the person meets there and may not."""
    visitor = Visitor(canaries.people()[persona])
    found: set[str] = set()
    for path in paths:
        with rolled_back():
            caught = _caught(canaries.net, visitor.ask("GET", path))
        found |= {name for name in caught if faults(persona, {name: ""}, path)}
    return found


def _values(canaries: Canaries, number: int) -> list[str]:
    """Where a donor would read the values of one of the special members."""
    member = canaries.specials[number]
    shown = reverse("donor_member_values", args=["horizon", "amani", "2023", member.pk])
    asked = f"association=amani&round=2023&institution={member.pk}"
    return [shown, f"/api/v1/donors/horizon/values/?{asked}"]


def _worked_out_again(canaries: Canaries, *, everybody: bool = False) -> None:
    """The first edition as the rules that are in force now would have made it, of two sections."""
    release = Release.objects.select_related("association", "round", "catalogue").get(
        pk=canaries.world.release.pk
    )
    release.method = {**release.method, "sections": ["OUT", "HRM"], "groups": [], "panel": None}
    members = (
        freeze(preview(release.round), load_sheets(release.round)) if everybody else frozen_members(release)
    )
    cells = compute(release, members)
    for cell in cells:
        cell.release = release
    with pgtrigger.ignore("reporting.ReleaseCell:frozen"):
        ReleaseCell.objects.filter(release=release).delete()
    ReleaseCell.objects.bulk_create(cells)


def test_each_guard_that_is_taken_away_is_noticed(canaries: Canaries) -> None:
    """Nothing is met while all guards stand, and exactly what each of them keeps back once it is gone."""
    world = canaries.world
    returned = reverse("return_section", args=["amani", world.approved.pk, "OUT"])
    edition = f"/api/v1/releases/{world.release.pk}/"

    # consents: withdrawn ones count, and ended ones
    assert not _leaks(canaries, "donor", *_values(canaries, 0), *_values(canaries, 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ValueConsentQuerySet, "live", lambda self: self)
        found = _leaks(canaries, "donor", *_values(canaries, 0), *_values(canaries, 1))
        assert found >= {
            "figure of a member whose consent is withdrawn",
            "figure of a member whose consent has ended",
        }
    # a consent to another donor, or for another round, counts
    assert not _leaks(canaries, "donor", *_values(canaries, 2), *_values(canaries, 3))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(consenting.Grant, "reaches", lambda *_args: True)
        patch.setattr(consenting.Grant, "holds_in", lambda *_args: True)
        found = _leaks(canaries, "donor", *_values(canaries, 2), *_values(canaries, 3))
        assert found >= {
            "figure of a member that shows another round",
            "figure of a member that shows another donor",
        }
    # returns are not narrowed, and permissions not asked
    assert not _leaks(canaries, "other_member", returned)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(Submission.objects.all()), "visible_to", lambda self, _user: self)
        patch.setattr(User, "has_perm", lambda *_args: True)
        assert "figure of kilimo" in _leaks(canaries, "other_member", returned)
    # the gate lets a sum through that is mostly one member's
    assert not _leaks(canaries, "donor", edition)
    with rolled_back(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(checks, "concentration", lambda *_args, **_named: None)
        _worked_out_again(canaries)
        assert "withheld figure" in _leaks(canaries, "donor", edition)
    # members count that never agreed to
    with rolled_back(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(selectors.Candidate, "counts", property(lambda self: self.approved))
        _worked_out_again(canaries, everybody=True)
        assert "figure with those who never agreed to count" in _leaks(canaries, "donor", edition)


# --- The net itself ----------------------------------------------------------------------------------------------

MARK, FIGURE = "CANARY-PRIVATE", PREFIXES["figure of kilimo"] * 100 + 55


def _alone(**parts: str) -> bytes:
    """A PDF with the mark in one place alone."""
    attached = (
        Attached(name="t.csv", content=parts.get("attached", "x").encode(), description="x", at=LONG_AGO),
    )
    html = (
        f'<html lang="en"><head><title>t</title></head><body><p>{parts.get("text", "x")}</p>'
        f'<img src="asset:p.svg" alt="{parts.get("alt", "x")}"></body></html>'
    )
    picture = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    )
    return render_pdf(
        html, title=parts.get("title", "x"), language="en", assets={"p.svg": picture}, attached=attached
    )


def _workbook() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.add_worksheet().write_number(0, 0, FIGURE)
    book.set_properties({"comments": MARK})
    book.close()
    return out.getvalue()


def _zip(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.fixture(scope="module")
def net() -> Net:
    """One that looks for Kilimo's figures, and for 12 345 678 as a figure about several."""
    made = Net()
    made.add_members("figure of kilimo", PREFIXES["figure of kilimo"])
    made.add_figures("withheld figure", [12_345_678.0])
    return made


@pytest.mark.parametrize(
    "written",
    [
        "731846255", "731,846,255", "731.846.255", "731 846 255", "731\u00a0846\u00a0255", "731\u202f846\u202f255",
        "731\u2019846\u2019255", "731&nbsp;846&#8239;255", "٧٣١٬٨٤٦٬٢٥٥", "۷۳۱۸۴۶۲۵۵", "731846255.0", "731.846255",
        '{"value": "731\\u202f846\\u202f255"}', "731.8 million", "731,8 millions", "٧٣١٫٨ مليون", "7318462",
    ],
)  # fmt: skip
def test_a_figure_is_found_however_it_is_written(net: Net, written: str) -> None:
    assert "figure of kilimo" in net.caught(written.encode())


@pytest.mark.parametrize("written", ["12345678", "12,345,678", "12,300,000", "12.3 million", "12300000.0"])
def test_a_figure_about_several_is_found_exact_and_rounded(net: Net, written: str) -> None:
    assert "withheld figure" in net.caught(written.encode())


@pytest.mark.parametrize("written", ["97318462", "731", "7318", "12.4 million", "1234567", "123456789"])
def test_other_numbers_are_not(net: Net, written: str) -> None:
    assert not net.caught(written.encode())


@pytest.mark.parametrize("place", ["text", "alt", "title", "attached"])
def test_a_pdf_is_read_wherever_something_can_stand(net: Net, place: str) -> None:
    assert not net.caught(_alone())
    found = net.caught(_alone(**{place: f"{MARK} {FIGURE:,}"}))
    assert found.keys() == {MARK, "figure of kilimo"}


def test_archives_are_opened_also_inside_archives(net: Net) -> None:
    for content in (
        _workbook(),
        _zip(book=_workbook()),
        _zip(**{"CANARY-PRIVATE.pdf": _alone(text=str(FIGURE))}),
    ):
        assert net.caught(content).keys() == {MARK, "figure of kilimo"}
    runs = "<w:t>731,8</w:t></w:r><w:r><w:t>46,255</w:t>"
    assert "figure of kilimo" in net.caught(_zip(**{"word/document.xml": runs.encode()}))


def test_a_mark_that_the_table_does_not_know_is_a_fault(net: Net) -> None:
    assert faults("manager", net.caught(b"CANARY-UNHEARD"), "somewhere")
    assert not faults("manager", net.caught(b"CANARY-NOTE"), "somewhere")
