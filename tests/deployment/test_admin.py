"""The data browser for staff: every model is in it, every page of it opens, and no page shows a secret."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import Group
from django.contrib.auth.models import Permission as DjangoPermission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session as DjangoSession
from django.db import connection
from django.db.models import Model
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from idp.applications.models import Application
from idp.applications.services import create_secret
from idp.audit.models import Event
from idp.audit.services import record
from idp.lib.admin import BoundedPaginator
from idp.lib.encryption import EncryptedJSONField, EncryptedTextField
from idp.messaging.models import Connector, OutboxMessage, PendingMessage
from idp.mfa.models import TotpDevice
from idp.signin.models import Interaction, Session
from idp.tokens.models import Grant, PersonalAccessToken, SigningKey
from idp.users.backends import ABOUT_PEOPLE
from idp.users.models import StaffRole, User, UserImport
from idp.users.services import create_administrator
from idp.verification.errors import Blocked
from idp.verification.lockout import LockoutPolicy, guarded, is_blocked
from idp.verification.models import CaptchaProvider, Lockout
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


@pytest.mark.parametrize("role", [StaffRole.OWNER, StaffRole.AUDITOR, StaffRole.SUPPORT])
def test_every_page_opens_for_those_who_may_look_and_shows_no_secret(role: StaffRole, owner: User) -> None:
    """What support may not look at in the console, it may not look at here."""
    client = as_role(role)
    opened = refused = 0
    for model in MODELS:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        addresses = [reverse(f"{name}_changelist"), reverse(f"{name}_changelist") + "?q=a"]
        addresses += [reverse(f"{name}_change", args=[row.pk]) for row in model._default_manager.all()[:5]]
        addresses += [reverse(f"{name}_history", args=[row.pk]) for row in model._default_manager.all()[:1]]
        may = role != StaffRole.SUPPORT or model._meta.label_lower in ABOUT_PEOPLE
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(address)
            assert answer.status_code == (200 if may else 403), address
            assert SECRET not in answer.content.decode(), address
            assert not [one["sql"] for one in queries if "COUNT(" in one["sql"] and "LIMIT" not in one["sql"]], address
            opened, refused = opened + may, refused + (not may)
    assert opened > 10
    assert (refused > 10) is (role == StaffRole.SUPPORT)


def test_what_is_not_shown_cannot_be_guessed(owner: User) -> None:
    client = as_role(StaffRole.SUPPORT)
    for query in (
        "password__startswith=a",
        "password__gt=a",
        "is_suspended__regex=a",
        "sign_in_sessions__id__startswith=a",
    ):
        assert client.get(f"/admin/users/user/?{query}").status_code == 400, query
    for query in ("is_suspended__exact=1", "staff_role__exact=owner", "q=sue"):
        assert client.get(f"/admin/users/user/?{query}").status_code == 200, query


def test_nobody_writes_a_row_by_hand(owner: User) -> None:
    request = RequestFactory().get("/admin/")
    for model in MODELS:
        pages: Any = admin.site._registry[model]
        for role in StaffRole:
            request.user = as_role(role).user  # type: ignore[attr-defined]
            written = [
                pages.has_add_permission(request),
                pages.has_change_permission(request),
                pages.has_delete_permission(request),
            ]
            assert not any(written), (model, role)
            assert "delete_selected" not in pages.get_actions(request)


def test_lists_that_grow_are_searched_by_an_index(owner: User) -> None:
    """`icontains`, Django's own, would read a million rows."""
    for model in MODELS:
        fields = admin.site._registry[model].search_fields
        assert [one for one in fields if not one.endswith(("__exact", "__istartswith"))] == [], model


def test_a_list_counts_and_goes_no_further_than_its_bound(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BoundedPaginator, "MOST", 3)
    for _ in range(5):
        record("user.updated")
    page = as_role(StaffRole.AUDITOR).get("/admin/audit/event/")
    assert page.context["cl"].result_count == 3


def test_pages_lead_to_the_console(owner: User, ada: User, native: Application) -> None:
    client = as_role(StaffRole.AUDITOR)
    assert f'href="/console/users/{ada.pk}"' in client.get(f"/admin/users/user/{ada.pk}/change/").content.decode()
    page = client.get("/admin/applications/application/bookstore/change/").content.decode()
    assert 'href="/console/applications/bookstore"' in page
    for model in MODELS:
        pages: Any = admin.site._registry[model]
        for row in model._default_manager.all()[:1]:
            assert not pages.console_page or 'href="/console/' in pages.in_the_console(row), model


def test_people_are_found_as_in_the_console(owner: User, ada: User) -> None:
    page = as_role(StaffRole.SUPPORT).get("/admin/users/user/?q=lovelace")
    assert list(page.context["cl"].result_list) == [ada]
    record("user.updated", target=ada.audit_name)
    page = as_role(StaffRole.SUPPORT).get(f"/admin/audit/event/?q={ada.audit_name}")
    assert {event.target for event in page.context["cl"].result_list} == {ada.audit_name}


class TestSupport:
    """Actions call what the console calls, and leave the same rows in the log."""

    def act(self, client: Client, model: str, action: str, *rows: Any) -> Any:
        address = reverse(f"admin:{model}_changelist")
        chosen = {"action": action, ACTION_CHECKBOX_NAME: [row.pk for row in rows], "index": "0"}
        return client.post(address, chosen, follow=True)

    def session(self, user: User) -> Session:
        later = timezone.now() + timedelta(days=1)
        return Session.objects.create(id=f"s{Session.objects.count()}", user=user, auth_time=0, expires_at=later)

    def keys(self) -> list[str]:
        return sorted(Event.objects.exclude(key__endswith=".created").values_list("key", flat=True))

    def test_people_are_signed_out_suspended_and_let_in_again(self, ada: User) -> None:
        client = as_role(StaffRole.SUPPORT)
        self.session(ada)
        Event.objects.all().delete()
        assert "1 of 1 people: signed out everywhere" in text(self.act(client, "users_user", "end_sessions", ada))
        assert not Session.objects.exists()
        self.act(client, "users_user", "suspend_people", ada)
        assert User.objects.get(pk=ada.pk).is_suspended
        self.act(client, "users_user", "reactivate", ada)
        assert not User.objects.get(pk=ada.pk).is_suspended
        assert self.keys() == ["user.reactivated", "user.signed_out", "user.suspended"]
        assert set(Event.objects.values_list("actor", flat=True)) == {client.user.audit_name}  # type: ignore[attr-defined]

    def test_a_person_is_unlocked(self, ada: User) -> None:
        policy = LockoutPolicy(max_attempts=0)
        with pytest.raises(Blocked), guarded("username", "ada", policy):
            pass
        self.act(as_role(StaffRole.SUPPORT), "users_user", "unlock", ada)
        assert not is_blocked("username", "ada")
        assert Event.objects.get(key="identifier.unblocked").target == ada.audit_name

    def test_a_lockout_is_taken_away(self) -> None:
        with pytest.raises(Blocked), guarded("username", "ada", LockoutPolicy(max_attempts=0)):
            pass
        self.act(as_role(StaffRole.ADMIN), "verification_lockout", "unlock", Lockout.objects.get())
        assert not is_blocked("username", "ada")

    def test_grants_and_access_are_revoked(self, ada: User, signed_in: dict[str, Any]) -> None:
        client = as_role(StaffRole.SUPPORT)
        self.act(client, "tokens_grant", "revoke", Grant.objects.get())
        assert Grant.objects.get().revoked_at
        event = Event.objects.get(key="grant.revoked")
        assert (event.actor, event.data["reason"]) == (client.user.audit_name, "access revoked")  # type: ignore[attr-defined]

    def test_everything_that_applications_hold_is_revoked(self, ada: User, signed_in: dict[str, Any]) -> None:
        self.act(as_role(StaffRole.SUPPORT), "users_user", "revoke_access", ada)
        assert Grant.objects.get().revoked_at
        assert Event.objects.filter(key="user.application_access_revoked").count() == 1

    def test_a_session_is_ended(self, ada: User) -> None:
        one, other = self.session(ada), self.session(ada)
        self.act(as_role(StaffRole.SUPPORT), "signin_session", "end", one)
        assert Session.objects.get() == other

    def pending(self, **values: Any) -> PendingMessage:
        later = timezone.now() + timedelta(minutes=5)
        return PendingMessage.objects.create(
            **{"type": "Sms", "usage_type": "SignIn", "body": {}, "next_attempt_at": later, "expires_at": later}
            | values
        )

    @pytest.mark.parametrize("attempts", [1, 2])
    def test_a_message_is_sent_again(self, attempts: int) -> None:
        row = self.pending(attempts=attempts)
        self.act(as_role(StaffRole.SUPPORT), "messaging_pendingmessage", "send_now", row)
        assert list(PendingMessage.objects.due(timezone.now())) == [row]
        assert Event.objects.get(key="message.hurried").target == f"message:{row.pk}"

    @pytest.mark.parametrize(
        ("attempts", "held", "wanted"),
        [(1, timedelta(0), timedelta(0)), (1, PendingMessage.LEASE, timedelta(hours=1)), (2, PendingMessage.LEASE, timedelta(hours=1))],
    )  # fmt: skip
    def test_a_message_whose_time_is_over_or_that_is_being_sent_is_not(
        self, attempts: int, held: timedelta, wanted: timedelta
    ) -> None:
        now = timezone.now()
        row = self.pending(attempts=attempts, next_attempt_at=now + held, expires_at=now + wanted)
        answer = self.act(as_role(StaffRole.SUPPORT), "messaging_pendingmessage", "send_now", row)
        assert "0 of 1 messages sent again" in text(answer)
        assert not Event.objects.filter(key="message.hurried").exists()

    def test_a_message_is_cancelled(self) -> None:
        row = self.pending()
        self.act(as_role(StaffRole.SUPPORT), "messaging_pendingmessage", "cancel", row)
        assert not PendingMessage.objects.exists()
        assert Event.objects.get(key="message.cancelled").target == f"message:{row.pk}"

    def test_those_who_only_look_have_no_action(self, ada: User) -> None:
        self.act(as_role(StaffRole.AUDITOR), "users_user", "suspend_people", ada)
        assert not User.objects.get(pk=ada.pk).is_suspended

    def test_an_administrator_is_changed_by_owners_only(self, ada: User) -> None:
        olga = administrator("olga")
        answer = self.act(as_role(StaffRole.ADMIN), "users_user", "suspend_people", olga, ada)
        assert "1 of 2 people: suspended" in text(answer)
        assert "an administrator is changed by owners only" in text(answer)
        assert not User.objects.get(pk=olga.pk).is_suspended
        self.act(as_role(StaffRole.ADMIN), "signin_session", "end", self.session(olga))
        assert Session.objects.exists()

    def test_the_last_owner_stays(self) -> None:
        client = as_role(StaffRole.OWNER)
        answer = self.act(client, "users_user", "suspend_people", client.user)  # type: ignore[attr-defined]
        assert "0 of 1 people" in text(answer)


def as_role(role: StaffRole) -> Client:
    client = Client()
    name = f"staff{User.objects.count()}"
    user = create_administrator(by="test", username=name, password="correct horse battery", role=role)
    client.force_login(user)
    client.user = user  # type: ignore[attr-defined]
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())
