from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from idp.lib.ids import opaque_token, standard_id
from idp.lib.lookup import Lookup
from idp.users.email_policy import EmailPolicy
from idp.users.models import ProfileField, User
from idp.users.policy import PasswordPolicy
from idp.users.usernames import UsernamePolicy
from idp.verification.lockout import LockoutPolicy
from idp.verification.policy import CodePolicy, SmsGuardPolicy


def default_sign_up() -> dict[str, Any]:
    return {"identifiers": ["username"], "password": True, "verify": False}


def default_sign_in() -> dict[str, Any]:
    return {
        "methods": [{"identifier": "username", "password": True, "verificationCode": False, "isPasswordPrimary": True}]
    }


def default_mfa() -> dict[str, Any]:
    return {"factors": [], "policy": "UserControlled"}


class SignInExperience(models.Model):
    """How people sign up and sign in to every application. One row; field names and shapes are Logto's (section 4.1).

    - `sign_up`: {identifiers, password, verify, secondaryIdentifiers?: [{identifier, verify}]}
    - `sign_in`: {methods: [{identifier, password, verificationCode, isPasswordPrimary}]}
    - `mfa`: {factors, policy}
    """

    class Mode(models.TextChoices):
        SIGN_IN = "SignIn"
        REGISTER = "Register"
        BOTH = "SignInAndRegister"

    class TermsPolicy(models.TextChoices):
        AUTOMATIC = "Automatic"
        AT_SIGN_UP = "ManualRegistrationOnly"
        ALWAYS = "Manual"

    id = models.CharField(primary_key=True, max_length=16, default="default", editable=False)
    sign_up = models.JSONField(default=default_sign_up)
    sign_in = models.JSONField(default=default_sign_in)
    sign_in_mode = models.CharField(max_length=20, choices=Mode.choices, default=Mode.BOTH)
    # EmailVerificationCode, PhoneVerificationCode; null: whatever can be sent
    forgot_password_methods = models.JSONField(null=True, blank=True)
    password_policy = models.JSONField(default=dict, blank=True)  # what differs from users.policy.PasswordPolicy
    sentinel_policy = models.JSONField(default=dict, blank=True)  # {maxAttempts, lockoutDuration (minutes)}
    mfa = models.JSONField(default=default_mfa)
    # What people see: {primaryColor, isDarkModeEnabled, darkPrimaryColor}, {logoUrl, darkLogoUrl, favicon, darkFavicon}
    color = models.JSONField(default=dict, blank=True)
    branding = models.JSONField(default=dict, blank=True)
    custom_css = models.TextField(null=True, blank=True)
    language_info = models.JSONField(default=dict, blank=True)  # {autoDetect, fallbackLanguage}
    terms_of_use_url = models.CharField(max_length=2048, null=True, blank=True)
    privacy_policy_url = models.CharField(max_length=2048, null=True, blank=True)
    agree_to_terms_policy = models.CharField(max_length=24, choices=TermsPolicy.choices, default=TermsPolicy.AUTOMATIC)
    support_email = models.CharField(max_length=254, null=True, blank=True)
    support_website_url = models.CharField(max_length=2048, null=True, blank=True)
    unknown_session_redirect_url = models.CharField(max_length=2048, null=True, blank=True)
    sign_up_profile_fields = models.JSONField(null=True, blank=True)  # [{name}]; null: every custom profile field
    # How people are protected
    passkey_sign_in = models.JSONField(default=dict, blank=True)  # {enabled, showPasskeyButton, allowAutofill}
    password_expiration = models.JSONField(default=dict, blank=True)  # {enabled, validPeriodDays, enabledAt (ms)}
    username_policy = models.JSONField(default=dict, blank=True)  # {caseSensitive, minLength, maxLength, allowedChars}
    adaptive_mfa = models.JSONField(default=dict, blank=True)  # {enabled}
    trusted_device = models.JSONField(default=dict, blank=True)  # {enabled, durationDays}
    captcha_policy = models.JSONField(default=dict, blank=True)  # {enabled}
    session_policy = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )  # {ttlInDays}
    verification_code_policy = models.JSONField(default=dict, blank=True)  # {expirationDuration, maxRetryAttempts}
    email_blocklist_policy = models.JSONField(default=dict, blank=True)  # users.email_policy.EmailPolicy
    sms_fraud_guard = models.JSONField(default=dict, blank=True)  # what differs from verification.policy.SmsGuardPolicy
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return "Sign-in experience"

    @classmethod
    def load(cls) -> "SignInExperience":
        """The saved settings, or the defaults of a new installation."""
        return _experiences.find("default") or cls()

    @property
    def methods(self) -> list[dict[str, Any]]:
        methods: list[dict[str, Any]] = self.sign_in["methods"]
        return methods

    @property
    def mfa_factors(self) -> list[str]:
        factors: list[str] = self.mfa["factors"]
        return factors

    @property
    def is_adaptive(self) -> bool:
        """Is the second factor asked for only when a sign-in is unusual?"""
        return bool(self.adaptive_mfa.get("enabled"))

    @property
    def trust_days(self) -> int:
        """For how long people may be spared their second factor on a device of theirs; 0: not at all."""
        return int(self.trusted_device.get("durationDays", 30)) if self.trusted_device.get("enabled") else 0

    @property
    def session_days(self) -> int:
        """After how many days people sign in anew, however often they come back."""
        return int(self.session_policy.get("ttlInDays", 14))

    @property
    def mfa_is_skippable(self) -> bool:
        """May people do without a second factor?"""
        return not self.mfa["policy"].endswith("Mandatory")

    @property
    def offers_passkeys(self) -> bool:
        """May people sign in with a passkey alone?"""
        return self.allows_sign_in and bool(self.passkey_sign_in.get("enabled"))

    @property
    def shows_passkey_button(self) -> bool:
        return self.offers_passkeys and bool(self.passkey_sign_in.get("showPasskeyButton", True))

    @property
    def autofills_passkeys(self) -> bool:
        return self.offers_passkeys and bool(self.passkey_sign_in.get("allowAutofill", True))

    @property
    def passwords(self) -> PasswordPolicy:
        return PasswordPolicy.from_json(self.password_policy)

    @property
    def emails(self) -> EmailPolicy:
        return EmailPolicy.from_json(self.email_blocklist_policy)

    @property
    def usernames(self) -> UsernamePolicy:
        return UsernamePolicy.from_json(self.username_policy)

    def password_has_expired(self, user: User) -> bool:
        """Is the person's password older than `password_expiration` allows? One of unknown age counts from `enabledAt`."""
        policy = self.password_expiration
        if not policy.get("enabled") or not user.has_password:
            return False
        enabled_at = datetime.fromtimestamp(policy["enabledAt"] / 1000, tz=UTC)
        since = user.password_updated_at or max(user.created_at, enabled_at)
        return since + timedelta(days=policy["validPeriodDays"]) <= timezone.now()

    @property
    def lockout(self) -> LockoutPolicy:
        policy, default = self.sentinel_policy, LockoutPolicy()
        return LockoutPolicy(
            max_attempts=policy.get("maxAttempts", default.max_attempts),
            duration=timedelta(minutes=policy["lockoutDuration"]) if "lockoutDuration" in policy else default.duration,
        )

    @property
    def codes(self) -> CodePolicy:
        policy, default = self.verification_code_policy, CodePolicy()
        seconds = policy.get("expirationDuration")
        return CodePolicy(
            lifetime=timedelta(seconds=seconds) if seconds else default.lifetime,
            max_tries=policy.get("maxRetryAttempts", default.max_tries),
            sms=SmsGuardPolicy.from_json(self.sms_fraud_guard),
        )

    @property
    def required_identifiers(self) -> list[tuple[str, ...]]:
        """What every account has: one of each group. The first group is what people sign up with."""
        primary = tuple(self.sign_up["identifiers"])
        secondary = [
            ("email", "phone") if one["identifier"] == "emailOrPhone" else (one["identifier"],)
            for one in self.sign_up.get("secondaryIdentifiers", [])
        ]
        return [primary, *secondary] if primary else []

    @cached_property
    def profile_fields(self) -> list[ProfileField]:
        """What people are asked about themselves at sign-up, in order."""
        if self.sign_up_profile_fields == []:
            return []
        fields = {field.name: field for field in ProfileField.objects.all()}
        if self.sign_up_profile_fields is None:
            return list(fields.values())
        names = [one["name"] for one in self.sign_up_profile_fields]
        return [fields[name] for name in names if name in fields]

    @property
    def terms(self) -> dict[str, str]:
        """What people agree to, by its name in Logto's settings; empty when there is nothing."""
        addresses = {"termsOfUseUrl": self.terms_of_use_url, "privacyPolicyUrl": self.privacy_policy_url}
        return {name: address for name, address in addresses.items() if address}

    def must_tick_terms(self, event: str) -> bool:
        """Do people tick a box, or does a sentence do?"""
        policies = {self.TermsPolicy.ALWAYS} | ({self.TermsPolicy.AT_SIGN_UP} if event == "Register" else set())
        return bool(self.terms) and self.agree_to_terms_policy in policies

    @property
    def asks_for_captcha(self) -> bool:
        return bool(self.captcha_policy.get("enabled"))

    @property
    def allows_sign_in(self) -> bool:
        return self.sign_in_mode != self.Mode.REGISTER

    @property
    def allows_sign_up(self) -> bool:
        return self.sign_in_mode != self.Mode.SIGN_IN and bool(self.sign_up["identifiers"])

    def method_for(self, identifier: str) -> dict[str, Any] | None:
        return next((method for method in self.methods if method["identifier"] == identifier), None)


_experiences = Lookup(SignInExperience)


class CustomPhrases(models.Model):
    """Sentences of one language that administrators say in their own words: {English sentence: text}."""

    language = models.CharField(primary_key=True, max_length=16)
    translation = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "custom phrases"

    def __str__(self) -> str:
        return self.language


class AccountCenter(models.Model):
    """What people may see and change of their own account, at the account pages and by the Account API. One row (section 4.3).

    `fields` maps a field to its access; one that is not named may be edited. `delete_account_url` is where people are sent
    who want to leave, when the service has a way of its own; `webauthn_related_origins` may use this server's passkeys.
    """

    class Access(models.TextChoices):
        OFF = "Off"
        READ_ONLY = "ReadOnly", "Read only"
        EDIT = "Edit"

    FIELDS: ClassVar = (
        "name", "avatar", "profile", "email", "phone", "password", "username", "social", "customData", "mfa", "passkey",
        "session", "trustedDevice",
    )  # fmt: skip

    id = models.CharField(primary_key=True, max_length=16, default="default", editable=False)
    enabled = models.BooleanField(default=True)
    fields = models.JSONField(default=dict, blank=True)
    delete_account_url = models.CharField(max_length=2048, null=True, blank=True)
    webauthn_related_origins = models.JSONField(default=list, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return "Account centre"

    @classmethod
    def load(cls) -> "AccountCenter":
        """The saved settings, or the defaults of a new installation: everything may be edited."""
        return cls.objects.filter(pk="default").first() or cls()

    def access(self, field: str) -> str:
        return str(self.fields.get(field, self.Access.EDIT)) if self.enabled else self.Access.OFF

    @property
    def visible(self) -> set[str]:
        """The fields that people see."""
        return {field for field in self.FIELDS if self.access(field) != self.Access.OFF}

    @property
    def editable(self) -> set[str]:
        """The fields that people change themselves."""
        return {field for field in self.FIELDS if self.access(field) == self.Access.EDIT}


class Interaction(models.Model):
    """One visit to the sign-in pages on behalf of one client: what was asked, what has been proved, what came out.

    Bound to one browser by a signed cookie. `params` is the validated authorization request, `draft` what a new account will
    have and what is being set up; `result` is empty until the person is known. Each of `proofs` names what it proves:

    - `phone`, `email`: the value that was verified; `link` too, when a link did it
    - `user`: the person whose password was right
    - `passkey`: the person whose passkey was right
    - `mfa`: the person whose second factor was right, with `mfa_factor` and `mfa_amr`
    - `trusted`: the person who trusts this device
    - `assessed`: the person of whom `triggers` says what is unusual
    - `session`: the person who was signed in already and is asked for more, with `session_amr` and `session_auth_time`
    - `created`: the person whose account was made here
    - `agreed`: the addresses of the terms that were seen
    """

    id = models.CharField(primary_key=True, max_length=21, default=standard_id, editable=False)
    application_id = models.CharField(max_length=21)
    prompt = models.CharField(max_length=10)  # login or consent
    params = models.JSONField()
    event = models.CharField(max_length=16, default="SignIn")
    identifier = models.JSONField(default=dict)  # {"type": "phone", "value": "1555…"}
    verification_id = models.CharField(max_length=21, blank=True, default="")
    proofs = models.JSONField(default=dict)
    draft = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    resumed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.pk

    @property
    def has_expired(self) -> bool:
        return self.expires_at <= timezone.now()


class Session(models.Model):
    """A person signed in in one browser; single sign-on for all first-party applications (cookie `_session`).

    The key is the SHA-256 of the cookie's value. `auth_time` is when they last proved who they are (seconds).
    """

    id = models.CharField(primary_key=True, max_length=64, editable=False)
    sid = models.CharField(max_length=43, unique=True, default=opaque_token)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sign_in_sessions")
    auth_time = models.BigIntegerField()
    method = models.CharField(max_length=40, blank=True, default="")
    amr = models.JSONField(default=list)  # how they proved it (RFC 8176)
    address = models.CharField(max_length=64, blank=True, default="")
    user_agent = models.CharField(max_length=400, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "-created_at"])]

    def __str__(self) -> str:
        return self.sid[:8]
