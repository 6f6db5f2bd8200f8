"""The checklist knows what is done, and the page about production says what is missing."""

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from console.checklist import steps
from console.production import points
from idp.applications.models import Application
from idp.messaging.models import Connector
from idp.signin.experience import update_experience
from idp.users.models import User
from idp.users.services import create_administrator
from tests.console.people import PASSWORD, staff_client

pytestmark = pytest.mark.django_db


def undone() -> list[str]:
    return [step.title for step in steps() if not step.done]


def test_each_step_is_ticked_by_what_it_asks_for(
    settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = staff_client()
    with django_assert_num_queries(5):
        assert len(undone()) == 6
    Application.objects.create(name="Bookstore", type="Native")
    assert "Register your first application" not in undone()
    assert (
        '<li class="checklist__step checklist__step--next" aria-current="step">'
        in client.get("/console/get-started").content.decode()
    )
    Connector.objects.create(type="Sms", connector_id="twilio-short-message-service")
    assert "Connect a provider for codes" not in undone()
    update_experience(by="test", sign_in_mode="SignIn")
    assert "Decide how people sign in" not in undone()
    User.objects.create(username="reader", last_sign_in_at=timezone.now())
    assert "Sign in as one of your users" not in undone()
    create_administrator(by="test", username="second", password=PASSWORD)
    assert undone() == ["Move to production settings"]
    settings.PRODUCTION = True
    assert undone() == []
    assert "All set" in client.get("/console/get-started").content.decode()


def test_what_is_missing_for_production(settings: Settings) -> None:
    client = staff_client()
    before = {point.title: point.good for point in points()}
    assert [before[title] for title in ("Mode", "Address", "Providers for codes")] == [False] * 3
    settings.PRODUCTION, settings.ENDPOINT, settings.WEB_WORKERS = True, "https://id.example.com", 2
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}}
    after = {point.title for point in points() if not point.good}
    assert after <= {"Database", "Providers for codes", "Administrators"}
    page = client.get("/console/production").content.decode()
    assert "In production nothing is sent, and nobody gets a code, without a connector." in page
