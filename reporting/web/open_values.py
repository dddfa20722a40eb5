"""The pages of values that members opened, as each kind of reader finds them: one frame, other words and addresses."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import Association, Donor, Institution
from reporting.models import Round
from reporting.selectors.sharing_values import RoundShown, SharedReturn, has_door, rounds_shown
from reporting.services.value_reads import AS_ANYBODY, AS_MEMBER, Reader, as_donor

_LOGGED = gettext_lazy(
    "Members decide themselves which of their approved values you may read. Each reading is written down, and the "
    "member sees it."
)
_NOBODY = gettext_lazy("No member shows you values of this round")


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the way back."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Face:
    """What differs between readers. `kind` begins the names of addresses, `start` are parts before the association."""

    reader: Reader
    kind: str
    crumbs: tuple[Crumb, ...]
    of_member: str | Promise
    of_round: str | Promise = _LOGGED
    nobody: str | Promise = _NOBODY
    base: str = "base.html"
    start: tuple[str, ...] = ()

    def round_url(self, of_round: Round) -> str:
        """The page of a round."""
        parts = (*self.start, of_round.association.slug, of_round.code)
        return reverse(f"{self.kind}_round_values", args=parts)

    def crumbs_below(self, of_round: Round) -> tuple[Crumb, ...]:
        """The way back from a member's page."""
        return (*self.crumbs, Crumb(of_round.name, self.round_url(of_round)))

    def member_url(self, of_round: Round, institution: Institution) -> str:
        """The page of a member's values in a round."""
        parts = (*self.start, of_round.association.slug, of_round.code, institution.pk)
        return reverse(f"{self.kind}_member_values", args=parts)


@dataclass(frozen=True, slots=True)
class Entry:
    """A link of a list, and what it leads to: a round or a member's return."""

    url: str
    shown: RoundShown | SharedReturn


def for_donor(donor: Donor) -> Face:
    """As a donor reads."""
    return Face(
        reader=as_donor(donor),
        kind="donor",
        start=(donor.slug,),
        crumbs=(
            Crumb(donor.name, reverse("donor_home", args=[donor.slug])),
            Crumb(_("Values that members show"), reverse("donor_values", args=[donor.slug])),
        ),
        of_member=gettext_lazy(
            "Approved values that this member shows you. Do not pass them on: its consent is for you."
        ),
    )


def for_members(association: Association) -> Face:
    """As members of an association read each other's values."""
    return Face(
        reader=AS_MEMBER,
        kind="network",
        crumbs=(
            Crumb(_("Releases"), reverse("releases", args=[association.slug])),
            Crumb(_("Values that members show"), reverse("network_values", args=[association.slug])),
        ),
        of_member=gettext_lazy(
            "Approved values that this member shows the other members of the association. Do not pass them on: its "
            "consent is for them."
        ),
    )


def for_everybody(association: Association) -> Face:
    """As anybody reads what was opened to everybody."""
    return Face(
        reader=AS_ANYBODY,
        kind="public",
        base="base_public.html",
        crumbs=(
            Crumb(
                _("Published editions") + f": {association.name}",
                reverse("public_editions", args=[association.slug]),
            ),
        ),
        of_round=gettext_lazy(
            "Members decide themselves which of their approved values everybody may read, and can change it at any "
            "time."
        ),
        of_member=gettext_lazy(
            "Approved values that this member shows to everybody. It decides that itself and can change it at any time."
        ),
    )


def round_entries(
    face: Face, associations: Collection[Association], *, of: Institution | None = None
) -> list[tuple[Association, list[Entry]]]:
    """The rounds in which members show values, each with its page; `of` one member with the page of its own values."""
    return [
        (
            each.association,
            [
                Entry(face.member_url(one.round, of) if of else face.round_url(one.round), one)
                for one in each.rounds
            ],
        )
        for each in rounds_shown(face.reader.audience, associations, of=of)
    ]


@dataclass(frozen=True, slots=True)
class Preview:
    """What one kind of reader finds of an MFI today; `is_shut` where the association has no page for them."""

    label: str
    entries: list[Entry]
    is_shut: bool = False


def previews(association: Association, institution: Institution) -> list[Preview]:
    """The pages on which the other members and everybody read values of an MFI, so that it sees what they see."""
    faces = (for_members(association), for_everybody(association))
    return [
        Preview(
            label=str(face.reader.audience.recipient.label),
            entries=[] if shut else round_entries(face, [association], of=institution)[0][1],
            is_shut=shut,
        )
        for face in faces
        for shut in [not has_door(face.reader.audience, association)]
    ]


def member_entries(face: Face, of_round: Round, shared: Iterable[SharedReturn]) -> list[Entry]:
    """The members that show values in a round, each with its page."""
    return [Entry(face.member_url(of_round, one.institution), one) for one in shared]
