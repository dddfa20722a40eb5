"""Peer groups as staff make them: proposing, a second pair of eyes, versions, retiring, and what the pages say."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from members.enums import Role
from members.models import Association, User
from reporting.models import Answer, PeerGroup, PeerGroupVersion, Release
from reporting.selectors.peer_groups import in_force, offered_groups
from reporting.selectors.peer_standing import basis_of, group_lines
from reporting.services.peer_groups import approve, propose, retire, withdraw
from reporting.services.releases import publish
from spm_portal.common.models import AuditEvent
from spm_portal.common.refusal import Refused
from tests.factories.members import AssociationFactory, person
from tests.factories.releases import approved_round, institutions
from tests.factories.reporting import OPENED

pytestmark = pytest.mark.django_db

NGOS = {"legal_forms": ["ngo"]}
COOPERATIVES = {"legal_forms": ["cooperative"]}
LARGER = {"clients": {"from": 10_000}}


@pytest.fixture
def association() -> Association:
    found: Association = AssociationFactory(slug="aaa", currency="KES", language="en")
    return found


@pytest.fixture
def manager(association: Association) -> User:
    return person(Role.ASSOCIATION_MANAGER, association)


@pytest.fixture
def reviewer(association: Association) -> User:
    return person(Role.ASSOCIATION_REVIEWER, association)


@pytest.fixture
def published(association: Association) -> Release:
    """Twelve members, of which six are cooperatives and six are NGOs."""
    members = institutions(association, 12)
    of_round = approved_round(association, members, sections=("PRO", "OUT"))
    for number, member in enumerate(members):
        form = "cooperative" if number < 6 else "ngo"
        Answer.objects.filter(institution=member, code="legal_form").update(text=form)
    return publish(round_id=of_round.pk, by=None, at=OPENED)


def made(association: Association, by: User, rule: dict[str, Any] = NGOS, **more: Any) -> PeerGroupVersion:
    return propose(
        **{
            "association": association,
            "name": "NGOs",
            "rule": rule,
            "reason": "Members ask.",
            "by": by,
            "at": OPENED,
        }
        | more
    )


@pytest.mark.usefixtures("published")
class TestProposing:
    def test_a_proposal_waits_and_is_written_down(self, association: Association, manager: User) -> None:
        version = made(association, manager)
        assert (version.group.code, version.number, version.approved_at) == ("ngos", 1, None)
        assert in_force(association) == []
        event = AuditEvent.objects.get(verb="peer_group.proposed")
        assert (event.actor_id, event.association_id, event.reason) == (
            manager.pk,
            association.pk,
            "Members ask.",
        )

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"rule": {}}, "asks nothing"),
            ({"rule": {"legal_forms": ["club"]}}, "“club” is not among the choices"),
            ({"rule": {"clients": {"from": 9, "below": 3}}}, "upper limit lies below"),
            ({"name": " "}, "Give the group a name"),
            ({"name": "x" * 121}, "121 characters"),
            ({"reason": " "}, "Write why"),
            ({"reason": "x" * 301}, "301 characters"),
        ],
    )
    def test_what_cannot_be_is_refused_in_words(
        self, association: Association, manager: User, change: dict[str, Any], words: str
    ) -> None:
        with pytest.raises(Refused, match=words):
            made(association, manager, **change)
        assert not PeerGroup.objects.exists()

    def test_neither_a_name_nor_a_rule_stands_twice(self, association: Association, manager: User) -> None:
        made(association, manager)
        with pytest.raises(Refused, match="“NGOs” has this rule"):
            made(association, manager, name="Foundations")
        with pytest.raises(Refused, match="a group “ngos” already"):
            made(association, manager, LARGER, name="ngos")

    def test_names_that_look_alike_in_addresses_get_their_own(
        self, association: Association, manager: User
    ) -> None:
        assert made(association, manager, name="New").group.code == "new-2"
        assert made(association, manager, LARGER, name="المنظمات").group.code == "group"
        assert made(association, manager, COOPERATIVES, name="合作社").group.code == "group-2"

    def test_only_staff_may(self, association: Association) -> None:
        for role, place in ((Role.ASSOCIATION_MANAGER, AssociationFactory()),):
            with pytest.raises(PermissionDenied):
                made(association, person(role, place))
        assert not PeerGroup.objects.exists()


@pytest.mark.usefixtures("published")
class TestApproving:
    def test_a_colleague_approves(self, association: Association, manager: User, reviewer: User) -> None:
        version = made(association, manager)
        with pytest.raises(Refused, match="a colleague approves"):
            approve(version_id=version.pk, by=manager, at=OPENED, reason="I am sure.")
        assert in_force(association) == []
        approve(version_id=version.pk, by=reviewer, at=OPENED)
        assert in_force(association) == [version]
        approve(version_id=version.pk, by=reviewer, at=OPENED + timedelta(days=1))
        version.refresh_from_db()
        assert (version.approved_by, version.approved_at) == (reviewer, OPENED)

    def test_whoever_is_alone_says_why(self, association: Association, manager: User) -> None:
        version = made(association, manager)
        with pytest.raises(Refused, match="Write why nobody else can"):
            approve(version_id=version.pk, by=manager, at=OPENED, reason="  ")
        approve(version_id=version.pk, by=manager, at=OPENED, reason="I am the only one here.")
        event = AuditEvent.objects.get(verb="peer_group.approved")
        assert (event.reason, event.data["alone"]) == ("I am the only one here.", True)

    def test_staff_of_others_do_not(self, association: Association, manager: User) -> None:
        version = made(association, manager)
        with pytest.raises(PermissionDenied):
            approve(
                version_id=version.pk,
                by=person(Role.ASSOCIATION_MANAGER, AssociationFactory()),
                at=OPENED,
            )


@pytest.mark.usefixtures("published")
class TestVersions:
    def test_a_changed_rule_is_a_version_and_the_old_one_counts_until_it_is_approved(
        self, association: Association, manager: User, reviewer: User
    ) -> None:
        first = made(association, manager)
        approve(version_id=first.pk, by=reviewer, at=OPENED)
        second = made(association, manager, LARGER, group_id=first.group_id)
        assert second.number == 2
        assert in_force(association) == [first]
        with pytest.raises(Refused, match="waits for approval"):
            made(association, manager, COOPERATIVES, group_id=first.group_id)
        approve(version_id=second.pk, by=reviewer, at=OPENED)
        assert in_force(association) == [second]
        first.refresh_from_db()
        assert first.rule == NGOS

    def test_the_same_rule_is_no_version(
        self, association: Association, manager: User, reviewer: User
    ) -> None:
        first = made(association, manager)
        approve(version_id=first.pk, by=reviewer, at=OPENED)
        with pytest.raises(Refused, match="nothing was changed"):
            made(association, manager, group_id=first.group_id)

    def test_a_proposal_can_be_withdrawn_and_what_is_approved_cannot(
        self, association: Association, manager: User, reviewer: User
    ) -> None:
        withdraw(version_id=made(association, manager).pk, by=manager, at=OPENED)
        assert not PeerGroup.objects.exists()
        version = made(association, manager)
        approve(version_id=version.pk, by=reviewer, at=OPENED)
        with pytest.raises(Refused, match="is approved"):
            withdraw(version_id=version.pk, by=manager, at=OPENED)

    def test_a_retired_group_stays_in_old_editions_only(
        self, association: Association, manager: User, reviewer: User, published: Release
    ) -> None:
        version = made(association, manager)
        approve(version_id=version.pk, by=reviewer, at=OPENED)
        edition = publish(round_id=published.round_id, by=None, at=OPENED, erratum="NGOs added.")
        retire(group_id=version.group_id, by=manager, at=OPENED, reason="Nobody reads it.")
        assert in_force(association) == []
        assert [one.key for one in offered_groups(edition)] == ["ngos:1"]
        with pytest.raises(Refused, match="is retired"):
            made(association, manager, LARGER, group_id=version.group_id)


class TestStanding:
    def test_staff_see_response_and_why_a_group_is_not_offered(
        self, association: Association, manager: User, reviewer: User, published: Release
    ) -> None:
        for name, rule in (
            ("NGOs", NGOS),
            ("Banks", {"legal_forms": ["bank"]}),
            ("NGOs and more", {"legal_forms": ["bank", "ngo"]}),
        ):
            approve(version_id=made(association, manager, rule, name=name).pk, by=reviewer, at=OPENED)
        lines = {one.group.code: one.current for one in group_lines(basis_of(association))}
        ngos, banks, more = lines["ngos"], lines["banks"], lines["ngos-and-more"]
        assert ngos is not None and banks is not None and more is not None  # noqa: PT018
        assert (ngos.standing.matching, ngos.standing.counting, ngos.standing.offered) == (6, 6, True)
        assert (banks.standing.matching, banks.standing.offered) == (0, False)
        assert "fewer than 5 contributors fit" in banks.standing.why
        assert "same members as “NGOs”" in more.standing.why

    def test_the_list_asks_the_same_for_one_group_and_for_three(
        self,
        association: Association,
        manager: User,
        published: Release,
        django_assert_max_num_queries: Any,
    ) -> None:
        made(association, manager)
        with django_assert_max_num_queries(60) as one:
            group_lines(basis_of(association))
        made(association, manager, COOPERATIVES, name="Cooperatives")
        made(association, manager, LARGER, name="Larger MFIs")
        with django_assert_max_num_queries(60) as three:
            group_lines(basis_of(association))
        assert len(three) == len(one)


class TestPages:
    def test_from_a_look_to_a_figure(
        self, client: Client, association: Association, manager: User, reviewer: User, published: Release
    ) -> None:
        base = f"/a/{association.slug}/releases/groups/"
        client.force_login(manager)
        assert "No peer group yet" in client.get(base).content.decode()
        data = {"name": "Cooperatives", "legal_forms": ["cooperative"], "reason": "Members ask."}
        looked = client.post(base + "new/", data | {"look": "1"}).content.decode()
        assert "6 invited members fit" in looked
        assert "nothing stands in the way" in looked
        assert not PeerGroup.objects.exists()
        assert client.post(base + "new/", data).status_code == 302
        page = client.get(base + "cooperatives/").content.decode()
        assert "a colleague approves it" in page
        refused = client.post(base + "cooperatives/decide/", {"move": "approve", "version": "1"})
        assert (refused.status_code, "You proposed this version" in refused.content.decode()) == (409, True)
        client.force_login(reviewer)
        assert (
            client.post(base + "cooperatives/decide/", {"move": "approve", "version": "1"}).status_code == 302
        )
        edition = publish(round_id=published.round_id, by=None, at=OPENED, erratum="Cooperatives added.")
        address = f"/a/{association.slug}/releases/{edition.pk}/"
        own = client.get(address, {"group": "cooperatives:1"}).content.decode()
        assert "Figures of “Cooperatives” alone" in own
        assert "Why may a group be missing?" in own
        assert client.get(address + "outreach/", {"group": "cooperatives:1"}).status_code == 200
        assert client.get(address, {"group": "cooperatives:2"}).status_code == 404
        assert client.get(address, {"group": "ngos:1"}).status_code == 404

    def test_every_fault_of_the_form_stands_at_its_field(
        self, client: Client, association: Association, manager: User, published: Release
    ) -> None:
        client.force_login(manager)
        address = f"/a/{association.slug}/releases/groups/new/"
        answer = client.post(
            address,
            {"name": "Larger", "clients_from": "10.5.1", "assets_from": "900", "assets_below": "10"},
        )
        errors = answer.context["form"].errors
        assert answer.status_code == 422
        assert {"clients_from", "reason"} <= errors.keys()
        answer = client.post(
            address,
            {
                "name": "Larger",
                "assets_from": "900",
                "assets_below": "10",
                "assets_currency": "KES",
                "reason": "x",
            },
        )
        assert "upper limit" in str(answer.context["form"].errors["assets_below"])
        empty = client.post(address, {"name": "All", "reason": "x"})
        assert "asks nothing" in str(empty.context["form"].non_field_errors())
