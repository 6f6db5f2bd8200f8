"""The calls to Twilio, through its SDK. Importing it takes most of a second, so import it late."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from twilio.base import values
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from connectors import twilio_errors
from connectors.errors import redact
from connectors.ports import Receipt

TIMEOUT_SECONDS = 5  # to connect, and again to read; the SDK's own default is to wait forever
KEPT_SECONDS = 15.0  # idle; Twilio closes an idle connection much later, so that it is never closed while we write
_kept = threading.local()


class BaseUrlHttpClient(TwilioHttpClient):  # the SDK has no types
    """Sends the SDK's calls to another server: an emulator, or a gateway."""

    def __init__(self, base_url: str, **options: Any) -> None:
        super().__init__(**options)
        self.base_url = base_url.rstrip("/")

    def request(self, method: str, url: str, **options: Any) -> Any:
        original = urlsplit(url)
        headers = {**(options.pop("headers", None) or {}), "X-Twilio-Original-Host": original.netloc}
        query = f"?{original.query}" if original.query else ""
        return super().request(method, f"{self.base_url}{original.path}{query}", headers=headers, **options)


def create_message(config: Mapping[str, Any], *, to: str, body: str, status_url: str = "") -> Receipt:
    with _connector_errors(config), _client(config) as client:
        created = client.messages.create(
            to=to,
            body=body,
            status_callback=status_url or values.unset,
            messaging_service_sid=config["fromMessagingServiceSID"],
            risk_check="disable" if config["disableRiskCheck"] else "enable",
        )
        return receipt(created)


def fetch_message(config: Mapping[str, Any], sid: str) -> Receipt:
    with _connector_errors(config), _client(config) as client:
        return receipt(client.messages(sid).fetch())


@contextmanager
def _connector_errors(config: Mapping[str, Any]) -> Iterator[None]:
    """Whatever the SDK raises, as a ConnectorError without the token."""
    secrets = (config["authToken"],)
    try:
        yield
    except (TwilioRestException, TwilioServiceException) as error:
        # Two families: the newer problem documents have a title and detail where the older have a message.
        words = getattr(error, "msg", None) or f"{error.title}: {error.detail or ''}"
        raise twilio_errors.refused(_code(error), error.status, redact(words, secrets)) from error
    except requests.Timeout as error:
        raise twilio_errors.timed_out(redact(str(error), secrets)) from error
    except requests.RequestException as error:
        raise twilio_errors.unreachable(redact(str(error), secrets)) from error
    except (TwilioException, ArithmeticError, ValueError, TypeError, AttributeError, LookupError) as error:
        # The SDK parses whatever a 201 brings, and says so in its own many ways when that is no message.
        raise twilio_errors.unreadable(redact(str(error), secrets)) from error


def receipt(created: Any) -> Receipt:
    """Twilio knows the segments and the price only later when a messaging service picks the sender: then they are absent."""
    segments = int(created.num_segments or 0)
    # What Twilio takes from the balance is negative.
    price = abs(Decimal(created.price)) if created.price else None
    return Receipt(
        created.sid, segments or None, price, (created.price_unit or "").upper() if price is not None else ""
    )


@contextmanager
def _client(config: Mapping[str, Any]) -> Iterator[Client]:
    with _connection() as http_client:
        yield Client(
            config["accountSID"],
            config["authToken"],
            region=config.get("region"),
            edge=config.get("edge"),
            http_client=http_client,
            # Not empty, or the SDK fills gaps from TWILIO_* variables that the console cannot show.
            environment={"ignored": ""},
        )


@contextmanager
def _connection() -> Iterator[TwilioHttpClient]:
    """This thread's connections, still open from its last message: a new one is a handshake, and reads all certificates."""
    base_url = getattr(settings, "TWILIO_API_BASE_URL", "")
    http_client, made_for, used_at = getattr(_kept, "connection", (None, "", 0.0))
    if http_client and (made_for != base_url or time.monotonic() - used_at > KEPT_SECONDS):
        http_client.session.close()
        http_client = None
    http_client = http_client or _new_connection(base_url)
    _kept.connection = (None, "", 0.0)
    try:
        yield http_client
    except BaseException:
        http_client.session.close()
        raise
    _kept.connection = (http_client, base_url, time.monotonic())


def _new_connection(base_url: str) -> TwilioHttpClient:
    # No retries: a request that timed out may still have sent its message.
    options = {"timeout": TIMEOUT_SECONDS, "max_retries": 0}
    return BaseUrlHttpClient(base_url, **options) if base_url else TwilioHttpClient(**options)


def _code(error: Any) -> int:
    # Without a code of its own, an error goes by its HTTP status.
    return error.code if isinstance(error.code, int) else error.status
