"""The password policy and the identifier lockout, as fields; stored in Logto's shape."""

from typing import Any

from django import forms

from idp.signin.errors import ExperienceInvalid
from idp.signin.models import SignInExperience

_SWITCH = forms.CheckboxInput(attrs={"role": "switch"})
# Form field to the path of the stored value.
_PATHS = {
    "min_length": "$.passwordPolicy.length.min", "character_types": "$.passwordPolicy.characterTypes.min",
    "max_attempts": "$.sentinelPolicy.maxAttempts", "lockout_minutes": "$.sentinelPolicy.lockoutDuration",
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
    max_attempts = forms.IntegerField(
        label="Failed attempts in an hour", min_value=1, max_value=1000, help_text="Of passwords and codes together."
    )
    lockout_minutes = forms.IntegerField(label="Minutes of lockout", min_value=1, max_value=1440)

    def __init__(self, experience: SignInExperience, data: Any = None) -> None:
        policy, lockout = experience.passwords, experience.lockout
        self._policy = policy
        initial = {
            "min_length": policy.min_length,
            "character_types": policy.character_types,
            "reject_breached": policy.reject_breached,
            "reject_repetition": policy.reject_repetition,
            "reject_user_info": policy.reject_user_info,
            "words": "\n".join(policy.reject_words),
            "max_attempts": lockout.max_attempts,
            "lockout_minutes": int(lockout.duration.total_seconds() // 60),
        }
        super().__init__(data, initial=initial)

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
                    "words": [word.strip() for word in values["words"].splitlines() if word.strip()],
                },
            },
            "sentinel_policy": {"maxAttempts": values["max_attempts"], "lockoutDuration": values["lockout_minutes"]},
        }

    def show_problem(self, error: ExperienceInvalid) -> None:
        field = next((name for name, path in _PATHS.items() if error.field.startswith(path)), None)
        self.add_error(field, error.message)
