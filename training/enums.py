"""Choices of the training app: works, sessions, registrations, certificates, experts, needs and cases."""

from django.db import models
from django.utils.translation import pgettext_lazy


class WorkKind(models.TextChoices):
    """What kind of work the library holds."""

    STANDARDS = "standards", pgettext_lazy("work", "Standards or manual")
    PRESENTATION = "presentation", pgettext_lazy("work", "Presentation")
    HANDOUT = "handout", pgettext_lazy("work", "Handout or publication")
    ABOUT = "about", pgettext_lazy("work", "Paper about an initiative")
    GUIDE = "guide", pgettext_lazy("work", "Guide")
    TOOL = "tool", pgettext_lazy("work", "Tool or template")
    CASE_STUDY = "case_study", pgettext_lazy("work", "Case study")
    LESSON = "lesson", pgettext_lazy("work", "Lesson learned")
    RESEARCH = "research", pgettext_lazy("work", "Research")
    VIDEO = "video", pgettext_lazy("work", "Video or recording")


class Topic(models.TextChoices):
    """What works, courses, needs and cases are about; the first eight are those of the Ambassador Toolkit."""

    INTRODUCTION = "introduction", pgettext_lazy("topic", "Introduction to social performance")
    MISSION = "mission", pgettext_lazy("topic", "Mission and social targets")
    CLIENT_PROTECTION = "client_protection", pgettext_lazy("topic", "Client protection")
    PRICING = "pricing", pgettext_lazy("topic", "Transparent pricing")
    INDICATORS = "indicators", pgettext_lazy("topic", "Social indicators and reporting")
    AUDIT = "audit", pgettext_lazy("topic", "Social audit and social rating")
    CLIENT_ASSESSMENT = "client_assessment", pgettext_lazy("topic", "Client assessment tools")
    STANDARDS = "standards", pgettext_lazy("topic", "Universal Standards for SPM")
    GOVERNANCE = "governance", pgettext_lazy("topic", "Governance")
    PRODUCTS = "products", pgettext_lazy("topic", "Products and services")
    STAFF = "staff", pgettext_lazy("topic", "Treatment of staff")
    ENVIRONMENT = "environment", pgettext_lazy("topic", "Environment")
    POVERTY = "poverty", pgettext_lazy("topic", "Poverty outreach")
    DATA = "data", pgettext_lazy("topic", "Data quality and systems")
    TRAINING_OF_TRAINERS = "training_of_trainers", pgettext_lazy("topic", "Training of trainers")
    OTHER = "other", pgettext_lazy("topic", "Other")


class Audience(models.TextChoices):
    """For whom a work or a course is made."""

    BOARD = "board", pgettext_lazy("audience", "Board members")
    MANAGEMENT = "management", pgettext_lazy("audience", "Management")
    SPM = "spm", pgettext_lazy("audience", "SPM officers")
    OPERATIONS = "operations", pgettext_lazy("audience", "Branch and loan staff")
    DATA = "data", pgettext_lazy("audience", "Data and IT staff")
    HR = "hr", pgettext_lazy("audience", "Human resources staff")
    AUDIT = "audit", pgettext_lazy("audience", "Internal audit and risk staff")
    TRAINERS = "trainers", pgettext_lazy("audience", "Trainers")
    ASSOCIATIONS = "associations", pgettext_lazy("audience", "Associations and networks")
    INVESTORS = "investors", pgettext_lazy("audience", "Donors and investors")
    MEDIA = "media", pgettext_lazy("audience", "Media and public")


class Dimension(models.IntegerChoices):
    """Dimensions of the Universal Standards for Social and Environmental Performance Management, by their number."""

    STRATEGY = 1, pgettext_lazy("dimension", "1 Social strategy")
    LEADERSHIP = 2, pgettext_lazy("dimension", "2 Committed leadership")
    PRODUCTS = 3, pgettext_lazy("dimension", "3 Client-centred products and services")
    CLIENTS = 4, pgettext_lazy("dimension", "4 Client protection")
    STAFF = 5, pgettext_lazy("dimension", "5 Responsible human resource development")
    GROWTH = 6, pgettext_lazy("dimension", "6 Responsible growth and returns")
    ENVIRONMENT = 7, pgettext_lazy("dimension", "7 Environmental performance management")


class LinkState(models.TextChoices):
    """What the last look at a link found."""

    UNCHECKED = "unchecked", pgettext_lazy("link", "Not yet checked")
    WORKS = "works", pgettext_lazy("link", "Works")
    BROKEN = "broken", pgettext_lazy("link", "Broken")


class UseKind(models.TextChoices):
    """How a work was used."""

    EVENT = "event", pgettext_lazy("use", "At an event")
    SPEECH = "speech", pgettext_lazy("use", "In a speech")
    ARTICLE = "article", pgettext_lazy("use", "In an article")
    DISTRIBUTION = "distribution", pgettext_lazy("use", "Handed out")
    TRAINING = "training", pgettext_lazy("use", "In a training")


class Level(models.TextChoices):
    """How much a course takes for granted."""

    INTRODUCTORY = "introductory", pgettext_lazy("course", "Introductory")
    INTERMEDIATE = "intermediate", pgettext_lazy("course", "Intermediate")
    ADVANCED = "advanced", pgettext_lazy("course", "Advanced")
    TRAINERS = "trainers", pgettext_lazy("course", "For trainers")


class Moment(models.TextChoices):
    """When participants get a material, or take a test."""

    BEFORE = "before", pgettext_lazy("moment", "Before the session")
    DURING = "during", pgettext_lazy("moment", "During the session")
    AFTER = "after", pgettext_lazy("moment", "After the session")


class SessionState(models.TextChoices):
    """Where a session stands."""

    DRAFT = "draft", pgettext_lazy("session", "Being prepared")
    ANNOUNCED = "announced", pgettext_lazy("session", "Announced")
    HELD = "held", pgettext_lazy("session", "Held")
    CANCELLED = "cancelled", pgettext_lazy("session", "Cancelled")


class RegistrationState(models.TextChoices):
    """Where the registration of one person stands."""

    REQUESTED = "requested", pgettext_lazy("registration", "Waits for approval")
    CONFIRMED = "confirmed", pgettext_lazy("registration", "Has a seat")
    WAITING = "waiting", pgettext_lazy("registration", "On the waiting list")
    REFUSED = "refused", pgettext_lazy("registration", "Refused")
    CANCELLED = "cancelled", pgettext_lazy("registration", "Cancelled")


LIVE_REGISTRATIONS = (RegistrationState.REQUESTED, RegistrationState.CONFIRMED, RegistrationState.WAITING)


class Sex(models.TextChoices):
    """Sex of a person as they give it; values as in the indicator catalogue."""

    FEMALE = "female", pgettext_lazy("person", "Female")
    MALE = "male", pgettext_lazy("person", "Male")
    OTHER = "other", pgettext_lazy("person", "Other or not stated")


class MoneyKind(models.TextChoices):
    """What a line of a session's budget stands for."""

    VENUE = "venue", pgettext_lazy("money", "Venue and catering")
    TRAINERS = "trainers", pgettext_lazy("money", "Trainers’ fees")
    TRAVEL = "travel", pgettext_lazy("money", "Travel and lodging")
    MATERIALS = "materials", pgettext_lazy("money", "Materials and translation")
    OTHER_COST = "other_cost", pgettext_lazy("money", "Other cost")
    DONOR = "donor", pgettext_lazy("money", "Grant of a donor")
    SPONSOR = "sponsor", pgettext_lazy("money", "Sponsor")
    OTHER_INCOME = "other_income", pgettext_lazy("money", "Other income")


COSTS = (
    MoneyKind.VENUE,
    MoneyKind.TRAINERS,
    MoneyKind.TRAVEL,
    MoneyKind.MATERIALS,
    MoneyKind.OTHER_COST,
)


class EvaluationStage(models.TextChoices):
    """When participants are asked what they think of a session."""

    AFTER = "after", pgettext_lazy("evaluation", "After the session")
    SIX_MONTHS = "six_months", pgettext_lazy("evaluation", "Six months later")


class Aspect(models.TextChoices):
    """What participants mark from 1, not at all, to 5, fully: the sentences of the evaluation."""

    RELEVANCE = "relevance", pgettext_lazy("evaluation", "The course dealt with what I need in my work.")
    CONTENT = "content", pgettext_lazy("evaluation", "The content was clear and at the right level.")
    MATERIALS = "materials", pgettext_lazy("evaluation", "The materials help me to use what I learned.")
    ORGANISATION = "organisation", pgettext_lazy("evaluation", "Time, place and organisation were right.")
    CONFIDENCE = "confidence", pgettext_lazy("evaluation", "I feel able to use what I learned.")
    USED = "used", pgettext_lazy("evaluation", "I use what I learned in my work.")
    EFFECT = "effect", pgettext_lazy("evaluation", "My work, or that of my team, is better for it.")


class TestStage(models.TextChoices):
    """Whether a test is taken before or after the session."""

    __test__ = False  # no test of ours, whatever pytest thinks of the name

    PRE = "pre", pgettext_lazy("test", "Before")
    POST = "post", pgettext_lazy("test", "After")


class TrainerStatus(models.TextChoices):
    """How far somebody came on the way to training others (training of trainers)."""

    NONE = "none", pgettext_lazy("trainer", "Not a trainer")
    CANDIDATE = "candidate", pgettext_lazy("trainer", "Candidate: course attended")
    PRACTISING = "practising", pgettext_lazy("trainer", "Practising beside a certified trainer")
    CERTIFIED = "certified", pgettext_lazy("trainer", "Certified trainer")


class TeachingLevel(models.TextChoices):
    """In which part somebody may teach a course."""

    ASSISTANT = "assistant", pgettext_lazy("trainer", "Assists")
    CO_TRAINER = "co_trainer", pgettext_lazy("trainer", "Co-trainer")
    LEAD = "lead", pgettext_lazy("trainer", "Leads")


class ConflictKind(models.TextChoices):
    """Why an expert may not be neutral towards an institution."""

    EMPLOYED = "employed", pgettext_lazy("conflict", "Works or worked there")
    OWNS = "owns", pgettext_lazy("conflict", "Owns a share or sits on the board")
    PAID = "paid", pgettext_lazy("conflict", "Was paid by it")
    FAMILY = "family", pgettext_lazy("conflict", "Family or close friend")
    OTHER = "other", pgettext_lazy("conflict", "Other")


class SurveyState(models.TextChoices):
    """Where a needs assessment stands."""

    DRAFT = "draft", pgettext_lazy("needs", "Being prepared")
    OPEN = "open", pgettext_lazy("needs", "Open")
    CLOSED = "closed", pgettext_lazy("needs", "Closed")


class NeedSource(models.TextChoices):
    """From where a need is known."""

    SURVEY = "survey", pgettext_lazy("needs", "Needs assessment")
    PRACTICE = "practice", pgettext_lazy("needs", "Low practice score")
    UNANSWERED = "unanswered", pgettext_lazy("needs", "Unanswered indicators")
    CAPACITY = "capacity", pgettext_lazy("needs", "Gap of the association’s capacity")
    STAFF = "staff", pgettext_lazy("needs", "Noted by staff")


class NeedState(models.TextChoices):
    """What staff decided about a need."""

    PROPOSED = "proposed", pgettext_lazy("needs", "Proposed")
    CONFIRMED = "confirmed", pgettext_lazy("needs", "Confirmed")
    MET = "met", pgettext_lazy("needs", "Met")
    DISMISSED = "dismissed", pgettext_lazy("needs", "Dismissed")


class CaseStage(models.TextChoices):
    """Where a case of technical assistance stands; it goes from one to the next."""

    REQUESTED = "requested", pgettext_lazy("case", "Requested")
    DIAGNOSIS = "diagnosis", pgettext_lazy("case", "Diagnosis")
    TERMS = "terms", pgettext_lazy("case", "Terms of reference")
    CALL = "call", pgettext_lazy("case", "Call to experts")
    CONTRACT = "contract", pgettext_lazy("case", "Contract")
    DELIVERY = "delivery", pgettext_lazy("case", "Under way")
    RATING = "rating", pgettext_lazy("case", "Delivered, to be rated")
    FOLLOW_UP = "follow_up", pgettext_lazy("case", "Followed up")
    CLOSED = "closed", pgettext_lazy("case", "Closed")
    STOPPED = "stopped", pgettext_lazy("case", "Stopped")


class CallAnswer(models.TextChoices):
    """What an expert answered to a call."""

    NONE = "none", pgettext_lazy("call", "No answer yet")
    INTERESTED = "interested", pgettext_lazy("call", "Interested")
    DECLINED = "declined", pgettext_lazy("call", "Declined")


class DeliverableState(models.TextChoices):
    """Where a deliverable stands."""

    DUE = "due", pgettext_lazy("deliverable", "To be delivered")
    DELIVERED = "delivered", pgettext_lazy("deliverable", "Delivered")
    RETURNED = "returned", pgettext_lazy("deliverable", "Sent back")
    ACCEPTED = "accepted", pgettext_lazy("deliverable", "Accepted")


class RatingSide(models.TextChoices):
    """Who rates a case."""

    MEMBER = "member", pgettext_lazy("rating", "The member")
    EXPERT = "expert", pgettext_lazy("rating", "The expert")


class CaseCostKind(models.TextChoices):
    """What a cost of a case is for."""

    FEE = "fee", pgettext_lazy("cost", "Fee")
    TRAVEL = "travel", pgettext_lazy("cost", "Travel and lodging")
    OTHER = "other", pgettext_lazy("cost", "Other")


class LearningKind(models.TextChoices):
    """In which way members learn from each other."""

    WORKING_GROUP = "working_group", pgettext_lazy("peer learning", "Working group")
    MENTORING = "mentoring", pgettext_lazy("peer learning", "Mentoring pair")
    EXCHANGE = "exchange", pgettext_lazy("peer learning", "Exchange visit")


class LearningPart(models.TextChoices):
    """What an institution does in a group, pair or visit."""

    MEMBER = "member", pgettext_lazy("peer learning", "Takes part")
    LEADS = "leads", pgettext_lazy("peer learning", "Leads")
    MENTOR = "mentor", pgettext_lazy("peer learning", "Mentor")
    MENTEE = "mentee", pgettext_lazy("peer learning", "Mentee")
    HOST = "host", pgettext_lazy("peer learning", "Host")
    VISITOR = "visitor", pgettext_lazy("peer learning", "Visitor")
