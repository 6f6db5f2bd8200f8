"""Begin and end the ceremonies of passkeys; bind, use, rename and remove them."""

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from idp.audit.services import record
from idp.mfa import webauthn
from idp.mfa.authenticators import name_of
from idp.mfa.errors import CeremonyOver, InvalidPasskey, PasskeyCloned, PasskeyInUse
from idp.mfa.factors import Factor
from idp.mfa.models import Ceremony, Passkey
from idp.users.models import User

# As long as a visit to the sign-in pages: a field with autofill waits for its passkey until the person is back.
LIFETIME = timedelta(hours=1)
_Purpose = Ceremony.Purpose


@dataclass(frozen=True)
class Question:
    """What a browser is asked: `options` are WebAuthn's (JSON), `id` names the ceremony in the answer."""

    id: str
    options: dict[str, Any]


def passkeys_of(user: User) -> models.QuerySet[Passkey]:
    """The oldest first."""
    found: models.QuerySet[Passkey] = Passkey.objects.filter(user=user).order_by("created_at", "pk")
    return found


def begin_registration(*, user: User, holder: str, name: str) -> Question:
    """Ask for a new passkey of this person, in this interaction or session. `name` is what their device shows."""
    ceremony = _begin(_Purpose.REGISTER, holder, user.pk)
    options = webauthn.registration_options(
        challenge=ceremony.challenge, user_id=user.pk, name=name, display_name=user.name or name, known=_known(user)
    )
    return Question(ceremony.pk, options)


def begin_verification(*, user: User, holder: str) -> Question:
    """Ask for a passkey that this person has."""
    ceremony = _begin(_Purpose.VERIFY, holder, user.pk)
    return Question(ceremony.pk, webauthn.request_options(challenge=ceremony.challenge, known=_known(user)))


def begin_sign_in(*, holder: str, user_id: str = "") -> Question:
    """Ask for a passkey of whoever is there; of a certain person only, when they were named (which the options do not tell)."""
    ceremony = _begin(_Purpose.SIGN_IN, holder, user_id)
    return Question(ceremony.pk, webauthn.request_options(challenge=ceremony.challenge))


def check_new_passkey(
    *, user: User, holder: str, ceremony_id: str, payload: dict[str, Any], related_origins: Collection[str] = ()
) -> None:
    """Is this a new passkey of this person? It waits for bind_passkey. Raises CeremonyOver, InvalidPasskey."""
    ceremony = _find(_Purpose.REGISTER, holder, ceremony_id, payload, user.pk)
    try:
        credential = webauthn.read_registration(payload, challenge=ceremony.challenge, related_origins=related_origins)
    except InvalidPasskey:
        _use_up(ceremony)
        raise
    _use_up(ceremony, credential=asdict(credential))


def bind_passkey(*, by: str, user: User, holder: str, ceremony_id: str, agent: str, name: str = "") -> Passkey:
    """Bind the passkey that was checked, once. Raises CeremonyOver, PasskeyInUse."""
    waiting = Ceremony.objects.filter(
        pk=ceremony_id, purpose=_Purpose.REGISTER, holder=holder, user_id=user.pk, credential__isnull=False,
        expires_at__gt=timezone.now(),
    )  # fmt: skip
    ceremony = waiting.first()
    try:
        with transaction.atomic():
            if ceremony is None or not waiting.delete()[0]:
                raise CeremonyOver
            credential = ceremony.credential
            passkey: Passkey = Passkey.objects.create(
                user=user, agent=agent[:400], name=name or name_of(credential["aaguid"], agent), **credential
            )
            record("user.mfa_bound", by=by, target=user.audit_name, factor=str(Factor.WEBAUTHN), name=passkey.name)
    except IntegrityError as error:
        raise PasskeyInUse from error
    return passkey


def verify_passkey(
    *, user: User, holder: str, ceremony_id: str, payload: dict[str, Any], prove: Callable[[Passkey], None],
    related_origins: Collection[str] = (),
) -> None:  # fmt: skip
    """Accept the answer of one of this person's passkeys, once; `prove` writes down what it proves, in the same transaction.

    Raises CeremonyOver, InvalidPasskey, PasskeyCloned.
    """
    ceremony = _find(_Purpose.VERIFY, holder, ceremony_id, payload, user.pk)
    passkey = Passkey.objects.filter(user=user, credential_id=webauthn.credential_id_of(payload)).first()
    _accept(ceremony, passkey, payload, prove, related_origins)


def sign_in_with_passkey(
    *, holder: str, ceremony_id: str | None, payload: dict[str, Any], prove: Callable[[Passkey], None],
    related_origins: Collection[str] = (),
) -> None:  # fmt: skip
    """Accept the answer of anybody's passkey, once: it says whose it is. Raises and proves as verify_passkey.

    Without the id of the ceremony, the challenge in the answer names it.
    """
    ceremony = _find(_Purpose.SIGN_IN, holder, ceremony_id, payload)
    passkey = (
        Passkey.objects.select_related("user").filter(credential_id=webauthn.credential_id_of(payload)).first()
    )  # fmt: skip
    if passkey is not None and ceremony.user_id not in ("", passkey.user_id):
        passkey = None
    _accept(ceremony, passkey, payload, prove, related_origins)


@transaction.atomic
def rename_passkey(*, by: str, user: User, passkey_id: int, name: str) -> bool:
    """False when it is not there any more."""
    renamed = Passkey.objects.filter(user=user, pk=passkey_id).update(name=name)
    if renamed:
        record("user.passkey_renamed", by=by, target=user.audit_name, name=name)
    return bool(renamed)


def _begin(purpose: str, holder: str, user_id: str) -> Ceremony:
    return Ceremony.objects.create(
        purpose=purpose, holder=holder, user_id=user_id, challenge=webauthn.new_challenge(),
        expires_at=timezone.now() + LIFETIME,
    )  # fmt: skip


def _known(user: User) -> list[webauthn.Known]:
    return [webauthn.Known(one.credential_id, one.transports) for one in passkeys_of(user)]


def _find(
    purpose: str, holder: str, ceremony_id: str | None, payload: dict[str, Any], user_id: str | None = None
) -> Ceremony:
    """The question that is being answered, still open. Raises CeremonyOver, InvalidPasskey."""
    named = {"pk": ceremony_id} if ceremony_id else {"challenge": webauthn.challenge_of(payload)}
    ceremony = _open().filter(purpose=purpose, holder=holder, **named).first()
    if ceremony is None or (user_id is not None and ceremony.user_id != user_id):
        raise CeremonyOver
    return ceremony


def _open() -> models.QuerySet[Ceremony]:
    return Ceremony.objects.filter(answered_at=None, expires_at__gt=timezone.now())


def _use_up(ceremony: Ceremony, **facts: Any) -> None:
    """Only one answer gets here. Raises CeremonyOver."""
    if not _open().filter(pk=ceremony.pk).update(answered_at=timezone.now(), **facts):
        raise CeremonyOver


def _accept(
    ceremony: Ceremony, passkey: Passkey | None, payload: dict[str, Any], prove: Callable[[Passkey], None],
    related_origins: Collection[str],
) -> None:  # fmt: skip
    try:
        if passkey is None:
            raise InvalidPasskey(detail="nobody's passkey, or another person's")
        assertion = webauthn.read_assertion(
            payload, challenge=ceremony.challenge, public_key=passkey.public_key, related_origins=related_origins
        )  # fmt: skip
        if ceremony.purpose == _Purpose.SIGN_IN and assertion.user_handle != passkey.user_id:
            raise InvalidPasskey(detail="the passkey was made for another account")
    except InvalidPasskey:
        _use_up(ceremony)
        raise
    if not _signed_in_order(ceremony, passkey, assertion, prove):
        record("user.passkey_cloned", target=passkey.user.audit_name, succeeded=False, name=passkey.name)
        raise PasskeyCloned


def _signed_in_order(
    ceremony: Ceremony, passkey: Passkey, assertion: webauthn.Assertion, prove: Callable[[Passkey], None]
) -> bool:
    """Use up the question and move the count of signatures forward; False when it went back (WebAuthn 7.2, step 22)."""
    count = assertion.sign_count
    with transaction.atomic():
        _use_up(ceremony)
        in_order = models.Q(sign_count__lt=count) if count else models.Q(sign_count=0)
        moved = Passkey.objects.filter(in_order, pk=passkey.pk).update(
            sign_count=count, backed_up=assertion.backed_up, last_used_at=timezone.now()
        )
        if moved:
            prove(passkey)
    return bool(moved)
