"""Letters to people: worded in each reader's language and written into the mail ledger once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import translation

from members.models import User
from spm_portal.common import mail


@dataclass(frozen=True, slots=True)
class Letter:
    """Subject and text in one language."""

    subject: str
    text: str


def letter(subject: str, *lines: str) -> Letter:
    """A letter of these lines; an empty one parts paragraphs."""
    return Letter(subject, "\n".join(lines))


def tell(
    readers: Iterable[User],
    words: Callable[[User], Letter],
    *,
    purpose: str,
    about: object,
    at: datetime,
    association_id: UUID | None = None,
) -> int:
    """Write one mail to each reader; how many were new.

    `words` is called once a reader, in the reader's language. `about` names what happened: of one `purpose` about one
    thing nobody is ever written to twice.
    """
    new = 0
    for reader in readers:
        with translation.override(reader.language):
            said = words(reader)
        written = mail.write(
            purpose=purpose,
            to=reader.email,
            subject=said.subject,
            text=said.text,
            at=at,
            key=f"{purpose}:{about}:{reader.pk}",
            association_id=association_id,
        )
        new += written is not None
    return new


def tell_address(
    address: str,
    language: str,
    words: Callable[[], Letter],
    *,
    purpose: str,
    key: str,
    at: datetime,
    association_id: UUID | None = None,
) -> None:
    """Write to somebody who has no account yet: what it says is a secret link, so its text is not kept once sent."""
    with translation.override(language):
        said = words()
    mail.write(
        purpose=purpose,
        to=address,
        subject=said.subject,
        text=said.text,
        at=at,
        key=key,
        association_id=association_id,
        confidential=True,
    )
