"""The only settings. Every difference between deployments is an environment variable (see `.env.example`).

Safe by default: without `DEBUG` a missing or unsafe value stops the start with a sentence that says what to set.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config.logs import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"  # what a development installation writes: database, files, broker

env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)  # demo pages and demo passwords; never without DEBUG
if DEMO and not DEBUG:
    raise ImproperlyConfigured("DEMO is for demonstrations only: set DEBUG=1 as well, or leave DEMO unset.")


def required(name: str, development: str) -> str:
    """Return a setting that production must name; development has a default.

    Raises: ImproperlyConfigured, with the sentence that says what to set.
    """
    value = env.str(name, default=development if DEBUG else "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. Set it in the environment, or DEBUG=1 for development.")
    return value


SECRET_KEY = required("SECRET_KEY", "development-only-" + "k" * 50)
if not DEBUG and (len(SECRET_KEY) < 50 or SECRET_KEY.startswith("development-only-")):
    raise ImproperlyConfigured("SECRET_KEY is too short: set one of at least 50 random characters.")
SITE_URL = required("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"] if DEBUG else [])
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS is not set. Name the hosts that the portal answers to, with commas.")
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[] if DEBUG else [SITE_URL])

INSTALLED_APPS = [
    "config.apps.HouseConfig",
    "config.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "accounts",
    "packages",
    "tickets",
]

MIDDLEWARE = [
    "config.middleware.RequestIdMiddleware",
    "config.middleware.OnePolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.session_activity.SessionActivityMiddleware",
    "accounts.middleware.ActorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    *(["config.demo.not_found.NotFoundMiddleware"] if DEMO else []),
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["accounts.templatetags.parts"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.portal",
            ],
        },
    },
]

# Database -------------------------------------------------------------------------------------------------------

DATABASES = {"default": environ.Env.db_url_config(required("DATABASE_URL", f"sqlite:///{VAR_DIR / 'portal.sqlite3'}"))}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # Web, worker and scheduler write side by side: writers queue at BEGIN instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=30000;",
    }
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
    VAR_DIR.mkdir(exist_ok=True)
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Rows are shown with up to a dozen related ones: to try every order of eight of them at a time takes the planner
    # longer than all else that such a page does. Fewer than six, and a filter by another question may come last, after
    # every ticket was joined with what it shows. No query of ours is worth compiling (jit).
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c join_collapse_limit=6 -c jit=off")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Cache and broker -----------------------------------------------------------------------------------------------

CACHE_URL = required("CACHE_URL", "locmemcache://")
CACHES = {"default": environ.Env.cache_url_config(CACHE_URL)}
CELERY_BROKER_URL = required("CELERY_BROKER_URL", "filesystem://")
BROKER_DIR = VAR_DIR / "broker"
if CELERY_BROKER_URL.startswith("filesystem"):
    BROKER_DIR.mkdir(parents=True, exist_ok=True)

# People ---------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backend.RoleBackend", "allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.web.sign_in.SignInForm",
    "reset_password": "accounts.web.sign_in.ResetForm",
    "reset_password_from_key": "accounts.web.sign_in.NewPasswordForm",
    "change_password": "accounts.web.sign_in.ChangePasswordForm",
    "reauthenticate": "accounts.web.sign_in.ConfirmForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # people come by invitation, sent to their address
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a changed password or second factor is told to its owner
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http" if DEBUG else "https"
# Failed sign-ins are counted by address: behind a proxy by the one that it saw, else all people would share one count.
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)
MFA_ADAPTER = "accounts.second_factor.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.web.sign_in.CodeForm",
    "reauthenticate": "accounts.web.sign_in.ConfirmCodeForm",
    "activate_totp": "accounts.web.sign_in.NewAppForm",
    "add_webauthn": "accounts.web.sign_in.NewKeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Partner Support"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
USERSESSIONS_TRACK_ACTIVITY = True

# Languages and time ---------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("pt-br", "Português (Brasil)"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("ru", "Русский"),
]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Files ----------------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
if DEBUG:
    Path(STATIC_ROOT).mkdir(
        exist_ok=True
    )  # files come from their sources; the middleware wants the folder all the same
MEDIA_ROOT = required("MEDIA_ROOT", str(VAR_DIR / "files")) if not env.str("S3_BUCKET", default="") else ""
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
if env.str("S3_BUCKET", default=""):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {  # type: ignore[dict-item]
            "bucket_name": env.str("S3_BUCKET"),
            "endpoint_url": env.str("S3_ENDPOINT", default=None),
            "access_key": env.str("S3_ACCESS_KEY", default=None),
            "secret_key": env.str("S3_SECRET_KEY", default=None),
        },
    }
WHITENOISE_USE_FINDERS = DEBUG
ATTACHMENT_MAX_BYTES = env.int("ATTACHMENT_MAX_BYTES", default=10 * 1024 * 1024)
ATTACHMENTS_MAX = env.int("ATTACHMENTS_MAX", default=10)  # a ticket's filing, and a message
DATA_UPLOAD_MAX_MEMORY_SIZE = env.int("REQUEST_MAX_BYTES", default=8 * 1024 * 1024)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DRAFT_DAYS = env.int("DRAFT_DAYS", default=30)

# E-mail ---------------------------------------------------------------------------------------------------------

vars().update(environ.Env.email_url_config(required("EMAIL_URL", "consolemail://")))
EMAIL_BACKEND: str
if env.str("EMAIL_PROVIDER", default=""):
    EMAIL_BACKEND = f"anymail.backends.{env.str('EMAIL_PROVIDER')}.EmailBackend"
    ANYMAIL = {k.removeprefix("ANYMAIL_"): v for k, v in env.ENVIRON.items() if k.startswith("ANYMAIL_")}
if DEMO:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_TIMEOUT = 20
OUTBOX_LEASE_SECONDS = env.int("OUTBOX_LEASE_SECONDS", default=60)  # then what a dead worker had claimed is sent again
WEBHOOKS_TO_LOCAL = env.bool("WEBHOOKS_TO_LOCAL", default=DEMO)  # development: to this machine, without TLS
if WEBHOOKS_TO_LOCAL and not DEBUG:
    raise ImproperlyConfigured("WEBHOOKS_TO_LOCAL opens the way into your network: leave it unset, or set DEBUG=1.")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Partner Support <support@example.com>")

# Safety ---------------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # data: for the QR code of the second factor
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
if not DEBUG:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31536000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    if BEHIND_PROXY:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Forms and API --------------------------------------------------------------------------------------------------

CRISPY_ALLOWED_TEMPLATE_PACKS = "portal"
CRISPY_TEMPLATE_PACK = "portal"
CRISPY_FAIL_SILENTLY = not DEBUG
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.authentication.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.api.throttling.TokenThrottle"],
    "NUM_PROXIES": int(BEHIND_PROXY),
    "DEFAULT_THROTTLE_RATES": {"token": env.str("API_RATE", default="600/min")},
    "EXCEPTION_HANDLER": "accounts.api.errors.problem_details",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": None,
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Partner Support API",
    "DESCRIPTION": "File, follow, answer and escalate tickets. The same rules and messages as the portal.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [],  # choices stand where they are used
}

METRICS_TOKEN = env.str("METRICS_TOKEN", default="")  # who holds it may read /metrics; nobody while empty
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING = logging_config(level=LOG_LEVEL, as_json=not DEBUG)
