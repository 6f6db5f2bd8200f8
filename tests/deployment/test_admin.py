"""The data browser for staff: every model is in it, every page of it opens, and no page shows a secret."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.auth.models import Permission as DjangoPermission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session as DjangoSession
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from idp.applications.models import Application
from idp.applications.services import create_secret
from idp.lib.encryption import EncryptedJSONField, EncryptedTextField
from idp.messaging.models import Connector, OutboxMessage, PendingMessage
from idp.mfa.models import TotpDevice
from idp.signin.models import Interaction
from idp.tokens.models import PersonalAccessToken, SigningKey
from idp.users.models import User, UserImport
from idp.verification.models import CaptchaProvider
from tests.console.people import administrator

pytestmark = pytest.mark.django_db
SECRET = "s3cret-of-this-test"
# Roles are ours, not Django's groups; a staff session is a secret as a whole.
LEFT_OUT = {Group, DjangoPermission, ContentType, DjangoSession}
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.fixture
def owner(native: Application) -> User:
    """With one row of everything that holds a secret."""
    owner = administrator("olga")
    now = timezone.now()
    create_secret(by="test", application=native, name="Default", value=SECRET)
    Connector.objects.create(type="Sms", connector_id="twilio-short-message-service", config={"authToken": SECRET})
    OutboxMessage.objects.create(type="Sms", recipient="+1", usage_type="SignIn", subject=SECRET, text=SECRET)
    PendingMessage.objects.create(
        type="Sms", usage_type="SignIn", body={"variables": {"code": SECRET}}, next_attempt_at=now, expires_at=now
    )
    TotpDevice.objects.create(user=owner, secret=SECRET, last_step=0)
    Interaction.objects.create(
        application_id=native.pk, prompt="login", params={"state": SECRET}, draft={"totp": SECRET}, expires_at=now
    )
    PersonalAccessToken.objects.create(id="a" * 64, user=owner, name="One", value=SECRET)
    SigningKey.objects.create(algorithm="RS256", status="previous", pem=SECRET)
    UserImport.objects.create(name="people.csv", by="test", rows=[{"password": SECRET}], problems=[[1, SECRET]])
    CaptchaProvider.objects.create(type="Turnstile", config={"secretKey": SECRET})
    User.objects.filter(pk=owner.pk).update(password=f"md5$salt${SECRET}")
    return User.objects.get(pk=owner.pk)


def test_every_model_is_registered() -> None:
    assert set(apps.get_models()) - set(MODELS) == LEFT_OUT


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_no_encrypted_field_is_on_a_page(model: type[Model], owner: User) -> None:
    request = RequestFactory().get("/admin/")
    request.user = owner
    pages: Any = admin.site._registry[model]
    shown = {*pages.get_fields(request), *pages.get_readonly_fields(request), *pages.get_list_display(request)}
    encrypted = {f.name for f in model._meta.fields if isinstance(f, EncryptedJSONField | EncryptedTextField)}
    assert shown & encrypted == set()


def test_every_page_opens_and_shows_no_secret(owner: User) -> None:
    client = Client()
    client.force_login(owner)
    opened = 0
    for model in MODELS:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        addresses = [reverse(f"{name}_changelist"), reverse(f"{name}_changelist") + "?q=a"]
        addresses += [reverse(f"{name}_change", args=[row.pk]) for row in model._default_manager.all()[:5]]
        addresses += [reverse(f"{name}_history", args=[row.pk]) for row in model._default_manager.all()[:1]]
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert SECRET not in answer.content.decode(), address
            opened += 1
    assert opened > 2 * len(MODELS) + 10
