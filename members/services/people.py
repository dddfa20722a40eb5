"""What a person changes about themselves."""

from datetime import datetime

from django.db import transaction

from members.models import User
from spm_portal.common import audit


def change_profile(*, user: User, name: str, language: str, time_zone: str, at: datetime) -> User:
    """Change one's own name, language and time zone. Raises ValidationError for values that cannot be held."""
    wanted = {"name": name.strip(), "language": language, "time_zone": time_zone}
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
