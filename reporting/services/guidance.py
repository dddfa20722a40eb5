"""Writing an association's own help with a question."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from members.models import Association, User
from reporting.models import Guidance
from reporting.selectors.guidance import GuidanceText, Link
from spm_portal.common.audit import acting, record
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import paragraphs

MAX_TEXT = 4_000
MAX_TITLE = 120
MAX_LINKS = 10
TEXTS = ("definition", "example", "evidence", "note")


def write_guidance(
    *, association: Association, code: str, language: str, words: GuidanceText, by: User, at: datetime
) -> Guidance | None:
    """Keep what the association says about an indicator in one language; members see it at once.

    Nothing in any part takes the help back and returns None. The same words again write nothing. Raises Refused for
    text that is too long or a link that is none, PermissionDenied for people who are not of its staff.
    """
    if not by.has_perm("reporting.edit_guidance", association):
        raise PermissionDenied
    if language not in dict(settings.LANGUAGES):
        raise Refused(_("The portal does not speak this language."))
    texts = {name: _clean(getattr(words, name)) for name in TEXTS}
    links = checked_links(words.links)
    fields = {**texts, "links": [{"title": one.title, "url": one.url} for one in links]}
    with transaction.atomic(), acting(by):
        # the association's row serialises two people who write the first words at once
        Association.objects.select_for_update().get(pk=association.pk)
        row = Guidance.objects.filter(association=association, code=code, language=language).first()
        if row is None and not any(fields.values()):
            return None
        if row is not None and all(getattr(row, name) == value for name, value in fields.items()):
            return row
        if row is None:
            row = Guidance(association=association, code=code, language=language)
        for name, value in fields.items():
            setattr(row, name, value)
        row.changed_at, row.changed_by = at, by
        gone = not any(fields.values())
        record(
            "guidance.remove" if gone else "guidance.write",
            row,
            by=by,
            at=at,
            association_id=association.pk,
            code=code,
            language=language,
        )
        if gone:
            row.delete()
            return None
        row.save()
    return row


def checked_links(links: Iterable[Link]) -> Sequence[Link]:
    """The links as they are kept; raises Refused for one that people could not or should not follow."""
    found = []
    for link in links:
        title, url = " ".join(link.title.split()), link.url.strip()
        if not title:
            raise Refused(
                _("Say what is found at %(url)s: write a title before the address.") % {"url": url[:80]}
            )
        if len(title) > MAX_TITLE:
            raise Refused(_("The title “%(title)s…” is too long. Shorten it.") % {"title": title[:40]})
        if not _is_https(url):
            raise Refused(
                _("“%(url)s” is no address of a secure page. It must begin with https://.")
                % {"url": url[:80]}
            )
        found.append(Link(title, url))
    if len(found) > MAX_LINKS:
        raise Refused(_("At most %(limit)s links are kept.") % {"limit": MAX_LINKS})
    return found


def _is_https(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    readable = url.isprintable() and not any(sign in url for sign in " <>\"'\\")
    # a name before the host makes people believe in the wrong one
    return (
        parts.scheme == "https" and bool(host) and "." in str(host) and "@" not in parts.netloc and readable
    )


def _clean(text: str) -> str:
    cleaned = paragraphs(text)
    if len(cleaned) > MAX_TEXT:
        raise Refused(
            _("A text has %(count)s characters, more than %(limit)s. Shorten it.")
            % {"count": len(cleaned), "limit": MAX_TEXT}
        )
    return cleaned
