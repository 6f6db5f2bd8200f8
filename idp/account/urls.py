from django.urls import URLPattern, path

from idp.account.views import data, devices, identifiers, overview, password, proof

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
    path("/username", identifiers.username, name="username"),
    path("/verify", proof.verify, name="verify"),
    path("/verify/send", proof.send, name="verify-send"),
    path("/verify/<str:verification_id>", proof.code, name="verify-code"),
    path("/password", password.change, name="password"),
    path("/sessions/end", devices.end_others, name="sessions-end"),
    path("/sessions/<str:sid>/end", devices.end_one, name="session-end"),
    path("/applications/<str:application_id>/revoke", devices.revoke, name="application-revoke"),
    path("/data", data.download, name="data"),
    path("/delete", data.delete, name="delete"),
    path("/deleted", data.deleted, name="deleted"),
    *_identifier_urls("email"),
    *_identifier_urls("phone"),
]
