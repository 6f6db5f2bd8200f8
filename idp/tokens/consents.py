"""What people have allowed third-party applications."""

from django.db import transaction

from idp.applications.models import Application
from idp.audit.services import record
from idp.tokens.models import Consent
from idp.users.models import User


def has_consented(*, user: User, application: Application, scopes: list[str], resource: list[str]) -> bool:
    """Has the person allowed this third-party application all of this before?"""
    consent = Consent.objects.filter(user=user, application=application).first()
    return consent is not None and set(scopes) <= set(consent.scope.split()) and set(resource) <= set(consent.resource)


@transaction.atomic
def remember_consent(*, user: User, application: Application, scopes: list[str], resource: list[str]) -> None:
    """Add to what the person has allowed a third-party application."""
    consent, _ = Consent.objects.select_for_update().get_or_create(user=user, application=application)
    consent.scope = " ".join(dict.fromkeys([*consent.scope.split(), *scopes]))
    consent.resource = list(dict.fromkeys([*consent.resource, *resource]))
    consent.save()
    record("consent.given", by=user.audit_name, target=application.audit_name, scopes=scopes, resource=resource)
