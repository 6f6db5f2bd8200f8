"""The two ceremonies of WebAuthn (Level 3, section 7): what the browser is asked, and whether its answer holds.

Nothing is stored here. Challenges, credential ids and keys travel as base64url without padding, as WebAuthn's own JSON has
them. A passkey is always discoverable and always verifies the person (PIN, finger, face), so it can stand alone.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    generate_challenge,
    options_to_json_dict,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from idp.mfa.errors import InvalidPasskey

TIMEOUT = 60_000  # milliseconds, for the browser's own window
# The library names what it checked; a key or statement with parts missing, or of another kind, it only trips over.
_UNREADABLE = (WebAuthnException, ValueError, LookupError, TypeError, AttributeError)
_TRANSPORTS = {transport.value for transport in AuthenticatorTransport}


@dataclass(frozen=True)
class Known:
    """A passkey that exists: its credential id and how the browser reaches it."""

    credential_id: str
    transports: Collection[str]


@dataclass(frozen=True)
class NewCredential:
    """What a registration brought: all of it is public."""

    credential_id: str
    public_key: str
    sign_count: int
    transports: list[str]
    aaguid: str
    backup_eligible: bool
    backed_up: bool


@dataclass(frozen=True)
class Assertion:
    """What a right answer of a known passkey says. `user_handle` is the id of the person it was made for, or ""."""

    sign_count: int
    backed_up: bool
    user_handle: str


def relying_party() -> str:
    """The RP ID: the host name of ENDPOINT. A passkey belongs to it for good."""
    return urlsplit(settings.ENDPOINT).hostname or "localhost"


def own_origin() -> str:
    """Where our pages are; ceremonies may run there, and at the related origins that callers name."""
    endpoint = urlsplit(settings.ENDPOINT)
    return f"{endpoint.scheme}://{endpoint.netloc}"


def new_challenge() -> str:
    return bytes_to_base64url(generate_challenge())


def registration_options(
    *, challenge: str, user_id: str, name: str, display_name: str, known: Collection[Known]
) -> dict[str, Any]:
    """PublicKeyCredentialCreationOptionsJSON; a passkey that the person has is not made twice on one device."""
    options = generate_registration_options(
        rp_id=relying_party(), rp_name=relying_party(), user_id=user_id.encode(), user_name=name,
        user_display_name=display_name, challenge=base64url_to_bytes(challenge), timeout=TIMEOUT,
        exclude_credentials=[_descriptor(one) for one in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )  # fmt: skip
    return options_to_json_dict(options)


def request_options(*, challenge: str, known: Collection[Known] = ()) -> dict[str, Any]:
    """PublicKeyCredentialRequestOptionsJSON; without known passkeys the person chooses one on their device."""
    options = generate_authentication_options(
        rp_id=relying_party(), challenge=base64url_to_bytes(challenge), timeout=TIMEOUT,
        allow_credentials=[_descriptor(one) for one in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )  # fmt: skip
    return options_to_json_dict(options)


def challenge_of(payload: dict[str, Any]) -> str:
    """The challenge that an answer names. Raises InvalidPasskey."""
    try:
        client_data = parse_client_data_json(base64url_to_bytes(payload["response"]["clientDataJSON"]))
    except _UNREADABLE as error:
        raise InvalidPasskey(detail=f"client data: {error}") from error
    return bytes_to_base64url(client_data.challenge)


def credential_id_of(payload: dict[str, Any]) -> str:
    """The passkey that an answer is from, as it says; without padding. Raises InvalidPasskey."""
    if not isinstance(payload.get("id"), str):
        raise InvalidPasskey(detail="no credential id")
    credential_id: str = payload["id"]
    return credential_id


def read_registration(
    payload: dict[str, Any], *, challenge: str, related_origins: Collection[str] = ()
) -> NewCredential:
    """Check the answer to registration_options (section 7.1). Raises InvalidPasskey."""
    try:
        credential = parse_registration_credential_json(_with_type(payload))
        verified = verify_registration_response(
            credential=credential, expected_challenge=base64url_to_bytes(challenge), expected_rp_id=relying_party(),
            expected_origin=[own_origin(), *related_origins], require_user_verification=True,
        )  # fmt: skip
    except _UNREADABLE as error:
        raise InvalidPasskey(detail=f"registration: {error}") from error
    return NewCredential(
        credential_id=bytes_to_base64url(verified.credential_id),
        public_key=bytes_to_base64url(verified.credential_public_key),
        sign_count=verified.sign_count,
        transports=sorted({one.value for one in credential.response.transports or ()} & _TRANSPORTS),
        aaguid=verified.aaguid,
        backup_eligible=verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        backed_up=verified.credential_backed_up,
    )


def read_assertion(
    payload: dict[str, Any], *, challenge: str, public_key: str, related_origins: Collection[str] = ()
) -> Assertion:
    """Check the answer to request_options (section 7.2). Raises InvalidPasskey.

    The count of signatures is for the caller to judge, in the statement that stores it.
    """
    try:
        credential = parse_authentication_credential_json(_with_type(payload))
        verified = verify_authentication_response(
            credential=credential, expected_challenge=base64url_to_bytes(challenge), expected_rp_id=relying_party(),
            expected_origin=[own_origin(), *related_origins], credential_public_key=base64url_to_bytes(public_key),
            credential_current_sign_count=0, require_user_verification=True,
        )  # fmt: skip
        handle = (credential.response.user_handle or b"").decode()
    except _UNREADABLE as error:
        raise InvalidPasskey(detail=f"assertion: {error}") from error
    return Assertion(verified.new_sign_count, verified.credential_backed_up, handle)


def _descriptor(known: Known) -> PublicKeyCredentialDescriptor:
    transports = [AuthenticatorTransport(one) for one in known.transports if one in _TRANSPORTS]
    return PublicKeyCredentialDescriptor(id=base64url_to_bytes(known.credential_id), transports=transports or None)


def _with_type(payload: dict[str, Any]) -> dict[str, Any]:
    """Logto's own pages write the factor where WebAuthn has `public-key`."""
    return {**payload, "type": "public-key"} if payload.get("type") == "WebAuthn" else payload
