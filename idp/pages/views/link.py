"""Sign-in by a link from an email: /one-time-token, /one-time-token/error, /switch-account.

Nothing happens before a button is pressed: programs that scan mail open every link.
"""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from idp.applications.models import ACCOUNT_APP_ID
from idp.lib.errors import DomainError
from idp.lib.http import see_other
from idp.lib.ids import digest
from idp.pages.forms import AgreeForm
from idp.pages.visit import Visit, page
from idp.signin import completion, cookies, flow, interactions, links, sessions
from idp.users import identifiers
from idp.users.errors import InvalidIdentifier
from idp.users.models import User
from idp.verification import errors

_REASONS = {
    error.code.partition(".")[2]: error
    for error in (
        errors.TokenNotFound, errors.TokenExpired, errors.TokenConsumed, errors.TokenRevoked, errors.TokenEmailMismatch,
    )
}  # fmt: skip


def one_time_token(request: HttpRequest) -> HttpResponse:
    """With the token in its address and no app: a link that leads to the account pages. Else a page of a visit."""
    token, email = request.GET.get("one_time_token", ""), request.GET.get("login_hint", "")
    if token and email and "app_id" not in request.GET:
        return _start(request, token, email)
    return _sign_in(request)


def _start(request: HttpRequest, token: str, email: str) -> HttpResponse:
    interaction = interactions.start_for_page(
        application_id=ACCOUNT_APP_ID, page=reverse("account:overview"), one_time_token=digest(token),
        login_hint=email[:254],
    )  # fmt: skip
    session = sessions.find_session(request)
    if session is not None and session.user.primary_email == email.strip().lower():
        return see_other(reverse("account:overview"))
    name = "pages:one-time-token" if session is None else "pages:switch-account"
    response = see_other(f"{reverse(name)}?{urlencode({'app_id': ACCOUNT_APP_ID})}")
    cookies.remember_interaction(request, response, interaction)
    return response


@page
def _sign_in(visit: Visit) -> HttpResponse:
    """Who the link is for, and the button that uses it."""
    token, email = _link(visit)
    if not token:
        return visit.go_to("pages:sign-in")
    is_new = User.objects.by_identifier("email", email) is None
    may_sign_up = flow.may_sign_up_with(visit.experience, "email")
    agreement = visit.agreement("Register" if is_new and may_sign_up else "SignIn")
    form = AgreeForm(visit.request.POST if visit.request.method == "POST" else None, agreement=agreement)
    if form.is_valid():
        if agreement:
            completion.agree(visit.interaction, visit.experience)
        try:
            links.sign_in_or_up(visit.interaction, visit.experience, email=email, token_digest=token)
        except DomainError as error:
            reason = error.code.partition(".")[2]
            if reason in _REASONS:
                return visit.go_to("pages:one-time-token-error", reason=reason)
            form.add_error(None, error.message)
        else:
            return visit.go_on()
    return visit.render("pages/link.html", form=form, email=email, agreement=agreement)


@page
def error(visit: Visit) -> HttpResponse:
    """/one-time-token/error: why the link will not do, and another way in."""
    found = _REASONS.get(visit.request.GET.get("reason", ""), errors.TokenNotFound)()
    return visit.render("pages/link_error.html", error=found)


@page
def switch_account(visit: Visit) -> HttpResponse:
    """/switch-account: somebody else is signed in in this browser."""
    token, email = _link(visit)
    session = sessions.find_session(visit.request)
    if not token or session is None:
        return visit.go_to("pages:one-time-token")
    return visit.render("pages/switch_account.html", email=email, person=session.user)


def _link(visit: Visit) -> tuple[str, str]:
    """The digest of the token, and the email address that it is for; nothing where there is none."""
    params = visit.interaction.params["params"]
    try:
        email = identifiers.clean("email", params.get("login_hint", ""))
    except InvalidIdentifier:
        return "", ""
    return params.get("one_time_token", ""), email
