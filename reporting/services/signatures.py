"""Who signs a return and who may approve it: the name under the statement, the second signature, four eyes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from members.enums import ASSOCIATION_ROLES
from members.models import RoleAssignment, User
from reporting.enums import Move, QuestionStep
from reporting.models import QuestionMessage, Submission, Transition
from reporting.selectors.paper import keyed_by
from reporting.signing import names_agree


def refused_name(by: User, typed: str) -> str:
    """Why the typed name is not taken as the person's signature; empty where it is."""
    own = by.name.strip()
    if not own:
        return _("Your profile has no name yet. Write it there first, then sign with it.")
    if not typed.strip():
        return _("Type your name under the statement: it is your signature.")
    if not names_agree(typed, own):
        return _("This is not the name of your profile, “%(name)s”. Type your own name.") % {"name": own}
    return ""


def signatures_on(submission: Submission, digest: str) -> list[Transition]:
    """First signatures under these very answers since the return last moved, oldest first."""
    found: list[Transition] = []
    for row in submission.transitions.select_related("by").order_by("-at", "-pk")[:20]:
        if row.move != Move.SIGN:
            break
        if row.answers_sha256 == digest:
            found.insert(0, row)
    return found


@dataclass(frozen=True, slots=True)
class FourEyes:
    """Who may approve a return under the rule of four eyes: `left`, by name, of all the staff.

    `keyed` are those who keyed it from paper.
    """

    left: Sequence[User]
    keyed: Collection[UUID] = ()

    def refusal(self, by: User) -> str:
        """Why this person may not approve; empty where they may."""
        if any(one.pk == by.pk for one in self.left):
            return ""
        if by.pk in self.keyed:
            return _(
                "This round asks for four eyes: you keyed this return from paper, so somebody else of the staff "
                "approves it."
            )
        return _(
            "This round asks for four eyes: you reviewed this return, so somebody else of the staff approves it."
        )


def four_eyes_on(submission: Submission) -> FourEyes:
    """Who is left to approve, in four queries.

    Whoever started this review, asked in it or ever keyed the return from paper may not. Who sent the return back
    last may not either, unless nobody else of the staff is left: else an association of two people could never
    approve.
    """
    moves = list(submission.transitions.order_by("-at", "-pk").values_list("move", "by_id", "at"))
    submitted = next((at for move, _by, at in moves if move == Move.SUBMIT), None)
    present = {
        who for move, who, at in moves if move == Move.START_REVIEW and (not submitted or at >= submitted)
    }
    words = QuestionMessage.objects.filter(
        submission=submission, step__in=[QuestionStep.ASK, QuestionStep.REOPEN]
    )
    present |= set((words.filter(at__gte=submitted) if submitted else words).values_list("by_id", flat=True))
    last_back = next((who for move, who, _at in moves if move == Move.SEND_BACK), None)
    held = (
        RoleAssignment.objects.live()
        .filter(association_id=submission.association_id, role__in=ASSOCIATION_ROLES)
        .select_related("user")
        .order_by("user__name", "user__email")
    )
    keyed = keyed_by(submission)
    barred = present | keyed
    free = [user for pk, user in {role.user_id: role.user for role in held}.items() if pk not in barred]
    return FourEyes([user for user in free if user.pk != last_back] or free, keyed)


def refused_eyes(submission: Submission, by: User) -> str:
    """Why this person may not approve under the rule of four eyes; empty where they may."""
    return four_eyes_on(submission).refusal(by)
