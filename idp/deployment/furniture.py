"""What every installation has from its first migration: signing keys, the Management API, the demo app and the client of the account pages."""

from typing import Any

from django.db import connection

from idp.applications.models import ACCOUNT_APP_ID, DEMO_APP_ID, Application, ApplicationType
from idp.authorization import management
from idp.authorization.models import Role
from idp.tokens.keys import ensure_keys
from idp.tokens.models import SigningKey


def ensure(**_: Any) -> None:
    """Make what is missing; runs after each `migrate` and changes nothing that is there."""
    if not {model._meta.db_table for model in (SigningKey, Application, Role)} <= set(
        connection.introspection.table_names()
    ):
        return  # `migrate` of one app on an empty database
    ensure_keys()
    management.ensure()
    Application.objects.get_or_create(
        pk=DEMO_APP_ID, defaults={"name": "Live preview", "type": ApplicationType.SPA, "description": "Built in."}
    )
    Application.objects.get_or_create(
        pk=ACCOUNT_APP_ID, defaults={"name": "Your account", "type": ApplicationType.SPA, "description": "Built in."}
    )
