"""Every setting of the site, from the environment. `docs/configuration.md` lists the variables."""

import os
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from chat.conf import DEFAULTS
from chatsite import env, logs

BASE_DIR = Path(__file__).resolve().parent.parent

# Where and who

DEBUG = env.flag("DEBUG", False)
DATA_DIR = env.data_dir("DATA_DIR", BASE_DIR / "data")
SECRET_KEY = env.secret_key(DATA_DIR)
HOST = env.text("HOST", "127.0.0.1")
PORT = env.integer("PORT", 8000, least=1, most=65535)
PUBLIC_URL = env.origin("PUBLIC_URL")
HTTPS = PUBLIC_URL.startswith("https://")
# How many proxies in front add to X-Forwarded-For; https implies one, as our servers speak plain http.
TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", int(HTTPS), most=9)

LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = list(
    dict.fromkeys(
        [*env.words("ALLOWED_HOSTS")]
        or [*LOCAL_HOSTS, *env.reachable_hosts(HOST), *filter(None, [urlsplit(PUBLIC_URL).hostname])]
    )
)

# The chat's own settings, each by the type of its default

globals().update({name: env.like(name, default) for name, default in DEFAULTS.items()})
CHAT_PUBLIC_URL = PUBLIC_URL

# Parts

INSTALLED_APPS = [
    "daphne",
    "chatsite.accounts",
    "chat",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "allauth",
    "allauth.account",
    "csp",
    "servestatic",
]
MIDDLEWARE = [
    # First, so that a page has its nonce even when a later one refuses the request.
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "chatsite.urls"
ASGI_APPLICATION = "chatsite.asgi.application"
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
                "csp.context_processors.nonce",
                "chatsite.accounts.context.site",
            ]
        },
    }
]

# Data

DATABASES = {"default": env.database(DATA_DIR)}
# A file, because an in-memory database cannot be shared with the threads and processes that tests start.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    test_file = Path(tempfile.gettempdir()) / f"chatsite-test-{os.getpid()}.sqlite3"
    DATABASES["default"]["TEST"] = {"NAME": test_file}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.redis_url("REDIS_URL")
if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {
                "hosts": [
                    {
                        "address": REDIS_URL,
                        # redis-py's own 5 s would cut sockets that are merely idle.
                        "socket_timeout": 15,
                        "socket_connect_timeout": 3,
                        "health_check_interval": 15,
                    }
                ]
            },
        }
    }
    CACHES = {
        "default": {
            "BACKEND": "chatsite.cache.RedisOrMemory",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "chatsite",
            "OPTIONS": {"socket_timeout": 3, "socket_connect_timeout": 3},
        }
    }
else:
    CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 10_000}},
    }
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# Accounts

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 90 * 24 * 3600

EMAIL_URL = env.text("EMAIL_URL")
vars().update(env.mail("EMAIL_URL"))
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", f"chat@{urlsplit(PUBLIC_URL).hostname or 'localhost'}")
EMAIL_TIMEOUT = 10

ACCOUNT_ADAPTER = "chatsite.accounts.adapter.Adapter"
ACCOUNT_FORMS = {
    "login": "chatsite.accounts.forms.SignInForm",
    "signup": "chatsite.accounts.forms.SignUpForm",
    "change_password": "chatsite.accounts.forms.ChangePasswordForm",
    "reset_password": "chatsite.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "chatsite.accounts.forms.ResetPasswordKeyForm",
}
# Beside the library's own: 30 logins a minute per address, 5 wrong passwords in 5 minutes per e-mail.
ACCOUNT_RATE_LIMITS = {"set_up": "20/m/ip", "sign_in_link": "20/m/ip"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
# Nothing promises a mail that cannot be sent.
ACCOUNT_EMAIL_VERIFICATION = "optional" if EMAIL_URL else "none"
ACCOUNT_EMAIL_NOTIFICATIONS = bool(EMAIL_URL)
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

# Languages and time

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "chatsite" / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Static files

STATIC_URL = "/static/"
STATIC_ROOT = env.folder("STATIC_ROOT", BASE_DIR / "staticfiles")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "chatsite.staticfiles.HashedOnceCollected"},
}
SERVESTATIC_USE_ZSTD = False

# What browsers are told

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
CSRF_FAILURE_VIEW = "chatsite.errors.csrf_failure"
CSRF_COOKIE_HTTPONLY = False  # the page's own requests read the token from it
SESSION_COOKIE_HTTPONLY = True

if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    # What asks from inside the machine comes without a proxy.
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 30 * 24 * 3600
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
# Neighbouring hosts and the browsers' preload list are the domain owner's decision, not ours.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

LOGGING = logs.configure(debug=DEBUG)
