"""Settings. Every value an operator may change comes from the environment (README, "Configuration"); this is the only file.

Without any variable set this is development mode on SQLite in DATA_DIR, with keys made on first use. DEBUG=false is
production mode, where `idp.deployment.checks` refuses to start on unsafe defaults.
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF

from idp.lib.local_secrets import local_secret, new_encryption_key, new_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- Mode and addresses
DEBUG = env.bool("DEBUG", default=True)
PRODUCTION = not DEBUG
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data")))
HOST = env.str("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=3001)
ENDPOINT = env.str("ENDPOINT", default=f"http://localhost:{PORT}").rstrip("/")
ISSUER = f"{ENDPOINT}/oidc"
_endpoint = urlsplit(ENDPOINT)
SECURE = _endpoint.scheme == "https"
ALLOWED_HOSTS = [_endpoint.hostname or "localhost", *env.list("ALLOWED_HOSTS", default=[])]
if not PRODUCTION:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]", ".localhost"]
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
WEB_WORKERS = env.int("WEB_CONCURRENCY", default=1)

# --- Secrets
# "unset" is refused by every way to start (latchkey.E003); Django itself would fail earlier and say less.
SECRET_KEY = (
    env.str("SECRET_KEY", default="") or local_secret(DATA_DIR, "secret_key", new_secret_key, allowed=DEBUG) or "unset"
)
ENCRYPTION_KEYS = env.list("ENCRYPTION_KEYS", default=[]) or [
    local_secret(DATA_DIR, "encryption_key", new_encryption_key, allowed=DEBUG)
]

# --- Outside world
TWILIO_API_BASE_URL = env.str("TWILIO_API_BASE_URL", default="")
TURNSTILE_API_BASE_URL = env.str("TURNSTILE_API_BASE_URL", default="")
RECAPTCHA_API_BASE_URL = env.str("RECAPTCHA_API_BASE_URL", default="")
PWNED_API_BASE_URL = env.str("PWNED_API_BASE_URL", default="https://api.pwnedpasswords.com").rstrip(
    "/"
)  # "" turns it off
ALLOW_PRIVATE_ADDRESSES = env.bool("ALLOW_PRIVATE_ADDRESSES", default=DEBUG)  # for back-channel logout
COUNTRY_HEADER = env.str("COUNTRY_HEADER", default="")  # set by a trusted proxy, such as CF-IPCountry; for adaptive MFA
SENDS_PER_ADDRESS = env.int("SENDS_PER_ADDRESS", default=100)  # messages per client address in ten minutes
SENDS_PER_DEVICE = env.int("SENDS_PER_DEVICE", default=50)  # and per browser
FAILURES_PER_ADDRESS = env.int("FAILURES_PER_ADDRESS", default=500)  # passwords and codes that were wrong, in an hour
FAILURES_PER_DEVICE = env.int("FAILURES_PER_DEVICE", default=100)

# May providers tell us what became of messages? They must be able to reach ENDPOINT.
STATUS_CALLBACKS = env.bool("STATUS_CALLBACKS", default=SECURE)

# --- For installations that moved here from Logto (docs/protocol.md, "Deviations")
UPDATED_AT_IN_MILLISECONDS = env.bool("UPDATED_AT_IN_MILLISECONDS", default=False)

# --- Data
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Keys of its own make the folder in development; production brings its keys, and still needs a place for the file.
    Path(DATABASES["default"]["NAME"]).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        # One writer at a time, queued for up to 20 s, readers never blocked.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
    }
# A new connection for each request would cost more than its statements, on SQLite too. One that the server dropped (a
# restart, a failover) is noticed before a request uses it.
DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=not DATABASES["default"]["ENGINE"].endswith("sqlite3"))
CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://latchkey")}
QUEUE_URL = env.str("QUEUE_URL", default="")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Rooms
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",  # its widget templates, for FORM_RENDERER
    "django_htmx",
    "heroicons",
    "csp",
    "idp.deployment",  # before the toolkit: its `cleartokens` takes the place of the toolkit's
    "oauth2_provider",
    "idp.audit",
    "idp.users",
    "idp.messaging",
    "idp.applications",
    "idp.authorization",
    "idp.tokens",
    "idp.verification",
    "idp.mfa",
    "idp.signin",
    "idp.oidc",
    "idp.pages",
    "idp.account",
    "idp.api",
    "console",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "idp.deployment.middleware.OutageMiddleware",
    "idp.oidc.middleware.OidcMiddleware",
    "idp.api.cors.AccountApiMiddleware",
    "idp.audit.middleware.CallerMiddleware",
    "idp.lib.middleware.BrowserContentPolicy",
    "idp.lib.middleware.BrowserSession",
    "idp.signin.languages.LanguageMiddleware",
    "idp.lib.middleware.BrowserCommon",
    "idp.lib.middleware.BrowserCsrf",
    "idp.lib.middleware.BrowserAuthentication",
    "idp.lib.middleware.BrowserMessages",
    "idp.lib.middleware.BrowserFrameOptions",
    "idp.lib.middleware.BrowserHtmx",
]
ROOT_URLCONF = "idp.urls"
APPEND_SLASH = False  # a redirect would lose the body of a POST; our URLs are written as they are
WSGI_APPLICATION = "idp.wsgi.application"
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
            ],
            "builtins": ["heroicons.templatetags.heroicons", "django.templatetags.static", "idp.lib.ui"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- People
AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["idp.users.backends.StaffBackend"]
PASSWORD_HASHERS = [  # the first makes new hashes, the others verify until the next sign-in replaces them
    "idp.users.hashers.Argon2id",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.BCryptSHA256PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher",
    "idp.users.foreign_hashes.TruncatingBcrypt",
    "idp.users.foreign_hashes.SaltedDigest",
    "idp.users.foreign_hashes.Pbkdf2",
    "idp.users.foreign_hashes.Scrypt",
]
LOGIN_URL = "console:sign-in"

# --- Staff sessions (console and admin). People who sign in to apps have their own: idp.signin.models.Session.
SESSION_COOKIE_NAME = "latchkey_staff"
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_AGE = env.int("STAFF_IDLE_SECONDS", default=60 * 60)
SESSION_SAVE_EVERY_REQUEST = True  # the hour counts from the last request: idle time, not total time
SESSION_EXPIRE_AT_BROWSER_CLOSE = False
CSRF_COOKIE_NAME = "latchkey_csrf"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [ENDPOINT]
CSRF_FAILURE_VIEW = "idp.pages.views.errors.csrf_failure"

# --- Headers
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False  # the domain may not be ours alone
# Not `no-referrer`: the browser would then send `Origin: null` with our own forms and CSRF protection would refuse them.
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = None  # apps open the sign-in page in a pop-up and wait for it
X_FRAME_OPTIONS = "SAMEORIGIN"  # the console frames the preview of the sign-in page
SILENCED_SYSTEM_CHECKS = [
    "security.W002",  # the middleware is there: idp.lib.middleware.BrowserFrameOptions,
    "security.W003",  # and BrowserCsrf
    "security.W005",  # see SECURE_HSTS_INCLUDE_SUBDOMAINS
    "security.W021",
    "security.W008",  # the TLS proxy redirects; here it would loop when the proxy's headers are not trusted
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "https:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [SELF],
        # No form-action: Chromium applies it to the redirects after a form too and would stop them at an app's own scheme.
    }
}

# --- Static files
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = not PRODUCTION

# --- Language and time
LANGUAGE_CODE = "en"
LANGUAGES = [  # of hosted pages and messages, each by the name it has for itself; the console is English
    ("en", "English"),
    ("ar", "العربية"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("fr", "Français"),
    ("hi", "हिन्दी"),
    ("id", "Bahasa Indonesia"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("ko", "한국어"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("pt-br", "Português (Brasil)"),
    ("ru", "Русский"),
    ("th", "ไทย"),
    ("tr", "Türkçe"),
    ("vi", "Tiếng Việt"),
    ("zh-hans", "简体中文"),
    ("zh-hant", "繁體中文"),
]
LOCALE_PATHS = [BASE_DIR / "idp" / "locale"]
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True

# --- OAuth toolkit: every model is ours, so that ids and tokens have the forms our clients know (docs/adr/0002).
OAUTH2_PROVIDER_APPLICATION_MODEL = "applications.Application"
OAUTH2_PROVIDER_GRANT_MODEL = "tokens.AuthorizationCode"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "tokens.AccessToken"  # noqa: S105
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "tokens.RefreshToken"  # noqa: S105
OAUTH2_PROVIDER_ID_TOKEN_MODEL = "tokens.IDToken"  # noqa: S105
OAUTH2_PROVIDER_DEVICE_GRANT_MODEL = "tokens.DeviceCode"
MIGRATION_MODULES = {"oauth2_provider": None}
OAUTH2_PROVIDER = {
    "OIDC_ENABLED": True,
    "OIDC_ISS_ENDPOINT": ISSUER,
    "OAUTH2_VALIDATOR_CLASS": "idp.oidc.validator.Validator",
    "OAUTH2_SERVER_CLASS": "idp.oidc.server.Server",
    "SCOPES": {"openid": "Sign in"},
    "APPLICATION_ADMIN_CLASS": "idp.applications.admin.ApplicationAdmin",
    "GRANT_ADMIN_CLASS": "idp.tokens.admin.AuthorizationCodeAdmin",
    "ACCESS_TOKEN_ADMIN_CLASS": "idp.tokens.admin.AccessTokenAdmin",
    "REFRESH_TOKEN_ADMIN_CLASS": "idp.tokens.admin.RefreshTokenAdmin",
    "ID_TOKEN_ADMIN_CLASS": "idp.tokens.admin.IDTokenAdmin",
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "PKCE_REQUIRED": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    **{
        f"COMPLIANT_BCP_RFC9700_{gate}": True
        for gate in (
            "IMPLICIT_GRANT", "PASSWORD_GRANT", "PKCE_METHOD", "ACCESS_TOKEN_TRANSPORT", "AUTHZ_RESPONSE_ISS", "TOKEN_STORAGE",
            "REFRESH_TOKEN", "REDIRECT_URI_SCHEME", "REDIRECT_URI_MATCHING", "PKCE_REQUIRED",
        )
    },
}  # fmt: skip

# --- Logs
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "idp": {"level": "INFO"},
        "connectors": {"level": "INFO"},
        "latchkey": {"level": "INFO"},
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.request": {"level": "ERROR"},
    },
}
