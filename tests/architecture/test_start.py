"""What a process loads before it does anything: each web process, worker and command pays for it."""

import subprocess
import sys

from tests.architecture.source import ROOT

# What makes or reads files; half a second and more in all. Loaded by whoever makes one, and where it is made.
OF_FILES = (
    "arabic_reshaper",
    "bidi",
    "docx",
    "icalendar",
    "lxml",
    "numpy",
    "openpyxl",
    "resvg_py",
    "scipy",
    "segno",
    "weasyprint",
    "xlsxwriter",
)
START = "import sys, django; django.setup(); import spm_portal.urls; print(*sys.modules)"


def test_the_portal_starts_without_what_makes_files():
    done = subprocess.run([sys.executable, "-c", START], cwd=ROOT, check=True, capture_output=True, text=True)
    loaded = set(done.stdout.split())
    assert {"reporting.services.reports", "reporting.views.calendar"} <= loaded
    assert loaded.isdisjoint(OF_FILES)
