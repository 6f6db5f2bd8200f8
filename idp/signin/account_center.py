"""What people may see and change of their own account: read, check and save the settings."""

from typing import Any

from django.db import transaction

from idp.audit.services import record
from idp.lib.http import is_web_origin, is_web_url
from idp.signin.errors import AccountCenterDisabled, AccountCenterInvalid, FieldNotEditable, FieldNotEnabled
from idp.signin.models import AccountCenter


def update_account_center(*, by: str, **changes: Any) -> AccountCenter:
    """Save enabled, fields (those that are named change), delete_account_url or webauthn_related_origins.

    Raises AccountCenterInvalid.
    """
    center = AccountCenter.load()
    if "fields" in changes:
        changes["fields"] = {**center.fields, **changes["fields"]}
    for name, value in changes.items():
        setattr(center, name, value)
    _check(center)
    with transaction.atomic():
        center.save()
        record("account_center.updated", by=by, target="account-center", fields=sorted(changes))
    return center


def require_enabled(center: AccountCenter) -> None:
    """Raises AccountCenterDisabled."""
    if not center.enabled:
        raise AccountCenterDisabled


def require_visible(center: AccountCenter, *fields: str) -> None:
    """Raises AccountCenterDisabled, FieldNotEnabled."""
    require_enabled(center)
    for field in fields:
        if field not in center.visible:
            raise FieldNotEnabled(field)


def require_editable(center: AccountCenter, *fields: str) -> None:
    """Raises AccountCenterDisabled, FieldNotEnabled, FieldNotEditable."""
    require_visible(center, *fields)
    for field in fields:
        if field not in center.editable:
            raise FieldNotEditable(field)


def _check(center: AccountCenter) -> None:
    unknown = set(center.fields) - set(AccountCenter.FIELDS)
    if unknown or not all(access in AccountCenter.Access.values for access in center.fields.values()):
        message = f"Give {', '.join(AccountCenter.Access.values)} for {', '.join(AccountCenter.FIELDS)}."
        raise AccountCenterInvalid(message, field="fields")
    if center.delete_account_url and not is_web_url(center.delete_account_url):
        raise AccountCenterInvalid("Give a web address that begins with https://.", field="delete_account_url")
    if not all(is_web_origin(origin) for origin in center.webauthn_related_origins):
        message = "Give origins such as https://example.com, without a path."
        raise AccountCenterInvalid(message, field="webauthn_related_origins")
