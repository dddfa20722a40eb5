"""Signing in: one door, no enumeration, rate limits behind a proxy, second factor where a role demands it."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from members.enums import Role
from members.models import Association, User
from members.services.invitations import invite
from members.services.roles import end_role
from spm_portal.common.models import MailMessage
from tests.cast import Cast
from tests.factories.members import PASSWORD

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
STRONG = "lantern orchid 42 canoe"


@pytest.fixture(autouse=True)
def fresh_limits(db: None, settings):
    settings.EMAIL_BACKEND = "spm_portal.common.mail.LedgerBackend"
    cache.clear()
    yield
    cache.clear()


def sign_in(client: Client, email: str, password: str = PASSWORD, **extra):
    return client.post("/accounts/login/", {"login": email, "password": password}, **extra)


def bare(response) -> str:
    """A page without what differs by nature: the CSRF token and the typed address."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return re.sub(r"[\w.]+@example\.org", "", page)


def test_right_password_in_any_case_of_the_address(cast: Cast, client: Client):
    assert sign_in(client, "Manager@Example.org").headers["Location"] == "/"
    assert client.get("/").headers["Location"] == "/a/amani/"


def test_unknown_address_and_wrong_password_answer_alike(cast: Cast):
    answers = [
        sign_in(Client(), email, "wrong password here")
        for email in ("manager@example.org", "stranger@example.org")
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert bare(answers[0]) == bare(answers[1])


def test_resetting_tells_nobody_whether_an_account_exists(cast: Cast):
    answers = [
        Client().post("/accounts/password/reset/", {"email": email}, follow=True)
        for email in ("manager@example.org", "stranger@example.org")
    ]
    assert bare(answers[0]) == bare(answers[1])
    assert [mail.to for mail in MailMessage.objects.all()] == ["manager@example.org"]


def test_a_reset_link_names_the_portal_not_the_host_header(cast: Cast, settings):
    settings.PUBLIC_ORIGIN = "https://portal.example"
    settings.ALLOWED_HOSTS = ["*"]
    Client().post(
        "/accounts/password/reset/", {"email": "manager@example.org"}, headers={"host": "evil.example"}
    )
    message = MailMessage.objects.get()
    assert message.confidential
    assert "evil.example" not in message.text + message.subject
    link = re.search(r"https://portal\.example(/accounts/password/reset/key/\S+)", message.text)
    assert link is not None
    client = Client()
    form = client.get(link[1], follow=True)
    done = client.post(form.request["PATH_INFO"], {"password1": STRONG, "password2": STRONG})
    assert done.status_code == 302
    assert sign_in(Client(), "manager@example.org", STRONG).status_code == 302


def test_there_is_no_sign_up(client: Client):
    page = client.get("/accounts/signup/").content.decode()
    assert "People come in by invitation" in page
    client.post("/accounts/signup/", {"email": "x@example.org", "password1": STRONG})
    assert not User.objects.exists()


def test_nobody_adds_an_address_they_did_not_prove(cast: Cast, client: Client):
    client.force_login(cast.editor, backend=BACKEND)
    client.post("/accounts/email/", {"email": "second@example.org", "action_add": ""})
    assert not EmailAddress.objects.filter(email="second@example.org").exists()


@pytest.mark.parametrize("password", ["short1!", "password1234", "123456789012", "reviewer@example"])
def test_weak_passwords_are_refused_on_change(cast: Cast, client: Client, password: str):
    client.force_login(cast.reviewer, backend=BACKEND)
    client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": password, "password2": password},
    )
    cast.reviewer.refresh_from_db()
    assert cast.reviewer.check_password(PASSWORD)


def test_guessing_one_account_is_stopped_and_others_still_get_in(cast: Cast, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    attacker, office = {"x-forwarded-for": "203.0.113.9"}, {"x-forwarded-for": "198.51.100.7"}
    pages = [
        sign_in(Client(), "manager@example.org", f"wrong {n}", headers=attacker).content.decode()
        for n in range(12)
    ]
    assert "Too many failed login attempts" in pages[-1]
    assert sign_in(Client(), "reviewer@example.org", headers=office).status_code == 302


def test_a_made_up_forwarding_header_opens_no_second_bucket(cast: Cast, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    pages = [
        sign_in(
            Client(),
            f"person{n}@example.org",
            "wrong",
            headers={"x-forwarded-for": f"10.0.0.{n}, 203.0.113.9"},
        )
        for n in range(14)
    ]
    stopped = [page for page in pages if b"Too many failed" in page.content or page.status_code == 429]
    assert stopped


def test_locked_people_do_not_get_in_and_lose_their_session(cast: Cast, client: Client):
    client.force_login(cast.editor, backend=BACKEND)
    User.objects.filter(pk=cast.editor.pk).update(is_active=False)
    assert client.get("/me/").status_code == 302
    assert client.get("/a/amani/").status_code == 302


def test_signing_out_needs_a_click_and_ends_the_session_on_the_server(cast: Cast, client: Client):
    client.force_login(cast.editor, backend=BACKEND)
    stolen = client.cookies["session"].value
    client.get("/accounts/logout/")
    assert client.get("/me/").status_code == 200
    client.post("/accounts/logout/")
    thief = Client()
    thief.cookies["session"] = stolen
    assert thief.get("/me/").status_code == 302


def test_the_support_tool_has_no_door_of_its_own(cast: Cast, client: Client):
    assert client.get("/admin/").headers["Location"].startswith("/admin/login/")
    for answer in (
        client.get("/admin/login/"),
        client.post("/admin/login/", {"username": "x", "password": "y"}),
    ):
        assert answer.headers["Location"].startswith("/accounts/login/")
    client.force_login(cast.manager, backend=BACKEND)
    assert client.get("/admin/login/").status_code == 403


# --- the second factor --------------------------------------------------------------------------------------


def demand(association: Association, *roles: Role) -> None:
    Association.objects.filter(pk=association.pk).update(second_factor_roles=list(roles))


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.mark.parametrize(
    ("role", "part", "url"),
    [
        (Role.ASSOCIATION_MANAGER, "manager", "/a/amani/people/"),
        (Role.INSTITUTION_SIGNATORY, "signatory", "/a/amani/"),
        (Role.INSTITUTION_EDITOR, "editor", "/me/"),
        (Role.DONOR_READER, "donor", "/me/access/"),
    ],
)
def test_a_role_that_needs_a_second_factor_opens_nothing_else(
    cast: Cast, client: Client, role: Role, part: str, url: str
):
    client.force_login(getattr(cast, part), backend=BACKEND)
    assert client.get(url).status_code == 200
    demand(cast.amani, role)
    for address in (url, "/", "/me/"):
        assert client.get(address).headers["Location"] == "/me/second-factor/"
    assert client.post("/me/", {"name": "x"}).headers["Location"] == "/me/second-factor/"
    page = client.get("/me/second-factor/").content.decode()
    assert "/accounts/2fa/totp/activate/" in page
    assert client.get("/accounts/2fa/").status_code == 200
    assert client.get("/healthz").status_code == 200
    TOTP.activate(getattr(cast, part), generate_totp_secret())
    assert client.get(url).status_code == 200
    assert client.get("/me/second-factor/").headers["Location"] == "/"


def test_other_roles_and_other_associations_are_left_alone(cast: Cast, client: Client):
    demand(cast.amani, Role.ASSOCIATION_MANAGER)
    for part in ("reviewer", "signatory", "other_manager", "donor", "operator"):
        client.force_login(getattr(cast, part), backend=BACKEND)
        assert client.get("/me/").status_code == 200, part


def test_recovery_codes_alone_are_no_second_factor(cast: Cast, client: Client):
    demand(cast.amani, Role.ASSOCIATION_MANAGER)
    Authenticator.objects.create(
        user=cast.manager, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x", "used_mask": 0}
    )
    client.force_login(cast.manager, backend=BACKEND)
    assert client.get("/me/").headers["Location"] == "/me/second-factor/"


def test_operators_need_one_where_the_installation_says_so(cast: Cast, client: Client, settings):
    client.force_login(cast.operator, backend=BACKEND)
    assert client.get("/ops/").status_code == 200
    settings.OPERATORS_NEED_SECOND_FACTOR = True
    assert client.get("/ops/").headers["Location"] == "/me/second-factor/"


def test_the_code_is_asked_at_sign_in_and_works_once(cast: Cast):
    secret = generate_totp_secret()
    TOTP.activate(cast.manager, secret)
    client = Client()
    assert sign_in(client, cast.manager.email).headers["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/me/").status_code == 302
    assert client.get("/accounts/2fa/authenticate/").status_code == 200
    code = code_of(secret)
    assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    assert client.get("/me/").status_code == 200
    again = Client()
    sign_in(again, cast.manager.email)
    again.post("/accounts/2fa/authenticate/", {"code": code})
    assert again.get("/me/").status_code == 302


# --- the page behind an invitation --------------------------------------------------------------------------


def link_for(cast: Cast, email: str) -> str:
    _, token = invite(
        email=email,
        role=Role.ASSOCIATION_REVIEWER,
        organisation=cast.amani,
        by=cast.manager,
        at=timezone.now(),
    )
    return f"/invitation/{token}/"


def test_a_new_person_follows_the_link_and_is_in(cast: Cast, client: Client):
    link = link_for(cast, "new@example.org")
    page = client.get(link)
    assert "no-cache" in page["Cache-Control"]
    assert "Amani Microfinance Network" in page.content.decode()
    weak = client.post(link, {"name": "Ada", "password": "short", "again": "short"})
    assert weak.status_code == 200  # an error status would be logged with the token
    assert "password" in weak.context["form"].errors
    differ = client.post(link, {"name": "Ada", "password": STRONG, "again": STRONG + "!"})
    assert "differ" in differ.content.decode()
    assert client.post(link, {"name": "Ada", "password": STRONG, "again": STRONG}).status_code == 302
    assert client.get("/a/amani/members/").status_code == 200
    assert client.get(link).status_code == 404
    assert sign_in(Client(), "new@example.org", STRONG).status_code == 302


def test_looking_at_the_link_uses_nothing_up(cast: Cast, client: Client):
    link = link_for(cast, "new@example.org")
    for _ in range(3):
        assert client.get(link).status_code == 200


def test_the_link_of_somebody_else_opens_nothing(cast: Cast, client: Client):
    link = link_for(cast, "new@example.org")
    client.force_login(cast.editor, backend=BACKEND)
    assert "another address" in client.get(link).content.decode()
    client.post(link, {"name": "Eve", "password": STRONG, "again": STRONG})
    assert cast.editor.role_assignments.count() == 1
    assert not User.objects.filter(email="new@example.org").exists()


def test_a_person_with_an_account_accepts_with_one_click(cast: Cast, client: Client):
    link = link_for(cast, cast.nobody.email)
    taken = client.post(link, {"name": "Thief", "password": STRONG, "again": STRONG})
    assert "You have an account" in taken.content.decode()
    assert cast.nobody.check_password(PASSWORD)
    client.force_login(cast.nobody, backend=BACKEND)
    assert "Accept" in client.get(link).content.decode()
    assert not cast.nobody.role_assignments.exists()
    assert client.post(link).status_code == 302
    assert client.get("/a/amani/members/").status_code == 200


def test_dead_links_answer_alike(cast: Cast, client: Client):
    link = link_for(cast, "new@example.org")
    end_role(assignment_id=cast.second_manager.role_assignments.get().pk, by=cast.manager, at=timezone.now())
    used = link_for(cast, "used@example.org")
    Client().post(used, {"name": "Ada", "password": STRONG, "again": STRONG})
    unknown = "/invitation/" + "x" * 43 + "/"
    newer = link_for(cast, "new@example.org")
    answers = [client.get(url) for url in (link, used, unknown)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({bare(answer) for answer in answers}) == 1
    assert client.get(newer).status_code == 200


@pytest.mark.slow
def test_unknown_addresses_take_as_long_as_known_ones(cast: Cast, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    cast.manager.set_password(PASSWORD)
    cast.manager.save()
    settings.ACCOUNT_RATE_LIMITS = False

    def median(email: str) -> float:
        times = []
        for _ in range(7):
            start = time.process_time()
            sign_in(Client(), email, "wrong password here")
            times.append(time.process_time() - start)
        return sorted(times)[3]

    known, unknown = median("manager@example.org"), median("stranger@example.org")
    assert 0.6 < known / unknown < 1.6
