"""What people type on the hosted pages, cleaned. The rules are the rooms' (users.identifiers, users.passwords)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from idp.lib import phones
from idp.lib.forms import CodeForm, CountryField, PasswordInput, password_field, password_rules
from idp.pages.terms import Agreement
from idp.users import identifiers
from idp.users.errors import InvalidIdentifier
from idp.users.policy import PasswordPolicy

# (label, what is said when it is empty): whole sentences, for languages build them differently.
_WORDS = {
    frozenset({"username"}): (_("Username"), _("Enter your username.")),
    frozenset({"email"}): (_("Email"), _("Enter your email.")),
    frozenset({"phone"}): (_("Phone number"), _("Enter your phone number.")),
    frozenset({"username", "email"}): (_("Username or email"), _("Enter your username or email.")),
    frozenset({"username", "phone"}): (_("Username or phone number"), _("Enter your username or phone number.")),
    frozenset({"email", "phone"}): (_("Email or phone number"), _("Enter your email or phone number.")),
    frozenset({"username", "email", "phone"}): (
        _("Username, email or phone number"), _("Enter your username, email or phone number."),
    ),
}  # fmt: skip


class IdentifierForm(forms.Form):
    """One field for every identifier that is offered; `kind` and `value` are what it turned out to be."""

    identifier = forms.CharField(max_length=254)
    country = CountryField()
    password = forms.CharField(
        label=_("Password"),
        widget=PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
        max_length=256,
    )

    def __init__(
        self,
        *args: Any,
        kinds: list[str],
        with_password: bool = False,
        agreement: Agreement | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if agreement and agreement.must_tick:
            self.fields["agree"] = agree_field(agreement)
        self.kinds = kinds
        self.kind = self.value = ""
        if not with_password:
            del self.fields["password"]
        if "phone" not in kinds:
            del self.fields["country"]
        field = self.fields["identifier"]
        field.label, field.error_messages["required"] = _WORDS[frozenset(kinds)]
        field.widget.attrs.update(_input_attributes(kinds))

    @property
    def calling_code(self) -> str:
        """Of the country that the page opens with."""
        return str(dict(phones.calling_codes()).get(self["country"].value(), ""))

    def offer_passkeys(self) -> None:
        """Let the browser offer passkeys in the field (WebAuthn's conditional mediation)."""
        attributes = self.fields["identifier"].widget.attrs
        attributes["autocomplete"] = f"{attributes['autocomplete']} webauthn"

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data.get("identifier", "")
        if typed:
            self.kind = self._kind_of(typed)
            try:
                self.value = identifiers.clean(self.kind, typed, self.cleaned_data.get("country") or None)
            except InvalidIdentifier as error:
                self.add_error("identifier", error.message)
        return self.cleaned_data

    def _kind_of(self, typed: str) -> str:
        """The only kind on offer, or the one it looks like; an unlikely one falls to a kind that is on offer."""
        guessed = identifiers.guess_kind(typed)
        return guessed if guessed in self.kinds else self.kinds[0]


class AgreeForm(forms.Form):
    """Nothing but the terms."""

    def __init__(self, *args: Any, agreement: Agreement | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if agreement and agreement.must_tick:
            self.fields["agree"] = agree_field(agreement)


def agree_field(agreement: Agreement) -> forms.BooleanField:
    return forms.BooleanField(
        label=agreement.sentence, initial=agreement.agreed,
        error_messages={"required": _("Tick the box to go on.")},
    )  # fmt: skip


class TotpForm(CodeForm):
    """Six digits that an authenticator app shows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code from your app")
        self.fields["code"].error_messages["required"] = _("Enter the six digits that your app shows.")


class BackupCodeForm(forms.Form):
    """Ten letters and digits; spaces and dashes that a paste brings along are dropped."""

    code = forms.CharField(
        label=_("Backup code"),
        max_length=32,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
        error_messages={"required": _("Enter one of your backup codes.")},
    )

    def clean_code(self) -> str:
        code = "".join(filter(str.isalnum, self.cleaned_data["code"])).lower()
        if len(code) != 10:
            raise forms.ValidationError(_("A backup code has ten characters."))
        return code


class DeviceForm(forms.Form):
    """The code that a device shows; which one it is, the view finds out."""

    user_code = forms.CharField(
        label=_("Code"),
        max_length=32,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "autofocus": True,
                "placeholder": "XXXX-XXXX",
            }
        ),
        error_messages={"required": _("Enter the code that your device shows.")},
    )


class PasswordForm(forms.Form):
    password = password_field(_("Password"), _("Enter your password."))


class NewPasswordForm(forms.Form):
    password = password_field(_("New password"), _("Choose a password."), new=True)

    def __init__(self, *args: Any, policy: PasswordPolicy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = password_rules(policy.rules)


def _input_attributes(kinds: list[str]) -> dict[str, Any]:
    common = {"autofocus": True, "autocapitalize": "none", "spellcheck": "false"}
    if kinds == ["phone"]:
        return {**common, "type": "tel", "inputmode": "tel", "autocomplete": "tel"}
    if kinds == ["email"]:
        return {**common, "type": "email", "inputmode": "email", "autocomplete": "email"}
    return {**common, "autocomplete": "username"}
