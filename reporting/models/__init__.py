"""Tables of the reporting app."""

from reporting.models.answer import Answer, Attachment, Explanation
from reporting.models.catalogue import CatalogueVersion
from reporting.models.deadline import Extension, Reminder
from reporting.models.evidence import Evidence, EvidenceCitation
from reporting.models.guidance import Guidance
from reporting.models.open_page import OpenPage
from reporting.models.paper import PaperEntry
from reporting.models.peer_group import PeerGroup, PeerGroupVersion
from reporting.models.question import Question, QuestionMessage
from reporting.models.release import Release, ReleaseCell, ReleaseMember
from reporting.models.reply import Reply, ReplyWindow
from reporting.models.report_text import ChapterText, ReportPlan, Story
from reporting.models.round import Round
from reporting.models.rule_setting import RuleSetting
from reporting.models.sharing import ValueConsent
from reporting.models.submission import Submission, Transition
from reporting.models.teamwork import AnswerFlag, GuestLink, SectionAssignment, SectionTime
from reporting.models.what_changed import WhatChanged
from reporting.models.workbook import WorkbookUpload

__all__ = [
    "Answer",
    "AnswerFlag",
    "Attachment",
    "CatalogueVersion",
    "ChapterText",
    "Evidence",
    "EvidenceCitation",
    "Explanation",
    "Extension",
    "GuestLink",
    "Guidance",
    "OpenPage",
    "PaperEntry",
    "PeerGroup",
    "PeerGroupVersion",
    "Question",
    "QuestionMessage",
    "Release",
    "ReleaseCell",
    "ReleaseMember",
    "Reminder",
    "Reply",
    "ReplyWindow",
    "ReportPlan",
    "Round",
    "RuleSetting",
    "SectionAssignment",
    "SectionTime",
    "Story",
    "Submission",
    "Transition",
    "ValueConsent",
    "WhatChanged",
    "WorkbookUpload",
]
