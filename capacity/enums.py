"""Choices of the capacity app: stages of an assessment, groups of raters, states of plan items, offers and duties."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Stage(models.TextChoices):
    """Where an assessment stands; it goes from one to the next and never back."""

    RATING = "rating", pgettext_lazy("assessment", "Raters score")
    SESSION = "session", pgettext_lazy("assessment", "Session")
    AGREED = "agreed", pgettext_lazy("assessment", "Agreed")


class RaterGroup(models.TextChoices):
    """From which side a rater looks at the association."""

    BOARD = "board", pgettext_lazy("raters", "Board")
    STAFF = "staff", pgettext_lazy("raters", "Staff")
    MEMBER = "member", pgettext_lazy("raters", "Members")
    OUTSIDER = "outsider", pgettext_lazy("raters", "Outsiders")


class ProofKind(models.TextChoices):
    """What kind of evidence is shown for a score."""

    FILE = "file", _("File")
    LINK = "link", _("Link")
    RECORD = "record", _("Record of the portal")


class PlanStatus(models.TextChoices):
    """Where an item of the plan stands."""

    PROPOSED = "proposed", pgettext_lazy("plan", "Proposed")
    PLANNED = "planned", pgettext_lazy("plan", "Planned")
    UNDER_WAY = "under_way", pgettext_lazy("plan", "Under way")
    DONE = "done", pgettext_lazy("plan", "Done")
    DROPPED = "dropped", pgettext_lazy("plan", "Dropped")


OPEN_PLAN = (PlanStatus.PROPOSED, PlanStatus.PLANNED, PlanStatus.UNDER_WAY)


class WorkStatus(models.TextChoices):
    """Where a line of the yearly work plan stands."""

    PLANNED = "planned", pgettext_lazy("work plan", "Planned")
    UNDER_WAY = "under_way", pgettext_lazy("work plan", "Under way")
    DONE = "done", pgettext_lazy("work plan", "Done")
    DROPPED = "dropped", pgettext_lazy("work plan", "Dropped")


class InitiativeRole(models.TextChoices):
    """What the association does for a global initiative."""

    AMBASSADOR = "ambassador", _("Ambassador")
    IMPLEMENTER = "implementer", _("Implements it with members")
    ENDORSER = "endorser", _("Endorses it")


class EventKind(models.TextChoices):
    """How an ambassador carried an initiative."""

    SPEECH = "speech", _("Speech or presentation")
    EVENT = "event", _("Event held")
    ARTICLE = "article", _("Article")
    DISTRIBUTION = "distribution", _("Materials handed out")


class ConsentScope(models.TextChoices):
    """To whom an association opens its own assessment."""

    DONOR = "donor", _("A named donor")
    NETWORK = "network", _("Figures about many associations")


class OfferState(models.TextChoices):
    """Where an offer of support stands."""

    OFFERED = "offered", pgettext_lazy("offer", "Offered")
    ACCEPTED = "accepted", pgettext_lazy("offer", "Accepted")
    DECLINED = "declined", pgettext_lazy("offer", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("offer", "Withdrawn")
    COMPLETED = "completed", pgettext_lazy("offer", "Completed")


class DutyState(models.TextChoices):
    """Where something owed under an offer stands, such as a report."""

    DUE = "due", pgettext_lazy("duty", "To be done")
    DRAFT = "draft", pgettext_lazy("duty", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("duty", "Submitted")
    QUESTIONS = "questions", pgettext_lazy("duty", "Questions asked")
    ACCEPTED = "accepted", pgettext_lazy("duty", "Accepted")
    SKIPPED = "skipped", pgettext_lazy("duty", "Not needed")
