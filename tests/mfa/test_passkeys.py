"""Passkeys on their own: what is accepted, once, and what is not."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from webauthn.helpers import encode_cbor

from idp.audit.models import Event
from idp.lib.errors import DomainError
from idp.mfa import passkeys, services, webauthn
from idp.mfa.errors import CeremonyOver, InvalidPasskey, PasskeyCloned, PasskeyInUse
from idp.mfa.factors import Factor
from idp.mfa.models import BackupCode, Ceremony, Passkey
from idp.users.models import User
from idp.users.services import create_user
from tests.mfa.authenticator import Authenticator, stored, with_passkey
from tests.mfa.helpers import with_totp

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob(db: Any) -> User:
    return create_user(by="test", username="bob")


def verify(user: User, authenticator: Authenticator, *related_origins: str) -> list[Passkey]:
    """One whole verification; the passkeys that proved something."""
    question, proved = passkeys.begin_verification(user=user, holder="here"), list[Passkey]()
    passkeys.verify_passkey(
        user=user, holder="here", related_origins=related_origins, ceremony_id=question.id, payload=authenticator.get(question.options),
        prove=proved.append,
    )  # fmt: skip
    return proved


class TestRegistration:
    def test_what_the_browser_is_asked(self, ada: User) -> None:
        known = with_passkey(ada)
        options = passkeys.begin_registration(user=ada, holder="here", name="ada@example.com").options
        assert options["rp"] == {"name": "localhost", "id": "localhost"}
        assert options["user"]["name"] == "ada@example.com"
        assert options["timeout"] == 60_000
        selection = options["authenticatorSelection"]
        assert (selection["residentKey"], selection["userVerification"]) == ("required", "required")
        assert [one["id"] for one in options["excludeCredentials"]] == [stored(known).credential_id]

    def test_what_is_kept(self, ada: User) -> None:
        kept = stored(with_passkey(ada, synchronised=True))
        assert (kept.user, kept.transports, kept.sign_count) == (ada, ["internal"], 0)
        assert (kept.backup_eligible, kept.backed_up, kept.amr) == (True, True, ["swk", "user"])
        assert stored(with_passkey(ada)).amr == ["hwk", "user"]
        assert services.bound_factors(ada) == [Factor.WEBAUTHN]
        assert Event.objects.filter(key="user.mfa_bound", target=ada.audit_name).count() == 2

    def test_one_passkey_is_bound_once(self, ada: User, bob: User) -> None:
        authenticator = with_passkey(ada)
        question = passkeys.begin_registration(user=bob, holder="here", name="bob")
        facts = {"user": bob, "holder": "here", "ceremony_id": question.id}
        passkeys.check_new_passkey(**facts, payload=authenticator.create(question.options))
        with pytest.raises(PasskeyInUse):
            passkeys.bind_passkey(by="test", agent="", **facts)
        assert services.bound_factors(bob) == []

    def test_what_was_not_checked_is_not_bound(self, ada: User, bob: User) -> None:
        authenticator, question = Authenticator(), passkeys.begin_registration(user=ada, holder="here", name="ada")
        facts = {"user": ada, "holder": "here", "ceremony_id": question.id}
        with pytest.raises(CeremonyOver):
            passkeys.bind_passkey(by="test", agent="", **facts)
        passkeys.check_new_passkey(**facts, payload=authenticator.create(question.options))
        for wrong in ({"holder": "there"}, {"user": bob}, {"ceremony_id": "other"}):
            with pytest.raises(CeremonyOver):
                passkeys.bind_passkey(by="test", agent="", **{**facts, **wrong})  # type: ignore[arg-type]
        passkeys.bind_passkey(by="test", agent="", **facts)
        with pytest.raises(CeremonyOver):
            passkeys.bind_passkey(by="test", agent="", **facts)
        assert Passkey.objects.count() == 1

    @pytest.mark.parametrize(
        "wrong", [{"origin": "https://evil.example"}, {"rp_id": "evil.example"}, {"verifies": False}]
    )
    def test_what_is_refused(self, ada: User, wrong: dict[str, Any]) -> None:
        with pytest.raises(InvalidPasskey):
            with_passkey(ada, **wrong)
        assert not Passkey.objects.exists()

    @pytest.mark.parametrize("key", [{}, {1: 2, 3: -7}, {3: -7}, 5, [], None, "x"])
    def test_a_key_that_is_none(self, ada: User, key: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        def encode(value: dict[Any, Any]) -> bytes:
            return encode_cbor(key if 1 in value else value)

        monkeypatch.setattr("tests.mfa.authenticator.encode_cbor", encode)
        with pytest.raises(InvalidPasskey):
            with_passkey(ada)


class TestVerification:
    def test_a_right_answer(self, ada: User) -> None:
        authenticator = with_passkey(ada)
        assert [one.user_id for one in verify(ada, authenticator)] == [ada.pk]
        assert verify(ada, authenticator)
        assert stored(authenticator).sign_count == 2
        assert stored(authenticator).last_used_at

    def test_one_that_does_not_count(self, ada: User) -> None:
        authenticator = with_passkey(ada, counts=False)
        assert verify(ada, authenticator)
        assert verify(ada, authenticator)

    @pytest.mark.parametrize(
        ("name", "value"),
        [("origin", "https://evil.example"), ("rp_id", "evil.example"), ("verifies", False)],
    )
    def test_what_is_refused(self, ada: User, name: str, value: Any) -> None:
        authenticator = with_passkey(ada)
        setattr(authenticator, name, value)
        with pytest.raises(InvalidPasskey):
            verify(ada, authenticator)

    def test_another_key(self, ada: User) -> None:
        authenticator = with_passkey(ada)
        authenticator.key = Authenticator().key
        with pytest.raises(InvalidPasskey):
            verify(ada, authenticator)

    def test_another_persons(self, ada: User, bob: User) -> None:
        theirs = with_passkey(bob)
        with_passkey(ada)
        with pytest.raises(InvalidPasskey):
            verify(ada, theirs)

    @pytest.mark.parametrize(
        "change", ["answered", "elsewhere", "too late", "for somebody else", "for another purpose"]
    )
    def test_a_question_is_answered_once_where_it_was_asked(self, ada: User, bob: User, change: str) -> None:
        authenticator = with_passkey(ada)
        question = passkeys.begin_verification(user=ada, holder="here")
        answer: dict[str, Any] = {
            "user": ada, "holder": "here", "ceremony_id": question.id, "payload": authenticator.get(question.options),
            "prove": lambda _: None,
        }  # fmt: skip
        if change == "answered":
            passkeys.verify_passkey(**answer)
        elif change == "elsewhere":
            answer["holder"] = "there"
        elif change == "too late":
            Ceremony.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        elif change == "for somebody else":
            answer["user"] = bob
        else:
            Ceremony.objects.update(purpose=Ceremony.Purpose.SIGN_IN)
        with pytest.raises(CeremonyOver):
            passkeys.verify_passkey(**answer)

    def test_an_answer_to_another_question(self, ada: User) -> None:
        authenticator = with_passkey(ada)
        one, other = (passkeys.begin_verification(user=ada, holder="here") for _ in range(2))
        answer: dict[str, Any] = {"user": ada, "holder": "here", "prove": lambda _: None}
        payload = authenticator.get(one.options)
        with pytest.raises(InvalidPasskey):
            passkeys.verify_passkey(**answer, ceremony_id=other.id, payload=payload)
        with pytest.raises(CeremonyOver):  # a wrong answer uses the question up as well
            passkeys.verify_passkey(**answer, ceremony_id=other.id, payload=authenticator.get(other.options))
        passkeys.verify_passkey(**answer, ceremony_id=one.id, payload=payload)

    @pytest.mark.parametrize("count", [3, 2, 0])
    def test_a_copy_is_noticed(self, ada: User, count: int) -> None:
        authenticator = with_passkey(ada)
        authenticator.count = 2
        verify(ada, authenticator)
        authenticator.count, authenticator.counts = count, False
        with pytest.raises(PasskeyCloned):
            verify(ada, authenticator)
        assert stored(authenticator).sign_count == 3
        assert Event.objects.get(key="user.passkey_cloned").target == ada.audit_name


class TestSignIn:
    def sign_in(self, authenticator: Authenticator, user_id: str = "", *, named: bool = True) -> list[Passkey]:
        question, proved = passkeys.begin_sign_in(holder="here", user_id=user_id), list[Passkey]()
        assert question.options["allowCredentials"] == []
        passkeys.sign_in_with_passkey(
            holder="here", ceremony_id=question.id if named else None, payload=authenticator.get(question.options),
            prove=proved.append,
        )  # fmt: skip
        return proved

    def test_the_passkey_says_who_is_there(self, ada: User, bob: User) -> None:
        authenticator, theirs = with_passkey(ada), with_passkey(bob)
        assert self.sign_in(authenticator)[0].user == ada
        assert self.sign_in(theirs, named=False)[0].user == bob

    def test_when_somebody_was_named_it_must_be_them(self, ada: User, bob: User) -> None:
        authenticator = with_passkey(ada)
        assert self.sign_in(authenticator, ada.pk)
        for other in (bob.pk, "nobody"):
            with pytest.raises(InvalidPasskey):
                self.sign_in(authenticator, other)

    def test_one_that_is_nobodys(self, ada: User) -> None:
        with pytest.raises(InvalidPasskey):
            self.sign_in(Authenticator())

    def test_one_that_was_made_for_another_account(self, ada: User) -> None:
        authenticator = with_passkey(ada)
        authenticator.user_handle = b"another"
        with pytest.raises(InvalidPasskey):
            self.sign_in(authenticator)


@pytest.mark.parametrize(
    "payload", [{}, {"id": 7}, {"id": "x", "response": []}, {"id": "x", "response": {"clientDataJSON": "AA"}}]
)
@pytest.mark.parametrize("read", [webauthn.read_registration, webauthn.challenge_of, webauthn.read_assertion])
def test_what_is_no_answer_at_all(read: Callable[..., Any], payload: dict[str, Any]) -> None:
    more = {"challenge": "AAAA", "public_key": "AAAA"}
    names = {"challenge_of": (), "read_registration": ("challenge",)}.get(read.__name__, tuple(more))
    with pytest.raises(DomainError):
        read(payload, **{name: more[name] for name in names})


def test_related_origins(ada: User) -> None:
    authenticator = with_passkey(ada)
    authenticator.origin = "https://shop.example"
    with pytest.raises(InvalidPasskey):
        verify(ada, authenticator)
    assert verify(ada, authenticator, "https://shop.example")


def test_backup_codes_go_with_the_last_factor(ada: User) -> None:
    one, other = with_passkey(ada), with_passkey(ada)
    with_totp(ada)
    services.generate_backup_codes(by="test", user=ada)
    assert services.remove_factor(by="test", user=ada, factor=Factor.WEBAUTHN, passkey_id=stored(one).pk)
    assert not services.remove_factor(by="test", user=ada, factor=Factor.WEBAUTHN, passkey_id=0)
    assert services.remove_factor(by="test", user=ada, factor=Factor.TOTP)
    assert BackupCode.objects.count() == 10
    assert services.remove_factor(by="test", user=ada, factor=Factor.WEBAUTHN, passkey_id=stored(other).pk)
    assert not BackupCode.objects.exists()


def test_a_name(ada: User, bob: User) -> None:
    passkey = stored(with_passkey(ada))
    assert passkeys.rename_passkey(by="test", user=ada, passkey_id=passkey.pk, name="My phone")
    assert not passkeys.rename_passkey(by="test", user=bob, passkey_id=passkey.pk, name="Mine now")
    passkey.refresh_from_db()
    assert passkey.name == "My phone"
