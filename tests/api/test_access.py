"""Who reads what through the API: the same as on the pages, and hidden is the same as absent."""

import uuid

import pytest
from django.urls import get_resolver

from members.enums import Role
from members.models import Association
from reporting.models import CatalogueVersion
from spm_portal.api import urlpatterns
from spm_portal.common.api.views import ReadOnlyViews
from spm_portal.common.models import Job
from tests.api.reading import BASE, Reported, ask, ids, report
from tests.cast import Cast
from tests.factories.members import give_role

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

# part -> what it may do with Amani's lists of rounds and returns, and its list of releases
LISTS = {
    "manager": (200, 200),
    "reviewer": (200, 200),
    "signatory": (200, 200),
    "editor": (200, 200),
    "other_signatory": (200, 200),
    "donor": (403, 200),
    "other_manager": (404, 404),
    "stranger_signatory": (404, 404),
    "ex_reviewer": (404, 404),
    "ex_member": (404, 404),
    "other_donor": (404, 404),
    "operator": (404, 404),
    "nobody": (404, 404),
}


@pytest.fixture
def reported(cast: Cast) -> Reported:
    return report(cast)


@pytest.mark.parametrize("part", LISTS)
def test_lists_of_an_association(cast: Cast, reported: Reported, part: str):
    user = cast.people[part]
    inside, releases = LISTS[part]
    assert ask(user, "associations/amani/rounds/").status == inside
    assert ask(user, "associations/amani/returns/").status == inside
    assert ask(user, "associations/amani/releases/").status == releases
    assert ask(user, "associations/amani/catalogues/").status == releases


def test_a_return_is_read_by_its_mfi_and_the_staff_alone(cast: Cast, reported: Reported):
    readers = {
        part for part, user in cast.people.items() if ask(user, f"returns/{reported.own.pk}/").status == 200
    }
    assert readers == {"manager", "second_manager", "reviewer", "signatory", "editor"}


def test_lists_hold_what_one_may_see(cast: Cast, reported: Reported):
    own, other, foreign = (str(one.pk) for one in (reported.own, reported.other, reported.foreign))
    frozen = {str(one.submission_id) for one in reported.release.members.all()}
    assert ids(ask(cast.manager, "associations/amani/returns/")) == {own, other} | frozen
    assert ids(ask(cast.editor, "associations/amani/returns/")) == {own}
    assert ids(ask(cast.stranger_editor, "associations/baobab/returns/")) == {foreign}
    invited = ask(cast.editor, "associations/amani/rounds/").json["results"]
    assert [one["code"] for one in invited] == ["2024"]


def test_a_donor_reads_releases_and_no_return(cast: Cast, reported: Reported):
    raw = reported.release.members.first().submission
    assert ask(cast.donor, f"returns/{raw.pk}/").code == "not_found"
    told = ask(cast.donor, f"releases/{reported.release.pk}/")
    assert told.status == 200
    for member in reported.release.members.all():
        assert member.name not in told.content.decode()


@pytest.mark.parametrize("kind", ["returns", "releases", "catalogues"])
def test_hidden_and_absent_answer_with_the_same_bytes(cast: Cast, reported: Reported, kind: str):
    catalogue = CatalogueVersion.objects.get(pk=reported.own.round.catalogue_id)
    own = CatalogueVersion.objects.create(
        association=cast.amani,
        name="Own",
        version="1",
        document=catalogue.document,
        sha256=catalogue.sha256,
        loaded_at=catalogue.loaded_at,
    )
    hidden = {"returns": reported.own.pk, "releases": reported.release.pk, "catalogues": own.pk}[kind]
    assert ask(cast.manager, f"{kind}/{hidden}/").status == 200
    there, not_there = (ask(cast.other_manager, f"{kind}/{key}/") for key in (hidden, uuid.uuid4()))
    assert there.status == 404
    assert there == not_there


def test_a_hidden_association_is_as_absent_as_one_that_never_was(cast: Cast):
    for rest in ("", "rounds/", "returns/", "releases/", "catalogues/"):
        told = [ask(cast.manager, f"associations/{slug}/{rest}") for slug in ("baobab", "no-such-place")]
        assert told[0].status == 404
        assert told[0] == told[1]


def test_a_shared_catalogue_is_for_whoever_belongs_somewhere(cast: Cast, reported: Reported):
    address = f"catalogues/{reported.own.round.catalogue_id}/"
    for part in ("manager", "editor", "donor", "other_manager"):
        assert ask(cast.people[part], address).status == 200
    for part in ("nobody", "operator", "ex_member"):
        assert ask(cast.people[part], address).status == 404


def test_a_former_member_no_longer_reads_its_returns_here(cast: Cast, reported: Reported):
    """Its pages are gone too: the association is hidden."""
    give_role(cast.nobody, Role.INSTITUTION_EDITOR, cast.kilimo)
    address = f"returns/{reported.own.pk}/"
    assert ask(cast.nobody, address).status == 200
    cast.kilimo.memberships.update(left_on="2024-01-01")
    assert ask(cast.nobody, address).status == 404


def test_a_figure_that_is_not_published_carries_nothing(cast: Cast, reported: Reported):
    address = f"releases/{reported.release.pk}/"
    hidden = {
        (c.code, c.statistic, c.category): c.reason for c in reported.release.cells.filter(published=False)
    }
    assert hidden
    for user, is_staff in ((cast.editor, False), (cast.donor, False), (cast.manager, True)):
        told = ask(user, address)
        cells = {(c["code"], c["statistic"], c["category"]): c["figure"] for c in told.json["cells"]}
        assert len(cells) == reported.release.cells.count()
        for key, reason in hidden.items():
            expected = {"published": False} | ({"reason": reason} if is_staff else {})
            assert cells[key] == expected
        published = [figure for key, figure in cells.items() if key not in hidden]
        assert published
        told_of = {"published", "value", "relation", "contributors", "verification"}
        assert all(set(one) == told_of for one in published)
        assert all(one["verification"]["most"] == "self_reported" for one in published)


def test_a_manager_of_two_worlds_gets_reasons_only_where_staff(cast: Cast, reported: Reported):
    give_role(cast.other_manager, Role.INSTITUTION_EDITOR, cast.kilimo)
    told = ask(cast.other_manager, f"releases/{reported.release.pk}/")
    assert told.status == 200
    assert not any("reason" in cell["figure"] for cell in told.json["cells"])


def test_visitors_get_401_everywhere(cast: Cast, reported: Reported):
    for address in ("", "me/", "schema/", "associations/", "associations/amani/", "nowhere/"):
        assert ask(None, address).code == "not_authenticated"
        assert ask(None, address).status == 401
    for address in (f"returns/{reported.own.pk}/", f"returns/{uuid.uuid4()}/"):
        assert ask(None, address).status == 401


def test_who_must_set_up_a_second_factor_is_told_in_json(cast: Cast):
    Association.objects.filter(pk=cast.amani.pk).update(second_factor_roles=[Role.ASSOCIATION_MANAGER])
    told = ask(cast.manager, "me/")
    assert (told.status, told.code) == (403, "second_factor_required")
    assert ask(cast.reviewer, "me/").status == 200


def test_every_view_carries_the_guard_and_lists_only_read(cast: Cast):
    assert all(entry.callback.guard == "api" for entry in urlpatterns)
    for method in ("post", "put", "patch", "delete", "options"):
        assert ask(cast.manager, "associations/amani/returns/", method).code == "method_not_allowed"


def test_every_address_below_the_root_is_the_apis_own(cast: Cast):
    """So that no page of the portal answers there in HTML."""
    assert get_resolver().resolve(BASE + "no/such/thing/").func.guard == "api"
    assert ask(cast.manager, "no/such/thing/").code == "not_found"


def test_views_cannot_read_past_visible_to():
    with pytest.raises(TypeError, match="narrow what is visible"):
        type("Widening", (ReadOnlyViews,), {"model": Association, "get_queryset": lambda self: None})
    with pytest.raises(TypeError, match="narrow what is visible"):
        type("Widening", (ReadOnlyViews,), {"model": Association, "queryset": Association.objects.all()})
    with pytest.raises(TypeError, match="must name its model"):
        type("Nameless", (ReadOnlyViews,), {"serializer_class": object})
    with pytest.raises(TypeError, match="visible_to"):
        type("Unscoped", (ReadOnlyViews,), {"model": Job, "serializer_class": object})
