"""The forms of a diagnosis: those that ship with the portal, and the sections of the association's catalogue."""

import json
from functools import cache

from django.conf import settings
from django.utils.translation import gettext as _

from members.models import Association
from members.selectors import checklists
from members.selectors.checklists import Checklist
from training.assistance.diagnosis import DiagnosisForm, DiagnosisForms, Question, read
from training.enums import Topic

FILE = "training/data/diagnosis_forms.json"


@cache
def shipped() -> DiagnosisForms:
    """All forms that ship; raises FormFaults for a file with faults, which a test keeps from being shipped."""
    document = json.loads((settings.BASE_DIR / FILE).read_text(encoding="utf-8"))
    return read(document, topics=frozenset(Topic.values))


def form_of(association: Association, key: str) -> DiagnosisForm | None:
    """The form that a case of the association keeps, in its version; None for a case without a form."""
    if not key:
        return None
    found = shipped().form(key)
    if found is not None:
        return found
    checklist = checklists.found(association, key)
    return _made_of(checklist) if checklist is not None else None


def form_for(topic: str) -> DiagnosisForm | None:
    """The newest form that ships on a topic, None where there is none."""
    return next((one for one in shipped().current() if one.topic == topic), None)


def forms_to_choose(association: Association) -> list[tuple[str, list[tuple[str, str]]]]:
    """Keys and titles of all forms of today, under their headings."""
    sections = [(one.key, one.title) for one in checklists.offered(association)]
    return [
        (_("Forms of the portal"), [(one.key, one.title) for one in shipped().current()]),
        *([(_("Sections of the catalogue"), sections)] if sections else []),
    ]


def _made_of(checklist: Checklist) -> DiagnosisForm:
    """A form whose questions are indicators; they keep their codes."""
    return DiagnosisForm(
        key=checklist.name.key,
        code=checklist.name.key,
        version=checklist.name.version,
        topic="",
        title=checklist.name.title,
        intro=checklist.help,
        questions=tuple(
            Question(one.code, one.label, one.help, one.dimension, (one.code,), one.choices)
            for one in checklist.items
        ),
        levels=(
            _("Not in place, or not known"),
            _("Begun, or known in part"),
            _("In place or known everywhere, with proof"),
            _("Checked, and used for decisions"),
        ),
    )
