"""A database of its own for the measurements, with the demonstration in it."""

from contextlib import redirect_stdout
from io import StringIO

from django.core.management import call_command

from members.models import Association


def prepare() -> Association:
    """Migrate, load the demonstration where it is not there yet, and give its association."""
    with redirect_stdout(StringIO()):
        call_command("migrate", verbosity=0)
        call_command("load_demo", if_empty=True)
    return Association.objects.get()
