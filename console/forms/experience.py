"""The sign-up and sign-in settings as a form: one select, some boxes, and a row for each way to name a person."""

from collections.abc import Mapping
from typing import Any

from django import forms

from console.forms.problems import explained
from idp.signin.errors import ExperienceInvalid
from idp.signin.models import SignInExperience
from idp.signin.rules import CONNECTOR_TYPES, secondary
from idp.users.identifiers import KINDS

LABELS = {"username": "Username", "email": "Email address", "phone": "Phone number"}
SIGN_UP_CHOICES = {
    "username": ("Username", ["username"]),
    "phone": ("Phone number", ["phone"]),
    "email": ("Email address", ["email"]),
    "email-or-phone": ("Email address or phone number", ["email", "phone"]),
    "none": ("Not applicable: nobody signs up here", []),
}


class MethodForm(forms.Form):
    """One identifier as a way to sign in."""

    enabled = forms.BooleanField(required=False)
    password = forms.BooleanField(required=False)
    code = forms.BooleanField(required=False, label="Verification code")
    first = forms.ChoiceField(
        label="Comes first",
        required=False,
        choices=[("code", "Verification code"), ("password", "Password")],
        widget=forms.RadioSelect,
    )
    order = forms.IntegerField(required=False, min_value=0, max_value=99, widget=forms.HiddenInput)

    def __init__(self, identifier: str, data: Mapping[str, Any] | None, initial: dict[str, Any]) -> None:
        self.identifier, self.label = identifier, LABELS[identifier]
        super().__init__(data, prefix=identifier, initial=initial)
        self.fields["enabled"].label = self.label
        if identifier not in CONNECTOR_TYPES:
            del self.fields["code"], self.fields["first"]

    @property
    def place(self) -> int:
        return (
            int(self.cleaned_data.get("order") or 0)
            if self.is_bound and self.is_valid()
            else int(self.initial["order"])
        )

    def method(self) -> dict[str, Any]:
        password, code = self.cleaned_data["password"], self.cleaned_data.get("code", False)
        first = self.cleaned_data.get("first") or "code"
        return {
            "identifier": self.identifier,
            "password": password,
            "verificationCode": code,
            "isPasswordPrimary": password and (not code or first == "password"),
        }


class ExperienceForm(forms.Form):
    create_password = forms.BooleanField(
        required=False, label="Create a password", help_text="New accounts choose one when they sign up."
    )
    secondary = forms.MultipleChoiceField(
        label="And give",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("username", "A username"),
            ("email", "An email address"),
            ("phone", "A phone number"),
            ("emailOrPhone", "An email address or a phone number"),
        ],
        help_text="Verified with a code, a username apart. People who have an account are asked when they sign in.",
    )
    new_accounts = forms.BooleanField(
        required=False,
        label="People can create accounts",
        help_text="Turn this off when only you add people.",
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
    )

    def __init__(self, experience: SignInExperience, data: Mapping[str, Any] | None = None) -> None:
        self._experience = experience
        self._sign_up = _sign_up_choices(experience.sign_up["identifiers"])
        super().__init__(data, initial=_initial(experience, self._sign_up))
        self.fields["sign_up"] = forms.ChoiceField(
            label="Sign-up identifier",
            help_text="What a new account is made with.",
            choices=[(name, label) for name, (label, _) in self._sign_up.items()],
        )
        on = [method["identifier"] for method in experience.methods]
        order = [*on, *(kind for kind in KINDS if kind not in on)]
        self._methods = [MethodForm(kind, data, _method_initial(experience, order.index(kind), kind)) for kind in KINDS]

    @property
    def rows(self) -> list[MethodForm]:
        """In the order in which the sign-in page offers them."""
        return sorted(self._methods, key=lambda row: row.place)

    @property
    def parts(self) -> list[tuple[str, forms.Form]]:
        """For console.editing."""
        return [(row.label, row) for row in self._methods]

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """(anchor, label, message) of everything that is wrong, for the list at the top."""
        if not self.is_bound:
            return []
        own = [(self[name].auto_id if name in self.fields else "sign-in", name) for name in self.errors]
        found = [
            (anchor, str(self.fields[name].label) if name in self.fields else "Sign in", str(message))
            for anchor, name in own
            for message in self.errors[name]
        ]
        for row in self.rows:
            found += [(row["enabled"].auto_id, row.label, str(text)) for texts in row.errors.values() for text in texts]
        return found

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(row.is_valid() for row in self._methods)])

    def changes(self) -> dict[str, Any]:
        """What update_experience takes."""
        identifiers = self._sign_up[self.cleaned_data["sign_up"]][1]
        return {
            "sign_up": {
                "identifiers": identifiers,
                "password": self.cleaned_data["create_password"],
                # Not a choice: an address that nobody verified could be anybody's, and a username has no code.
                "verify": bool(set(identifiers) & set(CONNECTOR_TYPES)),
                **({"secondaryIdentifiers": self._secondary()} if self._secondary() else {}),
            },
            "sign_in": {"methods": [row.method() for row in self._enabled_rows()]},
            "sign_in_mode": self._mode(),
        }

    def _secondary(self) -> list[dict[str, Any]]:
        """In the order in which they were saved, new ones last."""
        chosen = self.cleaned_data["secondary"]
        saved = [one["identifier"] for one in secondary(self._experience) if one["identifier"] in chosen]
        names = [*saved, *(name for name in chosen if name not in saved)]
        return [{"identifier": name, "verify": name != "username"} for name in names]

    def draft(self) -> SignInExperience:
        """What the form says, not saved."""
        draft = SignInExperience()
        for field, value in self.changes().items():
            setattr(draft, field, value)
        return draft

    def show_problem(self, error: ExperienceInvalid) -> None:
        form, field = self._place_of(error.field)
        form.add_error(field, explained(error))

    def _place_of(self, path: str) -> tuple[forms.Form, str | None]:
        if path.startswith("$.signIn.methods["):
            index = int(path.removeprefix("$.signIn.methods[").split("]")[0])
            return self._enabled_rows()[index], None
        if path.startswith("$.signUp.secondaryIdentifiers"):
            return self, "secondary"
        if path == "$.signUp.password":
            return self, "create_password"
        if path.startswith("$.signUp"):
            return self, "sign_up"
        return (self, "new_accounts") if path == "$.signInMode" else (self, None)

    def _enabled_rows(self) -> list[MethodForm]:
        return [row for row in self.rows if row.cleaned_data.get("enabled")]

    def _mode(self) -> str:
        if not self.cleaned_data["new_accounts"]:
            return SignInExperience.Mode.SIGN_IN
        saved = self._experience.sign_in_mode
        # Register only can be set through the API; the switch does not undo it.
        return SignInExperience.Mode.BOTH if saved == SignInExperience.Mode.SIGN_IN else saved


def _sign_up_choices(saved: list[str]) -> dict[str, tuple[str, list[str]]]:
    """The usual choices, and the saved one when the API made another combination."""
    if any(set(saved) == set(identifiers) for _, identifiers in SIGN_UP_CHOICES.values()):
        return SIGN_UP_CHOICES
    label = " and ".join(LABELS[identifier] for identifier in saved)
    return {**SIGN_UP_CHOICES, "-and-".join(saved): (label, saved)}


def _initial(experience: SignInExperience, choices: dict[str, tuple[str, list[str]]]) -> dict[str, Any]:
    saved = set(experience.sign_up["identifiers"])
    return {
        "sign_up": next(name for name, (_, identifiers) in choices.items() if set(identifiers) == saved),
        "secondary": [one["identifier"] for one in secondary(experience)],
        "create_password": experience.sign_up["password"],
        "new_accounts": experience.sign_in_mode != SignInExperience.Mode.SIGN_IN,
    }


def _method_initial(experience: SignInExperience, order: int, kind: str) -> dict[str, Any]:
    method = experience.method_for(kind)
    if method is None:
        usual = "password" if kind == "username" else "code"
        return {"enabled": False, usual: True, "first": "code", "order": order}
    return {
        "enabled": True,
        "password": method["password"],
        "code": method["verificationCode"],
        "first": "password" if method["isPasswordPrimary"] and method["verificationCode"] else "code",
        "order": order,
    }


def moved(data: Any, move: str) -> Any:
    """The posted form with one row moved (`up:phone`, `down:phone`), as the buttons do without JavaScript."""
    direction, _, identifier = move.partition(":")
    order = sorted(KINDS, key=lambda kind: (_number(data.get(f"{kind}-order")), KINDS.index(kind)))
    if identifier in order:
        index = order.index(identifier)
        target = max(0, min(len(order) - 1, index + (-1 if direction == "up" else 1)))
        order.insert(target, order.pop(index))
    changed = data.copy()
    for place, kind in enumerate(order):
        changed[f"{kind}-order"] = str(place)
    return changed


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 3 else len(KINDS)
