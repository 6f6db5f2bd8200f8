"""What an access token is for: its audience, scope and lifetime (RFC 8707 and Logto's rules, section 1.6 and 1.10)."""

from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from idp.applications.models import DEVICE_CODE, TOKEN_EXCHANGE
from idp.authorization.models import Resource
from idp.authorization.queries import (
    belongs_to,
    default_resource,
    find_resource,
    granted_in_organization,
    granted_permissions,
)
from idp.oidc.scopes import CLAIMS_OF_SCOPE, ORGANIZATIONS, user_scopes
from idp.oidc.toolkit import Request, errors
from idp.organizations.models import AUDIENCE_PREFIX, Organization

OPAQUE_LIFETIME = ORGANIZATION_LIFETIME = 3600  # seconds


@dataclass(frozen=True)
class TokenSpec:
    """An empty audience is an opaque token for our own endpoints; `organization_id` becomes a claim of a resource's token."""

    audience: str
    scope: str
    expires_in: int
    organization_id: str = ""


class InvalidTarget(errors.OAuth2Error):
    error = "invalid_target"  # RFC 8707 section 2


def token_spec(request: Request) -> TokenSpec:
    """Decide, before anything is consumed. Raises InvalidTarget, insufficient_scope, or access_denied for an organization of
    others.
    """
    if request.grant_type == "client_credentials":
        return _for_machine(request)
    organization = _organization(request)
    if request.grant_type == TOKEN_EXCHANGE:
        return _for_exchange(request)
    indicator = _indicator(request) or ("" if organization else _implied_indicator(request))
    subject = f"user:{request.user.pk}"
    if not indicator:
        return _for_organization(organization.pk, subject, request) if organization else _for_ourselves(request)
    if indicator not in request.grant_row.resource:
        raise InvalidTarget(description="resource indicator is missing, or unknown", request=request)
    resource = _resource(indicator, request)
    return _for_resource(resource, subject, request, organization.pk if organization else "")


def _for_machine(request: Request) -> TokenSpec:
    indicator, subject = _indicator(request), f"application:{request.client.client_id}"
    organization_id = _organization_of_machine(request)
    if organization_id and not indicator:
        return _for_organization(organization_id, subject, request)
    resource = _resource(indicator, request) if indicator else default_resource()
    if resource is None:
        raise InvalidTarget(description="both resource and organization_id are not provided", request=request)
    return _for_resource(resource, subject, request, organization_id)


def _for_exchange(request: Request) -> TokenSpec:
    """Any resource, or `audience` as another word for it (RFC 8693 section 2.1). Made of an access token, it ends with it."""
    indicator = _indicator(request, "resource", "audience")
    resource = _resource(indicator, request) if indicator else default_resource()
    spec = _for_resource(resource, f"user:{request.user.pk}", request) if resource else _for_ourselves(request)
    if request.subject.expires_at is None:
        return spec
    left = int((request.subject.expires_at - timezone.now()).total_seconds())
    return replace(spec, expires_in=max(0, min(spec.expires_in, left)))


def _for_ourselves(request: Request) -> TokenSpec:
    return TokenSpec("", " ".join(user_scopes(" ".join(request.scopes))), OPAQUE_LIFETIME)


def _for_resource(resource: Resource, subject: str, request: Request, organization_id: str = "") -> TokenSpec:
    held = granted_permissions(
        subject=subject, resource=resource, requested=_permissions(request), organization_id=organization_id
    )
    return TokenSpec(resource.indicator, " ".join(held), resource.access_token_ttl, organization_id)


def _resource(indicator: str, request: Request) -> Resource:
    resource = find_resource(indicator)
    if resource is None:
        raise InvalidTarget(description="resource indicator is missing, or unknown", request=request)
    return resource


def _indicator(request: Request, *names: str) -> str:
    """The one resource that a token request may name."""
    named = list(dict.fromkeys(value for name in names or ("resource",) for value in _values(request, name)))
    if len(named) > 1:
        raise InvalidTarget(description="only a single resource indicator value is supported", request=request)
    return named[0] if named else ""


def _implied_indicator(request: Request) -> str:
    """A code of a request without openid is good for nothing but the resource it was asked for."""
    if request.grant_type not in ("authorization_code", DEVICE_CODE) or "openid" in request.scopes:
        return ""
    return str(next(iter(request.grant_row.resource), ""))


def _for_organization(organization_id: str, subject: str, request: Request) -> TokenSpec:
    """Logto's organization token (section 1.10), with what the subject's roles there let it do."""
    held = granted_in_organization(subject=subject, organization_id=organization_id, requested=_permissions(request))
    return TokenSpec(f"{AUDIENCE_PREFIX}{organization_id}", " ".join(held), ORGANIZATION_LIFETIME)


def _permissions(request: Request) -> list[str]:
    """What was asked for besides facts about people. Nothing is held of the rest, so it is not looked for."""
    return [scope for scope in request.scopes or [] if scope not in CLAIMS_OF_SCOPE]


def _organization(request: Request) -> Organization | None:
    """The person's organization that the request names. Never answer with another kind of token instead: the SDK would keep it
    as an organization token.
    """
    named = _values(request, "organization_id")
    if not named:
        return None
    if request.grant_type != "refresh_token":
        raise _denied(request, "user is not a member of the organization")
    if ORGANIZATIONS not in request.grant_row.scope.split():
        raise errors.CustomOAuth2Error(
            error="insufficient_scope", description=f"refresh token missing required scope: {ORGANIZATIONS}",
            status_code=403, request=request,
        )  # fmt: skip
    organization = Organization.objects.of(request.user.pk).filter(pk=named[0]).first()
    if organization is None:
        raise _denied(request, "user is not a member of the organization")
    if request.client.is_third_party:
        raise _denied(request, "organization access is not granted to the application")
    return organization


def _organization_of_machine(request: Request) -> str:
    """The id of the organization that a machine-to-machine application names, and works for; empty when it names none."""
    named = _values(request, "organization_id")
    if not named:
        return ""
    if not belongs_to(application_id=request.client.client_id, organization_id=named[0]):
        raise _denied(request, "app has not associated with the organization")
    return str(named[0])


def _denied(request: Request, description: str) -> errors.OAuth2Error:
    return errors.CustomOAuth2Error(
        error="access_denied", description=description, status_code=403, request=request
    )  # fmt: skip


def _values(request: Request, name: str) -> list[Any]:
    return [value for key, value in request.decoded_body or [] if key == name and value]
