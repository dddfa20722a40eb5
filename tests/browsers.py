"""Browsers of people without a browser: requests of somebody who is signed in, and the words that are answered."""

from django.http import HttpResponse
from django.test import Client

from members.models import User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def signed_in(user: User) -> Client:
    """A browser in which the person is signed in."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def text_of(answer: HttpResponse) -> str:
    """What an answer says, white space made single."""
    return " ".join(answer.content.decode().split())
