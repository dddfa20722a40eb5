"""The forms of a diagnosis that ship with the portal, read and checked once a process."""

import json
from functools import cache

from django.conf import settings

from training.assistance.diagnosis import DiagnosisForm, DiagnosisForms, read
from training.enums import Topic

FILE = "training/data/diagnosis_forms.json"


@cache
def shipped() -> DiagnosisForms:
    """All forms; raises FormFaults for a file with faults, which a test keeps from being shipped."""
    document = json.loads((settings.BASE_DIR / FILE).read_text(encoding="utf-8"))
    return read(document, topics=frozenset(Topic.values))


def form_of(key: str) -> DiagnosisForm | None:
    """The form that a case keeps, in its version; None for a case without a form."""
    return shipped().form(key) if key else None


def form_for(topic: str) -> DiagnosisForm | None:
    """The newest form on a topic, None where there is none."""
    return next((one for one in shipped().current() if one.topic == topic), None)
