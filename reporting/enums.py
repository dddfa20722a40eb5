"""Choices of the reporting app: states of a return, reasons for a missing value, origin and verification."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FormLength(models.TextChoices):
    """Which indicators a round asks."""

    CORE = "core", _("Core form")
    FULL = "full", _("Full form")


class ReturnState(models.TextChoices):
    """Where a return stands; one state at a time."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    IN_REVIEW = "in_review", _("In review")
    RETURNED = "returned", _("Returned")
    RESUBMITTED = "resubmitted", _("Resubmitted")
    APPROVED = "approved", _("Approved")


class Move(models.TextChoices):
    """What can be done to a return as a whole."""

    SUBMIT = "submit", _("Submit")
    SIGN = "sign", _("Sign as the first of two")
    START_REVIEW = "start_review", _("Start review")
    SEND_BACK = "send_back", _("Return to the MFI")
    APPROVE = "approve", _("Approve")
    REOPEN = "reopen", _("Re-open")


class MissingReason(models.TextChoices):
    """Why a value is not there: distinct from empty and from zero."""

    NOT_APPLICABLE = "not_applicable", _("Not applicable")
    NOT_TRACKED = "not_tracked", _("Not tracked")
    NOT_YET = "not_yet", _("Not yet available")
    REFUSED = "refused", _("We do not disclose this")


class AnswerSource(models.TextChoices):
    """Where a value came from."""

    PAGE = "page", _("Portal page")
    WORKBOOK = "workbook", _("Workbook")
    API = "api", _("API")
    IMPORT = "import", _("Import")
    PAPER = "paper", _("Paper, keyed by the association")
    GUEST = "guest", _("Guest link")


class VerificationLevel(models.TextChoices):
    """How far a value was checked."""

    SELF_REPORTED = "self_reported", _("Self-reported")
    STAFF_CHECKED = "staff_checked", _("Checked by staff")
    EVIDENCE_SEEN = "evidence_seen", _("Evidence seen")
    AUDITED = "audited", _("Audited by a third party")


class UploadState(models.TextChoices):
    """Where an uploaded workbook stands."""

    READING = "reading", _("Being read")
    READY = "ready", _("Ready to confirm")
    REFUSED = "refused", _("Refused")
    APPLIED = "applied", _("Taken in")
    DISCARDED = "discarded", _("Discarded")


class QuestionState(models.TextChoices):
    """Who holds a question."""

    OPEN = "open", _("Open")
    ANSWERED = "answered", _("Answered")
    RESOLVED = "resolved", _("Resolved")


class QuestionStep(models.TextChoices):
    """What was done to a question."""

    ASK = "ask", _("Asked")
    ANSWER = "answer", _("Answered")
    RESOLVE = "resolve", _("Resolved")
    REOPEN = "reopen", _("Asked again")


class RuleMode(models.TextChoices):
    """What a rule does when it fires."""

    IN_FORCE = "in_force", _("In force")
    TRIAL = "trial", _("On trial: only warns")
    OFF = "off", _("Off")


class EvidenceClass(models.TextChoices):
    """Who may read a document of an MFI."""

    MFI = "mfi", _("Only our MFI")
    ASSOCIATION = "association", _("Our MFI and the association’s staff")
    DONORS = "donors", _("May also be shown to donors")


class Recipient(models.TextChoices):
    """To whom an MFI may let its own values be shown."""

    ASSOCIATION = "association", _("The association")
    DONOR = "donor", _("A donor")
    NETWORK = "network", _("Other members of the association")
    PUBLIC = "public", _("Everybody")


class ReplyKind(models.TextChoices):
    """What a member says before its figures are published."""

    SEEN = "seen", _("Seen, nothing to add")
    COMMENT = "comment", _("A comment that is published with the figures")
    CORRECTION = "correction", _("A figure is wrong and should be corrected")
