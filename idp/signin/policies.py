"""Do the stored policies have the shape and ranges of Logto's (section 4.1)? A table from the path to its rule."""

import re
from collections.abc import Callable
from typing import Any

from idp.lib import languages, looks, phones
from idp.lib.http import is_web_url
from idp.mfa.factors import CHANNELS, Factor
from idp.signin.errors import ExperienceInvalid
from idp.signin.models import SignInExperience
from idp.users.email_policy import ENTRY

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_CURRENCY = re.compile(r"[A-Z]{3}")
_Rule = Callable[[Any], bool]


def _between(low: int, high: int) -> _Rule:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _is_switch(value: Any) -> bool:
    return isinstance(value, bool)


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


def _is_countries(value: Any) -> bool:
    return _is_words(value) and len(value) == len(set(value)) and set(value) <= set(phones.countries())


def _is_price(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 100


def _is_named(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"name"} and isinstance(value["name"], str)


_PASSWORD: dict[str, dict[str, _Rule]] = {
    "length": {"min": _between(1, 256), "max": _between(1, 256)},
    "characterTypes": {"min": _between(1, 4)},
    "rejects": {
        "pwned": _is_switch, "repetitionAndSequence": _is_switch, "userInfo": _is_switch, "words": _is_words,
    },
}  # fmt: skip
_USERNAME: dict[str, _Rule] = {
    "caseSensitive": _is_switch, "minLength": _between(1, 128), "maxLength": _between(1, 128),
    "allowedChars": lambda value: isinstance(value, dict) and all(
        name in ("lowercase", "uppercase", "numbers", "underscore") and _is_switch(on) for name, on in value.items()
    ),
}  # fmt: skip
# When each policy asks people to set up a second factor: (at sign-up, at sign-in, may they skip it). Logto's twins that end
# in Mandatory belong to adaptive MFA.
MFA_POLICIES = {
    "UserControlled": (True, True, True),
    "PromptAtSignInAndSignUp": (True, True, True),
    "PromptOnlyAtSignIn": (False, True, True),
    "NoPrompt": (False, False, True),
    "Mandatory": (True, True, False),
    "PromptAtSignInAndSignUpMandatory": (True, True, False),
    "PromptOnlyAtSignInMandatory": (False, True, False),
}
_ADAPTIVE_POLICIES = ("PromptAtSignInAndSignUpMandatory", "PromptOnlyAtSignInMandatory")
_EXPIRATION: dict[str, _Rule] = {
    "enabled": _is_switch, "validPeriodDays": _between(1, 3650), "enabledAt": _between(0, 10**14),  # milliseconds
}  # fmt: skip
_PASSKEY: dict[str, _Rule] = {"enabled": _is_switch, "showPasskeyButton": _is_switch, "allowAutofill": _is_switch}
_ADAPTIVE: dict[str, _Rule] = {"enabled": _is_switch}
_TRUSTED_DEVICE: dict[str, _Rule] = {"enabled": _is_switch, "durationDays": _between(1, 365)}
_SESSION: dict[str, _Rule] = {"ttlInDays": _between(1, 365)}
_SENTINEL: dict[str, _Rule] = {"maxAttempts": _between(1, 1000), "lockoutDuration": _between(1, 24 * 60)}
_CODES: dict[str, _Rule] = {"expirationDuration": _between(60, 3600), "maxRetryAttempts": _between(1, 100)}
_EMAILS: dict[str, _Rule] = {
    "blockDisposableAddresses": _is_switch,
    "blockSubaddressing": _is_switch,
    "customAllowlist": _is_words,
    "customBlocklist": _is_words,
}
_CAPTCHA: dict[str, _Rule] = {"enabled": _is_switch}
_SMS_GUARD: dict[str, _Rule] = {
    "enabled": _is_switch,
    "allowedCountries": _is_countries,
    "blockSpecialNumbers": _is_switch,
    "maxPerHour": _between(1, 1_000_000),
    "maxPerDay": _between(1, 10_000_000),
    "maxCostPerHour": _between(1, 1_000_000),
    "maxCostPerDay": _between(1, 10_000_000),
    "pricePerMessage": _is_price,
    "currency": lambda value: isinstance(value, str) and bool(_CURRENCY.fullmatch(value)),
    "maxNumbersPerAddress": _between(1, 10_000),
    "maxNumbersPerPrefix": _between(1, 100_000),
    "minSends": _between(5, 100_000),
    "minVerifiedPercent": _between(0, 100),
    "blockHours": _between(1, 24 * 30),
}


def check_policies(experience: SignInExperience) -> None:
    """Raises ExperienceInvalid with the path of the first value that does not fit."""
    for group, members in experience.password_policy.items():
        rules = _PASSWORD.get(group)
        if rules is None or not isinstance(members, dict):
            raise _refusal(f"$.passwordPolicy.{group}")
        _check(members, rules, f"$.passwordPolicy.{group}")
    _check(experience.sentinel_policy, _SENTINEL, "$.sentinelPolicy")
    fields = experience.sign_up_profile_fields
    if fields is not None and not (isinstance(fields, list) and all(_is_named(field) for field in fields)):
        raise _refusal("$.signUpProfileFields")
    _check(experience.username_policy, _USERNAME, "$.usernamePolicy")
    usernames = experience.usernames
    if usernames.min_length > usernames.max_length:
        raise _refusal("$.usernamePolicy.maxLength")
    if set(usernames.allowed) <= {"numbers"}:  # a username begins with a letter or an underscore
        raise _refusal("$.usernamePolicy.allowedChars")
    _check(experience.verification_code_policy, _CODES, "$.verificationCodePolicy")
    _check(experience.email_blocklist_policy, _EMAILS, "$.emailBlocklistPolicy")
    _check_email_lists(experience.email_blocklist_policy)
    _check(experience.captcha_policy, _CAPTCHA, "$.captchaPolicy")
    _check(experience.sms_fraud_guard, _SMS_GUARD, "$.smsFraudGuard")
    _check(experience.passkey_sign_in, _PASSKEY, "$.passkeySignIn")
    _check(experience.trusted_device, _TRUSTED_DEVICE, "$.trustedDevice")
    _check(experience.adaptive_mfa, _ADAPTIVE, "$.adaptiveMfa")
    _check(experience.session_policy, _SESSION, "$.sessionPolicy")
    if experience.passwords.min_length > experience.passwords.max_length:
        raise _refusal("$.passwordPolicy.length")


def check_expiration(experience: SignInExperience) -> None:
    """The rules of old passwords (section 4.2): people must be able to choose a new one when they forgot the old one too."""
    policy, field = experience.password_expiration, "$.passwordExpiration"
    if policy.get("enabled") and not _between(1, 3650)(policy.get("validPeriodDays")):
        raise ExperienceInvalid(
            "password_expiration_invalid_period_days", "Use a number of days from 1 to 3650.",
            field=f"{field}.validPeriodDays", status=422,
        )  # fmt: skip
    _check(policy, _EXPIRATION, field)
    if policy.get("enabled") and experience.forgot_password_methods == []:
        raise ExperienceInvalid(
            "password_expiration_requires_forgot_password", "Let people reset a forgotten password first.",
            field=field, status=422,
        )  # fmt: skip


def _check_email_lists(policy: dict[str, Any]) -> None:
    for name in ("customAllowlist", "customBlocklist"):
        for entry in policy.get(name, ()):
            if not ENTRY.fullmatch(entry):
                message = f"{entry} is neither an address nor a domain with an @ in front."
                path = f"$.emailBlocklistPolicy.{name}"
                raise ExperienceInvalid("invalid_custom_email_blocklist_format", message, field=path)


def check_mfa(experience: SignInExperience) -> None:
    """The rules of second factors (section 4.2)."""
    factors, policy = experience.mfa.get("factors"), experience.mfa.get("policy")
    is_shape = set(experience.mfa) == {"factors", "policy"} and _is_words(factors) and isinstance(policy, str)
    if not is_shape or set(factors) - set(Factor):
        raise ExperienceInvalid("invalid_input", f"Give policy and factors: {', '.join(Factor)}.", field="$.mfa")
    if experience.is_adaptive and not factors:
        message = "Switch a second factor on first: adaptive MFA asks for one."
        raise ExperienceInvalid("adaptive_mfa_requires_mfa", message, field="$.adaptiveMfa", status=422)
    if experience.is_adaptive and policy not in _ADAPTIVE_POLICIES:
        message = "Adaptive MFA asks everybody to set a factor up: choose at sign-in, or at sign-up and sign-in."
        raise ExperienceInvalid(
            "adaptive_mfa_requires_non_skippable_policy", message, field="$.mfa.policy", status=422
        )  # fmt: skip
    if policy in _ADAPTIVE_POLICIES and not experience.is_adaptive:
        message = "Without adaptive MFA this policy means nothing: choose one that may be skipped, or Mandatory."
        raise ExperienceInvalid("non_adaptive_mfa_requires_skippable_policy", message, field="$.mfa.policy", status=422)
    if policy not in MFA_POLICIES:
        raise ExperienceInvalid("invalid_input", f"Policies are {', '.join(MFA_POLICIES)}.", field="$.mfa.policy")
    if len(factors) != len(set(factors)):
        raise ExperienceInvalid("duplicated_mfa_factors", "Each factor can be chosen once.", field="$.mfa.factors")
    if factors == [Factor.BACKUP_CODE]:
        message = "Backup codes stand in for another factor: switch one on."
        raise ExperienceInvalid("backup_code_cannot_be_enabled_alone", message, field="$.mfa.factors")
    for factor, channel in CHANNELS.items():
        method = experience.method_for(channel)
        if factor in factors and method is not None and method["verificationCode"]:
            code = f"{channel}_verification_code_cannot_be_used_for_mfa"
            name = {"phone": "SMS", "email": "Email"}[channel]
            message = f"{name} codes cannot be both the first step of signing in and the second."
            raise ExperienceInvalid(code, message, field="$.mfa.factors")


def check_looks(experience: SignInExperience) -> None:
    """Raises ExperienceInvalid with the path of the first colour, logo, CSS or language that does not fit."""
    for path, problem in (
        ("$.color", looks.color_problem(experience.color)),
        ("$.branding", looks.branding_problem(experience.branding)),
    ):
        if problem:
            member, sentence = problem
            raise ExperienceInvalid("invalid_input", sentence, field=f"{path}.{member}" if member else path)
    if css_problem := looks.css_problem(experience.custom_css):
        raise ExperienceInvalid("invalid_input", css_problem, field="$.customCss")
    info = experience.language_info
    if set(info) - {"autoDetect", "fallbackLanguage"} or not _is_switch(info.get("autoDetect", True)):
        raise ExperienceInvalid("invalid_input", "Give autoDetect and fallbackLanguage.", field="$.languageInfo")
    if languages.supported([str(info.get("fallbackLanguage", "en"))]) is None:
        message = "There is no such language."
        raise ExperienceInvalid("unsupported_default_language", message, field="$.languageInfo.fallbackLanguage")


def check_content(experience: SignInExperience) -> None:
    """Addresses that people are sent to, and how they agree. Raises ExperienceInvalid."""
    addresses = {
        "termsOfUseUrl": experience.terms_of_use_url, "privacyPolicyUrl": experience.privacy_policy_url,
        "supportWebsiteUrl": experience.support_website_url,
        "unknownSessionRedirectUrl": experience.unknown_session_redirect_url,
    }  # fmt: skip
    for name, address in addresses.items():
        if address and not is_web_url(address):
            message = "Give a web address that begins with https://."
            raise ExperienceInvalid("invalid_input", message, field=f"$.{name}")
    address = experience.support_email or ""
    if address and (not _EMAIL.fullmatch(address) or len(address) > 254):
        raise ExperienceInvalid("invalid_input", "This is not an email address.", field="$.supportEmail")
    if experience.agree_to_terms_policy not in SignInExperience.TermsPolicy.values:
        message = f"Policies are {', '.join(SignInExperience.TermsPolicy.values)}."
        raise ExperienceInvalid("invalid_input", message, field="$.agreeToTermsPolicy")


def _check(values: dict[str, Any], rules: dict[str, _Rule], path: str) -> None:
    for name, value in values.items():
        if name not in rules or not rules[name](value):
            raise _refusal(f"{path}.{name}")


def _refusal(path: str) -> ExperienceInvalid:
    return ExperienceInvalid("invalid_input", "This value is not known here, or out of range.", field=path)
