"""Choices of the members app: roles, kinds of membership, purposes of consent."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    """What a person may be in an organisation; the values are stored and never change."""

    ASSOCIATION_MANAGER = "association_manager", _("Association manager")
    ASSOCIATION_REVIEWER = "association_reviewer", _("Association reviewer")
    INSTITUTION_SIGNATORY = "institution_signatory", _("MFI signatory")
    INSTITUTION_EDITOR = "institution_editor", _("MFI editor")
    DONOR_READER = "donor_reader", _("Donor reader")
    PLATFORM_OPERATOR = "platform_operator", _("Platform operator")


ASSOCIATION_ROLES = (Role.ASSOCIATION_MANAGER, Role.ASSOCIATION_REVIEWER)
INSTITUTION_ROLES = (Role.INSTITUTION_SIGNATORY, Role.INSTITUTION_EDITOR)
DONOR_ROLES = (Role.DONOR_READER,)
PLATFORM_ROLES = (Role.PLATFORM_OPERATOR,)


class MembershipKind(models.TextChoices):
    """How an institution belongs to an association."""

    FULL = "full", pgettext_lazy("membership", "Full member")
    ASSOCIATE = "associate", pgettext_lazy("membership", "Associate member")
    OBSERVER = "observer", pgettext_lazy("membership", "Observer")


class ConsentPurpose(models.TextChoices):
    """What an institution lets its association do with approved figures."""

    BENCHMARK = "benchmark", _("Count in figures about all members")
    NAMED = "named", _("Be named as a reporting member in published reports")


class Reminders(models.TextChoices):
    """How a person wants to be reminded."""

    EACH = "each", _("Each as it comes")
    DIGEST = "digest", _("One mail a day for all of them")
    NONE = "none", _("None")


class KeyScope(models.TextChoices):
    """What a program with an API key may do, at most what its person may."""

    READ = "read", _("Read what I may see")
    WRITE_ANSWERS = "write_answers", _("Change answers and reasons of returns")
    SUBMIT = "submit", _("Submit returns")
    REGISTER = "register", _("Register people for training")
