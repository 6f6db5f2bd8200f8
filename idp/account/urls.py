from django.urls import URLPattern, path

from idp.account.views import data, devices, factors, identifiers, overview, password, proof

app_name = "account"  # included as "account", so that the overview has no slash at its end


def _identifier_urls(kind: str) -> list[URLPattern]:
    """The same pages for an email address and for a phone number."""
    facts = {"kind": kind}
    return [
        path(f"/{kind}", identifiers.change, facts, name=kind),
        path(f"/{kind}/remove", identifiers.remove, facts, name=f"{kind}-remove"),
        path(f"/{kind}/<str:verification_id>", identifiers.code, facts, name=f"{kind}-code"),
        path(f"/{kind}/<str:verification_id>/resend", identifiers.resend, facts, name=f"{kind}-resend"),
    ]


urlpatterns = [
    path("", overview.overview, name="overview"),
    path("/profile", overview.profile, name="profile"),
    path("/details", overview.details, name="details"),
    path("/username", identifiers.username, name="username"),
    path("/verify", proof.verify, name="verify"),
    path("/verify/send", proof.send, name="verify-send"),
    path("/verify/<str:verification_id>", proof.code, name="verify-code"),
    path("/password", password.change, name="password"),
    path("/passkey/add", factors.add_passkey, name="passkey-add"),
    path("/passkey/<int:passkey>", factors.rename_passkey, name="passkey"),
    path("/passkey/<int:passkey>/remove", factors.remove_passkey, name="passkey-remove"),
    path("/authenticator-app", factors.app, name="app"),
    path("/authenticator-app/remove", factors.remove_app, name="app-remove"),
    path("/backup-codes/generate", factors.backup_codes, name="backup-codes"),
    path("/trusted-devices/<int:device>/forget", devices.forget, name="device-forget"),
    path("/sessions/end", devices.end_others, name="sessions-end"),
    path("/sessions/<str:sid>/end", devices.end_one, name="session-end"),
    path("/applications/<str:application_id>/revoke", devices.revoke, name="application-revoke"),
    path("/data", data.data, name="data"),
    path("/delete", data.delete, name="delete"),
    path("/deleted", data.deleted, name="deleted"),
    *_identifier_urls("email"),
    *_identifier_urls("phone"),
]
