"""Tables of the training app, one aggregate per file."""

from training.models.case import Case, CaseCall, CaseCost, CaseHours, CaseRating, Deliverable
from training.models.course import Course, CourseMaterial, TestQuestion
from training.models.learning import Certificate, CertificateNotice, Evaluation, TestSheet
from training.models.library import DownloadCount, Work, WorkRelation, WorkUse, WorkVersion
from training.models.need import Need, NeedsReply, NeedsSurvey, PlanLine
from training.models.peer_learning import GroupMeeting, GroupMember, LearningGroup
from training.models.registration import (
    Attendance,
    Participant,
    Registration,
    Scholarship,
    ScholarshipAward,
    SessionNotice,
)
from training.models.roster import Expert, ExpertConflict, ExpertDocument, TeachingRight
from training.models.session import MoneyLine, SessionDay, SessionMaterial, SessionTrainer, TrainingSession

__all__ = [
    "Attendance",
    "Case",
    "CaseCall",
    "CaseCost",
    "CaseHours",
    "CaseRating",
    "Certificate",
    "CertificateNotice",
    "Course",
    "CourseMaterial",
    "Deliverable",
    "DownloadCount",
    "Evaluation",
    "Expert",
    "ExpertConflict",
    "ExpertDocument",
    "GroupMeeting",
    "GroupMember",
    "LearningGroup",
    "MoneyLine",
    "Need",
    "NeedsReply",
    "NeedsSurvey",
    "Participant",
    "PlanLine",
    "Registration",
    "Scholarship",
    "ScholarshipAward",
    "SessionDay",
    "SessionMaterial",
    "SessionNotice",
    "SessionTrainer",
    "TeachingRight",
    "TestQuestion",
    "TestSheet",
    "TrainingSession",
    "Work",
    "WorkRelation",
    "WorkUse",
    "WorkVersion",
]
