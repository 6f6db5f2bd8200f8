"""Objects of the Management API (Logto section 6.3). There is one tenant, and it has Logto's name."""

from typing import Any

from idp.api.shapes import milliseconds
from idp.users.models import User

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
