"""Invitations: every state of a link for every kind of person, single use under a race, revoking and mail."""

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from members.access import forget
from members.enums import Role
from members.models import Invitation, RoleAssignment, User
from members.services.invitations import accept, invite, resend, revoke
from members.services.roles import end_role
from spm_portal.common.models import AuditEvent, MailMessage
from spm_portal.common.refusal import Refused
from spm_portal.common.tokens import hash_of
from tests.cast import Cast, make_cast

EDITOR, REVIEWER = Role.INSTITUTION_EDITOR, Role.ASSOCIATION_REVIEWER
STRONG = "lantern orchid 42 canoe"


def offer(cast: Cast, email: str = "new@example.org") -> tuple[Invitation, str]:
    return invite(email=email, role=REVIEWER, organisation=cast.amani, by=cast.manager, at=timezone.now())


def put_into_state(invitation: Invitation, state: str, cast: Cast) -> None:
    now = timezone.now()
    changes = {
        "open": {},
        "used": {"used_at": now, "used_by": cast.editor},
        "revoked": {"revoked_at": now},
        "expired": {"expires_at": now - timedelta(seconds=1)},
    }[state]
    if changes:
        Invitation.objects.filter(pk=invitation.pk).update(**changes)


@pytest.mark.parametrize("state", ["open", "used", "revoked", "expired"])
@pytest.mark.parametrize("who", ["new person", "right person", "other person", "visitor with an account"])
def test_one_cell_per_kind_of_person_succeeds(cast: Cast, state: str, who: str):
    known = who in {"right person", "visitor with an account"}
    email = cast.nobody.email if known else "new@example.org"
    invitation, token = offer(cast, email)
    put_into_state(invitation, state, cast)
    by = {"right person": cast.nobody, "other person": cast.editor}.get(who)
    call = {"token": token, "by": by, "name": "New", "password": STRONG, "at": timezone.now()}
    if state == "open" and who in {"new person", "right person"}:
        accepted = accept(**call)
        assert accepted.new_person is (who == "new person")
        assert accepted.user.email == email
        assert accepted.user.has_perm("members.view_register", cast.amani)
        invitation.refresh_from_db()
        assert invitation.used_by == accepted.user
        with pytest.raises(Refused):
            accept(**call)
    else:
        with pytest.raises(Refused):
            accept(**call)
        assert not User.objects.filter(email="new@example.org").exists()
        assert not cast.nobody.role_assignments.exists()
        assert cast.editor.role_assignments.count() == 1


def test_a_token_that_was_never_sent_opens_nothing(cast: Cast):
    with pytest.raises(Refused, match="does not work"):
        accept(token="x" * 43, name="New", password=STRONG, at=timezone.now())


def test_the_table_holds_only_a_hash(cast: Cast):
    invitation, token = offer(cast)
    assert len(token) >= 43
    assert invitation.token_hash == hash_of(token) != token
    row = str(Invitation.objects.filter(pk=invitation.pk).values().get())
    events = str(list(invitation.events.values()))
    audit = str(list(AuditEvent.objects.about(invitation).values()))
    assert token not in row + events + audit
    assert invitation.token_hash not in events + audit


def test_a_new_person_can_sign_in_with_a_proven_address(cast: Cast):
    _, token = offer(cast)
    made = accept(token=token, name=" Ada ", password=STRONG, language="fr", at=timezone.now()).user
    assert (made.name, made.language) == ("Ada", "fr")
    assert made.check_password(STRONG)
    assert not made.is_staff
    assert EmailAddress.objects.get(user=made).verified


@pytest.mark.parametrize("weak", ["short", "password1234", "123456789012345", "new@example.org"])
def test_a_weak_password_is_refused_and_the_link_stays_open(cast: Cast, weak: str):
    _, token = offer(cast)
    with pytest.raises(ValidationError):
        accept(token=token, name="New", password=weak, at=timezone.now())
    assert accept(token=token, name="New", password=STRONG, at=timezone.now()).new_person


def test_a_second_invitation_revokes_the_first(cast: Cast):
    _, older = offer(cast)
    _, newer = offer(cast, "NEW@example.org ")
    with pytest.raises(Refused):
        accept(token=older, name="New", password=STRONG, at=timezone.now())
    assert accept(token=newer, name="New", password=STRONG, at=timezone.now()).new_person


def test_another_role_for_the_same_address_leaves_the_first_open(cast: Cast):
    _, first = offer(cast)
    invite(
        email="new@example.org",
        role=Role.ASSOCIATION_MANAGER,
        organisation=cast.amani,
        by=cast.manager,
        at=timezone.now(),
    )
    assert accept(token=first, name="New", password=STRONG, at=timezone.now()).new_person


def test_the_mail_is_one_secret_message_with_the_link(cast: Cast, settings):
    settings.PUBLIC_ORIGIN = "https://portal.example"
    invitation, token = offer(cast)
    message = MailMessage.objects.get(key=f"invitation:{invitation.pk}")
    assert message.to == "new@example.org"
    assert message.confidential
    assert message.association_id == cast.amani.pk
    assert re.findall(r"https://\S+", message.text) == [f"https://portal.example/invitation/{token}/"]
    assert "Amani Microfinance Network" in message.text


def test_whoever_may_not_grant_may_not_invite(cast: Cast):
    for by, organisation, role in (
        (cast.reviewer, cast.amani, REVIEWER),
        (cast.editor, cast.kilimo, EDITOR),
        (cast.manager, cast.zamani, EDITOR),
        (cast.manager, cast.mbuyu, EDITOR),
        (cast.signatory, cast.umoja, EDITOR),
    ):
        with pytest.raises(PermissionDenied):
            invite(email="new@example.org", role=role, organisation=organisation, by=by, at=timezone.now())
    assert not Invitation.objects.exists()
    assert not MailMessage.objects.exists()


def test_inviting_oneself_or_a_holder_is_refused_with_words(cast: Cast):
    with pytest.raises(Refused, match="yourself"):
        invite(
            email=cast.manager.email,
            role=EDITOR,
            organisation=cast.kilimo,
            by=cast.manager,
            at=timezone.now(),
        )
    with pytest.raises(Refused, match="holds this role"):
        offer(cast, cast.reviewer.email)
    with pytest.raises(ValidationError):
        offer(cast, "not an address")


def test_an_inviter_who_lost_the_right_leaves_no_open_door(cast: Cast):
    _, token = offer(cast)
    end_role(assignment_id=cast.manager.role_assignments.get().pk, by=cast.second_manager, at=timezone.now())
    with pytest.raises(Refused, match="may not do so"):
        accept(token=token, name="New", password=STRONG, at=timezone.now())


def test_revoking(cast: Cast):
    invitation, token = offer(cast)
    with pytest.raises(PermissionDenied):
        revoke(invitation_id=invitation.pk, by=cast.other_manager, at=timezone.now())
    assert revoke(invitation_id=invitation.pk, by=cast.second_manager, at=timezone.now())
    assert not revoke(invitation_id=invitation.pk, by=cast.second_manager, at=timezone.now())
    with pytest.raises(Refused):
        accept(token=token, name="New", password=STRONG, at=timezone.now())


def test_sending_again_gives_a_new_link_also_after_seven_days(cast: Cast):
    invitation, old = offer(cast)
    put_into_state(invitation, "expired", cast)
    renewed = resend(invitation_id=invitation.pk, by=cast.manager, at=timezone.now())
    assert renewed.expires_at > timezone.now() + timedelta(days=6)
    text = MailMessage.objects.get(key=f"invitation:{renewed.pk}").text
    token = re.search(r"/invitation/([\w-]+)/", text)
    assert token is not None
    assert token[1] != old
    assert accept(token=token[1], name="New", password=STRONG, at=timezone.now()).new_person


def test_accepting_is_in_the_audit_trail(cast: Cast):
    invitation, token = offer(cast)
    made = accept(token=token, name="New", password=STRONG, at=timezone.now())
    verbs = list(AuditEvent.objects.about(invitation).order_by("at").values_list("verb", "actor"))
    assert verbs == [("invitation.send", cast.manager.pk), ("invitation.accept", made.user.pk)]
    granted = AuditEvent.objects.about(made.assignment).get()
    assert (granted.verb, granted.actor) == ("role.grant", cast.manager)


@pytest.mark.integration
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("known", [True, False])
def test_two_at_once_accept_one_token_once(known: bool):
    cast = make_cast()
    _, token = offer(cast, cast.nobody.email if known else "new@example.org")
    forget(cast.nobody)
    start, outcomes = Barrier(2), []

    def take() -> None:
        try:
            start.wait()
            accept(
                token=token,
                by=cast.nobody if known else None,
                name="New",
                password=STRONG,
                at=timezone.now(),
            )
            outcomes.append("accepted")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["accepted", "refused"]
    assert RoleAssignment.objects.filter(association=cast.amani, role=REVIEWER).count() == 3
    assert User.objects.filter(email="new@example.org").count() == (0 if known else 1)
