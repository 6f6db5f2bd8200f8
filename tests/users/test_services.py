import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from idp.audit.models import Event
from idp.users import identifiers, passwords, services
from idp.users.errors import (
    AdministratorExists,
    IdentifierMissing,
    IdentifierTaken,
    InvalidIdentifier,
    LastAdministrator,
    PasswordRejected,
)
from idp.users.hashers import Argon2id
from idp.users.models import User
from tests.conftest import OWN_MEMORY_COST, OWN_TIME_COST

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


class TestIdentifiers:
    @pytest.mark.parametrize(
        ("kind", "typed", "stored"),
        [
            ("username", " ada_1 ", "ada_1"),
            ("email", "Ada@Example.COM", "ada@example.com"),
            ("phone", "+1 (555) 123-4567", "15551234567"),
        ],
    )
    def test_stored_form(self, kind: str, typed: str, stored: str) -> None:
        assert identifiers.clean(kind, typed) == stored

    @pytest.mark.parametrize(
        ("kind", "typed"),
        [
            ("username", "1ada"),
            ("username", "a b"),
            ("username", "ad\u00e4"),
            ("email", "ada@"),
            ("email", "a@b"),
            ("phone", "123"),
        ],
    )
    def test_refused(self, kind: str, typed: str) -> None:
        with pytest.raises(InvalidIdentifier) as refused:
            identifiers.clean(kind, typed)
        assert refused.value.field == kind

    @pytest.mark.parametrize(
        ("typed", "kind"),
        [("a@b.c", "email"), ("+1 555", "phone"), ("0151 23", "phone"), ("ada", "username"), ("a1", "username")],
    )
    def test_guess(self, typed: str, kind: str) -> None:
        assert identifiers.guess_kind(typed) == kind


class TestUniqueness:
    def test_each_identifier_belongs_to_one_person(self, ada: User) -> None:
        for kind, value in {"username": "ada", "email": "ADA@example.com", "phone": "15551234567"}.items():
            with pytest.raises(IdentifierTaken) as refused:
                services.create_user(by="x", **{kind: value})
            assert refused.value.code == f"user.{kind}_already_in_use"

    def test_a_trunk_zero_is_the_same_line(self) -> None:
        services.create_user(by="x", phone="61412345678")
        assert User.objects.by_identifier("phone", "610412345678") is not None
        with pytest.raises(IdentifierTaken):
            services.create_user(by="x", phone="610412345678")

    def test_somebody_needs_a_name(self) -> None:
        with pytest.raises(IdentifierMissing):
            services.create_user(by="x", name="Nobody")

    def test_one_may_keep_ones_own(self, ada: User) -> None:
        services.update_user(by="x", user=ada, phone="15551234567", name="Ada L.")
        assert User.objects.get(pk=ada.pk).name == "Ada L."


def test_a_change_of_the_profile_leaves_a_password_alone_that_was_set_meanwhile(ada: User) -> None:
    stale = User.objects.get()
    services.set_password(by="test", user=ada, password_hash=passwords.hash_new("another fine secret"))
    services.update_user(by="test", user=stale, name="Ada King")
    ada.refresh_from_db()
    assert (ada.name, ada.check_password("another fine secret")) == ("Ada King", True)


class TestPasswords:
    def test_argon2id_with_our_parameters(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Argon2id, "time_cost", OWN_TIME_COST)
        monkeypatch.setattr(Argon2id, "memory_cost", OWN_MEMORY_COST)
        assert passwords.hash_new(PASSWORD).startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")

    def test_an_old_hash_is_replaced_at_sign_in(self, ada: User) -> None:
        ada.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", 1000)
        ada.save()
        assert passwords.verify(User.objects.get(pk=ada.pk), PASSWORD)
        assert User.objects.get(pk=ada.pk).password.startswith("argon2$")

    def test_nobody_and_somebody_without_a_password(self, ada: User) -> None:
        User.objects.update(password="")
        assert not passwords.verify(None, PASSWORD)
        assert not passwords.verify(User.objects.get(), "")

    @pytest.mark.parametrize("password", ["short", "password", "ada_love"])
    def test_a_weak_one_is_refused(self, password: str) -> None:
        with pytest.raises(PasswordRejected):
            services.create_user(by="x", username="ada_love", password=password)


class TestAdministrators:
    def test_only_the_first_visitor_becomes_one(self) -> None:
        services.create_administrator(by="", username="admin", password=PASSWORD, only_first=True)
        with pytest.raises(AdministratorExists):
            services.create_administrator(by="", username="second", password=PASSWORD, only_first=True)

    def test_the_last_one_cannot_be_removed(self) -> None:
        admin = services.create_administrator(by="", username="admin", password=PASSWORD)
        for action in (
            lambda: services.delete_user(by="x", user=admin),
            lambda: services.set_suspended(by="x", user=admin, suspended=True),
        ):
            with pytest.raises(LastAdministrator):
                action()

    def test_an_app_user_is_no_staff(self, ada: User) -> None:
        assert authenticate(username="ada", password=PASSWORD) is None


def test_no_secret_in_the_log(ada: User) -> None:
    services.set_password(by="user:admin", user=ada, password_hash=passwords.hash_new("another fine secret"))
    dump = " ".join(str(vars(event)) for event in Event.objects.all())
    assert "another fine secret" not in dump
    assert "argon2" not in dump
    assert "user.password_set" in dump
