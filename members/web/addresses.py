"""Addresses of a person's places and of an association's look."""

from django.urls import reverse
from django.utils.translation import gettext as _

from members.models import Association, Donor, Institution, User
from members.rules import Organisation
from members.selectors.places import Place, PlaceKind


def url_of(place: Place) -> str:
    """The page where work at this place begins."""
    if place.kind in {PlaceKind.STAFF, PlaceKind.MEMBER}:
        return reverse("association_home", args=[place.key])
    if place.kind == PlaceKind.FORMER:
        return reverse("institution_people", args=[place.key])
    if place.kind == PlaceKind.DONOR:
        return reverse("donor_home", args=[place.key])
    return reverse("operator_home")


def label_of(place: Place) -> str:
    """What the switcher calls this place."""
    if place.kind == PlaceKind.MEMBER:
        return f"{place.organisation} · {place.association}"
    return place.organisation or _("Platform")


def logo_url(association: Association) -> str:
    """The address of the logo, new with each upload so that it may be cached for long; empty without one."""
    name = association.logo.name
    if not name:
        return ""
    version = name.rpartition("/")[2].removesuffix(".png")
    return f"{reverse('logo', args=[association.slug])}?v={version}"


def theme_url(association: Association) -> str:
    """The address of the association's colours, new with each change; empty where they are the portal's own."""
    return reverse("theme", args=[association.theme_colour]) if association.theme_colour else ""


def people_url(organisation: Organisation, reader: User) -> str:
    """The page with an organisation's people; operators have pages of their own for associations and donors."""
    if isinstance(organisation, Association):
        if not reader.has_perm("members.view_people", organisation):
            return reverse("operator_association", args=[organisation.pk])
        return reverse("people", args=[organisation.slug])
    if isinstance(organisation, Institution):
        return reverse("institution_people", args=[organisation.pk])
    if isinstance(organisation, Donor):
        return reverse("operator_donor", args=[organisation.pk])
    return reverse("operator_people")
