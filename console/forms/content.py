"""Terms, privacy, help, and where people go who lost their way: stored in Logto's shape."""

from typing import Any

from django import forms

from idp.signin.errors import ExperienceInvalid
from idp.signin.models import SignInExperience

# Form field to the path of the stored value.
_PATHS = {
    "terms_of_use_url": "$.termsOfUseUrl", "privacy_policy_url": "$.privacyPolicyUrl",
    "agree_to_terms_policy": "$.agreeToTermsPolicy", "support_email": "$.supportEmail",
    "support_website_url": "$.supportWebsiteUrl", "unknown_session_redirect_url": "$.unknownSessionRedirectUrl",
}  # fmt: skip


def _address(label: str, placeholder: str, hint: str = "") -> forms.CharField:
    widget = forms.URLInput(attrs={"placeholder": placeholder})
    return forms.CharField(label=label, required=False, max_length=2048, widget=widget, help_text=hint)


class ContentForm(forms.Form):
    terms_of_use_url = _address("Terms of use", "https://shop.example/terms")
    privacy_policy_url = _address("Privacy policy", "https://shop.example/privacy")
    agree_to_terms_policy = forms.ChoiceField(
        label="How people agree",
        widget=forms.RadioSelect,
        choices=[
            ("Automatic", "A sentence says that they agree by continuing"),
            ("ManualRegistrationOnly", "They tick a box when they create an account"),
            ("Manual", "They tick a box when they create an account, and when they sign in"),
        ],
        help_text="Nothing is shown while both addresses are empty. What a new person agreed to is kept in the log.",
    )
    support_email = forms.EmailField(
        label="Support email", required=False, widget=forms.EmailInput(attrs={"placeholder": "help@shop.example"})
    )
    support_website_url = _address("Support website", "https://shop.example/help")
    unknown_session_redirect_url = _address(
        "Where to send them", "https://shop.example", "Empty: a page here tells them to go back to the app."
    )

    def __init__(self, experience: SignInExperience, data: Any = None) -> None:
        initial = {name: getattr(experience, name) or "" for name in _PATHS}
        super().__init__(data, initial=initial)

    def changes(self) -> dict[str, Any]:
        """The arguments of update_experience."""
        return {name: self.cleaned_data[name] or None for name in _PATHS}

    def show_problem(self, error: ExperienceInvalid) -> None:
        field = next((name for name, path in _PATHS.items() if error.field == path), None)
        self.add_error(field, error.message)
