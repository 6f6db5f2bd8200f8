"""What clients send ahead or present once: pushed authorization requests and client assertions."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from idp.applications.models import Application
from idp.lib.ids import digest, opaque_token
from idp.tokens.models import PushedRequest, UsedAssertion

PUSHED_LIFETIME = timedelta(seconds=60)
REQUEST_URI_PREFIX = "urn:ietf:params:oauth:request_uri:"


def find_pushed_request(request_uri: str, application: Application) -> PushedRequest | None:
    """A pushed request of this client that has not led to a code yet and has not expired."""
    return PushedRequest.objects.filter(
        pk=digest(request_uri), application=application, consumed_at=None, expires_at__gt=timezone.now()
    ).first()


def push_request(*, application: Application, params: dict[str, Any]) -> str:
    """Keep an authorization request; returns its request_uri (RFC 9126 section 2.2)."""
    request_uri = f"{REQUEST_URI_PREFIX}{opaque_token()}"
    PushedRequest.objects.create(
        pk=digest(request_uri), application=application, params=params, expires_at=timezone.now() + PUSHED_LIFETIME
    )
    return request_uri


def use_pushed_request(request_uri: str) -> bool:
    """True once: a request_uri is good for one code."""
    unused = PushedRequest.objects.filter(pk=digest(request_uri), consumed_at=None)
    return bool(unused.update(consumed_at=timezone.now()))


def use_assertion_once(*, client_id: str, jti: str, expires_at: datetime) -> bool:
    """True for the first who brings this assertion of this client (RFC 7523 section 3)."""
    try:
        with transaction.atomic():
            UsedAssertion(pk=digest(f"{client_id} {jti}"), expires_at=expires_at).save(force_insert=True)
    except IntegrityError:
        return False
    return True
