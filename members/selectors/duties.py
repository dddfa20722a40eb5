"""What each role can see and do, in words for people; one place, so that no page says something else."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.enums import Role

Words = tuple[str | Promise, ...]


@dataclass(frozen=True, slots=True)
class Duty:
    """A role in words."""

    role: Role
    sees: Words
    does: Words
    never: Words


DUTIES: dict[Role, Duty] = {
    duty.role: duty
    for duty in (
        Duty(
            Role.ASSOCIATION_MANAGER,
            sees=(
                _("The register of members, past and present, and all people of the association."),
                _("Every return of every member to this association, with its files and history."),
                _("All releases and reports of the association."),
            ),
            does=(
                _("Opens and closes rounds, invites members to them and sets when they are due."),
                _("Reviews returns, sends them back, approves them, and re-opens approved ones."),
                _("Publishes releases and makes reports."),
                _("Keeps the register, the settings and the look of the association."),
                _("Invites people to the association and to its member MFIs, and ends their roles."),
                _("Decides with which donors published releases are shared."),
            ),
            never=(
                _("Changes an answer of a member, or submits in its name."),
                _("Gives a consent in a member's name."),
            ),
        ),
        Duty(
            Role.ASSOCIATION_REVIEWER,
            sees=(
                _("The register of members and the people of the association."),
                _("Every return of every member to this association, with its files and history."),
                _("All releases and reports of the association."),
            ),
            does=(
                _("Reviews returns, sends them back with a comment, approves them."),
                _("Makes reports of published releases."),
            ),
            never=(
                _("Opens rounds, publishes, changes the register or invites people."),
                _("Changes an answer of a member."),
            ),
        ),
        Duty(
            Role.INSTITUTION_SIGNATORY,
            sees=(
                _("All returns of the own MFI, with files, comments and history."),
                _("What the association has published, and the own figures beside it."),
                _("Who works for the own MFI in the portal."),
            ),
            does=(
                _("Fills in returns and submits them in the MFI's name."),
                _("Gives and withdraws the MFI's consents."),
                _("Invites colleagues and ends their roles."),
            ),
            never=(_("Sees a return of another MFI."),),
        ),
        Duty(
            Role.INSTITUTION_EDITOR,
            sees=(
                _("All returns of the own MFI, with files, comments and history."),
                _("What the association has published, and the own figures beside it."),
            ),
            does=(_("Fills in returns, attaches files and explains warnings."),),
            never=(
                _("Submits a return, gives consents or invites people: a signatory does that."),
                _("Sees a return of another MFI."),
            ),
        ),
        Duty(
            Role.DONOR_READER,
            sees=(_("Published releases and reports of the associations that share with the donor."),),
            does=(_("Reads and downloads them."),),
            never=(_("Sees a return, an answer of one MFI, or anything that is not published."),),
        ),
        Duty(
            Role.PLATFORM_OPERATOR,
            sees=(
                _("The mail ledger, background jobs, and the list of associations and donors."),
                _("Who manages which association."),
            ),
            does=(
                _("Makes associations and donors, and invites their first people."),
                _("Sends failed mail and failed jobs again."),
            ),
            never=(_("Sees returns, answers or unpublished figures."),),
        ),
    )
}
