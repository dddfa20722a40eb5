"""What every page's frame needs: the association, the navigation, the person's other organisations."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from members.access import access_of
from members.models import Association, User
from members.selectors.places import PlaceKind, places_of
from members.web import addresses, navigation


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the frame."""

    label: str
    url: str
    current: bool = False
    icon: str = ""


@dataclass(frozen=True, slots=True)
class AssociationFrame:
    """An association as the frame shows it."""

    name: str
    slug: str
    logo_url: str
    theme_url: str


class Shell:
    """The frame of a signed-in person's page; each part is read when a template asks for it."""

    def __init__(self, request: HttpRequest, user: User) -> None:
        self._request = request
        self._user = user
        self._association: Association | None = getattr(request, "association", None)

    @cached_property
    def association(self) -> AssociationFrame | None:
        """The association in whose pages the person is."""
        found = self._association
        if found is None:
            return None
        return AssociationFrame(
            name=found.label,
            slug=found.slug,
            logo_url=addresses.logo_url(found),
            theme_url=addresses.theme_url(found),
        )

    @cached_property
    def navigation(self) -> list[Link]:
        """The main navigation: an association's pages by permission, or the operator's."""
        found, path = self._association, self._request.path
        if found is not None:
            base = reverse("association_home", args=[found.slug])
            return [
                *(
                    Link(str(item.label), url, _is_current(path, url, base, item.prefix))
                    for item in navigation.items()
                    if self._user.has_perm(item.permission, found)
                    for url in [reverse(item.url_name, args=[found.slug])]
                ),
                *self._own_institutions(found),
            ]
        home = reverse("operator_home")
        if self.operator and path.startswith(home):
            pages = [
                (_("Platform"), home),
                (_("Mail"), reverse("mail_ledger")),
                (_("Jobs"), reverse("operator_jobs")),
                (_("Donors"), reverse("operator_donors")),
                *((str(label), reverse(name)) for label, name in navigation.operator_items()),
            ]
            return [Link(label, url, _is_current(path, url, home)) for label, url in pages]
        return []

    def _own_institutions(self, association: Association) -> list[Link]:
        """The MFIs of this association for which the person works, for people who are not its staff."""
        if association.pk in access_of(self._user).staff_of:
            return []
        own = [
            place
            for place in places_of(self._user)
            if place.kind == PlaceKind.MEMBER and place.key == association.slug
        ]
        links = []
        for place in own:
            url = reverse("member", args=[association.slug, place.institution_id])
            label = _("Our MFI") if len(own) == 1 else place.organisation
            links.append(Link(label, url, self._request.path.startswith(url)))
        return links

    @cached_property
    def organisations(self) -> list[Link]:
        """Every place where the person has business."""
        path = self._request.path
        links = [(addresses.label_of(place), addresses.url_of(place)) for place in places_of(self._user)]
        marked, found = [], False
        for label, url in links:
            # of two places in one association, one is marked
            here = not found and path.startswith(url)
            found = found or here
            marked.append(Link(label, url, here))
        return marked

    @cached_property
    def operator(self) -> bool:
        """Whether the person runs the platform."""
        return access_of(self._user).operator

    @cached_property
    def person_key(self) -> str:
        """A name for the person under which a browser keeps unsaved typing; it tells nothing about who that is."""
        return salted_hmac("drafts", str(self._user.pk), algorithm="sha256").hexdigest()[:20]

    @cached_property
    def home_url(self) -> str:
        """Where the name in the header leads."""
        if self._association is not None:
            return reverse("association_home", args=[self._association.slug])
        return reverse("home")

    @cached_property
    def account_links(self) -> list[Link]:
        """Links of the account menu."""
        links = [
            Link(_("Profile"), reverse("profile"), icon="user"),
            Link(_("What I can see and do"), reverse("my_access"), icon="eye"),
            Link(_("Second factor"), reverse("mfa_index"), icon="lock"),
        ]
        if len(self.organisations) > 1:
            links.append(Link(_("All my organisations"), reverse("home"), icon="group"))
        return links

    @cached_property
    def footer_links(self) -> list[Link]:
        """Links of the footer."""
        return [Link(_("What I can see and do"), reverse("my_access"))]


def _is_current(path: str, url: str, base: str, prefix: str | tuple[str, ...] = "") -> bool:
    if prefix:
        return path.startswith(base) and path.removeprefix(base).startswith(prefix)
    return path == url if url == base else path.startswith(url)


def shell(request: HttpRequest) -> dict[str, Any]:
    """The frame of a page; nothing for a visitor."""
    user = getattr(request, "user", None)
    return {"shell": Shell(request, user) if isinstance(user, User) else None}
