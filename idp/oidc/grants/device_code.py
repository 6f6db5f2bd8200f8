"""`urn:ietf:params:oauth:grant-type:device_code` (RFC 8628 sections 3.4, 3.5)."""

from typing import Any

from django.utils import timezone

from idp.oidc.grants.base import TokenGrant, required
from idp.oidc.toolkit import Request, errors
from idp.tokens import devices
from idp.tokens.models import DeviceCode
from idp.tokens.services import NewTokens, revoke_grant


class DeviceCodeGrant(TokenGrant):
    with_refresh_token = True  # when the person granted offline_access

    def look(self, request: Request) -> None:
        """Has the person answered? The checks in the order of what a device can do about them."""
        device = devices.find_by_device_code(required(request, "device_code"))
        if device is None or device.client_id != request.client_id:
            raise errors.InvalidGrantError(request=request)
        if device.consumed_at is not None:
            if device.grant is not None:
                revoke_grant(grant=device.grant, reason="device code used twice")
            raise errors.InvalidGrantError(request=request)
        _require_answer(device, request)
        if device.grant is None or device.grant.revoked_at is not None or device.user.is_suspended:
            raise errors.InvalidGrantError(request=request)
        request.device_row = device
        request.grant_row = device.grant
        request.user = device.user
        request.scopes = device.scope.split()

    def extras(self, token: dict[str, Any], request: Request) -> dict[str, Any]:
        if "openid" not in request.scopes:
            return {}
        return {"id_token": self.validator.get_id_token(token, None, request)}

    def consume(self, request: Request, tokens: NewTokens) -> None:
        devices.redeem(device=request.device_row, application=request.client, tokens=tokens)


def _require_answer(device: DeviceCode, request: Request) -> None:
    """Raises what RFC 8628 section 3.5 names; only a device that has to wait can ask too often."""
    if device.expires <= timezone.now():
        raise _refusal("expired_token", "the device code has expired", request)
    if device.status == devices.DENIED:
        raise _refusal("access_denied", "the end-user denied the request", request)
    if device.status == devices.WAITING:
        if devices.asked_too_soon(device):
            raise _refusal("slow_down", "polling too often; wait five seconds longer from now on", request)
        raise _refusal("authorization_pending", "authorization request is still pending", request)


def _refusal(error: str, description: str, request: Request) -> Exception:
    return errors.CustomOAuth2Error(error=error, description=description, status_code=400, request=request)
