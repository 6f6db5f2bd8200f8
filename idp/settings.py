"""Settings. Every value an operator may change comes from the environment (README, "Configuration"); this is the only file.

Without any variable set this is development mode on SQLite in DATA_DIR, with keys made on first use. DEBUG=false is
production mode, where `idp.deployment.checks` refuses to start on unsafe defaults.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from idp.lib import caches, databases
from idp.lib.environment import Environment
from idp.lib.local_secrets import local_secret, new_encryption_key, new_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

# --- Mode and addresses
DEBUG = env.switch(
    "DEBUG",
    "`false` is production mode: unsafe settings stop the start, there is no outbox, the first administrator needs a link from the log",
    default=True,
)
PRODUCTION = not DEBUG
DATA_DIR = Path(
    env.text(
        "DATA_DIR",
        "generated keys, the SQLite file, collected static files; must be writable",
        default=str(BASE_DIR / ".data"),
        shown="`.data` in the project",
    )
)
HOST = env.text("HOST", "address to listen on", default="127.0.0.1")
PORT = env.number("PORT", "port to listen on", default=3001)
ENDPOINT = env.text(
    "ENDPOINT",
    "the public base URL, without a path; the issuer is `$ENDPOINT/oidc`. With https, cookies are `Secure` and HSTS is sent",
    default=f"http://localhost:{PORT}",
    shown="`http://localhost:$PORT`",
).rstrip("/")
ISSUER = f"{ENDPOINT}/oidc"
_endpoint = urlsplit(ENDPOINT)
SECURE = _endpoint.scheme == "https"
ALLOWED_HOSTS = [
    _endpoint.hostname or "localhost",
    *env.texts(
        "ALLOWED_HOSTS", "more host names to answer to, comma-separated; the host of `ENDPOINT` is always allowed"
    ),
]
if not PRODUCTION:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]", ".localhost"]
TRUSTED_PROXIES = env.number(
    "TRUSTED_PROXIES",
    "how many proxies stand in front. From 1 on, `X-Forwarded-Proto` is believed, and the client's address is that many places from the end of `X-Forwarded-For`",
    default=0,
)
WEB_WORKERS = env.number("WEB_CONCURRENCY", "worker processes; several need `CACHE_URL`", default=1)
WEB_THREADS = env.number("WEB_THREADS", "threads of each worker process", default=8)

# --- Secrets
# "unset" is refused by every way to start (latchkey.E003); Django itself would fail earlier and say less.
SECRET_KEY = (
    env.text(
        "SECRET_KEY",
        "signs cookies and keys one-time codes; at least 32 characters, required in production",
        shown="made once in `DATA_DIR` (development)",
    )
    or local_secret(DATA_DIR, "secret_key", new_secret_key, allowed=DEBUG)
    or "unset"
)
ENCRYPTION_KEYS = env.texts(
    "ENCRYPTION_KEYS",
    "Fernet keys for secrets at rest, comma-separated, newest first; required in production",
    shown="one made in `DATA_DIR` (development)",
) or [local_secret(DATA_DIR, "encryption_key", new_encryption_key, allowed=DEBUG)]

# --- Outside world
TWILIO_API_BASE_URL = env.text(
    "TWILIO_API_BASE_URL", "sends the Twilio SDK's calls to another server, such as an emulator or a gateway"
)
TURNSTILE_API_BASE_URL = env.text(
    "TURNSTILE_API_BASE_URL", "sends the questions to Turnstile to another server, such as a gateway"
)
RECAPTCHA_API_BASE_URL = env.text("RECAPTCHA_API_BASE_URL", "the same for reCAPTCHA Enterprise")
PWNED_API_BASE_URL = env.text(
    "PWNED_API_BASE_URL",
    "the range API that knows breached passwords; empty turns the question off",
    default="https://api.pwnedpasswords.com",
).rstrip("/")
ALLOW_PRIVATE_ADDRESSES = env.switch(
    "ALLOW_PRIVATE_ADDRESSES",
    "whether back-channel logout may call loopback and private networks",
    default=DEBUG,
    shown="the value of `DEBUG`",
)
COUNTRY_HEADER = env.text(
    "COUNTRY_HEADER",
    "a header in which your proxy names the visitor's country (two letters, such as `CF-IPCountry`), for adaptive MFA; visitors must not be able to set it",
)
SENDS_PER_ADDRESS = env.number(
    "SENDS_PER_ADDRESS",
    "codes that one client address may ask for in ten minutes; addresses that are not public are not counted",
    default=100,
)
SENDS_PER_DEVICE = env.number("SENDS_PER_DEVICE", "the same for one browser", default=50)
STARTS_PER_ADDRESS = env.number(
    "STARTS_PER_ADDRESS",
    "sign-ins, and as many pushed requests and devices, that one client address may start for one application in ten minutes; addresses that are not public are not counted",
    default=1000,
)
FAILURES_PER_ADDRESS = env.number(
    "FAILURES_PER_ADDRESS",
    "wrong passwords and codes from one client address in an hour, whoever they were for; addresses that are not public are not counted",
    default=500,
)
FAILURES_PER_DEVICE = env.number("FAILURES_PER_DEVICE", "the same for one browser", default=100)

# May providers tell us what became of messages? They must be able to reach ENDPOINT.
STATUS_CALLBACKS = env.switch(
    "STATUS_CALLBACKS",
    "whether providers are asked to report what became of messages; they must reach `ENDPOINT`",
    default=SECURE,
    shown="true on HTTPS",
)

# --- For installations that moved here from Logto (docs/protocol.md, "Deviations")
UPDATED_AT_IN_MILLISECONDS = env.switch(
    "UPDATED_AT_IN_MILLISECONDS",
    "the claim `updated_at` as Logto sends it; the specification says seconds",
    default=False,
)

# --- Data
DATABASES = {
    "default": databases.complete(
        env.database(
            "DATABASE_URL",
            "for example `postgres://user:password@host/latchkey`. Options of PostgreSQL: `?sslmode=require`, `pool_max_size=8` for a pool of so many connections in each process, `prepare_threshold=off` and `server_side_binding=off` behind a pooler that cannot keep statements",
            default=f"sqlite:///{DATA_DIR / 'db.sqlite3'}",
            shown="SQLite in `DATA_DIR`",
        )
    )
}
# Read by pages of long lists and sums only; all that decides something is read where it is written (idp.lib.replica).
if replica_url := env.text(
    "DATABASE_REPLICA_URL",
    "a PostgreSQL that follows `DATABASE_URL`: the console's long lists and numbers are read there",
):
    DATABASES["replica"] = databases.complete_replica(env.parse_database("DATABASE_REPLICA_URL", replica_url))
DATABASE_ROUTERS = ["idp.lib.replica.Router"]
CACHES = {
    "default": caches.complete(
        env.cache(
            "CACHE_URL",
            "for example `redis://host:6379/0`; required for several workers",
            default="locmemcache://latchkey",
            shown="memory of the process",
        )
    )
}
QUEUE_URL = env.text(
    "QUEUE_URL", "`redis://host:6379/0` wakes the background worker at once; without it, it looks twice a second"
)
# How long is kept what nobody needs for signing in (docs/operations.md).
AUDIT_RETENTION_DAYS = env.number(
    "AUDIT_RETENTION_DAYS", "days after which events of the audit log are deleted; 0 keeps them for ever", default=0
)
DELIVERY_RETENTION_DAYS = env.number(
    "DELIVERY_RETENTION_DAYS", "days after which it is forgotten what became of each message", default=30
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Rooms
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
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
    "idp.organizations",
    "idp.applications",
    "idp.authorization",
    "idp.tokens",
    "idp.verification",
    "idp.mfa",
    "idp.statistics",
    "idp.signin",
    "idp.oidc",
    "idp.pages",
    "idp.account",
    "idp.api",
    "console",
]
MIDDLEWARE = [
    "idp.deployment.middleware.ObservedMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "idp.deployment.middleware.LaterMiddleware",
    "idp.oidc.middleware.OidcMiddleware",
    "idp.api.cors.AccountApiMiddleware",
    "idp.deployment.middleware.AddressMiddleware",
    "idp.audit.middleware.CallerMiddleware",
    "idp.signin.languages.LanguageMiddleware",
    "idp.lib.middleware.BrowserContentPolicy",
    "idp.lib.middleware.BrowserSession",
    "idp.lib.middleware.BrowserCommon",
    "idp.lib.middleware.BrowserCsrf",
    "idp.users.middleware.StaffAuthentication",
    "idp.lib.middleware.BrowserMessages",
    "idp.lib.middleware.BrowserFrameOptions",
    "idp.lib.middleware.BrowserHtmx",
    "idp.deployment.middleware.FormAddressMiddleware",
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
            "builtins": ["idp.lib.icons", "django.templatetags.static", "idp.lib.ui"],
        },
    }
]
FORM_RENDERER = "idp.lib.forms.Renderer"

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
SESSION_COOKIE_AGE = env.number(
    "STAFF_IDLE_SECONDS",
    "an administrator signs in again after that long without a request",
    default=60 * 60,
    shown="`3600`",
)
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
STATIC_ROOT = Path(
    env.text(
        "STATIC_ROOT",
        "where static files are collected; where that cannot be written, they must be there already",
        default=str(DATA_DIR / "static"),
        shown="`static` in `DATA_DIR`",
    )
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_ROOT = BASE_DIR / "static" / "root"  # what browsers ask for by itself: /favicon.ico, /apple-touch-icon.png
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
LOG_FORMAT = env.text(
    "LOG_FORMAT", "`json` or `line`; lines of JSON carry the request's id", default="json" if PRODUCTION else "line",
    shown="`json` in production, otherwise `line`",
)  # fmt: skip
LOG_LEVEL = env.text("LOG_LEVEL", "of Latchkey's own messages", default="INFO")
LOG_REQUESTS = env.switch(
    "LOG_REQUESTS", "one line for each request: method, path without query, status, milliseconds", default=PRODUCTION,
    shown="true in production",
)  # fmt: skip
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
        "json": {"()": "idp.lib.logs.JsonFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "idp": {"level": LOG_LEVEL},
        "connectors": {"level": LOG_LEVEL},
        "latchkey": {"level": LOG_LEVEL},
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.request": {"level": "ERROR"},
    },
}

# --- Metrics and traces
METRICS_TOKEN = env.text(
    "METRICS_TOKEN", "turns `/metrics` on, for Prometheus, which sends it as its bearer token; at least 16 characters"
)
METRICS_DIR = env.text(
    "METRICS_DIR", "where the processes of one machine keep their numbers; memory is best",
    default=f"{'/dev/shm' if Path('/dev/shm').is_dir() else DATA_DIR}/latchkey-metrics-{PORT}",  # noqa: S108
    shown="`/dev/shm/latchkey-metrics-$PORT`",
)  # fmt: skip
if METRICS_TOKEN:
    Path(METRICS_DIR).mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = METRICS_DIR  # the one way to tell it, and before it is imported
SENTRY_DSN = env.text("SENTRY_DSN", "where errors are reported; needs the extra `sentry`")
OTEL_ENDPOINT = env.text(
    "OTEL_EXPORTER_OTLP_ENDPOINT", "where traces go, for example `http://collector:4318`; needs the extra `otel`"
)

# --- For the table in the README: names, defaults and meanings, never values.
ENVIRONMENT = tuple(env.variables)
