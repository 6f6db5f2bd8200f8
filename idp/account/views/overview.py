"""/account: everything at a glance; /account/profile: name, username and picture."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from idp.account.forms import ProfileForm
from idp.account.visitor import go_to, show, signed_in
from idp.authorization.sentences import IDENTITY, describe_permissions, sentences
from idp.lib.browsers import browser_in_words
from idp.lib.errors import DomainError
from idp.messaging.services import can_send
from idp.signin import own_account
from idp.signin.experience import CONNECTOR_TYPES
from idp.signin.models import Session, SignInExperience
from idp.signin.proofs import recipient_of
from idp.signin.sessions import live_sessions
from idp.tokens.grants import connections
from idp.users.models import User

_NOTICES = {
    "profile-changed": _("Your profile is saved."),
    "email-changed": _("Your email address is changed."),
    "email-removed": _("Your email address is removed."),
    "phone-changed": _("Your phone number is changed."),
    "phone-removed": _("Your phone number is removed."),
    "password-changed": _("Your password is changed. Other browsers and apps are signed out."),
    "session-ended": _("That browser is signed out."),
    "sessions-ended": _("All other browsers are signed out."),
    "access-revoked": _("The app no longer has access to your account."),
    "verified": _("Thank you. It is you."),
}
_LABELS = {"email": _("Email"), "phone": _("Phone")}
_SESSIONS_SHOWN = 50


@signed_in("GET", "HEAD")
def overview(request: HttpRequest, session: Session) -> HttpResponse:
    user = session.user
    return show(
        request, "overview",
        notice=_NOTICES.get(request.GET.get("notice", ""), ""),
        person=user, identifiers=_identifiers(user), sessions=_sessions(session), connections=_connections(user),
    )  # fmt: skip


def _identifiers(user: User) -> list[dict[str, Any]]:
    experience = SignInExperience.load()
    return [
        {
            "kind": kind, "label": label, "value": recipient_of(user, kind),
            "can_change": can_send(CONNECTOR_TYPES[kind]),
            "can_remove": own_account.may_remove(user, experience, kind),
        }
        for kind, label in _LABELS.items()
    ]  # fmt: skip


def _sessions(current: Session) -> list[tuple[Session, str, bool]]:
    """This browser first, then the others, the latest first."""
    found = list(live_sessions(current.user)[:_SESSIONS_SHOWN])
    others = [session for session in found if session.pk != current.pk]
    return [(one, browser_in_words(one.user_agent), one.pk == current.pk) for one in (current, *others)]


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
def profile(request: HttpRequest, session: Session) -> HttpResponse:
    user = session.user
    initial = {"name": user.name, "username": user.username, "avatar": user.avatar}
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            own_account.change_profile(session=session, **form.cleaned_data)
        except DomainError as error:
            field = getattr(error, "field", "")
            form.add_error(field if field in form.fields else None, error.message)
        else:
            return go_to("overview", notice="profile-changed")
    return show(request, "profile", form=form, person=user)
