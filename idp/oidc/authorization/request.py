from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from idp.applications.models import Application
from idp.lib.ids import digest
from idp.oidc.params import resources

# Logto's own parameters that the sign-in pages read; all others are ignored (RFC 6749 section 3.1).
_KEPT = {
    "client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce", "code_challenge",
    "code_challenge_method", "prompt", "max_age", "login_hint", "ui_locales", "acr_values", "id_token_hint", "request",
    "request_uri", "registration", "first_screen", "interaction_mode", "identifier", "direct_sign_in", "organization_id",
    "one_time_token",
}  # fmt: skip


@dataclass
class AuthorizationRequest:
    """An authorization request (OpenID Connect Core 3.1.2.1). The checks fill in `application`, `redirect_uri`, `scopes`."""

    params: dict[str, str]
    resources: list[str]
    application: Application = field(init=False)
    redirect_uri: str = ""
    scopes: list[str] = field(default_factory=list)
    hinted_subject: str = ""  # the person that a valid id_token_hint names
    restored: bool = False  # from an interaction: a pushed request has been taken, and may have expired since

    @classmethod
    def read(cls, query: QueryDict) -> "AuthorizationRequest":
        params = {name: value for name, value in query.items() if name in _KEPT and isinstance(value, str)}
        return cls(params, resources(str(value) for value in query.getlist("resource")))

    @classmethod
    def restore(cls, stored: dict[str, Any]) -> "AuthorizationRequest":
        """From an interaction; to be checked again, the client may have changed since."""
        return cls(dict(stored["params"]), list(stored["resources"]), restored=True)

    def store(self) -> dict[str, Any]:
        """For an interaction; the secret of a sign-in link as its digest."""
        token = self.get("one_time_token")
        params = {**self.params, "one_time_token": digest(token)} if token and not self.restored else self.params
        return {"params": params, "resources": self.resources}

    def replace_by_pushed(self, stored: dict[str, Any]) -> None:
        """Take a pushed request in the place of this one (RFC 9126 section 4); its request_uri stays, to be used up."""
        request_uri = self.params["request_uri"]
        self.params = {**stored["params"], "request_uri": request_uri}
        self.resources = list(stored["resources"])
        self.restored = True  # what store() made of it is not made of it again

    def get(self, name: str) -> str:
        return self.params.get(name, "")

    @property
    def prompts(self) -> list[str]:
        return self.get("prompt").split()
