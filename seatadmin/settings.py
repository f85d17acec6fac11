"""Every setting, read from the environment once; docs/operations.md documents each."""

from pathlib import Path

import drf_spectacular_sidecar
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from seatadmin import openapi
from seatadmin.storage import keep_private, with_room

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="only-for-the-demo" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "Set SECRET_KEY to a long random string, or DEBUG=1 to try seatadmin out."
    )
# The keys before: what they signed or encrypted can still be read.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "seatadmin",
    "team",
    "events",
    "subscriptions",
    "accounts",
    "core",
    "seatadmin.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "heroicons",
    "rest_framework",
    "drf_spectacular",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Pads what it compresses at random, so its length tells nothing of what is secret in it.
    "django.middleware.gzip.GZipMiddleware",
    "core.middleware.NoNullCharacters",
    "core.middleware.ReadableForms",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.middleware.NothingStored",
    "accounts.middleware.PreferredLanguageMiddleware",
    "subscriptions.middleware.RenewedFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "seatadmin.middleware.AnswersToHtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

if DEBUG:
    # In the demo, a missing page shows the product's own page, not Django's list of URLs.
    MIDDLEWARE += ["seatadmin.demo.not_found.OwnNotFoundPage"]

ROOT_URLCONF = "seatadmin.urls"
WSGI_APPLICATION = "seatadmin.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "seatadmin.navigation.navigation",
                "seatadmin.demo.people.demo_people",
            ],
        },
    },
]

# Database

VAR_DIR.mkdir(exist_ok=True)
DATABASES = {
    "default": env.db_url_config(
        env.str("DATABASE_URL", default="") or f"sqlite:///{VAR_DIR / 'seatadmin.sqlite3'}"
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Writers queue for the lock at BEGIN instead of failing in the middle.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    keep_private(DATABASES["default"]["NAME"])

# People and sign-in

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ("email", "name")}),
        ("MinimumLengthValidator", {}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
ACCOUNT_ADAPTER = "accounts.sign_in.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Accepting an invitation proves a person's email address.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
# Who changes their password stays signed in here; their other sessions end.
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "reset_password": "accounts.forms.ResetForm",
}
# allauth's own asks the database more for who is known here than for who is not.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
# Guessed passwords are counted in accounts/sign_in/guessing.py.
# Not per person: a stranger could take the way back in from them; see ResetForm.
ACCOUNT_RATE_LIMITS = {"login_failed": None, "reset_password": "10/m/ip,100/d/ip"}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
# The page of an account on which its members start.
ACCOUNT_START_URL = "access"
LOGOUT_REDIRECT_URL = "account_login"
INVITATION_DAYS = 14
# Who guesses passwords is counted by address, which proxies in front would hide, and in
# the cache, which server processes have in common only if it is outside of them.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
CACHES = {"default": with_room(env.cache("CACHE_URL", default="locmemcache://"))}

# Language and time: the person's preference, else the browser's (D11).

LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="en")
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["seatadmin.formats"]

# The API: keys only, answers in JSON only (D19); what all views share is in core/api.

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "core.api.problems.answer_problem",
    # Every query parameter is a filter that a view knows.
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.Schema",
}
SPECTACULAR_SETTINGS = openapi.SETTINGS

# Mail

if DEBUG and not env.str("EMAIL_URL", default=""):
    EMAIL_BACKEND = "seatadmin.mail.FileBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mails"
else:
    _email = env.email("EMAIL_URL", default="smtp://localhost:25")
    if _email["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend":
        # The same with deadlines.
        _email["EMAIL_BACKEND"] = "core.smtp_backend.EmailBackend"
    vars().update(_email)
# For a command to the mail server; core/smtp_backend.py has those for a whole delivery.
EMAIL_TIMEOUT = 10
# Who delivers the outbox (D17): the serving process itself ("embedded"), a process of its
# own that runs `manage.py deliver_outbox` ("worker"), or whoever caused it ("at_once": tests).
OUTBOX = env.str("OUTBOX", default="embedded")
OUTBOX_CHANNELS = [
    "core.notifications.channel",
    "core.smtp.channel",
    "events.actions.delivering.channel",
]
# What makes entries of the outbox from what is stored elsewhere.
OUTBOX_FILLERS = ["events.actions.fan_out.fan_out"]
# What the worker deletes, once its time is over.
PURGES = [
    "core.outbox.purge",
    "accounts.actions.idempotency.purge",
    "events.actions.delivering.purge",
]
# Who holds something about an account, which is handed out, and erased when it is closed; in
# the order of their locks.
ACCOUNT_PARTS = [
    "subscriptions.actions.account_data",
    "accounts.actions.account_data",
    "events.actions.account_data",
]
# In the demo, webhooks also go to programs on this machine, without encryption.
POSTS_TO_THIS_MACHINE = DEBUG
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", default="Admin Center <admin-center@vendor.example>"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# The contact shown if an account has no representative (R6).
SUPPORT_EMAIL = env.str("SUPPORT_EMAIL", default="support@vendor.example")
# Where links in mails lead.
BASE_URL = env.str("BASE_URL", default="http://127.0.0.1:8000")

# Static files

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
# Of what the package brings, Swagger UI only.
_SIDECAR = Path(drf_spectacular_sidecar.__file__).parent / "static" / "drf_spectacular_sidecar"
STATICFILES_DIRS = [("swagger-ui", _SIDECAR / "swagger-ui-dist")]
# Beside what is compressed already: only developers load it.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["gz", "br", "png", "woff", "woff2", "map"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# What the browser may load, and whom it may tell

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "seatadmin.error_pages.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
if not DEBUG:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31536000)
    # What they ask of other hosts of a domain is not for this one to decide.
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_SUBDOMAINS", default=False)
    SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=False)
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # By default, Django would only mail errors, to nobody.
    LOGGING = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(levelname)s %(name)s: %(message)s"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
    }
