"""/account: everything at a glance; /account/profile: name and picture."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from idp.account.forms import ProfileForm
from idp.account.visitor import go_to, show, signed_in
from idp.authorization.sentences import IDENTITY, describe_permissions, sentences
from idp.lib.browsers import browser_in_words
from idp.lib.errors import DomainError
from idp.messaging.services import can_send
from idp.mfa.factors import Factor
from idp.mfa.models import TotpDevice, TrustedDevice
from idp.mfa.passkeys import passkeys_of
from idp.mfa.services import backup_codes_left
from idp.mfa.trust import live_devices
from idp.signin import own_account, own_factors
from idp.signin.account_center import require_editable
from idp.signin.errors import FieldNotEditable
from idp.signin.models import Session, SignInExperience
from idp.signin.proofs import Owner, recipient_of
from idp.signin.rules import CONNECTOR_TYPES
from idp.signin.sessions import live_sessions
from idp.tokens.grants import connections
from idp.users.models import ProfileField, User
from idp.users.profile_answers import COLUMNS, answer_of
from idp.users.profile_form import ProfileFieldsForm

_NOTICES = {
    "profile-changed": _("Your profile is saved."),
    "username-changed": _("Your username is saved."),
    "email-changed": _("Your email address is changed."),
    "email-removed": _("Your email address is removed."),
    "phone-changed": _("Your phone number is changed."),
    "phone-removed": _("Your phone number is removed."),
    "password-changed": _("Your password is changed. Other browsers and apps are signed out."),
    "passkey-added": _("Your passkey is ready. Sign in with it the next time."),
    "passkey-renamed": _("Your passkey has its new name."),
    "passkey-removed": _("The passkey is removed."),
    "app-added": _("Your authenticator app is set up."),
    "app-removed": _("Your authenticator app is removed."),
    "device-forgotten": _("That device is no longer trusted."),
    "session-ended": _("That browser is signed out."),
    "sessions-ended": _("All other browsers are signed out."),
    "access-revoked": _("The app no longer has access to your account."),
    "verified": _("Thank you. It is you."),
}
_LABELS = {"email": _("Email"), "phone": _("Phone")}
_SESSIONS_SHOWN = 50


@signed_in("GET", "HEAD")
def overview(request: HttpRequest, owner: Owner) -> HttpResponse:
    user, center, experience = owner.user, owner.center, SignInExperience.load()
    sees_sessions = "session" in center.visible
    return show(
        request, "overview",
        notice=_NOTICES.get(request.GET.get("notice", ""), ""),
        person=user, center=center, identifiers=_identifiers(owner, experience), factors=_factors(owner, experience),
        details=_details(owner), trusted=_trusted(owner), sessions=_sessions(owner) if sees_sessions else [],
        connections=_connections(user) if sees_sessions else [],
    )  # fmt: skip


def _details(owner: Owner) -> list[tuple[str, str]]:
    """What the person said about themself: (label, answer)."""
    if "profile" not in owner.center.visible:
        return []
    language = get_language() or ""
    return [(field.label_in(language), _readable(answer_of(owner.user, field))) for field in _detail_fields()]


def _detail_fields() -> list[ProfileField]:
    """Name and picture have a page of their own."""
    return list(ProfileField.objects.exclude(name__in=COLUMNS))


def _readable(answer: Any) -> str:
    if isinstance(answer, bool):
        return gettext("Yes") if answer else gettext("No")
    if isinstance(answer, dict):
        return ", ".join(str(value) for value in answer.values())
    return "" if answer is None else str(answer)


def _identifiers(owner: Owner, experience: SignInExperience) -> list[dict[str, Any]]:
    user, center = owner.user, owner.center
    return [
        {
            "kind": kind, "label": label, "value": recipient_of(user, kind),
            "can_change": kind in center.editable and can_send(CONNECTOR_TYPES[kind]),
            "can_remove": kind in center.editable and own_account.may_remove(user, experience, kind),
            "is_only_way": not own_account.may_remove(user, experience, kind),
        }
        for kind, label in _LABELS.items()
        if kind in center.visible
    ]  # fmt: skip


def _factors(owner: Owner, experience: SignInExperience) -> dict[str, Any] | None:
    """The person's second factors, and what they may do about them; None when there is nothing to show."""
    user, center = owner.user, owner.center
    usable = own_factors.usable_factors(experience)
    found, app = list(passkeys_of(user)), TotpDevice.objects.filter(user=user).first()
    may_add = {factor: factor in usable and own_factors.field_of(factor) in center.editable for factor in Factor}
    codes_left = backup_codes_left(user)
    facts = {
        "shows_passkeys": "passkey" in center.visible and (found or Factor.WEBAUTHN in usable),
        "shows_app": "mfa" in center.visible and (app or Factor.TOTP in usable),
        "shows_codes": "mfa" in center.visible and (codes_left or (Factor.BACKUP_CODE in usable and (found or app))),
    }
    more = {
        "passkeys": found, "app": app, "codes_left": codes_left, "may_add_passkey": may_add[Factor.WEBAUTHN],
        "may_add_app": may_add[Factor.TOTP], "may_make_codes": may_add[Factor.BACKUP_CODE] and (found or app),
    }  # fmt: skip
    return {**facts, **more} if any(facts.values()) else None


def _trusted(owner: Owner) -> list[tuple[TrustedDevice, str]]:
    """The devices that the person trusts, the latest first."""
    if "trustedDevice" not in owner.center.visible:
        return []
    return [(device, browser_in_words(device.agent)) for device in live_devices(owner.user)]


def _sessions(owner: Owner) -> list[tuple[Session, str, bool]]:
    """This browser first, then the others, the latest first."""
    found = list(live_sessions(owner.user)[:_SESSIONS_SHOWN])
    here = [session for session in found if session.sid == owner.session_id]
    if not here:  # far down in a long list
        here = list(Session.objects.filter(sid=owner.session_id))
    others = [session for session in found if session.sid != owner.session_id]
    return [(one, browser_in_words(one.user_agent), one.sid == owner.session_id) for one in (*here, *others)]


def _connections(user: User) -> list[dict[str, Any]]:
    found = connections(user)
    permissions = describe_permissions(scope for one in found for scope in one.scopes)
    return [
        {
            "application": one.application, "since": one.since,
            "sentences": [
                IDENTITY, *sentences(one.scopes), *(permissions[scope] for scope in one.scopes if scope in permissions)
            ],
        }
        for one in found
    ]  # fmt: skip


@signed_in("GET", "HEAD", "POST")
def profile(request: HttpRequest, owner: Owner) -> HttpResponse:
    """What the account centre leaves to people: name, picture."""
    user = owner.user
    editable: list[str] = [field for field in ("name", "avatar") if field in owner.center.editable]
    if not editable:
        raise FieldNotEditable("profile")
    initial = {"name": user.name, "avatar": user.avatar}
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=initial, fields=editable)
    if form.is_valid():
        try:
            own_account.change(owner=owner, **{name: form.cleaned_data[name] or None for name in editable})
        except DomainError as error:
            field = getattr(error, "field", "")
            form.add_error(field if field in form.fields else None, error.message)
        else:
            return go_to("overview", notice="profile-changed")
    return show(request, "profile", form=form, heading=_("Your profile"))


@signed_in("GET", "HEAD", "POST")
def details(request: HttpRequest, owner: Owner) -> HttpResponse:
    """/account/details: what the service asks about its people."""
    require_editable(owner.center, "profile")
    fields = _detail_fields()
    if not fields:
        return go_to("overview")
    known = {field.name: answer for field in fields if (answer := answer_of(owner.user, field)) is not None}
    form = ProfileFieldsForm(request.POST if request.method == "POST" else None, fields=fields, answers=known)
    if form.is_valid():
        try:
            own_account.answer_profile(owner=owner, asked=fields, answers=form.answers)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            return go_to("overview", notice="profile-changed")
    return show(request, "profile", form=form, heading=_("About you"))
