"""The people's pages: who opens what, what they show and hide, and what a click does."""

from functools import cache

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.enums import Role
from members.models import Association, Consent, Invitation, Membership, RoleAssignment, SharingAgreement
from members.services.invitations import invite
from spm_portal.common.models import Job, JobState, MailMessage, MailState
from tests.browsers import signed_in
from tests.cast import Cast
from tests.factories.members import InstitutionFactory, MembershipFactory, give_role, person


@pytest.fixture
def as_(cast: Cast):
    """A browser in which a part of the cast is signed in."""

    @cache
    def browser(part: str) -> Client:
        return signed_in(getattr(cast, part))

    return browser


def text_of(response) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


# page -> the parts that get 200; the second set gets 403; everybody else 404
PAGES = {
    "people": ({"manager", "reviewer"}, {"signatory", "editor", "shared_signatory", "donor"}),
    "register": ({"manager", "reviewer"}, {"signatory", "editor", "shared_signatory", "donor"}),
    "member_new": ({"manager"}, {"reviewer", "signatory", "editor", "shared_signatory", "donor"}),
    "association_settings": ({"manager"}, {"reviewer", "signatory", "editor", "shared_signatory", "donor"}),
    "sharing": ({"manager"}, {"reviewer", "signatory", "editor", "shared_signatory", "donor"}),
}
PARTS = (
    "manager",
    "reviewer",
    "signatory",
    "editor",
    "shared_signatory",
    "ex_member",
    "ex_reviewer",
    "donor",
    "other_manager",
    "stranger_editor",
    "other_donor",
    "operator",
    "nobody",
)


@pytest.mark.parametrize("page", PAGES)
def test_pages_of_one_association(as_, page: str):
    allowed, refused = PAGES[page]
    for part in PARTS:
        wanted = 200 if part in allowed else 403 if part in refused else 404
        assert as_(part).get(reverse(page, args=["amani"])).status_code == wanted, part


def test_a_member_page_is_for_staff_and_its_own_people(cast: Cast, as_):
    url = reverse("member", args=["amani", cast.kilimo.pk])
    found = {part: as_(part).get(url).status_code for part in PARTS}
    assert {part for part, status in found.items() if status == 200} == {
        "manager",
        "reviewer",
        "signatory",
        "editor",
    }
    assert set(found.values()) == {200, 404}
    # the same MFI under another association's address, and another association's MFI under this one's
    assert as_("manager").get(reverse("member", args=["amani", cast.mbuyu.pk])).status_code == 404
    assert as_("other_manager").get(reverse("member", args=["baobab", cast.kilimo.pk])).status_code == 404


def test_operator_pages_do_not_exist_for_others(cast: Cast, as_):
    urls = [
        reverse(name)
        for name in (
            "operator_home",
            "mail_ledger",
            "operator_jobs",
            "operator_donors",
            "operator_people",
            "operator_association_new",
        )
    ] + [
        reverse("operator_association", args=[cast.amani.pk]),
        reverse("operator_donor", args=[cast.horizon.pk]),
    ]
    for url in urls:
        assert as_("operator").get(url).status_code == 200
        for part in ("manager", "signatory", "donor", "nobody"):
            assert as_(part).get(url).status_code == 404, (part, url)


def test_visitors_are_sent_to_sign_in(cast: Cast, client: Client):
    for url in ("/", "/me/", "/a/amani/people/", "/ops/", f"/i/{cast.kilimo.pk}/people/"):
        response = client.get(url)
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize(
    ("part", "leads_to"),
    [
        ("manager", "/a/amani/"),
        ("signatory", "/a/amani/"),
        ("donor", "/d/horizon/"),
        ("operator", "/ops/"),
        ("other_manager", "/a/baobab/"),
    ],
)
def test_home_leads_to_the_one_place(as_, part: str, leads_to: str):
    assert as_(part).get("/").headers["Location"] == leads_to


def test_home_offers_a_choice_of_several_places_and_words_for_none(cast: Cast, as_):
    page = text_of(as_("shared_signatory").get("/"))
    assert "Pamoja Bank · Amani" in page
    assert "Pamoja Bank · Baobab" in page
    assert "Kilimo" not in page
    assert "You have no role yet" in text_of(as_("nobody").get("/"))
    assert as_("ex_member").get("/").headers["Location"] == f"/i/{cast.zamani.pk}/people/"


def test_the_header_switches_between_organisations(cast: Cast, as_):
    give_role(cast.manager, Role.INSTITUTION_EDITOR, cast.mbuyu)
    page = text_of(as_("manager").get("/a/amani/people/"))
    assert 'href="/a/baobab/"' in page
    assert "Mbuyu Microcredit · Baobab" in page


def test_navigation_follows_permissions(as_):
    def labels(part: str, url: str) -> set[str]:
        shell = as_(part).get(url).context["shell"]
        return {str(link.label) for link in shell.navigation}

    assert {"Members", "People", "Donors", "Settings"} <= labels("manager", "/a/amani/people/")
    reviewer = labels("reviewer", "/a/amani/people/")
    assert {"Members", "People"} <= reviewer
    assert not {"Donors", "Settings"} & reviewer


def test_my_access_says_in_words_what_each_role_may(cast: Cast, as_):
    page = text_of(as_("signatory").get("/me/access/"))
    assert "Kilimo Savings" in page
    assert "submits them in the MFI&#x27;s name" in page
    assert "Sees a return of another MFI." in page
    for part in PARTS:
        assert as_(part).get("/me/access/").status_code == 200


def test_the_profile_changes_language_at_once(cast: Cast, as_):
    client = as_("editor")
    response = client.post("/me/", {"name": "Eva", "language": "fr", "time_zone": "Africa/Nairobi"})
    assert response.status_code == 302
    cast.editor.refresh_from_db()
    assert (cast.editor.name, cast.editor.language, cast.editor.time_zone) == (
        "Eva",
        "fr",
        "Africa/Nairobi",
    )
    assert '<html lang="fr"' in text_of(client.get("/me/"))
    bad = client.post("/me/", {"name": "Eva", "language": "xx", "time_zone": "Mars/Base"})
    assert len(bad.context["form"].errors) == 2


def test_inviting_from_the_page(cast: Cast, as_):
    client = as_("manager")
    response = client.post(
        "/a/amani/people/", {"email": "New@Example.org", "role": "association_reviewer"}, follow=True
    )
    assert "on its way" in text_of(response)
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.association) == ("new@example.org", cast.amani)
    assert "new@example.org" in text_of(client.get("/a/amani/people/"))
    assert "new@example.org" not in text_of(as_("reviewer").get("/a/amani/people/"))
    refused = client.post("/a/amani/people/", {"email": "x@example.org", "role": "institution_editor"})
    assert refused.status_code == 422
    held = client.post("/a/amani/people/", {"email": "reviewer@example.org", "role": "association_reviewer"})
    assert "holds this role already" in held.content.decode()


def test_reviewers_and_editors_cannot_invite_even_by_hand(cast: Cast, as_):
    as_("reviewer").post("/a/amani/people/", {"email": "x@example.org", "role": "association_reviewer"})
    as_("editor").post(
        f"/i/{cast.kilimo.pk}/people/", {"email": "x@example.org", "role": "institution_editor"}
    )
    assert not Invitation.objects.exists()


def test_revoking_and_sending_again_from_the_page(cast: Cast, as_):
    invitation, _ = invite(
        email="new@example.org",
        role=Role.INSTITUTION_EDITOR,
        organisation=cast.kilimo,
        by=cast.signatory,
        at=timezone.now(),
    )
    resend, revoke = (
        reverse(name, args=[invitation.pk]) for name in ("invitation_resend", "invitation_revoke")
    )
    for part in ("other_signatory", "other_manager", "donor", "nobody", "operator"):
        assert as_(part).post(resend).status_code == 404
        assert as_(part).post(revoke).status_code == 404
    for part in ("editor", "reviewer"):
        assert as_(part).post(resend).status_code == 403
        assert as_(part).post(revoke).status_code == 403
    assert as_("manager").get(revoke).status_code == 405
    assert as_("manager").post(resend).headers["Location"] == f"/i/{cast.kilimo.pk}/people/"
    newer = Invitation.objects.open().get()
    assert newer != invitation
    as_("signatory").post(reverse("invitation_revoke", args=[newer.pk]))
    assert not Invitation.objects.open().exists()


def test_ending_a_role_from_the_page(cast: Cast, as_):
    role = cast.editor.role_assignments.get()
    url = reverse("role_end", args=[role.pk])
    for part in ("other_signatory", "other_manager", "donor", "nobody", "operator"):
        assert as_(part).get(url).status_code == 404, part
        assert as_(part).post(url).status_code == 404, part
    assert as_("reviewer").post(url).status_code == 403
    assert "Kilimo Savings" in text_of(as_("signatory").get(url))
    editor = as_("editor")
    assert editor.get(f"/i/{cast.kilimo.pk}/people/").status_code == 200
    done = as_("signatory").post(url, {"reason": "left"})
    assert done.headers["Location"] == f"/i/{cast.kilimo.pk}/people/"
    assert editor.get(f"/i/{cast.kilimo.pk}/people/").status_code == 404
    assert as_("signatory").get(url).status_code == 404


def test_the_last_manager_reads_why_the_role_stays(cast: Cast, as_):
    RoleAssignment.objects.filter(user=cast.second_manager).update(ended_at=timezone.now())
    own = cast.manager.role_assignments.get()
    response = as_("manager").post(reverse("role_end", args=[own.pk]))
    assert response.status_code == 422
    assert "last manager" in response.content.decode()


def test_entering_correcting_and_ending_a_member(cast: Cast, as_):
    client = as_("manager")
    response = client.post(
        "/a/amani/members/new/",
        {"name": "Jipya", "country": "KE", "kind": "full", "joined_on": "2025-01-01", "short_name": ""},
    )
    membership = Membership.objects.get(institution__name="Jipya")
    assert response.headers["Location"] == f"/a/amani/members/{membership.institution_id}/"
    page = f"/a/amani/members/{membership.institution_id}/"
    client.post(f"{page}edit/", {"name": "Jipya Plus", "country": "TZ"})
    assert "Jipya Plus" in text_of(client.get(page))
    end = reverse("membership_end", args=["amani", membership.institution_id, membership.pk])
    assert client.post(end, {"last_day": "2024-12-31"}).status_code == 422
    assert client.post(end, {"last_day": "2025-02-01"}).status_code == 302
    assert "not a member today" in text_of(client.get(page))
    rejoin = reverse("member_rejoin", args=["amani", membership.institution_id])
    assert client.post(rejoin, {"kind": "full", "joined_on": "2025-03-01"}).status_code == 302
    assert "not a member today" not in text_of(client.get(page))


def test_bad_input_says_how_to_fix_it(as_):
    response = as_("manager").post("/a/amani/members/new/", {"name": "X", "joined_on": "31.12."})
    assert response.status_code == 422
    assert "Write the day as year-month-day" in response.content.decode()


def test_consents_from_the_page(cast: Cast, as_):
    url = reverse("consents", args=["amani", cast.kilimo.pk])
    give = {"purpose": "named", "action": "give"}
    for part in ("manager", "reviewer", "editor"):
        assert as_(part).get(url).status_code == 200
        assert as_(part).post(url, give).status_code == 403
    for part in ("other_signatory", "other_manager", "donor", "operator"):
        assert as_(part).get(url).status_code == 404
        assert as_(part).post(url, give).status_code == 404
    signatory = as_("signatory")
    assert signatory.post(url, give).status_code == 302
    assert Consent.objects.live().get().given_by == cast.signatory
    page = text_of(signatory.get(url))
    assert "Given by Signatory" in page
    assert "Horizon Fund" in page
    assert "Savanna" not in page
    signatory.post(url, {"purpose": "named", "action": "withdraw"})
    assert not Consent.objects.live().exists()
    assert signatory.post(url, {"purpose": "all", "action": "give"}).status_code == 400


def test_sharing_from_the_page(cast: Cast, as_):
    client = as_("manager")
    response = client.post("/a/amani/donors/", {"donor": str(cast.savanna.pk), "since": "2025-01-01"})
    assert response.status_code == 302
    agreement = SharingAgreement.objects.get(association=cast.amani, donor=cast.savanna)
    foreign = SharingAgreement.objects.get(association=cast.baobab)
    assert client.get(reverse("sharing_end", args=["amani", foreign.pk])).status_code == 404
    client.post(reverse("sharing_end", args=["amani", agreement.pk]), {"last_day": "2025-06-30"})
    agreement.refresh_from_db()
    assert str(agreement.until) == "2025-06-30"
    assert "Past agreements" in text_of(client.get("/a/amani/donors/"))


def test_settings_from_the_page(cast: Cast, as_):
    values = {
        "name": "Amani Network",
        "short_name": "Amani",
        "countries": ["KE", "TZ"],
        "language": "en",
        "time_zone": "Africa/Nairobi",
        "currency": "kes",
        "fiscal_year_end_day": 30,
        "fiscal_year_end_month": 6,
        "accent_colour": "#aa3300",
        "second_factor_roles": ["association_manager"],
        "reply_days": 21,
        "release_minimum": 6,
        "has_public_page": "on",
    }
    bad = as_("manager").post(
        "/a/amani/settings/",
        {**values, "currency": "ABX", "fiscal_year_end_day": 31, "accent_colour": "red"},
    )
    assert set(bad.context["form"].errors) == {"currency", "fiscal_year_end_day", "accent_colour"}
    offered = [code for code, _name in bad.context["form"].fields["countries"].choices]
    assert offered[:3] == ["KE", "TZ", "AF"]  # those that are ticked first: the others fill a long box
    assert as_("manager").post("/a/amani/settings/", values).status_code == 302
    kept = Association.objects.get(pk=cast.amani.pk)
    assert (kept.currency, kept.countries, kept.fiscal_year_end_month) == ("KES", ["KE", "TZ"], 6)
    assert (kept.reply_days, kept.release_minimum, kept.has_public_page) == (21, 6, True)


@pytest.mark.parametrize("lower", [4, 5, 6])
def test_the_fewest_contributors_are_never_lowered(cast: Cast, as_, lower: int):
    Association.objects.filter(pk=cast.amani.pk).update(release_minimum=7, has_public_page=True)
    page = as_("manager").get("/a/amani/settings/")
    assert "/editions/amani/" in text_of(page)
    form = page.context["form"]
    answer = as_("manager").post("/a/amani/settings/", {**form.initial, "release_minimum": lower})
    assert "release_minimum" in answer.context["form"].errors
    assert Association.objects.get(pk=cast.amani.pk).release_minimum == 7


def test_the_theme_has_the_address_of_its_colour_and_is_kept(cast: Cast, as_):
    assert "/theme/" not in text_of(as_("manager").get("/a/amani/people/"))
    Association.objects.filter(pk=cast.amani.pk).update(accent_colour="#AA3300")
    assert 'href="/theme/aa3300.css"' in text_of(as_("manager").get("/a/amani/people/"))
    response = Client().get("/theme/aa3300.css")
    assert response["Content-Type"].startswith("text/css")
    assert "immutable" in response["Cache-Control"]
    assert "--accent:#aa3300" in response.content.decode()


@pytest.mark.parametrize("colour", ["red", "aa33000", "-1-1-1", "gggggg"])
def test_what_is_no_colour_has_no_theme(colour: str):
    assert Client().get(f"/theme/{colour}.css").status_code == 404


def test_a_missing_logo_is_not_found(cast: Cast, as_):
    assert as_("manager").get("/a/amani/logo").status_code == 404


def test_the_ledger_shows_an_invitation_that_can_be_followed(cast: Cast, as_):
    client = as_("operator")
    client.post("/ops/associations/new/", {**NEW, "email": "first@example.org"})
    message = MailMessage.objects.get(to="first@example.org")
    assert "first@example.org" in text_of(client.get("/ops/mail/?q=first"))
    page = text_of(client.get(f"/ops/mail/{message.pk}/"))
    assert "/invitation/" in page
    assert client.get("/ops/mail/?state=failed").context["page"].object_list.count() == 0


NEW = {"name": "Cedar", "slug": "Cedar", "language": "en", "time_zone": "UTC"}


def test_a_taken_address_of_an_association_is_refused(as_):
    response = as_("operator").post("/ops/associations/new/", {**NEW, "slug": "amani", "email": "a@b.org"})
    assert "Another association has this address" in response.content.decode()


def test_failed_mail_and_jobs_can_be_tried_again(cast: Cast, as_):
    at = timezone.now()
    message = MailMessage.objects.create(
        purpose="x", to="a@b.org", subject="s", created_at=at, state=MailState.FAILED
    )
    job = Job.objects.create(kind="x", created_at=at, state=JobState.FAILED, error="boom")
    client = as_("operator")
    assert "boom" in text_of(client.get("/ops/jobs/?state=failed"))
    client.post(f"/ops/mail/{message.pk}/retry/")
    client.post(f"/ops/jobs/{job.pk}/retry/")
    message.refresh_from_db()
    job.refresh_from_db()
    assert message.state == MailState.QUEUED
    assert job.state == JobState.QUEUED
    assert as_("manager").post(f"/ops/mail/{message.pk}/retry/").status_code == 404


def test_operators_make_donors_and_enter_known_mfis(cast: Cast, as_):
    client = as_("operator")
    response = client.post("/ops/donors/", {"name": "Gift", "slug": "gift"})
    page = response.headers["Location"]
    client.post(page, {"email": "reader@gift.example", "role": "donor_reader"})
    assert Invitation.objects.get().donor.slug == "gift"
    assert client.post("/ops/donors/", {"name": "Gift", "slug": "gift"}).status_code == 422
    url = reverse("operator_known_member", args=[cast.amani.pk])
    client.post(url, {"institution": str(cast.mbuyu.pk), "kind": "full", "joined_on": "2025-01-01"})
    assert Membership.objects.current().filter(association=cast.amani, institution=cast.mbuyu).exists()


def test_the_gallery_is_for_staff_and_operators(as_):
    for part, status in (("operator", 200), ("reviewer", 200), ("signatory", 404), ("donor", 404)):
        assert as_(part).get("/gallery/").status_code == status


LISTS = ["/a/amani/members/", "/a/amani/people/", "/ops/", "/ops/mail/", "/ops/jobs/", "/ops/donors/"]


@pytest.mark.parametrize("url", LISTS)
def test_lists_ask_as_often_for_many_rows_as_for_few(
    cast: Cast, as_, url: str, django_assert_max_num_queries, django_assert_num_queries
):
    client = as_("operator" if url.startswith("/ops/") else "manager")
    invite(
        email="a@example.org",
        role=Role.ASSOCIATION_REVIEWER,
        organisation=cast.amani,
        by=cast.manager,
        at=timezone.now(),
    )
    Job.objects.create(kind="x", created_at=timezone.now(), association_id=cast.amani.pk)
    client.get(url)
    with django_assert_max_num_queries(20) as few:
        client.get(url)
    for number in range(3):
        institution = InstitutionFactory()
        MembershipFactory(association=cast.amani, institution=institution)
        person(Role.INSTITUTION_EDITOR, institution)
        person(Role.ASSOCIATION_REVIEWER, cast.amani)
        invite(
            email=f"b{number}@example.org",
            role=Role.ASSOCIATION_REVIEWER,
            organisation=cast.amani,
            by=cast.manager,
            at=timezone.now(),
        )
        Job.objects.create(
            kind="x", created_at=timezone.now(), association_id=cast.amani.pk, requested_by=cast.manager
        )
    with django_assert_num_queries(len(few)):
        client.get(url)
