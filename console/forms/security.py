"""The policies for passwords, guessing, codes and text messages, as fields; stored in Logto's shapes."""

from typing import Any

from django import forms

from idp.lib import countries
from idp.signin.errors import ExperienceInvalid
from idp.signin.models import SignInExperience

_SWITCH = forms.CheckboxInput(attrs={"role": "switch"})
# Form field to the path of the stored value.
_PATHS = {
    "min_length": "$.passwordPolicy.length.min", "character_types": "$.passwordPolicy.characterTypes.min",
    "expires": "$.passwordExpiration", "valid_days": "$.passwordExpiration.validPeriodDays",
    "max_attempts": "$.sentinelPolicy.maxAttempts", "lockout_minutes": "$.sentinelPolicy.lockoutDuration",
    "session_days": "$.sessionPolicy.ttlInDays",
    "code_seconds": "$.verificationCodePolicy.expirationDuration", "code_tries": "$.verificationCodePolicy.maxRetryAttempts",
    "email_blocklist": "$.emailBlocklistPolicy.customBlocklist",
    "email_allowlist": "$.emailBlocklistPolicy.customAllowlist",
    "sms_countries": "$.smsFraudGuard.allowedCountries", "sms_per_hour": "$.smsFraudGuard.maxPerHour",
    "sms_per_day": "$.smsFraudGuard.maxPerDay", "sms_cost_per_hour": "$.smsFraudGuard.maxCostPerHour",
    "sms_cost_per_day": "$.smsFraudGuard.maxCostPerDay", "sms_price": "$.smsFraudGuard.pricePerMessage",
    "sms_currency": "$.smsFraudGuard.currency", "sms_numbers_per_address": "$.smsFraudGuard.maxNumbersPerAddress",
    "sms_numbers_per_prefix": "$.smsFraudGuard.maxNumbersPerPrefix", "sms_min_sends": "$.smsFraudGuard.minSends",
    "sms_min_verified": "$.smsFraudGuard.minVerifiedPercent", "sms_block_hours": "$.smsFraudGuard.blockHours",
}  # fmt: skip


class SecurityForm(forms.Form):
    min_length = forms.IntegerField(label="Minimum length", min_value=1, max_value=256)
    character_types = forms.TypedChoiceField(
        label="Kinds of characters",
        coerce=int,
        choices=[(1, "Any"), (2, "At least two"), (3, "At least three"), (4, "All four")],
        help_text="Lower case, upper case, digits, everything else. Length protects better than variety.",
    )
    reject_breached = forms.BooleanField(
        label="Passwords from data breaches",
        required=False,
        widget=_SWITCH,
        help_text="Asks a public list; only the first five characters of a hash leave this server.",
    )
    reject_repetition = forms.BooleanField(label="Repetitions and sequences", required=False, widget=_SWITCH)
    reject_user_info = forms.BooleanField(
        label="The person's own name, email or phone number", required=False, widget=_SWITCH
    )
    words = forms.CharField(
        label="Words of your own",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="One per line: your product, your company.",
    )
    expires = forms.BooleanField(
        label="Passwords expire",
        required=False,
        widget=_SWITCH,
        help_text="At the next sign-in with an old one, people choose a new one. Only do this where a rule demands it: people "
        "who must change often choose worse.",
    )
    valid_days = forms.IntegerField(
        label="Days that a password is good for", min_value=1, max_value=3650, required=False
    )
    max_attempts = forms.IntegerField(
        label="Failed attempts in an hour", min_value=1, max_value=1000, help_text="Of passwords and codes together."
    )
    lockout_minutes = forms.IntegerField(label="Minutes of lockout", min_value=1, max_value=1440)

    session_days = forms.IntegerField(
        label="Days until people sign in anew", min_value=1, max_value=365,
        help_text="However often they come back; of sessions that begin from now on. Apps with a refresh token stay signed in for as long as their own settings say.",
    )  # fmt: skip
    block_disposable = forms.BooleanField(
        label="Refuse throw-away addresses",
        required=False,
        widget=_SWITCH,
        help_text="From a public list of providers that comes with this version of Latchkey.",
    )
    block_subaddressing = forms.BooleanField(
        label="Refuse addresses with a plus sign",
        required=False,
        widget=_SWITCH,
        help_text="As in ada+books@example.com.",
    )
    email_blocklist = forms.CharField(
        label="Refused addresses and domains",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="One per line: an address, or @example.com for everybody there.",
    )
    email_allowlist = forms.CharField(
        label="Always allowed",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="Goes before everything above. The same form.",
    )
    captcha = forms.BooleanField(
        label="Tell people from robots",
        required=False,
        widget=_SWITCH,
        help_text="On the first page of sign-in, sign-up and forgotten passwords.",
    )
    code_seconds = forms.IntegerField(
        label="Seconds until a code expires",
        min_value=60,
        max_value=3600,
        help_text="If you change this, change the message templates that name the ten minutes, too.",
    )
    code_tries = forms.IntegerField(label="Tries for one code", min_value=1, max_value=100)
    sms_guard = forms.BooleanField(
        label="SMS fraud guard",
        required=False,
        widget=_SWITCH,
        help_text="Stops those who make your server send messages that somebody else earns from.",
    )
    sms_countries = forms.MultipleChoiceField(
        label="Allowed countries",
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text="None chosen: every country. The fewer, the safer. Ctrl or Command adds and removes one.",
    )
    sms_special = forms.BooleanField(
        label="Refuse special numbers",
        required=False,
        widget=_SWITCH,
        help_text="Premium rate, shared cost, company access numbers, voicemail and pagers.",
    )
    sms_per_hour = forms.IntegerField(
        label="Messages in an hour", min_value=1, max_value=1_000_000, help_text="Of this installation as a whole."
    )
    sms_per_day = forms.IntegerField(
        label="Messages in a day", min_value=1, max_value=10_000_000, help_text="From midnight to midnight, UTC."
    )
    sms_cost_per_hour = forms.IntegerField(
        label="Money in an hour",
        min_value=1,
        max_value=1_000_000,
        help_text="In whole units of the currency below, by the price that the provider last named for each country.",
    )
    sms_cost_per_day = forms.IntegerField(label="Money in a day", min_value=1, max_value=10_000_000)
    sms_price = forms.FloatField(
        label="Price of a message",
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"step": "any"}),
        help_text="For countries of which no provider has named a price yet.",
    )
    sms_currency = forms.RegexField(
        label="Currency",
        regex=r"^[A-Z]{3}$",
        help_text="The one your provider bills in: USD, EUR.",
        error_messages={"invalid": "Give the three capital letters of the currency, as in USD."},
    )
    sms_numbers_per_address = forms.IntegerField(
        label="Numbers from one client address in an hour",
        min_value=1,
        max_value=10_000,
        help_text="Many people share an address in offices and on mobile networks.",
    )
    sms_numbers_per_prefix = forms.IntegerField(
        label="Numbers with the same prefix in an hour",
        min_value=1,
        max_value=100_000,
        help_text="A prefix is the first seven digits with the country code.",
    )
    sms_min_sends = forms.IntegerField(
        label="Codes before a prefix is judged",
        min_value=5,
        max_value=100_000,
        help_text="Sent to the prefix in an hour.",
    )
    sms_min_verified = forms.IntegerField(
        label="Percent that must be typed in",
        min_value=0,
        max_value=100,
        help_text="Below it the prefix is stopped: nobody reads those messages.",
    )
    sms_block_hours = forms.IntegerField(label="Hours that a prefix is stopped", min_value=1, max_value=720)

    def __init__(self, experience: SignInExperience, data: Any = None) -> None:
        policy, lockout, codes = experience.passwords, experience.lockout, experience.codes
        sms = codes.sms
        self._policy, self._expiration = policy, experience.password_expiration
        initial = {
            "min_length": policy.min_length,
            "character_types": policy.character_types,
            "reject_breached": policy.reject_breached,
            "reject_repetition": policy.reject_repetition,
            "reject_user_info": policy.reject_user_info,
            "words": "\n".join(policy.reject_words),
            "expires": experience.password_expiration.get("enabled", False),
            "valid_days": experience.password_expiration.get("validPeriodDays", 365),
            "max_attempts": lockout.max_attempts,
            "lockout_minutes": int(lockout.duration.total_seconds() // 60),
            "session_days": experience.session_days,
            "block_disposable": experience.emails.block_disposable,
            "block_subaddressing": experience.emails.block_subaddressing,
            "email_blocklist": "\n".join(experience.emails.blocklist),
            "email_allowlist": "\n".join(experience.emails.allowlist),
            "captcha": experience.asks_for_captcha,
            "code_seconds": int(codes.lifetime.total_seconds()),
            "code_tries": codes.max_tries,
            "sms_guard": sms.enabled,
            "sms_countries": list(sms.countries),
            "sms_special": sms.block_special_numbers,
            "sms_per_hour": sms.per_hour,
            "sms_per_day": sms.per_day,
            "sms_cost_per_hour": sms.cost_per_hour,
            "sms_cost_per_day": sms.cost_per_day,
            "sms_price": sms.price_per_message,
            "sms_currency": sms.currency,
            "sms_numbers_per_address": sms.numbers_per_address,
            "sms_numbers_per_prefix": sms.numbers_per_prefix,
            "sms_min_sends": sms.min_sends,
            "sms_min_verified": sms.min_verified_percent,
            "sms_block_hours": sms.block_hours,
        }
        super().__init__(data, initial=initial)
        self.fields["sms_countries"].choices = countries.choices()  # type: ignore[attr-defined]

    def changes(self) -> dict[str, Any]:
        """The arguments of update_experience."""
        values = self.cleaned_data
        return {
            "password_policy": {
                "length": {"min": values["min_length"], "max": self._policy.max_length},
                "characterTypes": {"min": values["character_types"]},
                "rejects": {
                    "pwned": values["reject_breached"],
                    "repetitionAndSequence": values["reject_repetition"],
                    "userInfo": values["reject_user_info"],
                    "words": _lines(values["words"]),
                },
            },
            "password_expiration": self._password_expiration(),
            "sentinel_policy": {"maxAttempts": values["max_attempts"], "lockoutDuration": values["lockout_minutes"]},
            "session_policy": {"ttlInDays": values["session_days"]},
            "verification_code_policy": {
                "expirationDuration": values["code_seconds"], "maxRetryAttempts": values["code_tries"],
            },
            "email_blocklist_policy": {
                "blockDisposableAddresses": values["block_disposable"],
                "blockSubaddressing": values["block_subaddressing"],
                "customBlocklist": _lines(values["email_blocklist"]),
                "customAllowlist": _lines(values["email_allowlist"]),
            },
            "captcha_policy": {"enabled": values["captcha"]},
            "sms_fraud_guard": {
                "enabled": values["sms_guard"],
                "allowedCountries": values["sms_countries"],
                "blockSpecialNumbers": values["sms_special"],
                "maxPerHour": values["sms_per_hour"],
                "maxPerDay": values["sms_per_day"],
                "maxCostPerHour": values["sms_cost_per_hour"],
                "maxCostPerDay": values["sms_cost_per_day"],
                "pricePerMessage": values["sms_price"],
                "currency": values["sms_currency"],
                "maxNumbersPerAddress": values["sms_numbers_per_address"],
                "maxNumbersPerPrefix": values["sms_numbers_per_prefix"],
                "minSends": values["sms_min_sends"],
                "minVerifiedPercent": values["sms_min_verified"],
                "blockHours": values["sms_block_hours"],
            },
        }  # fmt: skip

    def _password_expiration(self) -> dict[str, Any]:
        if not self.cleaned_data["expires"]:
            return {}
        started = {"enabledAt": self._expiration["enabledAt"]} if self._expiration.get("enabled") else {}
        return {"enabled": True, "validPeriodDays": self.cleaned_data["valid_days"], **started}

    def show_problem(self, error: ExperienceInvalid) -> None:
        fitting = [name for name, path in _PATHS.items() if error.field.startswith(path)]
        field = max(fitting, key=lambda name: len(_PATHS[name]), default=None)  # the most exact one
        self.add_error(field, error.message)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
