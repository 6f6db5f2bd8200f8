"""Read and save the sign-in experience; what it may say is in `rules`."""

import time
from copy import copy
from typing import Any

from django.db import transaction

from connectors.ports import ConnectorType
from idp.audit.services import record
from idp.messaging.services import is_set_up, sendable
from idp.signin import kept
from idp.signin.models import SignInExperience
from idp.signin.rules import CONNECTOR_TYPES, RECOVERY_METHODS, check, code_users

# On the wire (section 4.1) to the column, with the type of its JSON.
WIRE: dict[str, tuple[str, type]] = {
    "signUp": ("sign_up", dict), "signIn": ("sign_in", dict), "signInMode": ("sign_in_mode", str),
    "forgotPasswordMethods": ("forgot_password_methods", list), "passwordPolicy": ("password_policy", dict),
    "passwordExpiration": ("password_expiration", dict), "usernamePolicy": ("username_policy", dict),
    "sentinelPolicy": ("sentinel_policy", dict), "verificationCodePolicy": ("verification_code_policy", dict),
    "emailBlocklistPolicy": ("email_blocklist_policy", dict), "captchaPolicy": ("captcha_policy", dict),
    "smsFraudGuard": ("sms_fraud_guard", dict), "mfa": ("mfa", dict), "adaptiveMfa": ("adaptive_mfa", dict),
    "trustedDevice": ("trusted_device", dict), "passkeySignIn": ("passkey_sign_in", dict), "color": ("color", dict),
    "branding": ("branding", dict), "customCss": ("custom_css", str), "languageInfo": ("language_info", dict),
    "termsOfUseUrl": ("terms_of_use_url", str), "privacyPolicyUrl": ("privacy_policy_url", str),
    "agreeToTermsPolicy": ("agree_to_terms_policy", str), "signUpProfileFields": ("sign_up_profile_fields", list),
    "supportEmail": ("support_email", str), "supportWebsiteUrl": ("support_website_url", str),
    "unknownSessionRedirectUrl": ("unknown_session_redirect_url", str), "sessionPolicy": ("session_policy", dict),
}  # fmt: skip


def on_the_wire(experience: SignInExperience) -> dict[str, Any]:
    """Every setting by its name there. When passwords began to expire is none: it is noted by whoever switches that on."""
    found = {name: getattr(experience, column) for name, (column, _) in WIRE.items()}
    found["passwordExpiration"] = {k: v for k, v in experience.password_expiration.items() if k != "enabledAt"}
    return found


@transaction.atomic
def update_experience(*, by: str, **changes: Any) -> SignInExperience:
    """Save some columns of SignInExperience; the others stay, whoever changes them at the same time.

    Raises ExperienceInvalid with the first rule that is broken.
    """
    SignInExperience.objects.get_or_create(pk="default")
    experience = SignInExperience.objects.select_for_update().get(pk="default")
    _apply(experience, changes)
    experience.save(update_fields=[*changes, "updated_at"])
    transaction.on_commit(kept.forget)
    record("sign_in_experience.updated", by=by, target="sign-in-experience", fields=sorted(changes))
    return experience


def with_changes(experience: SignInExperience, changes: dict[str, Any]) -> SignInExperience:
    """What `update_experience` would save. Raises what it raises."""
    draft = copy(experience)
    _apply(draft, changes)
    return draft


def _apply(experience: SignInExperience, changes: dict[str, Any]) -> None:
    expiration = experience.password_expiration
    for field, value in changes.items():
        setattr(experience, field, value)
    _note_start_of_expiration(experience, expiration)
    check(experience)


def _note_start_of_expiration(experience: SignInExperience, before: dict[str, Any]) -> None:
    """Passwords of unknown age count from the moment that expiration was switched on, and not from a later change."""
    policy = experience.password_expiration
    if isinstance(policy, dict) and policy.get("enabled") is True and "enabledAt" not in policy:
        started_at = before["enabledAt"] if before.get("enabled") is True else int(time.time() * 1000)
        experience.password_expiration = {**policy, "enabledAt": started_at}


def missing_connectors(experience: SignInExperience) -> list[ConnectorType]:
    """Connectors that codes need and nobody has set up: in development their messages go to the outbox."""
    needed = dict.fromkeys(CONNECTOR_TYPES[identifier] for _, identifier in code_users(experience))
    return [connector_type for connector_type in needed if not is_set_up(connector_type)]


def recovery_kinds(experience: SignInExperience) -> list[str]:
    """The identifiers that a forgotten password can be reset with."""
    chosen, sendable_types = experience.forgot_password_methods, sendable()
    return [
        kind
        for kind, method in RECOVERY_METHODS.items()
        if (chosen is None or method in chosen) and str(CONNECTOR_TYPES[kind]) in sendable_types
    ]
