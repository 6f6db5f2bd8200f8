"""What a person has let in, and the end of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.utils import timezone

from idp.applications.models import Application
from idp.applications.services import create_application
from idp.audit.models import Event
from idp.tokens import grants
from idp.tokens.consents import has_consented, remember_consent
from idp.tokens.models import Consent, Grant
from idp.users.models import User
from idp.users.services import create_user

pytestmark = pytest.mark.django_db


def grant(user: User, application: Application, *, scope: str = "openid", **values: Any) -> Grant:
    values = {"expires_at": timezone.now() + timedelta(days=1)} | values
    return Grant.objects.create(user=user, application=application, scope=scope, auth_time=1, **values)


@pytest.fixture
def partner(db: None) -> Application:
    return create_application(
        by="test", name="Partner", type="SPA", is_third_party=True, user_consent_scopes=["profile"]
    )


def test_only_what_lives_counts(ada: User, native: Application) -> None:
    living = grant(ada, native)
    grant(ada, native, revoked_at=timezone.now())
    grant(ada, native, expires_at=timezone.now())
    grant(create_user(by="test", username="bob"), native)
    assert list(grants.live_grants(ada)) == [living]


def test_one_connection_for_each_application_by_name(ada: User, native: Application, partner: Application) -> None:
    first = grant(ada, partner, scope="openid profile")
    grant(ada, partner, scope="openid email")
    grant(ada, native)
    bookstore, other = grants.connections(ada)
    assert (bookstore.application, bookstore.grants) == (native, 1)
    assert (other.application, other.grants, other.since) == (partner, 2, first.created_at)
    assert other.scopes == ("openid", "profile", "email")


def test_a_remembered_consent_is_a_connection_too(ada: User, partner: Application) -> None:
    remember_consent(user=ada, application=partner, scopes=["profile"], resource=[])
    (connection,) = grants.connections(ada)
    assert (connection.application, connection.grants, connection.scopes) == (partner, 0, ("profile",))


def test_connections_take_as_many_statements_for_three_as_for_one(ada: User, django_assert_num_queries: Any) -> None:
    for number in range(3):
        application = create_application(by="test", name=f"App {number}", type="SPA")
        grant(ada, application)
        remember_consent(user=ada, application=application, scopes=[], resource=[])
    with django_assert_num_queries(2):
        assert len(grants.connections(ada)) == 3


class TestRevoke:
    def test_grants_and_consent_of_this_person_and_application_end(
        self, ada: User, native: Application, partner: Application
    ) -> None:
        bob = create_user(by="test", username="bob")
        ended = [grant(ada, partner), grant(ada, partner)]
        kept = [grant(ada, native), grant(bob, partner)]
        for user in (ada, bob):
            remember_consent(user=user, application=partner, scopes=["profile"], resource=[])
        assert grants.revoke_application_access(by="user:admin", user=ada, application=partner) == 2
        assert set(Grant.objects.exclude(revoked_at=None)) == set(ended)
        assert set(Grant.objects.filter(revoked_at=None)) == set(kept)
        assert not has_consented(user=ada, application=partner, scopes=[], resource=[])
        assert has_consented(user=bob, application=partner, scopes=["profile"], resource=[])

    def test_who_did_it_is_in_the_log_once(self, ada: User, native: Application) -> None:
        grant(ada, native)
        grant(ada, native)
        grants.revoke_application_access(by="user:admin", user=ada, application=native)
        event = Event.objects.get(key="user.application_access_revoked")
        assert (event.actor, event.target) == ("user:admin", ada.audit_name)
        assert event.data == {"application": native.pk, "grants": 2}

    def test_where_there_was_nothing_nothing_is_said(self, ada: User, native: Application) -> None:
        assert grants.revoke_application_access(by="user:admin", user=ada, application=native) == 0
        assert not Event.objects.filter(key="user.application_access_revoked").exists()

    def test_it_ends_altogether_or_not_at_all(
        self, ada: User, partner: Application, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        grant(ada, partner)
        remember_consent(user=ada, application=partner, scopes=["profile"], resource=[])

        def fail(*args: Any, **kwargs: Any) -> None:
            raise DatabaseError

        monkeypatch.setattr(grants, "record", fail)
        with pytest.raises(DatabaseError):
            grants.revoke_application_access(by="user:admin", user=ada, application=partner)
        assert Grant.objects.filter(revoked_at=None).count() == 1
        assert Consent.objects.count() == 1
