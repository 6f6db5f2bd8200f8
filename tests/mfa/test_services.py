"""Bind, use, remove."""

from typing import Any

import pytest
from django.db import connection

from idp.audit.models import Event
from idp.mfa import services
from idp.mfa.errors import InvalidBackupCode, InvalidTotpCode, TotpInUse
from idp.mfa.factors import Factor, masked
from idp.mfa.models import BackupCode, Habit, TotpDevice
from idp.users.models import User
from idp.users.services import create_user
from idp.verification import lockout
from idp.verification.lockout import LockoutPolicy
from tests.mfa.helpers import code, with_totp, wrong

pytestmark = pytest.mark.django_db
ALL = [str(factor) for factor in Factor]


def nothing() -> None:
    """Proves nothing."""


class TestTotp:
    def test_the_secret_is_encrypted_at_rest(self, ada: User) -> None:
        secret = with_totp(ada)
        with connection.cursor() as cursor:
            cursor.execute("SELECT secret FROM mfa_totpdevice")
            stored = cursor.fetchone()[0]
        assert secret not in stored
        assert TotpDevice.objects.get().secret == secret

    def test_a_code_works_once(self, ada: User) -> None:
        secret = with_totp(ada)
        digits = code(secret)
        services.verify_totp(user=ada, digits=digits, prove=nothing)
        with pytest.raises(InvalidTotpCode):
            services.verify_totp(user=ada, digits=digits, prove=nothing)

    def test_an_older_code_is_void_after_a_newer(self, ada: User) -> None:
        secret = with_totp(ada)
        services.verify_totp(user=ada, digits=code(secret), prove=nothing)
        with pytest.raises(InvalidTotpCode):
            services.verify_totp(user=ada, digits=code(secret, drift=-1), prove=nothing)

    def test_the_code_that_bound_the_app_is_used_up(self, ada: User) -> None:
        secret = services.start_totp()
        digits = code(secret)
        services.confirm_totp(by="test", user=ada, secret=secret, step=services.check_new_totp(secret, digits))
        with pytest.raises(InvalidTotpCode):
            services.verify_totp(user=ada, digits=digits, prove=nothing)

    def test_a_wrong_code_or_no_app(self, ada: User) -> None:
        secret = with_totp(ada)
        other = create_user(by="test", username="bob")
        for user, digits in ((ada, wrong(code(secret))), (other, code(secret))):
            with pytest.raises(InvalidTotpCode):
                services.verify_totp(user=user, digits=digits, prove=nothing)

    def test_what_fails_while_it_is_written_down_uses_nothing_up(self, ada: User) -> None:
        secret = with_totp(ada)

        def fail() -> None:
            raise RuntimeError

        with pytest.raises(RuntimeError):
            services.verify_totp(user=ada, digits=code(secret), prove=fail)
        services.verify_totp(user=ada, digits=code(secret), prove=nothing)

    def test_one_app_for_each_person(self, ada: User) -> None:
        with_totp(ada)
        with pytest.raises(TotpInUse):
            with_totp(ada)


class TestBackupCodes:
    def test_ten_of_ten_characters_hashed(self, ada: User) -> None:
        codes = services.generate_backup_codes(by="test", user=ada)
        assert len(set(codes)) == 10
        assert all(len(one) == 10 and int(one, 16) >= 0 for one in codes)
        stored = set(BackupCode.objects.values_list("digest", flat=True))
        assert len(stored) == 10
        assert not any(one in digest for one in codes for digest in stored)

    def test_each_works_once_and_for_its_owner(self, ada: User) -> None:
        first, second, *_ = services.generate_backup_codes(by="test", user=ada)
        services.verify_backup_code(user=ada, code=first.upper(), prove=nothing)
        assert services.backup_codes_left(ada) == 9
        bob = create_user(by="test", username="bob")
        services.generate_backup_codes(by="test", user=bob)
        for user, typed in ((ada, first), (ada, "0" * 10), (bob, second)):
            with pytest.raises(InvalidBackupCode):
                services.verify_backup_code(user=user, code=typed, prove=nothing)

    def test_new_ones_take_the_place_of_the_old(self, ada: User) -> None:
        old = services.generate_backup_codes(by="test", user=ada)[0]
        services.generate_backup_codes(by="test", user=ada)
        with pytest.raises(InvalidBackupCode):
            services.verify_backup_code(user=ada, code=old, prove=nothing)
        assert services.backup_codes_left(ada) == 10


class TestFactorsOf:
    def test_in_order_with_backup_codes_last(self, ada: User) -> None:
        with_totp(ada)
        services.generate_backup_codes(by="test", user=ada)
        assert services.factors_of(ada, ALL) == [Factor.TOTP, Factor.PHONE, Factor.EMAIL, Factor.BACKUP_CODE]

    @pytest.mark.parametrize("last", [Factor.EMAIL, Factor.PHONE])
    def test_the_one_used_last_comes_first(self, ada: User, last: Factor) -> None:
        with_totp(ada)
        services.remember_use(ada, last)
        assert services.factors_of(ada, ALL)[0] == last
        services.remember_use(ada, Factor.BACKUP_CODE)
        assert services.factors_of(ada, ALL)[0] == last

    def test_only_what_is_on_and_there(self, ada: User) -> None:
        bob = create_user(by="test", username="bob")
        assert services.factors_of(ada, [Factor.TOTP]) == []
        assert services.factors_of(ada, [Factor.TOTP, Factor.EMAIL]) == [Factor.EMAIL]
        assert services.factors_of(bob, ALL) == []
        assert services.factors_of(ada, []) == []

    def test_backup_codes_alone_are_none(self, ada: User) -> None:
        services.generate_backup_codes(by="test", user=ada)
        assert services.factors_of(ada, [Factor.TOTP, Factor.BACKUP_CODE]) == []

    def test_used_up_backup_codes_are_none(self, ada: User) -> None:
        with_totp(ada)
        for one in services.generate_backup_codes(by="test", user=ada):
            services.verify_backup_code(user=ada, code=one, prove=nothing)
        assert services.factors_of(ada, [Factor.TOTP, Factor.BACKUP_CODE]) == [Factor.TOTP]


class TestRemoval:
    def test_the_app_takes_its_backup_codes_along(self, ada: User) -> None:
        with_totp(ada)
        services.generate_backup_codes(by="test", user=ada)
        assert services.remove_factor(by="user:admin", user=ada, factor=Factor.TOTP)
        assert services.bound_factors(ada) == []
        event = Event.objects.get(key="user.mfa_removed")
        assert (event.actor, event.target, event.data) == ("user:admin", ada.audit_name, {"factor": "Totp"})

    def test_backup_codes_alone(self, ada: User) -> None:
        with_totp(ada)
        services.generate_backup_codes(by="test", user=ada)
        assert services.remove_factor(by="test", user=ada, factor=Factor.BACKUP_CODE)
        assert services.bound_factors(ada) == [Factor.TOTP]

    def test_nothing_to_remove_leaves_no_trace(self, ada: User) -> None:
        assert not services.remove_factor(by="test", user=ada, factor=Factor.TOTP)
        assert not Event.objects.filter(key="user.mfa_removed").exists()

    def test_a_reset_is_a_new_beginning_for_one_person(self, ada: User) -> None:
        bob = create_user(by="test", username="bob")
        for user in (ada, bob):
            with_totp(user)
            services.generate_backup_codes(by="test", user=user)
            services.skip_setup(by="test", user=user)
        with pytest.raises(InvalidTotpCode), lockout.guarded("mfa", ada.pk, LockoutPolicy(max_attempts=1)):
            services.verify_totp(user=ada, digits="", prove=nothing)
        services.reset_mfa(by="user:admin", user=ada)
        assert (services.bound_factors(ada), services.has_skipped(ada)) == ([], False)
        assert services.bound_factors(bob) == [Factor.TOTP, Factor.BACKUP_CODE]
        with lockout.guarded("mfa", ada.pk, LockoutPolicy(max_attempts=1)):
            pass  # not blocked any more
        assert Event.objects.get(key="user.mfa_reset").target == ada.audit_name


@pytest.mark.parametrize(
    ("channel", "value", "shown"),
    [
        ("phone", "15551234567", "****4567"),
        ("email", "grace.hopper@example.com", "grac****@example.com"),
        ("email", "ada@example.com", "****@example.com"),
    ],
)
def test_masks(channel: str, value: str, shown: str) -> None:
    assert masked(channel, value) == shown


def test_no_secret_in_the_log(ada: User, db: Any) -> None:
    secret = with_totp(ada)
    codes = services.generate_backup_codes(by="test", user=ada)
    services.skip_setup(by="test", user=ada)
    log = repr(list(Event.objects.values_list("data", flat=True)))
    assert not any(hidden in log for hidden in (secret, *codes))
    assert Habit.objects.get().skipped_at is not None
