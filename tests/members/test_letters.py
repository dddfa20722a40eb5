"""Letters: worded in each reader's language, once about each thing, with whole addresses and the clock of a place."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from members.enums import Role
from members.models import User
from members.selectors.readers import people_of, people_of_each, staff_of
from members.services.letters import Letter, letter, tell, tell_address
from spm_portal.common.clocks import clock_of
from spm_portal.common.models import MailMessage
from spm_portal.common.origin import address_of
from tests.cast import Cast
from tests.factories.members import UserFactory, give_role

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def words(reader: User) -> Letter:
    return letter(_("Yes"), reader.name, "", _("No"))


def test_everybody_reads_their_own_language():
    readers = [UserFactory(language="fr"), UserFactory(language="es")]
    with translation.override("en"):
        assert tell(readers, words, purpose="test", about="x", at=timezone.now()) == 2
        assert translation.get_language() == "en"
    said = {one.to: (one.subject, one.text) for one in MailMessage.objects.all()}
    assert said == {
        readers[0].email: ("Oui", f"{readers[0].name}\n\nNon"),
        readers[1].email: ("Sí", f"{readers[1].name}\n\nNo"),
    }


def test_nobody_is_told_twice_about_the_same():
    first, second = UserFactory(), UserFactory()
    now = timezone.now()
    assert tell([first], words, purpose="test", about="x", at=now) == 1
    assert tell([first, second], words, purpose="test", about="x", at=now) == 1
    assert tell([first], words, purpose="test", about="y", at=now) == 1
    assert tell([first], words, purpose="other", about="x", at=now) == 1
    assert MailMessage.objects.count() == 4


def test_a_letter_to_an_address_is_a_secret():
    tell_address(
        "new@example.org", "fr", lambda: letter(_("Yes")), purpose="test", key="k", at=timezone.now()
    )
    message = MailMessage.objects.get(key="k")
    assert (message.to, message.subject, message.confidential) == ("new@example.org", "Oui", True)


def test_readers_are_the_people_of_each_side_once(cast: Cast):
    give_role(cast.editor, Role.INSTITUTION_SIGNATORY, cast.kilimo)
    assert people_of(cast.kilimo.pk) == [cast.editor, cast.signatory]
    each = people_of_each([cast.kilimo.pk, cast.umoja.pk])
    assert dict(each) == {
        cast.kilimo.pk: [cast.editor, cast.signatory],
        cast.umoja.pk: [cast.other_signatory],
    }
    assert each[cast.mbuyu.pk] == []
    # not who has left
    assert staff_of(cast.amani.pk) == [cast.manager, cast.reviewer, cast.second_manager]


def test_whole_addresses_hold_query_and_fragment(settings):
    settings.PUBLIC_ORIGIN = "https://portal.example"
    assert address_of("profile") == "https://portal.example/me/"
    assert (
        address_of("questions", "amani", query={"return": "a b"}, fragment="q-1")
        == "https://portal.example/a/amani/questions/?return=a+b#q-1"
    )


def test_a_moment_is_told_by_the_clock_of_a_place():
    at = datetime(2026, 3, 31, 21, 30, tzinfo=UTC)
    with translation.override("fr"):
        assert clock_of(at, "Africa/Nairobi") == "1 avril 2026, 00:30 (Africa/Nairobi)"
        assert clock_of(at, "UTC", weekday=True) == "mardi, 31 mars 2026, 21:30 (UTC)"
