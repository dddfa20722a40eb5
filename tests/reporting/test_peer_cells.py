"""The figures of peer groups in an edition: what is frozen, what is offered, and what must not be subtracted."""

from datetime import timedelta
from itertools import combinations

import pytest

from members.models import Association, Institution
from reporting.models import Answer, PeerGroup, PeerGroupVersion, Release, ReleaseMember
from reporting.selectors.peer_groups import groups_of, offered_groups
from reporting.selectors.peers import peers_of
from reporting.selectors.releases import cells_of
from reporting.services.rebuilding import rebuild
from reporting.services.releases import publish
from tests.factories.members import AssociationFactory, UserFactory
from tests.factories.releases import approved_round, institutions
from tests.factories.reporting import OPENED

pytestmark = pytest.mark.django_db


@pytest.fixture
def association() -> Association:
    found: Association = AssociationFactory(slug="aaa", currency="KES", language="en")
    return found


def group(association: Association, code: str, rule: dict[str, object], number: int = 1) -> PeerGroupVersion:
    by = UserFactory()
    made, _new = PeerGroup.objects.get_or_create(
        association=association, code=code, defaults={"name": code.title(), "created_at": OPENED}
    )
    found: PeerGroupVersion = PeerGroupVersion.objects.create(
        group=made,
        number=number,
        rule=rule,
        proposed_at=OPENED,
        proposed_by=by,
        approved_at=OPENED + timedelta(seconds=PeerGroupVersion.objects.count()),
        approved_by=by,
    )
    return found


def legal_forms(members: list[Institution], forms: dict[str, int]) -> None:
    """So many members of each legal form, in the order of the members."""
    wanted = [form for form, count in forms.items() for _ in range(count)]
    for institution, form in zip(members, wanted, strict=True):
        Answer.objects.filter(institution=institution, code="legal_form").update(text=form)


def released_with(association: Association, forms: dict[str, int]) -> tuple[Release, list[Institution]]:
    members = institutions(association, sum(forms.values()))
    of_round = approved_round(association, members)
    legal_forms(members, forms)
    return publish(round_id=of_round.pk, by=None, at=OPENED), members


COOPERATIVES = {"legal_forms": ["cooperative"]}
NGOS = {"legal_forms": ["ngo"]}
BANKS = {"legal_forms": ["bank"]}


class TestFrozen:
    def test_the_facts_that_rules_ask_about_are_frozen(self, association: Association) -> None:
        release, members = released_with(association, {"cooperative": 5})
        facts = ReleaseMember.objects.get(institution=members[0]).facts
        values = ReleaseMember.objects.get(institution=members[0]).values
        assert facts["legal_form"] == "cooperative"
        assert facts["country"] == members[0].country
        assert facts["currency"] == "KES"
        assert facts["clients"] == values["active_clients"]
        assert facts["assets"] == values["total_assets"]
        assert facts["year_end"] == release.round.period_end.isoformat()

    def test_an_edition_keeps_rule_words_and_band_of_what_it_offers(self, association: Association) -> None:
        group(association, "cooperatives", COOPERATIVES)
        release, members = released_with(association, {"cooperative": 6, "ngo": 6})
        (kept,) = release.method["groups"]
        assert kept["key"] == "cooperatives:1"
        assert kept["rule"] == COOPERATIVES
        assert kept["n_band"] == "5-9"
        assert "Cooperative" in kept["words"]
        PeerGroup.objects.update(name="Renamed")
        PeerGroupVersion.objects.update(rule=NGOS)
        assert [(one.name, one.rule.legal_forms) for one in offered_groups(release)] == [
            ("Cooperatives", ("cooperative",))
        ]
        assert [one.key for one in groups_of(release, members[0])] == ["cooperatives:1"]
        assert groups_of(release, members[-1]) == []

    def test_an_edition_with_groups_is_rebuilt_with_their_figures(self, association: Association) -> None:
        group(association, "cooperatives", COOPERATIVES)
        release, _members = released_with(association, {"cooperative": 6, "ngo": 6})
        assert release.cells.exclude(group="").exists()
        found = rebuild(release)
        assert (found.differences, found.content_holds) == ((), True)
        assert found.figures == release.cells.count()

    def test_a_member_that_did_not_count_belongs_to_no_group(self, association: Association) -> None:
        group(association, "cooperatives", COOPERATIVES)
        release, _members = released_with(association, {"cooperative": 6, "ngo": 6})
        (stranger,) = institutions(association, 1)
        assert groups_of(release, stranger) == []


class TestOffered:
    def test_what_is_not_approved_retired_or_outdated_is_not_offered(self, association: Association) -> None:
        proposed = group(association, "cooperatives", COOPERATIVES)
        PeerGroupVersion.objects.filter(pk=proposed.pk).update(approved_at=None, approved_by=None)
        retired = group(association, "ngos", NGOS)
        PeerGroup.objects.filter(pk=retired.group_id).update(retired_at=OPENED)
        group(association, "banks", NGOS)
        group(association, "banks", BANKS, number=2)
        release, _ = released_with(association, {"cooperative": 6, "ngo": 6, "bank": 6})
        assert [one.key for one in offered_groups(release)] == ["banks:2"]

    def test_a_group_that_is_too_small_is_not_told_of(self, association: Association) -> None:
        group(association, "cooperatives", COOPERATIVES)
        release, _ = released_with(association, {"cooperative": 4, "ngo": 8})
        assert release.method["groups"] == []
        assert not release.cells.exclude(group="").exists()

    def test_groups_of_others_are_nothing_to_us(self, association: Association) -> None:
        group(AssociationFactory(), "cooperatives", COOPERATIVES)
        release, _ = released_with(association, {"cooperative": 6, "ngo": 6})
        assert release.method["groups"] == []

    def test_a_new_version_that_differs_by_a_handful_waits_for_the_next_round(
        self, association: Association
    ) -> None:
        group(association, "cooperatives", COOPERATIVES)
        release, _members = released_with(association, {"cooperative": 6, "ngo": 7, "bank": 2})
        assert len(release.method["groups"]) == 1
        group(association, "cooperatives", {"legal_forms": ["bank", "cooperative"]}, number=2)
        second = publish(round_id=release.round_id, by=None, at=OPENED, erratum="Another group.")
        assert second.number == 2
        assert second.method["groups"] == []

    def test_a_group_approved_later_makes_an_edition_of_its_own(self, association: Association) -> None:
        release, _ = released_with(association, {"cooperative": 6, "ngo": 6})
        group(association, "cooperatives", COOPERATIVES)
        second = publish(round_id=release.round_id, by=None, at=OPENED, erratum="Cooperatives added.")
        assert [one.key for one in offered_groups(second)] == ["cooperatives:1"]
        again = publish(round_id=release.round_id, by=None, at=OPENED, erratum="Cooperatives added.")
        assert again == second


class TestCells:
    def test_cells_of_a_group_stand_beside_those_of_all_members(self, association: Association) -> None:
        plain, _ = released_with(association, {"cooperative": 10, "ngo": 10})
        before = [(c.code, c.statistic, c.category, c.value) for c in cells_of(plain)]
        group(association, "cooperatives", COOPERATIVES)
        release = publish(round_id=plain.round_id, by=None, at=OPENED, erratum="Cooperatives added.")
        assert [(c.code, c.statistic, c.category, c.value) for c in cells_of(release)] == before
        own = cells_of(release, "cooperatives:1")
        assert any(c.published for c in own)
        codes = {c.code for c in cells_of(release)}
        assert {c.code for c in own} == codes
        assert peers_of(association).ranges == peers_of(association).ranges

    def test_a_figure_of_a_group_is_what_the_gate_makes_of_its_members(
        self, association: Association
    ) -> None:
        group(association, "cooperatives", COOPERATIVES)
        release, members = released_with(association, {"cooperative": 10, "ngo": 10})
        values = sorted(
            ReleaseMember.objects.get(institution=member).values["active_borrowers"]
            for member in members[:10]
        )
        found = release.cells.get(group="cooperatives:1", code="active_borrowers", statistic="median")
        assert values[2] < found.value < values[7]
        assert found.n_band == "10-19"

    def test_what_remains_of_all_without_a_group_is_never_a_few(self, association: Association) -> None:
        group(association, "cooperatives", COOPERATIVES)
        members = institutions(association, 12)
        of_round = approved_round(association, members)
        legal_forms(members, {"cooperative": 6, "ngo": 6})
        # only one of the others says how many clients it has: all members without the group would be that one
        Answer.objects.filter(institution__in=members[7:], code="youth_borrowers").delete()
        release = publish(round_id=of_round.pk, by=None, at=OPENED)
        total = release.cells.get(group="", code="youth_borrowers", statistic="sum")
        own = release.cells.get(group="cooperatives:1", code="youth_borrowers", statistic="sum")
        assert total.published
        assert (own.published, own.reason) == (False, "derivable")

    def test_published_sets_of_every_measure_differ_by_enough(self, association: Association) -> None:
        """Read back from the edition alone: for each sum, no two published sets leave one to four contributors."""
        group(association, "cooperatives", COOPERATIVES)
        group(association, "ngos", NGOS)
        members = institutions(association, 24)
        of_round = approved_round(association, members)
        legal_forms(members, {"cooperative": 8, "ngo": 8, "bank": 8})
        for number, member in enumerate(members):
            codes = ["youth_borrowers", "borrowers_village", "new_borrowers", "borrowers_solidarity"]
            Answer.objects.filter(institution=member, code__in=codes[: number % 5]).delete()
        release = publish(round_id=of_round.pk, by=None, at=OPENED)
        rows = list(ReleaseMember.objects.filter(release=release))
        forms = {"cooperatives:1": "cooperative", "ngos:1": "ngo"}
        compared = 0
        for code in ("youth_borrowers", "borrowers_village", "new_borrowers", "active_borrowers"):
            sets = [
                {
                    row.pk
                    for row in rows
                    if row.values.get(code) is not None
                    and forms.get(cell.group) in (None, row.facts["legal_form"])
                }
                for cell in release.cells.filter(code=code, statistic="sum", published=True)
            ]
            for one, other in combinations(sets, 2):
                compared += 1
                assert len(one - other) not in range(1, 5)
                assert len(other - one) not in range(1, 5)
        assert compared
