"""Security: password policy and lockout."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from idp.audit.models import Event
from idp.signin.models import SignInExperience
from idp.signin.sessions import start_session
from idp.users.email_policy import EmailPolicy
from idp.users.models import User
from idp.users.services import create_administrator
from idp.verification.models import SmsAlert
from idp.verification.policy import SmsGuardPolicy

pytestmark = pytest.mark.django_db
URL = "/console/security"
# What is posted to each tab.
PASSWORDS = {"min_length": "12", "character_types": "3", "reject_breached": "on", "words": "Bookstore\n\n Books "}
PROTECTION = {
    "max_attempts": "20", "lockout_minutes": "15", "session_days": "3", "code_seconds": "300", "code_tries": "5",
}  # fmt: skip
EMAILS = {"block_subaddressing": "on", "email_blocklist": "@spam.example\n", "email_allowlist": "a@spam.example"}
MESSAGES = {
    "sms_guard": "on", "sms_countries": ["DE", "AT"], "sms_special": "on", "sms_per_hour": "100", "sms_per_day": "500",
    "sms_numbers_per_address": "10", "sms_numbers_per_prefix": "20", "sms_min_sends": "10", "sms_min_verified": "25",
    "sms_block_hours": "6", "sms_cost_per_hour": "20", "sms_cost_per_day": "90", "sms_price": "0.08", "sms_currency": "EUR",
}  # fmt: skip
TABS: dict[str, dict[str, Any]] = {
    URL: PASSWORDS, f"{URL}/sign-in-protection": PROTECTION, f"{URL}/email-addresses": EMAILS, f"{URL}/text-messages": MESSAGES,
}  # fmt: skip


@pytest.fixture
def staff(client: Client) -> User:
    user = create_administrator(by="", username="admin", password="correct horse battery")
    client.force_login(user)
    return user


def test_only_staff(client: Client) -> None:
    for address, values in TABS.items():
        assert client.get(address).status_code == 302
        assert client.post(address, values).status_code == 302
    assert not SignInExperience.objects.exists()


def test_the_page_shows_what_holds(client: Client, staff: User) -> None:
    assert 'name="min_length" value="8"' in client.get(URL).content.decode()


def test_saved_and_in_force(client: Client, staff: User) -> None:
    for address, values in TABS.items():
        assert client.post(address, values)["Location"] == address
    experience = SignInExperience.load()
    assert (experience.passwords.min_length, experience.passwords.character_types) == (12, 3)
    assert experience.passwords.reject_words == ("Bookstore", "Books")
    assert not experience.passwords.reject_user_info
    assert experience.lockout.max_attempts == 20
    session, _ = start_session(request=RequestFactory().get("/"), user=staff, method="password", amr=["pwd"])
    assert timedelta(days=2.99) < session.expires_at - timezone.now() < timedelta(days=3)
    assert (experience.codes.lifetime, experience.codes.max_tries) == (timedelta(minutes=5), 5)
    assert experience.emails == EmailPolicy(False, True, ("a@spam.example",), ("@spam.example",))
    assert experience.codes.sms == SmsGuardPolicy(
        countries=("DE", "AT"), per_hour=100, per_day=500, numbers_per_address=10, numbers_per_prefix=20, min_sends=10,
        min_verified_percent=25, block_hours=6, cost_per_hour=20, cost_per_day=90, price_per_message=0.08, currency="EUR",
    )  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        {"min_length": "0"},
        {"min_length": ""},
        {"character_types": "9"},
        {"max_attempts": "0"},
        {"lockout_minutes": "x"},
        {"session_days": "366"},
        {"code_seconds": "59"},
        {"code_tries": "101"},
        {"sms_countries": ["XX"]},
        {"email_blocklist": "spam.example"},
        {"sms_min_sends": "4"},
        {"sms_cost_per_hour": "0"},
        {"sms_price": "-1"},
        {"sms_currency": "euro"},
    ],
)
def test_out_of_range(client: Client, staff: User, changes: dict[str, Any]) -> None:
    address, values = next((tab, values) for tab, values in TABS.items() if changes.keys() <= values.keys())
    answer = client.post(address, values | changes)
    assert answer.status_code == 200
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not SignInExperience.objects.exists()


def test_a_tab_leaves_the_others_alone(client: Client, staff: User) -> None:
    for address, values in TABS.items():
        client.post(address, values)
    before = SignInExperience.load()
    client.post(URL, PASSWORDS | {"min_length": "14"})
    after = SignInExperience.load()
    assert after.passwords.min_length == 14
    assert (after.lockout, after.codes, after.emails) == (before.lockout, before.codes, before.emails)


class TestAlerts:
    def alert(self, **changes: Any) -> SmsAlert:
        facts = {"kind": "prefix", "subject": "4917012", "until": timezone.now() + timedelta(hours=1), "sent": 20}
        return SmsAlert.objects.create(**facts | changes)

    def test_a_stopped_prefix_can_be_let_through_again(self, client: Client, staff: User) -> None:
        alert = self.alert()
        text = client.get(URL).content.decode()
        assert "No messages go to +4917012…" in text
        assert "Of 20 codes sent there within an hour, 0 were typed in" in text
        assert client.post(f"{URL}/alerts/{alert.pk}/unblock").status_code == 302
        assert "+4917012…</p>" not in client.get(URL).content.decode()
        assert not SmsAlert.objects.get().is_in_force
        assert Event.objects.get(key="sms.prefix_unblocked").actor == staff.audit_name

    def test_dismissed_is_not_unblocked(self, client: Client, staff: User) -> None:
        alert = self.alert()
        client.post(f"{URL}/alerts/{alert.pk}/dismiss")
        text = client.get(URL).content.decode()
        assert "No messages go to +4917012…" in text
        assert "Dismiss" not in text
        assert SmsAlert.objects.get().is_in_force

    def test_a_used_up_budget_is_dismissed_for_good(self, client: Client, staff: User) -> None:
        alert = self.alert(kind="hour", subject="hour 2026-11-24 09", sent=1000)
        assert "The messages of an hour were used up" in client.get(URL).content.decode()
        assert client.post(f"{URL}/alerts/{alert.pk}/unblock").status_code == 404
        client.post(f"{URL}/alerts/{alert.pk}/dismiss")
        assert "were used up" not in client.get(URL).content.decode()

    def test_only_staff(self, client: Client) -> None:
        alert = self.alert()
        for action in ("dismiss", "unblock"):
            client.post(f"{URL}/alerts/{alert.pk}/{action}")
        assert SmsAlert.objects.get(dismissed_at=None).is_in_force
