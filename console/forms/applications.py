"""Forms of applications. They shape what was typed; whether a URI may be registered is decided by idp.applications."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from idp.applications.errors import InvalidSetting, InvalidUri
from idp.applications.models import Application, ApplicationType

FORM_FIELDS = {
    "redirectUris": "redirect_uris",
    "postLogoutRedirectUris": "post_logout_redirect_uris",
    "corsAllowedOrigins": "allowed_origins",
}


class LinesField(forms.CharField):
    """A list of text, one entry a line."""

    def __init__(self, *, placeholder: str, **kwargs: Any) -> None:
        attrs = {
            "rows": 3,
            "class": "mono",
            "spellcheck": "false",
            "autocapitalize": "none",
            "placeholder": placeholder,
        }
        super().__init__(widget=forms.Textarea(attrs=attrs), required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or []) != self.clean(data)

    def clean(self, value: Any) -> list[str]:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class CreateForm(forms.Form):
    """From a framework guide the type is known; without one it is chosen here."""

    type = forms.ChoiceField(label="Application type", choices=ApplicationType.choices, widget=forms.RadioSelect)
    name = forms.CharField(
        label="Application name",
        max_length=256,
        widget=forms.TextInput(attrs={"placeholder": "My app", "autofocus": True}),
    )
    description = forms.CharField(label="Description (optional)", required=False, max_length=1000)

    def __init__(self, *args: Any, with_type: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_type:
            del self.fields["type"]


class ApplicationForm(forms.Form):
    """Everything that can be changed about an application, as far as its type has it."""

    name = forms.CharField(label="Application name", max_length=256)
    description = forms.CharField(required=False, max_length=1000)
    redirect_uris = LinesField(
        label="Redirect URIs", placeholder="https://app.example.com/callback",
        help_text="Where a person may return to after signing in. One per line, exactly as the app sends it.",
    )  # fmt: skip
    post_logout_redirect_uris = LinesField(
        label="Post sign-out redirect URIs", placeholder="https://app.example.com/",
        help_text="Where a person may return to after signing out. One per line.",
    )  # fmt: skip
    allowed_origins = LinesField(
        label="CORS allowed origins", placeholder="https://app.example.com",
        help_text="Scripts from these origins may ask for tokens. Origins of web redirect URIs are allowed already.",
    )  # fmt: skip
    custom_data = forms.JSONField(
        label="Custom data", required=False, help_text="A JSON object for your own use.",
        widget=forms.Textarea(attrs={"rows": 4, "class": "mono", "spellcheck": "false"}),
    )  # fmt: skip
    rotate_refresh_token = forms.BooleanField(
        required=False, widget=forms.CheckboxInput(attrs={"role": "switch"}),
        help_text="Each use gives a new refresh token; using an old one again signs the app out.",
    )  # fmt: skip
    always_issue_refresh_token = forms.BooleanField(
        required=False, widget=forms.CheckboxInput(attrs={"role": "switch"}),
        help_text="Give a refresh token even when the app did not ask for offline access.",
    )  # fmt: skip
    refresh_token_ttl_days = forms.IntegerField(
        label="Lifetime of a refresh token, in days", min_value=1, max_value=180, help_text="From 1 to 180."
    )
    algorithm = forms.ChoiceField(
        label="Signing algorithm", choices=[("ES384", "ES384 (default)"), ("RS256", "RS256 (older libraries)")],
        help_text="The key that signs this application's ID tokens.",
    )  # fmt: skip

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        kwargs["initial"] = _values_of(application)
        super().__init__(*args, **kwargs)
        for name in _absent_fields(application):
            del self.fields[name]
        if application.type == ApplicationType.NATIVE:
            self.fields["redirect_uris"].widget.attrs["placeholder"] = "com.example.app://callback"
            self.fields["post_logout_redirect_uris"].widget.attrs["placeholder"] = "com.example.app://callback/sign-out"

    def clean_custom_data(self) -> dict[str, Any]:
        value = self.cleaned_data["custom_data"]
        if value is not None and not isinstance(value, dict):
            raise ValidationError('Use a JSON object, such as {"team": "mobile"}.')
        return value or {}

    def refuse(self, error: InvalidUri | InvalidSetting) -> None:
        """Show what the service refused at the field it belongs to."""
        field = FORM_FIELDS.get(error.field, error.field)
        self.add_error(field if field in self.fields else None, error.message)


class UriForm(forms.Form):
    uri = forms.CharField(max_length=2048, error_messages={"required": "Enter a URI first."})


class DeleteForm(forms.Form):
    confirmation = forms.CharField(
        label="Application name", strip=True, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = name

    def clean_confirmation(self) -> str:
        typed: str = self.cleaned_data["confirmation"]
        if typed != self.name.strip():
            raise ValidationError("This is not the application's name.")
        return typed


class SecretForm(forms.Form):
    name = forms.CharField(
        max_length=256, help_text="So that you can tell it apart later, such as “production server”."
    )
    days = forms.TypedChoiceField(
        label="Expires",
        coerce=int,
        choices=[
            (0, "Never"),
            (7, "In 7 days"),
            (30, "In 30 days"),
            (90, "In 90 days"),
            (180, "In 180 days"),
            (365, "In a year"),
        ],
    )


def _absent_fields(application: Application) -> set[str]:
    if application.type == ApplicationType.MACHINE_TO_MACHINE:
        return {
            "redirect_uris", "post_logout_redirect_uris", "allowed_origins", "rotate_refresh_token",
            "always_issue_refresh_token", "refresh_token_ttl_days", "algorithm",
        }  # fmt: skip
    return {"always_issue_refresh_token"} if application.type == ApplicationType.NATIVE else set()


def _values_of(application: Application) -> dict[str, Any]:
    plain = (
        "name", "description", "custom_data", "rotate_refresh_token", "always_issue_refresh_token",
        "refresh_token_ttl_days", "algorithm",
    )  # fmt: skip
    lists = {
        "redirect_uris": application.redirect_uri_list,
        "post_logout_redirect_uris": application.post_logout_redirect_uri_list,
        "allowed_origins": application.cors_allowed_origin_list,
    }
    return {name: getattr(application, name) for name in plain} | lists
