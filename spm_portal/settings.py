"""All settings of the portal; values come from the environment through typed readers."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from spm_portal.common import embedded, env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = env.path("VAR_DIR", BASE_DIR / "var")

# --- What kind of installation this is ------------------------------------------------------------------

# A laptop or demonstration has no DATABASE_URL; a production server must say who it is.
PRODUCTION = env.boolean("PRODUCTION", default=False)
DEBUG = env.boolean("DEBUG", default=False)
DEMO = env.boolean("DEMO", default=not PRODUCTION)

SECRET_KEY = (
    env.text("SECRET_KEY", required=True)
    if PRODUCTION
    else env.text("SECRET_KEY", "demonstration-only-key-that-is-refused-when-PRODUCTION-is-set-0123456789")
)
PUBLIC_ORIGIN = env.text("PUBLIC_ORIGIN", "http://localhost:8000")
ALLOWED_HOSTS = env.csv("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = [PUBLIC_ORIGIN]
TRUSTED_PROXY_COUNT = env.integer("TRUSTED_PROXY_COUNT", default=0)

# --- Apps and middleware --------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.admin",
    "django.forms",
    "django_htmx",
    "template_partials",
    "csp",
    "rules.apps.AutodiscoverRulesConfig",
    "pgtrigger",
    "pghistory",
    "rest_framework",
    "drf_spectacular",
    "spm_portal.common",
    "members",
    "capacity",
    "training",
    "reporting",
    # allauth comes after members, whose templates override its own
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "members.web.locale.UserLocaleMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "spm_portal.common.middleware.PrivatePagesMiddleware",
    "spm_portal.common.middleware.HistoryMiddleware",
    "members.web.gate.SecondFactorMiddleware",
]

ROOT_URLCONF = "spm_portal.urls"
WSGI_APPLICATION = "spm_portal.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "members.web.context.shell",
            ],
            "builtins": ["spm_portal.common.templatetags.ui"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Data -------------------------------------------------------------------------------------------------

DATABASES = env.database() or {"default": embedded.ensure_running(VAR_DIR / "postgres")}
DATABASES["default"] |= {
    "ATOMIC_REQUESTS": False,  # services open their own transactions, so that a page's reads hold no lock
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,
    "TEST": {"NAME": env.text("TEST_DB_NAME", "test_spm_portal")},
}
DATABASES["default"].setdefault("OPTIONS", {})["options"] = (
    f"-c statement_timeout={env.integer('DATABASE_STATEMENT_TIMEOUT_MS', default=60_000)}"
    f" -c lock_timeout={env.integer('DATABASE_LOCK_TIMEOUT_MS', default=5_000)}"
    " -c idle_in_transaction_session_timeout=120000"
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL")
CACHE_URL = env.text("CACHE_URL")
CACHES: dict[str, dict[str, Any]] = {
    # Shared by all processes in any case: rate limits and one-time codes are kept here. Not in the broker's Redis
    # unless it is named: people sign in while that is away.
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": "spm",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 1},
    }
    if CACHE_URL
    else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

MEDIA_ROOT = env.path("MEDIA_ROOT", VAR_DIR / "media")
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": MEDIA_ROOT / "public"},
    },
    # No address leads here: views hand these files out after a permission check.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": MEDIA_ROOT / "private", "base_url": None, "file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# Packed already, or never sent to a browser: the fonts in static/ are drawn into PDFs.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["gif", "jpg", "map", "png", "ttf", "webp", "woff", "woff2"]

# --- Queue ------------------------------------------------------------------------------------------------

# The database is the queue of record (Job rows); a broker message only says "look now".
QUEUE_DIR = env.path("QUEUE_DIR", VAR_DIR / "queue")
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {
        "visibility_timeout": 3600,
        "socket_connect_timeout": 1,
        "socket_timeout": 2,
        "max_retries": 0,  # a ring that fails once is left to the sweeper
        "socket_keepalive": True,
        "health_check_interval": 30,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
    }
    if REDIS_URL
    else {
        "data_folder_in": str(QUEUE_DIR),
        "data_folder_out": str(QUEUE_DIR),
        "control_folder": str(QUEUE_DIR.with_name(QUEUE_DIR.name + "-control")),
        "polling_interval": 0.1,
    }
)
if not REDIS_URL:
    QUEUE_DIR.mkdir(parents=True, exist_ok=True)  # the transport expects the directory
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False  # the sweeper rings again, not the request
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 270
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = env.integer("WORKER_CONCURRENCY", default=1)
CELERY_WORKER_MAX_TASKS_PER_CHILD = 50
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "common.sweep",
        "schedule": timedelta(seconds=env.integer("SWEEP_SECONDS", default=30)),
    },
    "reminders": {"task": "reporting.send_reminders", "schedule": timedelta(hours=1)},
    "what is owed to donors": {"task": "capacity.send_reminders", "schedule": crontab(hour=5, minute=10)},
    "cases of technical assistance": {
        "task": "training.send_case_reminders",
        "schedule": crontab(hour=5, minute=25),
    },
    "evaluations of sessions": {"task": "training.ask_for_evaluations", "schedule": crontab(minute=35)},
    "links of libraries": {
        "task": "training.check_links",
        "schedule": crontab(hour=3, minute=20, day_of_week="sun"),
    },
    "certificates that end": {"task": "training.tell_of_endings", "schedule": crontab(hour=5, minute=40)},
    "needs assessments": {"task": "training.remind_of_needs", "schedule": crontab(minute=50)},
    "reminders of sessions": {"task": "training.send_session_reminders", "schedule": timedelta(hours=1)},
    "silent pages": {"task": "reporting.forget_silent_pages", "schedule": crontab(hour=2, minute=40)},
}
JOB_LEASE_SECONDS = env.integer("JOB_LEASE_SECONDS", default=300)
JOB_MAX_ATTEMPTS = env.integer("JOB_MAX_ATTEMPTS", default=3)

# --- Mail -------------------------------------------------------------------------------------------------

# Django's mail goes into the ledger; the worker hands it to this server, or keeps it where there is none.
EMAIL_BACKEND = "spm_portal.common.mail.LedgerBackend"
MAIL_HOST = env.text("MAIL_HOST")
EMAIL_HOST = MAIL_HOST or "localhost"
EMAIL_PORT = env.integer("MAIL_PORT", default=587)
EMAIL_HOST_USER = env.text("MAIL_USER", "")
EMAIL_HOST_PASSWORD = env.text("MAIL_PASSWORD", "")
EMAIL_USE_TLS = env.boolean("MAIL_TLS", default=True)
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", "SPM portal <no-reply@localhost>")

# --- People -----------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "members.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
SESSION_COOKIE_AGE = 12 * 60 * 60

ACCOUNT_ADAPTER = "members.web.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation reached the address already
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_MAX_EMAIL_ADDRESSES = 1  # the address is the one that was invited; nobody adds another unproven one
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = False
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = (
    True  # whoever came by invitation proved the address; the command line vouches for its own
)
MFA_TOTP_ISSUER = "SPM portal"
# Codes of the last and next half minute count too: lines are slow and phones' clocks are off.
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
INVITATION_DAYS = 7
# Associations decide for their own roles; this one is about the people who run the platform.
OPERATORS_NEED_SECOND_FACTOR = env.boolean("OPERATORS_NEED_SECOND_FACTOR", default=PRODUCTION)

# --- Security headers -------------------------------------------------------------------------------------

SECURE_SSL = PUBLIC_ORIGIN.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL
SESSION_COOKIE_NAME = "__Host-session" if SECURE_SSL else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE_SSL else "csrf"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "members.views.refusals.csrf_failure"
SECURE_SSL_REDIRECT = SECURE_SSL and env.boolean("SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_SSL else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_SSL
SECURE_HSTS_PRELOAD = False
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
UPLOAD_MAX_BYTES = 5 * 1024 * 1024

# --- Editions ---------------------------------------------------------------------------------------------

# Which version of the portal made an edition: named when an image is built, else read from the checkout.
CODE_VERSION = env.text("CODE_VERSION", default="")[:64] or env.checked_out(BASE_DIR)

# --- Disclosure -------------------------------------------------------------------------------------------

# The share p of the p%-rule is confidential: it must not be guessable from the code or the pages.
DISCLOSURE_P_PERCENT = env.integer("DISCLOSURE_P_PERCENT", default=15)

# --- Assessments of associations --------------------------------------------------------------------------

# Limits in levels, for a scale from 0 to 4; docs/capacity.md says what they do.
CAPACITY_LEAST_SHARE = env.number("CAPACITY_LEAST_SHARE", default=0.6, minimum=0.1, maximum=1)
CAPACITY_STRONG_FROM = env.number("CAPACITY_STRONG_FROM", default=3.0, minimum=0, maximum=4)
CAPACITY_WEAK_TO = env.number("CAPACITY_WEAK_TO", default=1.5, minimum=0, maximum=CAPACITY_STRONG_FROM)
CAPACITY_SPREAD_FROM = env.number("CAPACITY_SPREAD_FROM", default=2.0, minimum=1, maximum=4)

# --- Languages and time -----------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French")), ("es", _("Spanish")), ("ar", _("Arabic"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "spm_portal.formats"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# --- API, history, logs -----------------------------------------------------------------------------------

API_REQUESTS_PER_MINUTE = env.integer("API_REQUESTS_PER_MINUTE", default=120, minimum=1)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["members.web.tokens.Bearer", "spm_portal.common.api.session.Session"],
    "DEFAULT_THROTTLE_CLASSES": ["spm_portal.common.api.throttle.PerKey"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "spm_portal.common.api.paging.CursorPages",
    "DEFAULT_SCHEMA_CLASS": "spm_portal.common.api.schema.Operation",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "spm_portal.common.api.errors.handle",
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "SPM portal",
    "DESCRIPTION": "What a person may read and do, by the same rules as the pages.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "ENUM_NAME_OVERRIDES": {
        "VerificationEnum": ["self_reported", "staff_checked", "evidence_seen", "audited"],
        "StateEnum": ["draft", "submitted", "in_review", "returned", "resubmitted", "approved"],
        "OfferStateEnum": ["offered", "accepted", "declined", "withdrawn", "completed"],
        "DutyStateEnum": ["due", "draft", "submitted", "questions", "accepted", "skipped"],
        "SessionStateEnum": "training.enums.SessionState.values",
        "RegistrationStateEnum": "training.enums.RegistrationState.values",
        "TopicEnum": "training.enums.Topic.values",
        "AudienceEnum": "training.enums.Audience.values",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "spm_portal.common.api.schema.document_failures",
    ],
}
PGHISTORY_APPEND_ONLY = True
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.choice("LOG_LEVEL", "INFO", ["DEBUG", "INFO", "WARNING"])},
    "loggers": {"fontTools": {"level": "WARNING"}, "weasyprint": {"level": "ERROR"}},
}
# W021: whether to enter the browsers' preload list is the decision of whoever owns the domain.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
if not SECURE_SSL:
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W008", "security.W012", "security.W016"]
