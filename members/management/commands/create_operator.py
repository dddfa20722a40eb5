"""`create_operator EMAIL`: the first person of a new installation, who invites all others."""

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from members.models import User
from members.services.people import create_operator


class Command(BaseCommand):
    """Makes a platform operator."""

    help = "Make a platform operator; asks for the password, or reads it from standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        email: str = options["email"]
        password = getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        try:
            validate_password(password, User(email=email, name=options["name"]))
            user = create_operator(email=email, name=options["name"], password=password, at=timezone.now())
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(
            f"{user.email} runs the platform now: sign in and invite the managers of associations."
        )
