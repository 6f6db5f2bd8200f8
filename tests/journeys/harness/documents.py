"""What `manage.py apply` is told: connectors, ways to sign in, and the apps of the journeys."""

from collections.abc import Iterable
from typing import Any

from connectors.default_templates import email_templates, sms_templates
from tests.support.smtp_server import SmtpServer
from tests.support.twilio_emulator import ACCOUNT_SID, AUTH_TOKEN, SERVICE_SID

BOOKSTORE = "bookstorenative000001"
READING_CLUB = "readingclubnative0001"
BOOKS_API = "https://api.bookstore.example"
CALLBACK = "com.example.app://callback"
SIGNED_OUT = "com.example.app://callback/sign-out"
WEBVIEW_ORIGINS = ("https://localhost", "http://localhost", "capacitor://localhost", "ionic://localhost")


# One machine plays everybody here, with numbers that are neighbours.
ROOMY = {"maxNumbersPerAddress": 10_000, "maxNumbersPerPrefix": 10_000, "minVerifiedPercent": 0}


def _experience(identifier: str, *, code: bool) -> dict[str, Any]:
    """People sign up and sign in with one identifier, by code or by password."""
    method = {"identifier": identifier, "password": not code, "verificationCode": code, "isPasswordPrimary": not code}
    return {
        "signUp": {"identifiers": [identifier], "password": not code, "verify": code},
        "signIn": {"methods": [method]},
        "signInMode": "SignInAndRegister",
        "smsFraudGuard": ROOMY,
    }


PHONE_CODE = _experience("phone", code=True)
EMAIL_CODE = _experience("email", code=True)
USERNAME_PASSWORD = _experience("username", code=False)


def native_app(id: str, name: str) -> dict[str, Any]:
    return {
        "id": id,
        "name": name,
        "type": "Native",
        "oidcClientMetadata": {"redirectUris": [CALLBACK], "postLogoutRedirectUris": [SIGNED_OUT]},
        "customClientMetadata": {"corsAllowedOrigins": list(WEBVIEW_ORIGINS)},
    }


def web_app(id: str, name: str, type: str, *, redirect_uri: str, signed_out: str, **more: Any) -> dict[str, Any]:
    metadata = {"redirectUris": [redirect_uri], "postLogoutRedirectUris": [signed_out]}
    return {"id": id, "name": name, "type": type, "oidcClientMetadata": metadata, **more}


def twilio_connector() -> dict[str, Any]:
    config = {
        "accountSID": ACCOUNT_SID,
        "authToken": AUTH_TOKEN,
        "fromMessagingServiceSID": SERVICE_SID,
        "templates": sms_templates(),
    }
    return {"connectorId": "twilio-short-message-service", "config": config}


def smtp_connector(smtp: SmtpServer) -> dict[str, Any]:
    config = {
        "host": smtp.host,
        "port": smtp.port,
        "fromEmail": "Bookstore <no-reply@bookstore.example>",
        "templates": email_templates(),
    }
    return {"connectorId": "simple-mail-transfer-protocol", "config": config}


def everything_but_the_experience(smtp: SmtpServer, applications: Iterable[dict[str, Any]] = ()) -> dict[str, Any]:
    return {
        "connectors": [twilio_connector(), smtp_connector(smtp)],
        "resources": [
            {"name": "Books", "indicator": BOOKS_API, "scopes": [{"name": "read:books"}, {"name": "write:books"}]}
        ],
        "roles": [
            {"name": "Reader", "isDefault": True, "permissions": [{"resource": BOOKS_API, "scopes": ["read:books"]}]}
        ],
        "applications": [native_app(BOOKSTORE, "Bookstore"), native_app(READING_CLUB, "Reading Club"), *applications],
    }
