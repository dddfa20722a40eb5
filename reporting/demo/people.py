"""People of a demonstration: made at once, without an invitation, all with the password that is printed."""

from datetime import datetime

from allauth.account.models import EmailAddress

from members.models import User
from reporting.demo.cast import PASSWORD


def make_person(
    email: str,
    name: str,
    at: datetime,
    *,
    can_sign_in: bool = True,
    language: str = "en",
    time_zone: str = "UTC",
) -> User:
    """Somebody with a confirmed address; without a password where the person only stands for somebody."""
    user = User.objects.create_user(
        email,
        PASSWORD if can_sign_in else None,
        name=name,
        language=language,
        time_zone=time_zone,
        date_joined=at,
    )
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user
