"""Everything that changes a client. One function, one transaction, one audit row."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from idp.applications import clients, rules, uris
from idp.applications.errors import BuiltinApplication, InvalidSetting, InvalidUri, SecretNameTaken, SecretShown
from idp.applications.models import Application, ApplicationSecret, ApplicationType
from idp.audit.services import record
from idp.lib.ids import client_secret, digest

TRIAL, TRIAL_LIFETIME = "Try it", timedelta(minutes=10)
_URI_LISTS = {
    "redirect_uris": ("redirectUris", uris.problem),
    "post_logout_redirect_uris": ("postLogoutRedirectUris", uris.problem),
    "allowed_origins": ("corsAllowedOrigins", uris.origin_problem),
}
_PLAIN_FIELDS = {
    "name", "description", "algorithm", "id_token_ttl", "refresh_token_ttl_days", "rotate_refresh_token",
    "always_issue_refresh_token", "guide", "custom_data", "max_allowed_grants", "allow_token_exchange",
    "backchannel_logout_uri", "backchannel_logout_session_required", "jwks", "user_consent_scopes", "terms_of_use_url",
    "privacy_policy_url", "color", "branding", "custom_css",
}  # fmt: skip


@transaction.atomic
def create_application(
    *, by: str, name: str, type: str, client_id: str = "", with_secret: bool = True, is_third_party: bool = False,
    is_device_flow: bool = False, **settings: Any,
) -> Application:  # fmt: skip
    """Create a client; `settings` as in update_application. A confidential one gets its first secret, named "Default",
    which can be seen once (reveal_secret).

    `is_third_party` (somebody else's: people are asked) and `is_device_flow` (native only) are for good.

    Raises InvalidUri, InvalidSetting.
    """
    if type not in ApplicationType.values:
        raise InvalidSetting("type", f"The type is one of {', '.join(ApplicationType.values)}.")
    application = Application(name=name, type=type, is_third_party=is_third_party, is_device_flow=is_device_flow)
    if client_id:
        application.client_id = client_id
    rules.check_kind(application)
    _apply(application, {"name": name, **settings})
    application.save(force_insert=True)
    if with_secret and not application.is_public:
        _new_secret(application, name="Default")
    record("application.created", by=by, target=application.audit_name, name=name, type=type)
    return application


@transaction.atomic
def update_application(*, by: str, application: Application, **changes: Any) -> Application:
    """Change settings: name, description, redirect_uris, post_logout_redirect_uris and allowed_origins (lists of text),
    algorithm, id_token_ttl (seconds), refresh_token_ttl_days, rotate_refresh_token, always_issue_refresh_token,
    max_allowed_grants (or None), allow_token_exchange, backchannel_logout_uri, backchannel_logout_session_required,
    jwks (public keys, or None), user_consent_scopes (of a third-party application), terms_of_use_url,
    privacy_policy_url, custom_data, and how its hosted pages look: color, branding, custom_css (section 4.1).

    Raises InvalidUri, InvalidSetting, BuiltinApplication; then nothing is changed.
    """
    _refuse_builtin(application)
    _apply(application, changes)
    application.save()
    record("application.updated", by=by, target=application.audit_name, fields=sorted(changes))
    clients.forget(application.pk)
    return application


@transaction.atomic
def delete_application(*, by: str, application: Application) -> None:
    """Delete a client with its secrets and all tokens; where it may be in use, by tokens.grants.delete_application."""
    _refuse_builtin(application)
    target, name = application.audit_name, application.name
    clients.forget(application.pk)
    application.delete()
    record("application.deleted", by=by, target=target, name=name)


@transaction.atomic
def create_secret(
    *, by: str, application: Application, name: str, value: str = "", expires_at: datetime | None = None
) -> ApplicationSecret:
    """Add a secret to a client; its value is generated unless given. Its caller shows it, now or never. Raises SecretNameTaken."""
    try:
        with transaction.atomic():
            secret = _new_secret(application, name=name, value=value, expires_at=expires_at, shown_at=timezone.now())
    except IntegrityError as error:
        raise SecretNameTaken from error
    record("application.secret_created", by=by, target=application.audit_name, name=name)
    clients.forget(application.pk)
    return secret


@transaction.atomic
def create_trial_secret(*, by: str, application: Application) -> ApplicationSecret:
    """A secret for one try of a sign-in in the console, in the place of the one before; worth nothing in a few minutes."""
    delete_trial_secret(by=by, application=application)
    return create_secret(by=by, application=application, name=TRIAL, expires_at=timezone.now() + TRIAL_LIFETIME)


@transaction.atomic
def delete_trial_secret(*, by: str, application: Application) -> None:
    for secret in application.secrets.filter(name=TRIAL):
        delete_secret(by=by, secret=secret)


@transaction.atomic
def reveal_secret(*, by: str, secret: ApplicationSecret) -> str:
    """The value of a secret that nobody has seen, once; that somebody looked is in the log. Raises SecretShown."""
    if not ApplicationSecret.objects.filter(pk=secret.pk, shown_at=None).update(shown_at=timezone.now()):
        raise SecretShown
    record("application.secret_revealed", by=by, target=secret.application.audit_name, name=secret.name)
    value: str = secret.value
    return value


@transaction.atomic
def delete_secret(*, by: str, secret: ApplicationSecret) -> None:
    application = secret.application
    secret.delete()
    record("application.secret_deleted", by=by, target=application.audit_name, name=secret.name)
    clients.forget(application.pk)


def _new_secret(
    application: Application, *, name: str, value: str = "", expires_at: datetime | None = None,
    shown_at: datetime | None = None,
) -> ApplicationSecret:  # fmt: skip
    value = value or client_secret()
    return ApplicationSecret.objects.create(
        application=application, name=name, value=value, digest=digest(value), expires_at=expires_at, shown_at=shown_at
    )


def _apply(application: Application, changes: dict[str, Any]) -> None:
    for field, value in changes.items():
        if field in _URI_LISTS:
            setattr(application, field, _checked_uris(field, value))
        elif field in _PLAIN_FIELDS:
            rules.check_setting(application, field, value)
            setattr(application, field, value)
        else:
            raise InvalidSetting(field, "There is no such setting.")


def _checked_uris(field: str, values: list[str]) -> str:
    wire_name, problem_of = _URI_LISTS[field]
    for uri in values:
        if problem := problem_of(uri):
            raise InvalidUri(wire_name, uri, problem)
    return "\n".join(dict.fromkeys(values))


def _refuse_builtin(application: Application) -> None:
    if application.is_builtin:
        raise BuiltinApplication
