"""The first person of an installation."""

import io

import pytest
from django.core.management import CommandError, call_command

from members.access import access_of
from members.models import User

pytestmark = pytest.mark.django_db


def create(monkeypatch, password: str, email: str = "Op@Example.org") -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    call_command("create_operator", email, name="Op", stdout=io.StringIO())


def test_an_operator_can_sign_in_and_runs_the_platform(monkeypatch):
    create(monkeypatch, "correct horse battery")
    user = User.objects.get(email="op@example.org")
    assert user.check_password("correct horse battery")
    assert access_of(user).operator
    assert not user.is_superuser


@pytest.mark.parametrize("password", ["short", "password12345", "123456789012"])
def test_a_weak_password_is_refused(monkeypatch, password):
    with pytest.raises(CommandError):
        create(monkeypatch, password)
    assert not User.objects.exists()


def test_an_address_that_is_taken_is_refused(monkeypatch):
    create(monkeypatch, "correct horse battery")
    with pytest.raises(CommandError, match="already exists"):
        create(monkeypatch, "correct horse battery", "op@example.org")
    assert User.objects.count() == 1
