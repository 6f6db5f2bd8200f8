"""Objects of the Management API (Logto section 6.3). There is one tenant, and it has Logto's name."""

from typing import Any

from django.utils import timezone

from idp.api.shapes import milliseconds
from idp.applications.models import Application, ApplicationSecret
from idp.applications.wire import CUSTOM_METADATA, OIDC_METADATA, SETTINGS, values
from idp.audit.models import Event
from idp.authorization.models import Permission, Resource, Role
from idp.organizations.models import Organization, OrganizationPermission, OrganizationRole
from idp.signin.experience import on_the_wire
from idp.signin.models import SignInExperience
from idp.users.models import User
from idp.verification.models import OneTimeToken

TENANT = {"tenantId": "default"}


def user(row: User) -> dict[str, Any]:
    """Nulls are kept. There are no identities of other providers."""
    return {
        "id": row.pk,
        "username": row.username,
        "primaryEmail": row.primary_email,
        "primaryPhone": row.primary_phone,
        "name": row.name,
        "avatar": row.avatar,
        "customData": row.custom_data,
        "identities": {},
        "lastSignInAt": milliseconds(row.last_sign_in_at),
        "createdAt": milliseconds(row.created_at),
        "updatedAt": milliseconds(row.updated_at),
        "profile": row.profile,
        "applicationId": row.application_id or None,
        "isSuspended": row.is_suspended,
        "hasPassword": row.has_password,
    }


def application(row: Application) -> dict[str, Any]:
    """In Logto's shape, and beside it what the configuration file knows."""
    return {
        **TENANT, "id": row.pk, "type": row.type, "isThirdParty": row.is_third_party,
        **values(row, SETTINGS),
        "oidcClientMetadata": values(row, OIDC_METADATA),
        "customClientMetadata": values(row, CUSTOM_METADATA) | {"isDeviceFlow": row.is_device_flow},
        "protectedAppMetadata": None, "appLevelAccessControlEnabled": False, "createdAt": milliseconds(row.created),
    }  # fmt: skip


def application_secret(row: ApplicationSecret, *, value: str = "") -> dict[str, Any]:
    """Without its value, how it begins."""
    return {
        **TENANT, "applicationId": row.application_id, "name": row.name, "value": value or row.mask,
        "createdAt": milliseconds(row.created_at), "expiresAt": milliseconds(row.expires_at),
        "lastUsedAt": milliseconds(row.last_used_at),
    }  # fmt: skip


def resource(row: Resource) -> dict[str, Any]:
    return {
        **TENANT, "id": row.pk, "name": row.name, "indicator": row.indicator, "isDefault": row.is_default,
        "accessTokenTtl": row.access_token_ttl,
    }  # fmt: skip


def scope(row: Permission) -> dict[str, Any]:
    return {
        **TENANT, "id": row.pk, "resourceId": row.resource_id, "name": row.name, "description": row.description or None,
    }  # fmt: skip


def role(row: Role) -> dict[str, Any]:
    return {
        **TENANT, "id": row.pk, "name": row.name, "description": row.description, "type": row.type, "isDefault": row.is_default,
    }  # fmt: skip


def organization(row: Organization) -> dict[str, Any]:
    return {
        **TENANT, "id": row.pk, "name": row.name, "description": row.description or None, "customData": row.custom_data,
        "isMfaRequired": False, "color": row.color, "branding": row.branding, "customCss": row.custom_css or None,
        "createdAt": milliseconds(row.created_at),
    }  # fmt: skip


def organization_role(row: OrganizationRole) -> dict[str, Any]:
    return {**TENANT, "id": row.pk, "name": row.name, "description": row.description or None, "type": row.type}


def organization_scope(row: OrganizationPermission) -> dict[str, Any]:
    return {**TENANT, "id": row.pk, "name": row.name, "description": row.description or None}


def names(rows: Any) -> list[dict[str, str]]:
    """Of roles of organizations, beside whoever has them."""
    return [{"id": one.pk, "name": one.name} for one in rows]


def log(row: Event) -> dict[str, Any]:
    """In Logto's shape, with our keys; what an event has besides is beside it in `payload`."""
    subjects = [name.partition(":") for name in (row.target, row.actor)]
    user_id = next((pk for kind, _, pk in subjects if kind == "user"), None)
    application_id = row.application or next((pk for kind, _, pk in subjects if kind == "application"), None)
    return {
        **TENANT, "id": str(row.pk), "key": row.key, "createdAt": milliseconds(row.created_at),
        "payload": {
            **row.data, "key": row.key, "result": "Success" if row.succeeded else "Error", "ip": row.address,
            "userAgent": row.user_agent, "userId": user_id, "applicationId": application_id, "actor": row.actor,
            "target": row.target,
        },
    }  # fmt: skip


def one_time_token(row: OneTimeToken) -> dict[str, Any]:
    """Without the token, which is not kept. One whose time is over is over, whatever the row says."""
    has_expired = row.status == OneTimeToken.Status.ACTIVE and row.expires_at <= timezone.now()
    return {
        **TENANT, "id": row.pk, "email": row.email, "context": row.context,
        "status": str(OneTimeToken.Status.EXPIRED) if has_expired else row.status,
        "createdAt": milliseconds(row.created_at), "expiresAt": milliseconds(row.expires_at),
    }  # fmt: skip


def experience(row: SignInExperience) -> dict[str, Any]:
    return {**TENANT, "id": "default", **on_the_wire(row)}
