"""Devices that wait for their person (RFC 8628): started by the device, answered by the person, redeemed by the device."""

from datetime import timedelta

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from idp.applications.models import Application
from idp.audit.services import record
from idp.lib.ids import digest, opaque_token, user_code
from idp.tokens.errors import AlreadyConsumed, NoLongerWaiting
from idp.tokens.models import DeviceCode
from idp.tokens.services import NewTokens, create_grant, revoke_grant, store_tokens
from idp.users.models import User

LIFETIME = timedelta(seconds=600)
INTERVAL = 5  # seconds between two questions of a device
_TRIES = 8  # for a free user code, of which there are 25 thousand million
_JITTER = timedelta(seconds=1)  # a question that was sent in time may arrive a little early
WAITING, APPROVED, DENIED = DeviceCode.AUTHORIZATION_PENDING, DeviceCode.AUTHORIZED, DeviceCode.DENIED


def start(*, application: Application, scope: str, resource: list[str]) -> tuple[str, DeviceCode]:
    """The device's own code, shown this once, and what it waits for. A user code is nobody else's while it waits."""
    device_code = opaque_token()
    for _attempt in range(_TRIES):
        try:
            return device_code, _start(device_code, application, scope, resource)
        except IntegrityError:
            continue  # somebody waits with this very user code
    raise RuntimeError("No user code is free.")


@transaction.atomic
def _start(device_code: str, application: Application, scope: str, resource: list[str]) -> DeviceCode:
    device: DeviceCode = DeviceCode.objects.create(
        client_id=application.pk, device_code=digest(device_code), user_code=user_code(), scope=scope,
        resource=resource, interval=INTERVAL, status=WAITING, expires=timezone.now() + LIFETIME,
    )  # fmt: skip
    record("device.started", by=application.audit_name, scope=scope, resource=resource)
    return device


def find_by_device_code(device_code: str) -> DeviceCode | None:
    return DeviceCode.objects.select_related("grant", "user").filter(device_code=digest(device_code)).first()


def find_waiting(typed: str) -> DeviceCode | None:
    """The device that shows this code: case, spaces and dashes do not matter."""
    letters = "".join(filter(str.isalpha, typed.upper()))
    return DeviceCode.objects.filter(
        user_code=f"{letters[:4]}-{letters[4:]}", status=WAITING, expires__gt=timezone.now()
    ).first()


def find_by_id(device_id: int) -> DeviceCode | None:
    """Answered ones too: a form may be sent twice."""
    return DeviceCode.objects.filter(pk=device_id, expires__gt=timezone.now()).first()


@transaction.atomic
def approve(
    *, user: User, application: Application, device: DeviceCode, session_id: str, auth_time: int, amr: list[str]
) -> None:
    """The person lets the device in. Raises NoLongerWaiting."""
    _answer(device, user, APPROVED)
    grant = create_grant(
        user=user, application=application, session_id=session_id, auth_time=auth_time, scope=device.scope,
        resource=device.resource, amr=amr,
    )  # fmt: skip
    DeviceCode.objects.filter(pk=device.pk).update(grant=grant)
    record("device.approved", by=user.audit_name, target=application.audit_name, grant=grant.pk)


@transaction.atomic
def deny(*, user: User, application: Application, device: DeviceCode) -> None:
    """The person does not know the device. Raises NoLongerWaiting."""
    _answer(device, user, DENIED)
    record("device.denied", by=user.audit_name, target=application.audit_name)


def asked_too_soon(device: DeviceCode) -> bool:
    """Note that a waiting device has asked; one that asks too often has to wait five seconds longer each time (3.5)."""
    now = timezone.now()
    pause = timedelta(seconds=device.interval) - _JITTER
    in_time = models.Q(last_checked=None) | models.Q(last_checked__lte=now - pause)
    if DeviceCode.objects.filter(in_time, pk=device.pk).update(last_checked=now):
        return False
    DeviceCode.objects.filter(pk=device.pk).update(last_checked=now, interval=models.F("interval") + INTERVAL)
    return True


def redeem(*, device: DeviceCode, application: Application, tokens: NewTokens) -> None:
    """Use up an approved device code and store its tokens; one caller succeeds. Raises AlreadyConsumed (which ends the grant)."""
    now = timezone.now()
    grant = device.grant
    if grant is None:
        raise AlreadyConsumed
    with transaction.atomic():
        if DeviceCode.objects.filter(pk=device.pk, status=APPROVED, consumed_at=None).update(consumed_at=now):
            store_tokens(grant, application, tokens, scope=device.scope, nonce="", chain_started_at=now, now=now)
            record("grant.redeemed", by=application.audit_name, target=f"user:{device.user_id}", grant=grant.pk)
            return
    revoke_grant(grant=grant, reason="device code used twice")
    raise AlreadyConsumed


def _answer(device: DeviceCode, user: User, status: str) -> None:
    """Answered once, while it waits."""
    waiting = DeviceCode.objects.filter(pk=device.pk, status=WAITING, expires__gt=timezone.now())
    if not waiting.update(status=status, user=user):
        raise NoLongerWaiting
