"""The policies for passwords, guessing, addresses and text messages, a form for each tab; stored in Logto's shapes."""

from typing import Any, ClassVar

from django import forms

from idp.lib import countries
from idp.signin.errors import ExperienceInvalid
from idp.signin.models import SignInExperience

_SWITCH = forms.CheckboxInput(attrs={"role": "switch"})


class PolicyForm(forms.Form):
    """A part of the sign-in experience. `paths` has the path of each field's stored value, where a rule may refuse it."""

    paths: ClassVar[dict[str, str]]

    def __init__(self, experience: SignInExperience, data: Any = None) -> None:
        super().__init__(data, initial=self.stored(experience))

    def stored(self, experience: SignInExperience) -> dict[str, Any]:
        """What the fields start with."""
        raise NotImplementedError

    def changes(self) -> dict[str, Any]:
        """The arguments of update_experience."""
        raise NotImplementedError

    def show_problem(self, error: ExperienceInvalid) -> None:
        fitting = [name for name, path in self.paths.items() if error.field.startswith(path)]
        field = max(fitting, key=lambda name: len(self.paths[name]), default=None)  # the most exact one
        self.add_error(field, error.message)


class PasswordsForm(PolicyForm):
    paths = {
        "min_length": "$.passwordPolicy.length.min", "character_types": "$.passwordPolicy.characterTypes.min",
        "expires": "$.passwordExpiration", "valid_days": "$.passwordExpiration.validPeriodDays",
    }  # fmt: skip

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

    def stored(self, experience: SignInExperience) -> dict[str, Any]:
        policy, expiration = experience.passwords, experience.password_expiration
        self._policy, self._expiration = policy, expiration
        return {
            "min_length": policy.min_length,
            "character_types": policy.character_types,
            "reject_breached": policy.reject_breached,
            "reject_repetition": policy.reject_repetition,
            "reject_user_info": policy.reject_user_info,
            "words": "\n".join(policy.reject_words),
            "expires": expiration.get("enabled", False),
            "valid_days": expiration.get("validPeriodDays", 365),
        }

    def changes(self) -> dict[str, Any]:
        values = self.cleaned_data
        policy = {
            "length": {"min": values["min_length"], "max": self._policy.max_length},
            "characterTypes": {"min": values["character_types"]},
            "rejects": {
                "pwned": values["reject_breached"],
                "repetitionAndSequence": values["reject_repetition"],
                "userInfo": values["reject_user_info"],
                "words": _lines(values["words"]),
            },
        }
        return {"password_policy": policy, "password_expiration": self._password_expiration()}

    def _password_expiration(self) -> dict[str, Any]:
        if not self.cleaned_data["expires"]:
            return {}
        started = {"enabledAt": self._expiration["enabledAt"]} if self._expiration.get("enabled") else {}
        return {"enabled": True, "validPeriodDays": self.cleaned_data["valid_days"], **started}


class ProtectionForm(PolicyForm):
    """Guessing, one-time codes, sessions, robots."""

    paths = {
        "max_attempts": "$.sentinelPolicy.maxAttempts", "lockout_minutes": "$.sentinelPolicy.lockoutDuration",
        "code_seconds": "$.verificationCodePolicy.expirationDuration", "code_tries": "$.verificationCodePolicy.maxRetryAttempts",
        "session_days": "$.sessionPolicy.ttlInDays",
    }  # fmt: skip

    max_attempts = forms.IntegerField(
        label="Failed attempts in an hour", min_value=1, max_value=1000, help_text="Of passwords and codes together."
    )
    lockout_minutes = forms.IntegerField(label="Minutes of lockout", min_value=1, max_value=1440)
    code_seconds = forms.IntegerField(
        label="Seconds until a code expires",
        min_value=60,
        max_value=3600,
        help_text="If you change this, change the message templates that name the ten minutes, too.",
    )
    code_tries = forms.IntegerField(label="Tries for one code", min_value=1, max_value=100)
    session_days = forms.IntegerField(
        label="Days until people sign in anew", min_value=1, max_value=365,
        help_text="However often they come back; of sessions that begin from now on. Apps with a refresh token stay signed in for as long as their own settings say.",
    )  # fmt: skip
    captcha = forms.BooleanField(
        label="Tell people from robots",
        required=False,
        widget=_SWITCH,
        help_text="On the first page of sign-in, sign-up and forgotten passwords.",
    )

    def stored(self, experience: SignInExperience) -> dict[str, Any]:
        lockout, codes = experience.lockout, experience.codes
        return {
            "max_attempts": lockout.max_attempts,
            "lockout_minutes": int(lockout.duration.total_seconds() // 60),
            "code_seconds": int(codes.lifetime.total_seconds()),
            "code_tries": codes.max_tries,
            "session_days": experience.session_days,
            "captcha": experience.asks_for_captcha,
        }

    def changes(self) -> dict[str, Any]:
        values = self.cleaned_data
        return {
            "sentinel_policy": {"maxAttempts": values["max_attempts"], "lockoutDuration": values["lockout_minutes"]},
            "verification_code_policy": {
                "expirationDuration": values["code_seconds"], "maxRetryAttempts": values["code_tries"],
            },
            "session_policy": {"ttlInDays": values["session_days"]},
            "captcha_policy": {"enabled": values["captcha"]},
        }  # fmt: skip


class EmailsForm(PolicyForm):
    """Which addresses new accounts may have."""

    paths = {
        "email_blocklist": "$.emailBlocklistPolicy.customBlocklist",
        "email_allowlist": "$.emailBlocklistPolicy.customAllowlist",
    }

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

    def stored(self, experience: SignInExperience) -> dict[str, Any]:
        policy = experience.emails
        return {
            "block_disposable": policy.block_disposable,
            "block_subaddressing": policy.block_subaddressing,
            "email_blocklist": "\n".join(policy.blocklist),
            "email_allowlist": "\n".join(policy.allowlist),
        }

    def changes(self) -> dict[str, Any]:
        values = self.cleaned_data
        policy = {
            "blockDisposableAddresses": values["block_disposable"],
            "blockSubaddressing": values["block_subaddressing"],
            "customBlocklist": _lines(values["email_blocklist"]),
            "customAllowlist": _lines(values["email_allowlist"]),
        }
        return {"email_blocklist_policy": policy}


class TextMessagesForm(PolicyForm):
    """The SMS fraud guard."""

    # Form field: (its key in the stored policy, what the policy calls it).
    _FIELDS: ClassVar = {
        "sms_guard": ("enabled", "enabled"),
        "sms_countries": ("allowedCountries", "countries"),
        "sms_special": ("blockSpecialNumbers", "block_special_numbers"),
        "sms_per_hour": ("maxPerHour", "per_hour"),
        "sms_per_day": ("maxPerDay", "per_day"),
        "sms_cost_per_hour": ("maxCostPerHour", "cost_per_hour"),
        "sms_cost_per_day": ("maxCostPerDay", "cost_per_day"),
        "sms_price": ("pricePerMessage", "price_per_message"),
        "sms_currency": ("currency", "currency"),
        "sms_numbers_per_address": ("maxNumbersPerAddress", "numbers_per_address"),
        "sms_numbers_per_prefix": ("maxNumbersPerPrefix", "numbers_per_prefix"),
        "sms_min_sends": ("minSends", "min_sends"),
        "sms_min_verified": ("minVerifiedPercent", "min_verified_percent"),
        "sms_block_hours": ("blockHours", "block_hours"),
    }
    paths = {name: f"$.smsFraudGuard.{key}" for name, (key, _) in _FIELDS.items()}

    sms_guard = forms.BooleanField(
        label="SMS fraud guard",
        required=False,
        widget=_SWITCH,
        help_text="Stops those who make your server send messages that somebody else earns from.",
    )
    sms_countries = forms.MultipleChoiceField(
        label="Allowed countries",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: every country. The fewer, the safer.",
    )
    sms_special = forms.BooleanField(
        label="Refuse special numbers",
        required=False,
        widget=_SWITCH,
        help_text="Premium rate, shared cost, company access numbers, voicemail and pagers.",
    )
    sms_per_hour = forms.IntegerField(label="Messages in an hour", min_value=1, max_value=1_000_000)
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
        super().__init__(experience, data)
        chosen = experience.codes.sms.countries
        chosen_first = sorted(countries.choices(), key=lambda choice: choice[0] not in chosen)
        self.fields["sms_countries"].choices = chosen_first  # type: ignore[attr-defined]

    def stored(self, experience: SignInExperience) -> dict[str, Any]:
        policy = experience.codes.sms
        values = {name: getattr(policy, attribute) for name, (_, attribute) in self._FIELDS.items()}
        return values | {"sms_countries": list(policy.countries)}

    def changes(self) -> dict[str, Any]:
        return {"sms_fraud_guard": {key: self.cleaned_data[name] for name, (key, _) in self._FIELDS.items()}}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
