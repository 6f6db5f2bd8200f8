"""Forms of applications. They shape what was typed; whether a URI may be registered is decided by idp.applications."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from console.forms.json_text import JsonObjectField, JsonTextField
from console.forms.uri_rows import ORIGINS, UriRowsField
from console.guides import catalogue
from idp.applications.errors import InvalidSetting, InvalidUri
from idp.applications.models import Application, ApplicationType
from idp.authorization.sentences import every_permission, sentences
from idp.oidc.scopes import USER_SCOPES

FORM_FIELDS = {
    "redirectUris": "redirect_uris",
    "postLogoutRedirectUris": "post_logout_redirect_uris",
    "corsAllowedOrigins": "allowed_origins",
}
# What the consent page says of each scope that an administrator can allow; the others are always allowed.
SCOPES_TO_ALLOW = [(scope, *sentences([scope])) for scope in USER_SCOPES if scope not in ("openid", "offline_access")]
_ABOUT_PEOPLE = {
    "redirect_uris", "post_logout_redirect_uris", "allowed_origins", "rotate_refresh_token", "refresh_token_ttl_days",
    "algorithm", "id_token_ttl", "backchannel_logout_uri", "backchannel_logout_session_required", "max_allowed_grants",
}  # fmt: skip


class CreateForm(forms.Form):
    """From the catalogue the kind of application is known; without it, it is chosen here. It stays for good."""

    type = forms.ChoiceField(label="Application type", choices=ApplicationType.choices, widget=forms.RadioSelect)
    flow = forms.ChoiceField(
        label="Authorization flow",
        choices=[("code", "Authorization code"), ("device", "Device flow")],
        required=False,
        initial="code",
        widget=forms.RadioSelect,
    )
    is_third_party = forms.BooleanField(
        label="Third-party app",
        required=False,
        help_text="Somebody else runs it: people are asked before it learns anything about them, and it may ask only for "
        "what you allow. Cannot be changed later.",
    )
    name = forms.CharField(
        label="Application name",
        max_length=256,
        widget=forms.TextInput(attrs={"placeholder": "My app", "autofocus": True}),
    )
    description = forms.CharField(label="Description (optional)", required=False, max_length=1000)

    def __init__(self, *args: Any, with_kind: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_kind:
            for name in ("type", "flow", "is_third_party"):
                del self.fields[name]

    def settings(self) -> dict[str, Any]:
        """What create_application takes."""
        values = dict(self.cleaned_data)
        if "flow" in values:
            values["is_device_flow"] = values.pop("flow") == "device"
        return values

    def refuse(self, error: InvalidSetting) -> None:
        field = {"is_device_flow": "flow"}.get(error.field, error.field)
        self.add_error(field if field in self.fields else None, error.message)


class ApplicationForm(forms.Form):
    """Everything that can be changed about an application, as far as its type has it."""

    name = forms.CharField(label="Application name", max_length=256)
    description = forms.CharField(required=False, max_length=1000)
    redirect_uris = UriRowsField(
        label="Redirect URIs", placeholder="https://app.example.com/callback",
        help_text="Where a person may return to after signing in. Exactly as the app sends it.",
    )  # fmt: skip
    post_logout_redirect_uris = UriRowsField(
        label="Post sign-out redirect URIs", placeholder="https://app.example.com/",
        help_text="Where a person may return to after signing out.",
    )  # fmt: skip
    allowed_origins = UriRowsField(
        label="CORS allowed origins", placeholder="https://app.example.com",
        help_text="Scripts from these origins may ask for tokens. Origins of web redirect URIs are allowed already.",
    )  # fmt: skip
    custom_data = JsonObjectField(label="Custom data", required=False, help_text="A JSON object for your own use.")
    user_consent_scopes = forms.MultipleChoiceField(
        label="It may ask for", required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(scope, f"{sentence} ({scope})") for scope, sentence in SCOPES_TO_ALLOW],  # and what APIs allow
    )  # fmt: skip
    terms_of_use_url = forms.CharField(
        label="Terms of use URL", required=False, max_length=2048,
        widget=forms.URLInput(attrs={"placeholder": "https://partner.example/terms"}),
    )  # fmt: skip
    privacy_policy_url = forms.CharField(
        label="Privacy policy URL", required=False, max_length=2048,
        widget=forms.URLInput(attrs={"placeholder": "https://partner.example/privacy"}),
    )  # fmt: skip
    jwks = JsonTextField(
        label="Public keys (JWK Set)", required=False,
        help_text="For client assertions (private_key_jwt): an object with a list of keys, without their private parts.",
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
    id_token_ttl = forms.IntegerField(
        label="Lifetime of an ID token, in seconds", min_value=60, max_value=86400, help_text="From 60 to 86400, a day."
    )
    backchannel_logout_uri = forms.CharField(
        label="Back-channel logout URI", required=False, max_length=2048,
        help_text="The app's server gets a signed logout token here. Leave it empty if it need not know.",
        widget=forms.URLInput(attrs={"placeholder": "https://app.example.com/backchannel-logout"}),
    )  # fmt: skip
    backchannel_logout_session_required = forms.BooleanField(
        label="Session ID required", required=False, widget=forms.CheckboxInput(attrs={"role": "switch"}),
        help_text="Say which session has ended (sid), so that the app ends that one and not all of the person's.",
    )  # fmt: skip
    max_allowed_grants = forms.IntegerField(
        label="Concurrent device limit", required=False, max_value=1_000_000,
        help_text="When somebody signs in once more, the oldest of their devices is signed out.",
        widget=forms.NumberInput(attrs={"placeholder": "No limit", "min": 1}),
    )  # fmt: skip
    allow_token_exchange = forms.BooleanField(
        label="Allow token exchange", required=False, widget=forms.CheckboxInput(attrs={"role": "switch"}),
        help_text="The app may trade a token that names a person for one of its own (RFC 8693).",
    )  # fmt: skip

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        kwargs["initial"] = _values_of(application)
        super().__init__(*args, **kwargs)
        for name in _absent_fields(application):
            del self.fields[name]
        if "user_consent_scopes" in self.fields:
            _add_permissions(self.fields["user_consent_scopes"])
        for name in self.fields.keys() & FORM_FIELDS.values():
            self.fields[name].widget.is_native = application.type == ApplicationType.NATIVE
        if application.type == ApplicationType.NATIVE and not application.is_device_flow:
            self.fields[ORIGINS].widget.suggestions = web_view_origins()
            self.fields["redirect_uris"].widget.attrs["placeholder"] = "com.example.app://callback"
            self.fields["post_logout_redirect_uris"].widget.attrs["placeholder"] = "com.example.app://callback/sign-out"

    def clean_user_consent_scopes(self) -> list[str]:
        """What was allowed by other ways (`manage.py apply`) and has no box here stays."""
        field: Any = self.fields["user_consent_scopes"]
        known = {scope for scope, _ in field.choices}
        others = [scope for scope in self.initial["user_consent_scopes"] if scope not in known]
        return [*self.cleaned_data["user_consent_scopes"], *others]

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


def web_view_origins() -> tuple[str, ...]:
    """Where the pages of a hybrid app come from, as its guide has them."""
    guide = catalogue.find("native-capacitor")
    return guide.allowed_origins if guide else ()


def _absent_fields(application: Application) -> set[str]:
    absent: set[str] = set()
    if application.type == ApplicationType.MACHINE_TO_MACHINE:
        absent |= _ABOUT_PEOPLE
    if application.is_device_flow:
        absent |= {"redirect_uris", "post_logout_redirect_uris"}
    if application.type in (ApplicationType.MACHINE_TO_MACHINE, ApplicationType.NATIVE):
        absent.add("always_issue_refresh_token")
    if application.is_public:
        absent.add("jwks")
    if application.is_third_party:
        absent.add("allow_token_exchange")
    else:
        absent |= {"user_consent_scopes", "terms_of_use_url", "privacy_policy_url"}
    return absent


def _values_of(application: Application) -> dict[str, Any]:
    lists = {
        "redirect_uris": application.redirect_uri_list,
        "post_logout_redirect_uris": application.post_logout_redirect_uri_list,
        "allowed_origins": application.cors_allowed_origin_list,
    }
    return {name: getattr(application, name) for name in ApplicationForm.base_fields} | lists


def _add_permissions(field: Any) -> None:
    """A third-party application may be allowed permissions of APIs and organizations, too, as far as people hold them."""
    found, known = every_permission().items(), {scope for scope, _ in SCOPES_TO_ALLOW}
    field.choices = [
        *field.choices,
        *((name, f"{words} ({name})" if words != name else name) for name, words in found if name not in known),
    ]
