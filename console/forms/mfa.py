"""The second factors as a form: a switch for each, and when people are asked to set one up."""

from collections.abc import Mapping
from typing import Any

from django import forms

from console.forms.problems import explained
from idp.mfa.factors import Factor
from idp.signin.errors import ExperienceInvalid
from idp.signin.models import SignInExperience

# Field, factor, label, help.
_FACTORS = (
    (
        "passkey",
        Factor.WEBAUTHN,
        "Passkey",
        "A key that their device keeps, opened by finger, face or PIN. Needs JavaScript.",
    ),
    ("totp", Factor.TOTP, "Authenticator app", "Codes from an app on their phone. Works without a network."),
    ("phone", Factor.PHONE, "SMS code", "To the phone number of the account; nothing to set up."),
    ("email", Factor.EMAIL, "Email code", "To the email address of the account; nothing to set up."),
    ("backup", Factor.BACKUP_CODE, "Backup codes", "Ten codes that work once, for when the other factor is lost."),
)
_POLICIES = (
    ("PromptAtSignInAndSignUp", "At sign-up and sign-in, once"),
    ("PromptOnlyAtSignIn", "At sign-in only, once"),
    ("NoPrompt", "Never"),
    ("Mandatory", "Always: it is required"),
)
_POLICY_HELP = "Asked once means that they may skip it and are not asked again. Required: nobody signs in without one."
# The policies of adaptive MFA: the same moments, and nobody may skip.
_ADAPTIVE = {name: f"{name}Mandatory" for name in ("PromptAtSignInAndSignUp", "PromptOnlyAtSignIn")}
_LEGACY = {"UserControlled": "PromptAtSignInAndSignUp"}  # Logto's older name for the same


_SWITCH = forms.CheckboxInput(attrs={"role": "switch"})


def _settings(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The fields about passkeys and trusted devices, in the shapes that are stored."""
    return {
        "passkey_sign_in": {
            "enabled": values["passkey_enabled"], "showPasskeyButton": values["passkey_button"],
            "allowAutofill": values["passkey_autofill"],
        },
        "adaptive_mfa": {"enabled": values["adaptive"]},
        "trusted_device": {"enabled": values["trust_enabled"], "durationDays": values["trust_days"] or 30},
    }  # fmt: skip


class MfaForm(forms.Form):
    columns = ("mfa", "passkey_sign_in", "adaptive_mfa", "trusted_device")

    policy = forms.ChoiceField(label="Ask people to set one up", choices=_POLICIES, help_text=_POLICY_HELP)
    adaptive = forms.BooleanField(
        label="Ask for it only when a sign-in is unusual",
        required=False,
        widget=_SWITCH,
        help_text="Whoever has a second factor is asked for it in a new browser, in a new country, and after 30 days away. "
        "Everybody must set one up then: choose when.",
    )
    passkey_enabled = forms.BooleanField(
        label="People may sign in with a passkey",
        required=False,
        widget=_SWITCH,
        help_text="It verifies them, so no second step follows. Whoever has none is offered one after signing in, once.",
    )
    passkey_button = forms.BooleanField(
        label="Button on the sign-in page", required=False, widget=_SWITCH, help_text="“Sign in with a passkey”."
    )
    passkey_autofill = forms.BooleanField(
        label="Autofill",
        required=False,
        widget=_SWITCH,
        help_text="Browsers offer passkeys in the field for the username, email or phone number.",
    )
    trust_enabled = forms.BooleanField(
        label="People may trust a device",
        required=False,
        widget=_SWITCH,
        help_text="A box at the second step: it is not asked for again in that browser for a while.",
    )
    trust_days = forms.IntegerField(
        label="Days",
        required=False,
        min_value=1,
        max_value=365,
        help_text="30 when left empty. A new password ends it earlier, and so does a reset.",
    )

    def __init__(self, experience: SignInExperience, data: Mapping[str, Any] | None = None) -> None:
        self._experience = experience
        on, policy = experience.mfa_factors, experience.mfa["policy"]
        initial = {name: factor in on for name, factor, _, _ in _FACTORS}
        if policy in _ADAPTIVE.values():
            policy = policy.removesuffix("Mandatory")
        passkeys, trust = experience.passkey_sign_in, experience.trusted_device
        more = {
            "adaptive": experience.is_adaptive,
            "passkey_enabled": passkeys.get("enabled", False),
            "passkey_button": passkeys.get("showPasskeyButton", True),
            "passkey_autofill": passkeys.get("allowAutofill", True),
            "trust_enabled": trust.get("enabled", False),
            "trust_days": trust.get("durationDays", 30),
        }
        super().__init__(data, initial={**initial, **more, "policy": _LEGACY.get(policy, policy)})
        for name, _, label, text in _FACTORS:
            self.fields[name] = forms.BooleanField(
                label=label, help_text=text, required=False, widget=forms.CheckboxInput(attrs={"role": "switch"})
            )

    @property
    def switches(self) -> list[forms.BoundField]:
        return [self[name] for name, *_ in _FACTORS]

    def changes(self) -> dict[str, Any]:
        """What update_experience takes: the settings that are not as they were."""
        now = {"mfa": self._mfa(), **_settings(self.cleaned_data)}
        before = {"mfa": self._experience.mfa, **_settings(self.initial)}
        return {name: value for name, value in now.items() if value != before[name]}

    def _mfa(self) -> dict[str, Any]:
        policy, saved = self.cleaned_data["policy"], self._experience.mfa["policy"]
        if self.cleaned_data["adaptive"]:
            policy = _ADAPTIVE.get(policy, policy)
        return {
            "factors": [str(factor) for name, factor, _, _ in _FACTORS if self.cleaned_data[name]],
            # The older name stays as long as nothing else is chosen.
            "policy": saved if _LEGACY.get(saved) == policy else policy,
        }

    def show_problem(self, error: ExperienceInvalid) -> None:
        self.add_error(self._field_of(error), explained(error))

    def _field_of(self, error: ExperienceInvalid) -> str | None:
        if error.field.startswith("$.mfa.policy"):
            return "policy"
        if error.field == "$.adaptiveMfa":
            return "adaptive"
        if error.code.endswith("backup_code_cannot_be_enabled_alone"):
            return "backup"
        if error.connector_type or error.code.endswith("_for_mfa"):
            return "phone" if "phone" in error.code or error.connector_type == "Sms" else "email"
        return None
