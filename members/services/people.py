"""People themselves: their own profile, and the first operator of an installation."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from members.enums import Reminders, Role
from members.models import User
from members.services.roles import grant_role
from spm_portal.common import audit


def change_profile(
    *,
    user: User,
    name: str,
    language: str,
    time_zone: str,
    at: datetime,
    reminders: str = Reminders.EACH,
) -> User:
    """Change what a person says of themselves. Raises ValidationError for values that cannot be held."""
    wanted = {"name": name.strip(), "language": language, "time_zone": time_zone, "reminders": reminders}
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=user.pk)
        changed = sorted(field for field, value in wanted.items() if getattr(person, field) != value)
        for field in changed:
            setattr(person, field, wanted[field])
        person.full_clean(exclude=["password"])
        if changed:
            person.save(update_fields=changed)
            audit.record("person.change", person, by=user, at=at, changed=changed)
    return person


def create_operator(*, email: str, name: str, password: str, at: datetime) -> User:
    """Make the first person of an installation, from the command line. Raises ValidationError for a taken address."""
    with transaction.atomic(), audit.acting(None, reason="operator from the command line", source="command"):
        user = User(email=email.strip().lower(), name=name.strip(), is_staff=True, date_joined=at)
        user.set_password(password)
        user.full_clean()
        user.save(force_insert=True)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        grant_role(user=user, role=Role.PLATFORM_OPERATOR, organisation=None, at=at)
    return user
