"""The chooser of the peer group on the review page: addresses that keep what was chosen."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from reporting.selectors.peers import PeerChoice, PeerRanges
from reporting.web.review import ALL, ReviewPage, SectionLink


@dataclass(frozen=True, slots=True)
class GroupLink:
    """An entry of the chooser; without a choice it is all members."""

    url: str
    is_current: bool
    choice: PeerChoice | None = None


@dataclass(frozen=True, slots=True)
class Chooser:
    """The groups to choose from (none: there is nothing to choose), the chosen one, and addresses within the page."""

    links: list[GroupLink]
    group: PeerChoice | None
    first_url: str
    all_url: str

    @property
    def words(self) -> str:
        """Whose middle half stands beside the values."""
        return self.group.name if self.group else _("Other members")


def here(section: str = "", group: PeerChoice | None = None) -> str:
    """The address of a part of the review page, with the group that is chosen."""
    parts = {"section": section, "group": group.key if group else ""}
    return f"?{urlencode({name: value for name, value in parts.items() if value})}"


def chooser_of(peers: PeerRanges, section: str) -> Chooser:
    """The chooser on the part of the page that is shown."""
    links = [GroupLink(here(section), peers.group is None)] if peers.groups else []
    links += [GroupLink(here(section, one), one == peers.group, one) for one in peers.groups]
    return Chooser(links, peers.group, here(group=peers.group), here(ALL, peers.group))


def with_group(page: ReviewPage, group: PeerChoice | None) -> ReviewPage:
    """The page with links to its other parts that keep the chosen group."""
    if group is None:
        return page
    more = urlencode({"group": group.key})

    def kept(link: SectionLink) -> SectionLink:
        return replace(link, url=f"{link.url}&{more}")

    return replace(
        page,
        links=[kept(one) for one in page.links],
        before=kept(page.before) if page.before else None,
        after=kept(page.after) if page.after else None,
    )
